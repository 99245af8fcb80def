/* mount(2): a zone's kernel takes some types, with some options and flags (answers.ts). */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include "calls.h"
#include "table.h"

static int listed(const char *const *list, const char *name, size_t length) {
  for (; *list; list++)
    if (strlen(*list) == length && strncmp(*list, name, length) == 0) return 1;
  return 0;
}

/* A type without options of its own takes none at all. */
static int options_error(const char *options, const char *const *own) {
  if (*options == 0) return 0;
  if (own[0] == NULL) return ENOSYS;
  while (1) {
    size_t length = strcspn(options, ","), name = strcspn(options, ",=");
    if (length == 0) return EINVAL;
    if (!listed(own, options, name) && !listed(zone_common_options, options, length)) return EINVAL;
    if (options[length] == 0) return 0;
    options += length + 1;
  }
}

/* A hierarchy is one for the whole machine, so only those are mounted in which boot.sh made the guest a group. */
static int hierarchy_error(const char *options) {
  const char *name = strstr(options, "name=");
  return name && listed(zone_hierarchies, name + 5, strcspn(name + 5, ",")) ? 0 : EINVAL;
}

struct answer mount_answer(const struct seccomp_notif *call) {
  static const char *const none[] = {NULL};
  const __u64 *args = call->data.args;
  char type[16], path[4096], options[4096] = "";
  int error = text_of(call->pid, args[2], type, sizeof type);
  if (error) return refused(error == ENAMETOOLONG ? ENODEV : error);
  if (strcmp(type, "nfs") == 0 || strcmp(type, "nfs4") == 0) return go_on();
  if (args[3] & 0xffffffffUL & ~ZONE_MOUNT_FLAGS) return refused(ENOSYS);
  for (int which = 0; which < 2; which++)
    if ((error = text_of(call->pid, args[which], path, sizeof path))) return refused(error);
  if (args[4] && (error = text_of(call->pid, args[4], options, sizeof options))) return refused(error);
  if (args[3] & MS_BIND) return (error = options_error(options, none)) ? refused(error) : go_on();
  for (const struct zone_type *known = zone_types; known->name; known++) {
    if (strcmp(known->name, type)) continue;
    if (known->options && (error = options_error(options, known->options))) return refused(error);
    if (strcmp(type, "cgroup") == 0 && (error = hierarchy_error(options))) return refused(error);
    if (strcmp(type, "sysfs") == 0) {
      if (args[3] & MS_REMOUNT) return done(0);
      return (error = mount_sys(call->pid, path)) ? refused(error) : done(0);
    }
    /* A mount of proc on itself changes nothing in a zone. */
    if (strcmp(type, "proc") == 0 && strcmp(path, "/proc") == 0) return done(0);
    return go_on();
  }
  return refused(ENODEV);
}
