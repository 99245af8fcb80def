/* uname(2): a zone's kernel has a version of its own. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include "calls.h"
#include "table.h"

/* What the caller has of setarch(8): it may make the release of the kernel an old one. */
static unsigned long personality_of(pid_t pid) {
  char path[64];
  unsigned long personality = 0;
  snprintf(path, sizeof path, "/proc/%d/personality", pid);
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  if (fscanf(file, "%lx", &personality) != 1) personality = 0;
  fclose(file);
  return personality;
}

struct answer uname_answer(const struct seccomp_notif *call) {
  struct utsname name;
  /* The name of the machine is that of the caller's namespace. */
  int error = join_namespace(call->pid, "uts");
  if (error) return refused(error);
  personality(personality_of(call->pid));
  if (uname(&name)) return refused(errno);
  memset(name.version, 0, sizeof name.version);
  strcpy(name.version, ZONE_UNAME_VERSION);
  struct iovec local = {&name, sizeof name}, remote = {(void *)call->data.args[0], sizeof name};
  return process_vm_writev(call->pid, &local, 1, &remote, 1, 0) == sizeof name ? done(0) : refused(EFAULT);
}
