/* route add|delete [-inet|-inet6] DESTINATION GATEWAY
   route add|delete [-inet|-inet6] DESTINATION -interface OWN-ADDRESS
   A stand-in for illumos's route(8), by which a zone sets what its kernel refuses through netlink. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "table.h"

static int usage(void) {
  fprintf(stderr, "usage: route add|delete [-inet|-inet6] destination gateway | -interface own-address\n");
  return 1;
}

static void *part_of(struct sockaddr *address) {
  if (address->sa_family == AF_INET) return &((struct sockaddr_in *)address)->sin_addr;
  return &((struct sockaddr_in6 *)address)->sin6_addr;
}

/* The number of the interface that has an address of ours, or 0. */
static unsigned interface_with(int family, const void *own) {
  size_t size = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
  struct ifaddrs *all, *one;
  unsigned number = 0;
  if (getifaddrs(&all)) return 0;
  for (one = all; one && !number; one = one->ifa_next)
    if (one->ifa_addr && one->ifa_addr->sa_family == family && memcmp(part_of(one->ifa_addr), own, size) == 0)
      number = if_nametoindex(one->ifa_name);
  freeifaddrs(all);
  return number;
}

int main(int argc, char **argv) {
  const char *words[3] = {0};
  int family = AF_INET, by_interface = 0, count = 0;
  for (int at = 1; at < argc; at++) {
    if (strcmp(argv[at], "-inet6") == 0) family = AF_INET6;
    else if (strcmp(argv[at], "-interface") == 0) by_interface = 1;
    else if (argv[at][0] == '-' && strcmp(argv[at], "-inet") != 0) return usage();
    else if (argv[at][0] != '-' && count < 3) words[count++] = argv[at];
  }
  if (count != 3 || (strcmp(words[0], "add") != 0 && strcmp(words[0], "delete") != 0)) return usage();

  unsigned char destination[16] = {0}, gateway[16] = {0};
  char network[64];
  int whole = family == AF_INET ? 32 : 128, prefix = whole;
  snprintf(network, sizeof network, "%s", strcmp(words[1], "default") == 0 ? (family == AF_INET ? "0.0.0.0/0" : "::/0") : words[1]);
  char *slash = strchr(network, '/');
  if (slash) {
    *slash = 0;
    prefix = atoi(slash + 1);
  }
  if (prefix < 0 || prefix > whole || inet_pton(family, network, destination) != 1 || inet_pton(family, words[2], gateway) != 1) {
    fprintf(stderr, "route: %s: bad value\n", words[1]);
    return 1;
  }
  unsigned interface = by_interface ? interface_with(family, gateway) : 0;
  if (by_interface && !interface) {
    fprintf(stderr, "route: %s: not an address of this host\n", words[2]);
    return 1;
  }

  int flags = RTF_UP | (by_interface ? 0 : RTF_GATEWAY) | (prefix == whole ? RTF_HOST : 0);
  struct rtentry ipv4 = {.rt_flags = flags};
  struct in6_rtmsg ipv6 = {.rtmsg_flags = flags, .rtmsg_dst_len = prefix, .rtmsg_metric = 1024};
  in_addr_t mask = htonl(prefix ? ~0U << (32 - (prefix > 32 ? 32 : prefix)) : 0);
  struct sockaddr_in all[3] = {{.sin_family = AF_INET}, {.sin_family = AF_INET}, {.sin_family = AF_INET}};
  memcpy(&all[0].sin_addr, destination, 4);
  if (!by_interface) memcpy(&all[1].sin_addr, gateway, 4);
  all[2].sin_addr.s_addr = mask;
  memcpy(&ipv4.rt_dst, &all[0], sizeof all[0]);
  memcpy(&ipv4.rt_gateway, &all[1], sizeof all[1]);
  memcpy(&ipv4.rt_genmask, &all[2], sizeof all[2]);
  memcpy(&ipv6.rtmsg_dst, destination, 16);
  if (!by_interface) memcpy(&ipv6.rtmsg_gateway, gateway, 16);

  long failed = syscall(ZONE_ROUTE_CALL, strcmp(words[0], "add") == 0 ? SIOCADDRT : SIOCDELRT, family,
                        family == AF_INET ? (void *)&ipv4 : (void *)&ipv6, interface);
  printf("%s %s %s: gateway %s%s%s\n", words[0], prefix == whole ? "host" : "net", words[1], words[2],
         failed ? ": " : "", failed ? (errno == EEXIST ? "entry exists" : strerror(errno)) : "");
  return failed ? 1 : 0;
}
