/* sendto(2) and sendmsg(2) on a netlink socket: a zone's kernel answers requests for links, addresses and IPv4 routes,
   and refuses every other message about the network (answers.ts). Any other socket is left to Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"
#include "table.h"

/* The number of the process that a thread is of. */
static pid_t process_of(pid_t thread) {
  char path[64], line[256];
  pid_t process = thread;
  snprintf(path, sizeof path, "/proc/%d/status", thread);
  FILE *status = fopen(path, "re");
  if (!status) return thread;
  while (fgets(line, sizeof line, status) && sscanf(line, "Tgid: %d", &process) != 1);
  fclose(status);
  return process;
}

/* The caller's socket as a descriptor of our own, or -1. */
static int socket_of(pid_t thread, int fd) {
  int process = syscall(SYS_pidfd_open, thread, 0);
  if (process < 0) process = syscall(SYS_pidfd_open, process_of(thread), 0);
  if (process < 0) return -1;
  int own = syscall(SYS_pidfd_getfd, process, fd, 0);
  close(process);
  return own;
}

static int option_of(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  getsockopt(fd, SOL_SOCKET, option, &value, &size);
  return value;
}

/* Where the caller's message begins and how long it is in all; of a sendmsg(2), its first part. */
static int message_of(const struct seccomp_notif *call, struct iovec *first, size_t *length) {
  struct msghdr header;
  struct iovec parts[16];
  int error;
  if (call->data.nr == SYS_sendto) {
    *first = (struct iovec){(void *)call->data.args[1], *length = call->data.args[2]};
    return 0;
  }
  if ((error = bytes_of(call->pid, call->data.args[1], &header, sizeof header))) return error;
  if (header.msg_iovlen == 0 || header.msg_iovlen > sizeof parts / sizeof parts[0]) return EINVAL;
  error = bytes_of(call->pid, (unsigned long)header.msg_iov, parts, header.msg_iovlen * sizeof parts[0]);
  if (error) return error;
  *first = parts[0];
  *length = 0;
  for (size_t part = 0; part < header.msg_iovlen; part++) *length += parts[part].iov_len;
  return 0;
}

/* Linux itself sends the refusal, with the number of the caller's request: of a message with an attribute out of its
   range. A zone's kernel says 122 there, which Linux never says. ERANGE is as unexpected to programs; at EOPNOTSUPP or
   EINVAL, ip(8) would go on with ioctl(2). */
static struct answer refuse_by_message(int fd, const struct nlmsghdr *request, size_t length) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
    struct rtattr attribute;
    int interface;
  } message = {
    {sizeof message, RTM_NEWLINK, NLM_F_REQUEST | (request->nlmsg_flags & NLM_F_ACK), request->nlmsg_seq, 0},
    {0},
    {RTA_LENGTH(sizeof(int)), IFLA_NEW_IFINDEX},
    -1,
  };
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  if (sendto(fd, &message, sizeof message, MSG_DONTWAIT, (struct sockaddr *)&kernel, sizeof kernel) < 0)
    return refused(errno);
  return done(length);
}

static struct answer route_message_answer(const struct seccomp_notif *call, int fd) {
  static const unsigned short requests[] = ZONE_ROUTE_REQUESTS;
  struct iovec first;
  size_t length;
  struct {
    struct nlmsghdr header;
    unsigned char family;
  } message = {.family = AF_UNSPEC};
  int error = message_of(call, &first, &length);
  if (error) return refused(error);
  if (first.iov_len < sizeof message.header) return refused(EPROTO);
  size_t size = first.iov_len < sizeof message ? sizeof message.header : sizeof message;
  if ((error = bytes_of(call->pid, (unsigned long)first.iov_base, &message, size))) return refused(error);
  for (size_t known = 0; known < sizeof requests / sizeof requests[0]; known++) {
    if (message.header.nlmsg_type != requests[known]) continue;
    return message.header.nlmsg_type == RTM_GETROUTE && message.family == AF_INET6 ? refused(EPROTO) : go_on();
  }
  return refuse_by_message(fd, &message.header, length);
}

/* A message to udev's listeners is taken and goes nowhere. */
static struct answer device_message_answer(const struct seccomp_notif *call) {
  struct iovec first;
  size_t length;
  int error = message_of(call, &first, &length);
  return error ? refused(error) : done(length);
}

struct answer send_answer(const struct seccomp_notif *call) {
  int fd = socket_of(call->pid, call->data.args[0]);
  if (fd < 0) return go_on();
  struct answer answer = go_on();
  if (option_of(fd, SO_DOMAIN) == AF_NETLINK) {
    int protocol = option_of(fd, SO_PROTOCOL);
    if (protocol == NETLINK_ROUTE) answer = route_message_answer(call, fd);
    if (protocol == NETLINK_KOBJECT_UEVENT) answer = device_message_answer(call);
  }
  close(fd);
  return answer;
}
