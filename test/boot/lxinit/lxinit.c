/* lxinit PROGRAM...: a stand-in for the brand's first process. It runs the hook with an empty environment, waits for
   it, and becomes PROGRAM with the environment that it was given itself. A hook that fails ends the zone, as lxinit.c
   and lx_hook_postnet of the platform have it. Linked statically: the root may have no C library. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const hook = "/native/usr/lib/brand/lx/lx_hook_postnet";

int main(int argc, char **argv, char **environment) {
  char *const arguments[] = {(char *)hook, NULL};
  char *const nothing[] = {NULL};
  int status;
  pid_t child = fork();

  if (child == 0) {
    execve(hook, arguments, nothing);
    perror(hook);
    _exit(127);
  }
  if (child < 0 || argc < 2 || waitpid(child, &status, 0) < 0 || status != 0) {
    fprintf(stderr, "lxinit: the hook failed, and the zone ends\n");
    return 1;
  }
  execve(argv[1], argv + 1, environment);
  perror(argv[1]);
  return 1;
}
