// LD_PRELOAD: makes one of the system calls by which a process changes files go wrong.
//
//   FAULT       kill, short, EINTR, or the name of an error such as ENOSPC
//   FAULT_AT    which of these calls, from 1
//   FAULT_FROM  from which on all fail, instead
//   FAULT_MAP   which mapping of memory of a megabyte and more is refused, from 1
//   FAULT_LOG   a file to which each call's name is added, one a line

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;

static int error_named(const char *name) {
  static const struct { const char *name; int number; } errors[] = {
    {"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EINTR", EINTR}, {"EROFS", EROFS}, {"EACCES", EACCES},
    {"EMFILE", EMFILE}, {"EDQUOT", EDQUOT},
  };
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    if (strcmp(name, errors[i].name) == 0) return errors[i].number;
  }
  return 0;
}

static void note(const char *name) {
  const char *path = getenv("FAULT_LOG");
  if (path == NULL) return;
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  char line[64];
  int length = snprintf(line, sizeof line, "%s\n", name);
  syscall(SYS_write, file, line, length);
  syscall(SYS_close, file);
}

/// Whether this call goes wrong; `is_short` where it may do a part of its work.
static bool fails(const char *name, bool *is_short) {
  long number = atomic_fetch_add(&calls, 1) + 1;
  note(name);
  const char *fault = getenv("FAULT"), *at = getenv("FAULT_AT"), *from = getenv("FAULT_FROM");
  if (fault == NULL) return false;
  bool chosen = (at != NULL && atol(at) == number) || (from != NULL && atol(from) <= number);
  if (!chosen) return false;
  if (strcmp(fault, "kill") == 0) {
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
  }
  if (strcmp(fault, "short") == 0) {
    if (is_short != NULL) *is_short = true;
    return false;
  }
  errno = error_named(fault);
  return errno != 0;
}

#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

static bool changes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0; }

static mode_t mode_of(int flags, va_list list) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
}

#define OPEN(name)                                                                 \
  int name(const char *path, int flags, ...) {                                     \
    va_list list;                                                                  \
    va_start(list, flags);                                                         \
    mode_t mode = mode_of(flags, list);                                            \
    va_end(list);                                                                  \
    if (changes(flags) && fails(#name, NULL)) return -1;                           \
    return NEXT(int, name, const char *, int, ...)(path, flags, mode);             \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                               \
  int name(int folder, const char *path, int flags, ...) {                         \
    va_list list;                                                                  \
    va_start(list, flags);                                                         \
    mode_t mode = mode_of(flags, list);                                            \
    va_end(list);                                                                  \
    if (changes(flags) && fails(#name, NULL)) return -1;                           \
    return NEXT(int, name, int, const char *, int, ...)(folder, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *bytes, size_t count) {
  struct stat status;
  if (file <= 2 || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    return syscall(SYS_write, file, bytes, count);
  }
  bool is_short = false;
  if (fails("write", &is_short)) return -1;
  return syscall(SYS_write, file, bytes, is_short && count > 1 ? count / 2 : count);
}

#define CALL(name, parameters, arguments, ...)                                     \
  int name parameters {                                                            \
    if (fails(#name, NULL)) return -1;                                             \
    return NEXT(int, name, __VA_ARGS__) arguments;                                 \
  }
CALL(rename, (const char *from, const char *to), (from, to), const char *, const char *)
CALL(link, (const char *from, const char *to), (from, to), const char *, const char *)
CALL(symlink, (const char *from, const char *to), (from, to), const char *, const char *)
CALL(unlink, (const char *path), (path), const char *)
CALL(mkdir, (const char *path, mode_t mode), (path, mode), const char *, mode_t)
CALL(fsync, (int file), (file), int)
CALL(fdatasync, (int file), (file), int)
CALL(ftruncate, (int file, off_t size), (file, size), int, off_t)
CALL(utimensat, (int folder, const char *path, const struct timespec times[2], int flags),
     (folder, path, times, flags), int, const char *, const struct timespec *, int)
CALL(futimens, (int file, const struct timespec times[2]), (file, times), int, const struct timespec *)

static void *map(size_t size, void *(*next)(void *, size_t, int, int, int, off_t), void *at, int protection,
                 int flags, int file, off_t offset) {
  static atomic_long maps;
  const char *refused = getenv("FAULT_MAP");
  if (refused != NULL && size >= 1 << 20 && atol(refused) == atomic_fetch_add(&maps, 1) + 1) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return next(at, size, protection, flags, file, offset);
}

#define MAP(name)                                                                              \
  void *name(void *at, size_t size, int protection, int flags, int file, off_t offset) {       \
    return map(size, NEXT(void *, name, void *, size_t, int, int, int, off_t), at, protection, \
               flags, file, offset);                                                           \
  }
MAP(mmap)
MAP(mmap64)
