/* zone-init boot SOCKET ROOT PROGRAM...: make ROOT the root, then become PROGRAM under the zone's system calls.
   zone-init enter SOCKET PID PROGRAM...: the same in the namespaces of the process PID and its root.
   zone-init run SOCKET PROGRAM...: become PROGRAM under the zone's system calls and nothing else.
   It is linked statically and lies outside of ROOT. The filter and the table come from answers.ts (build.ts). Needs
   CAP_SYS_ADMIN, for no_new_privs stays off: a zone does not know it. supervisor.c answers what the filter asks. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "filter.h"

static void check(long result, const char *what) {
  if (result < 0) {
    fprintf(stderr, "zone-init: %s: %s\n", what, strerror(errno));
    exit(9);
  }
}

static int connected(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  check(connect(fd, (struct sockaddr *)&address, sizeof address), path);
  return fd;
}

static void hand_over(int channel, int listener) {
  char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec vector = {&byte, 1};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &listener, sizeof(int));
  check(sendmsg(channel, &message, 0), "hand over the listener");
}

/* Our own sendmsg(2) has to be answered by the supervisor once the filter is on, which has no listener before it has
   got it. So a child without the filter, with the same descriptors, hands it over. Returns where it waits to be told
   the number. */
static int begin_hand_over(int channel, pid_t *child) {
  int told[2], listener;
  check(pipe2(told, O_CLOEXEC), "pipe");
  *child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
  check(*child, "clone");
  if (*child == 0) {
    if (read(told[0], &listener, sizeof listener) != sizeof listener) _exit(9);
    hand_over(channel, listener);
    _exit(0);
  }
  return told[1];
}

/* From here on every call is answered as the table says. */
static void become(int channel, char **program) {
  struct sock_fprog filter = {sizeof zone_filter / sizeof zone_filter[0], (struct sock_filter *)zone_filter};
  pid_t child;
  int status, tell = begin_hand_over(channel, &child);
  /* A signal that is not fatal waits until the supervisor has answered: nothing that it does is done twice. */
  int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                         SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &filter);
  check(listener, "seccomp");
  check(write(tell, &listener, sizeof listener), "hand over the listener");
  check(waitpid(child, &status, 0), "hand over the listener");
  if (status) exit(9);
  close(listener);
  close(channel);
  execvp(program[0], program);
  check(-1, program[0]);
}

/* What the process PID may not have any more, this one shall not have either. */
static void drop_capabilities(pid_t pid) {
  char path[64], line[256];
  unsigned long long bound = ~0ULL;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *status = fopen(path, "re");
  check(status ? 0 : -1, path);
  while (fgets(line, sizeof line, status)) sscanf(line, "CapBnd: %llx", &bound);
  fclose(status);
  for (int capability = 0; capability < 64; capability++)
    if (!(bound >> capability & 1) && prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1)
      check(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "drop a capability");
}

static void boot(int channel, const char *root, char **program) {
  check(chdir(root), root);
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  check(umount2(".", MNT_DETACH), "umount");
  check(chdir("/"), "/");
  become(channel, program);
}

static void enter(int channel, const char *number, char **program) {
  char path[64];
  pid_t pid = atoi(number);
  drop_capabilities(pid);
  snprintf(path, sizeof path, "/proc/%d/root", pid);
  int root = open(path, O_PATH | O_CLOEXEC);
  check(root, path);
  int process = syscall(SYS_pidfd_open, pid, 0);
  check(process, "pidfd_open");
  check(setns(process, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP), "setns");
  close(process);
  check(fchdir(root), "root");
  check(chroot("."), "chroot");
  pid_t child = fork();
  check(child, "fork");
  if (child == 0) become(channel, program);
  int status;
  check(waitpid(child, &status, 0), "wait");
  exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv) {
  int runs = argc > 1 && strcmp(argv[1], "run") == 0;
  if (argc < (runs ? 4 : 5)) {
    fprintf(stderr, "usage: zone-init boot|enter SOCKET ROOT|PID PROGRAM...\n       zone-init run SOCKET PROGRAM...\n");
    return 2;
  }
  int channel = connected(argv[2]);
  if (runs) become(channel, argv + 3);
  else if (strcmp(argv[1], "boot") == 0) boot(channel, argv[3], argv + 4);
  else enter(channel, argv[3], argv + 4);
  return 9;
}
