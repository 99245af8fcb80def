/* The caller of a system call, as the supervisor sees it from outside the guest. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "calls.h"

int bytes_of(pid_t pid, unsigned long address, void *bytes, size_t size) {
  struct iovec local = {bytes, size}, remote = {(void *)address, size};
  return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size ? 0 : EFAULT;
}

int text_of(pid_t pid, unsigned long address, char *text, size_t size) {
  size_t have = 0;
  while (have < size) {
    /* Up to the end of a page at a time: the next one may not be there. */
    size_t part = 4096 - (address + have) % 4096;
    if (part > size - have) part = size - have;
    if (bytes_of(pid, address + have, text + have, part)) return EFAULT;
    if (memchr(text + have, 0, part)) return 0;
    have += part;
  }
  text[size - 1] = 0;
  return ENAMETOOLONG;
}

int join_namespace(pid_t pid, const char *kind) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind);
  int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0) return ESRCH;
  int error = setns(space, 0) ? errno : 0;
  close(space);
  return error;
}
