/* supervisor SOCKET [SYS]: answers from outside the box the calls that need more than their registers: what is mounted, the
   version in uname(2), netlink messages, and the routes that a native program sets. SYS is what the guest gets for its
   sysfs. Each connection on SOCKET brings a listener of seccomp_unotify(2) and gets a process of its own, which ends with
   the last process that has the filter. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "calls.h"
#include "table.h"

const char *zone_sys;

static struct answer answer_to(const struct seccomp_notif *call) {
  switch (call->data.nr) {
    case SYS_mount:
      return mount_answer(call);
    case SYS_uname:
      return uname_answer(call);
    case ZONE_ROUTE_CALL:
      return route_answer(call);
    default:
      return send_answer(call);
  }
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
    struct answer answer = answer_to(&call);
    struct seccomp_notif_resp response = {.id = call.id, .val = answer.value, .error = -answer.error};
    if (answer.kind == GO_ON) response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    /* A caller that was killed meanwhile waits for nothing. */
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
  if (argc != 2 && argc != 3) return 2;
  zone_sys = argv[2];
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
