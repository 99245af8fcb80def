/* ask call NUMBER ARGUMENT...: make a system call (arguments are numbers, up to 6).
   ask mount SOURCE TARGET TYPE FLAGS OPTIONS: mount(2); `-` is a null pointer.
   Prints 0, or the number of the error. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *text(const char *argument) { return strcmp(argument, "-") == 0 ? NULL : argument; }

int main(int argc, char **argv) {
  long result = 0;
  if (argc == 7 && strcmp(argv[1], "mount") == 0)
    result = mount(text(argv[2]), text(argv[3]), text(argv[4]), strtoul(argv[5], NULL, 0), text(argv[6]));
  else if (argc > 2 && strcmp(argv[1], "call") == 0) {
    unsigned long values[6] = {0};
    for (int i = 3; i < argc && i < 9; i++) values[i - 3] = strtoul(argv[i], NULL, 0);
    result = syscall(atol(argv[2]), values[0], values[1], values[2], values[3], values[4], values[5]);
  } else
    return 2;
  printf("%d\n", result < 0 ? errno : 0);
  return 0;
}
