/* supervisor SOCKET: answers, from outside of the box, the calls that need more than their registers: what is mounted,
   and the version in uname(2). Each connection on SOCKET brings a listener of seccomp_unotify(2) and gets a process of
   its own. The table comes from answers.ts (build.ts). */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>
#include "table.h"

/* Linux carries the call out. */
enum { GO_ON = 1 };

/* Text of a process, or -EFAULT; -ENAMETOOLONG where it does not end within `size`. */
static int text_of(pid_t pid, unsigned long address, char *text, size_t size) {
  size_t have = 0;
  while (have < size) {
    /* Up to the end of a page at a time: the next one may not be there. */
    size_t part = 4096 - (address + have) % 4096;
    if (part > size - have) part = size - have;
    struct iovec local = {text + have, part}, remote = {(void *)(address + have), part};
    ssize_t read = process_vm_readv(pid, &local, 1, &remote, 1, 0);
    if (read <= 0) return -EFAULT;
    if (memchr(text + have, 0, read)) return 0;
    have += read;
  }
  text[size - 1] = 0;
  return -ENAMETOOLONG;
}

static int listed(const char *const *list, const char *name, size_t length) {
  for (; *list; list++)
    if (strlen(*list) == length && strncmp(*list, name, length) == 0) return 1;
  return 0;
}

static int options_error(const char *options, const char *const *own) {
  if (*options == 0) return 0;
  if (own[0] == NULL) return -ENOSYS;
  while (1) {
    size_t length = strcspn(options, ","), name = strcspn(options, ",=");
    if (length == 0) return -EINVAL;
    if (!listed(own, options, name) && !listed(zone_common_options, options, length)) return -EINVAL;
    if (options[length] == 0) return 0;
    options += length + 1;
  }
}

static int mount_answer(pid_t pid, const __u64 *args) {
  static const char *const none[] = {NULL};
  char type[16], path[4096], options[4096] = "";
  int error = text_of(pid, args[2], type, sizeof type);
  if (error) return error == -ENAMETOOLONG ? -ENODEV : error;
  if (strcmp(type, "nfs") == 0 || strcmp(type, "nfs4") == 0) return GO_ON;
  if (args[3] & 0xffffffffUL & ~ZONE_MOUNT_FLAGS) return -ENOSYS;
  for (int which = 0; which < 2; which++)
    if ((error = text_of(pid, args[which], path, sizeof path))) return error;
  if (args[4] && (error = text_of(pid, args[4], options, sizeof options))) return error;
  if (args[3] & 0x1000 /* MS_BIND */) return (error = options_error(options, none)) ? error : GO_ON;
  /* The box's own /sys is there already; Linux's would have more. */
  if (strcmp(type, "sysfs") == 0 && strcmp(path, "/sys") == 0) return options[0] ? -ENOSYS : 0;
  for (const struct zone_type *known = zone_types; known->name; known++)
    if (strcmp(known->name, type) == 0) {
      if (known->options && (error = options_error(options, known->options))) return error;
      return GO_ON;
    }
  return -ENODEV;
}

static int uname_answer(pid_t pid, const __u64 *args) {
  struct utsname name;
  char path[64];
  /* The name of the machine is that of the namespace which the process is in. */
  snprintf(path, sizeof path, "/proc/%d/ns/uts", pid);
  int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0) return -ESRCH;
  int entered = setns(space, CLONE_NEWUTS);
  close(space);
  if (entered || uname(&name)) return -errno;
  memset(name.version, 0, sizeof name.version);
  strcpy(name.version, ZONE_UNAME_VERSION);
  struct iovec local = {&name, sizeof name}, remote = {(void *)args[0], sizeof name};
  return process_vm_writev(pid, &local, 1, &remote, 1, 0) == sizeof name ? 0 : -EFAULT;
}

static void serve(int listener) {
  while (1) {
    struct pollfd ready = {listener, POLLIN, 0};
    if (poll(&ready, 1, -1) < 0 && errno != EINTR) exit(1);
    if (ready.revents & POLLHUP) exit(0);
    struct seccomp_notif call = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call)) {
      if (errno == EINTR || errno == ENOENT) continue;
      exit(1);
    }
    struct seccomp_notif_resp response = {.id = call.id};
    int answer = call.data.nr == SYS_mount ? mount_answer(call.pid, call.data.args) : uname_answer(call.pid, call.data.args);
    if (answer == GO_ON) response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else response.error = answer;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  }
}

static int listener_from(int channel) {
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec vector = {&byte, 1};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  int listener;
  if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&message)) return -1;
  memcpy(&listener, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof listener);
  return listener;
}

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (argc != 2) return 2;
  signal(SIGCHLD, SIG_IGN);
  int door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  /* The name appears when somebody listens. */
  snprintf(address.sun_path, sizeof address.sun_path, "%s.new", argv[1]);
  if (bind(door, (struct sockaddr *)&address, sizeof address) || listen(door, 16) || rename(address.sun_path, argv[1])) {
    perror(argv[1]);
    return 9;
  }
  while (1) {
    int channel = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    if (channel < 0) continue;
    if (fork() == 0) {
      close(door);
      int listener = listener_from(channel);
      if (listener < 0) exit(1);
      close(channel);
      serve(listener);
    }
    close(channel);
  }
}
