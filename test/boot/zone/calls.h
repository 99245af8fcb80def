/* What the supervisor's answers share: the call that it is asked about, its answer, and the memory of the caller. */
#ifndef CALLS_H
#define CALLS_H
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/types.h>

/* Linux carries the call out, or the caller gets a value or an error number at once. */
struct answer {
  enum { GO_ON, ANSWERED } kind;
  long long value;
  int error;
};

static inline struct answer go_on(void) { return (struct answer){GO_ON, 0, 0}; }
static inline struct answer done(long long value) { return (struct answer){ANSWERED, value, 0}; }
static inline struct answer refused(int error) { return (struct answer){ANSWERED, 0, error}; }

/* Read bytes of the caller's memory. Returns 0 or an error number. */
int bytes_of(pid_t pid, unsigned long address, void *bytes, size_t size);
/* Read a text of the caller's. Returns 0, EFAULT, or ENAMETOOLONG where it does not end within `size`. */
int text_of(pid_t pid, unsigned long address, char *text, size_t size);
/* Move this process into a namespace of the caller's, "net" or "uts". Returns 0 or an error number. */
int join_namespace(pid_t pid, const char *kind);

/* Mount what a zone's /sys has, a folder of this machine's, where the caller wants its sysfs. Returns 0 or an error number. */
int mount_sys(pid_t pid, const char *path);
/* That folder. */
extern const char *zone_sys;

struct answer mount_answer(const struct seccomp_notif *call);
struct answer uname_answer(const struct seccomp_notif *call);
struct answer send_answer(const struct seccomp_notif *call);
struct answer route_answer(const struct seccomp_notif *call);
#endif
