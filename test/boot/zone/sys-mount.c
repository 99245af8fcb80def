/* A guest's mount of sysfs. Linux's own would have more than a zone's, so a folder that boot.sh has laid out is mounted. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"

static int opened(pid_t pid, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  return open(path, O_PATH | O_CLOEXEC);
}

/* What a path of the caller's leads to. systemd names a folder by its descriptor, /proc/self/fd/N. */
static int target_of(pid_t pid, const char *path) {
  static const char self[] = "/proc/self/";
  if (strncmp(path, self, sizeof self - 1) == 0) return opened(pid, path + sizeof self - 1);
  int from = opened(pid, path[0] == '/' ? "root" : "cwd");
  if (from < 0) return -1;
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  int target = syscall(SYS_openat2, from, path, &how, sizeof how);
  close(from);
  return target;
}

/* In the caller's mount namespace. Only tmpfs and autofs go over another mount. */
static int attach(pid_t pid, int tree, int target) {
  struct statx status;
  if (statx(target, "", AT_EMPTY_PATH, STATX_TYPE, &status)) return errno;
  if (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) return EBUSY;
  int error = join_namespace(pid, "mnt");
  if (error) return error;
  return move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) ? errno : 0;
}

int mount_sys(pid_t pid, const char *path) {
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  if (!zone_sys) return ENODEV;
  int target = target_of(pid, path);
  if (target < 0) return errno;
  int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  int tree = open_tree(AT_FDCWD, zone_sys, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), error;
  if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &read_only, sizeof read_only)) error = errno;
  else error = attach(pid, tree, target);
  /* Back to where /proc has the numbers of processes that the kernel tells us. */
  if (setns(own, CLONE_NEWNS)) _exit(1);
  close(own);
  close(tree);
  close(target);
  return error;
}
