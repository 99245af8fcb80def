/* The call of the box's own by which route.c, the stand-in for a native program, asks for what lx has no call for:
   set or delete a route. ZONE_ROUTE_CALL(SIOCADDRT or SIOCDELRT, family, rtentry or in6_rtmsg, interface or 0). */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "calls.h"

static int is_roots(pid_t pid) {
  char path[64];
  struct stat status;
  snprintf(path, sizeof path, "/proc/%d", pid);
  return stat(path, &status) == 0 && status.st_uid == 0;
}

struct answer route_answer(const struct seccomp_notif *call) {
  const __u64 *args = call->data.args;
  int request = args[0], family = args[1], error;
  struct rtentry ipv4;
  struct in6_rtmsg ipv6;
  char name[IF_NAMESIZE];
  if (request != SIOCADDRT && request != SIOCDELRT) return refused(EINVAL);
  if (family != AF_INET && family != AF_INET6) return refused(EAFNOSUPPORT);
  if (!is_roots(call->pid)) return refused(EPERM);
  if ((error = join_namespace(call->pid, "net"))) return refused(error);
  if (family == AF_INET6) {
    if ((error = bytes_of(call->pid, args[2], &ipv6, sizeof ipv6))) return refused(error);
    ipv6.rtmsg_ifindex = args[3];
  } else {
    if ((error = bytes_of(call->pid, args[2], &ipv4, sizeof ipv4))) return refused(error);
    ipv4.rt_dev = args[3] ? if_indextoname(args[3], name) : NULL;
    if (args[3] && !ipv4.rt_dev) return refused(ENODEV);
  }
  int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return refused(errno);
  error = ioctl(fd, request, family == AF_INET ? (void *)&ipv4 : (void *)&ipv6) ? errno : 0;
  close(fd);
  return error ? refused(error) : done(0);
}
