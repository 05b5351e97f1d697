#include "cmappings.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

// Models of many shards have more files than that; the others end without a message.
enum { MAPPINGS = 256, PATH_BYTES = 1024, RESOURCE_MISSING = 5 };

typedef struct {
  atomic_bool is_taken;
  _Atomic(uintptr_t) start;  // 0: not set yet, or no longer.
  size_t size;
  char path[PATH_BYTES];
} mapping;

static mapping mappings[MAPPINGS];
static struct sigaction before;

static void say(const char *text) {
  // The process ends whether or not anybody reads it.
  ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  (void)ignored;
}

/// Only what POSIX allows in a handler: it may have interrupted anything.
static void handle(int number, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)info->si_addr;
  for (int i = 0; i < MAPPINGS; i++) {
    uintptr_t start = atomic_load(&mappings[i].start);
    if (start == 0 || address < start || address - start >= mappings[i].size) continue;
    say("error: ");
    say(mappings[i].path);
    say(" became shorter, or could no longer be read, while it was in use\n");
    _exit(RESOURCE_MISSING);
  }
  // Not ours: as it would have been, once this returns.
  sigaction(number, &before, NULL);
  raise(number);
}

static void install(void) {
  static atomic_flag is_installed = ATOMIC_FLAG_INIT;
  if (atomic_flag_test_and_set(&is_installed)) return;
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

int qb_remember_mapping(const void *start, size_t size, const char *path) {
  install();
  for (int i = 0; i < MAPPINGS; i++) {
    mapping *m = &mappings[i];
    if (atomic_exchange(&m->is_taken, true)) continue;
    m->size = size;
    size_t length = strnlen(path, PATH_BYTES - 1);
    memcpy(m->path, path, length);
    m->path[length] = 0;
    // A name could hold sequences that a terminal obeys.
    for (size_t k = 0; k < length; k++) {
      unsigned char byte = (unsigned char)m->path[k];
      if (byte < 0x20 || byte == 0x7F) m->path[k] = '?';
    }
    atomic_store(&m->start, (uintptr_t)start);
    return i;
  }
  return QB_NO_MAPPING;
}

void qb_forget_mapping(int number) {
  if (number == QB_NO_MAPPING) return;
  atomic_store(&mappings[number].start, 0);
  atomic_store(&mappings[number].is_taken, false);
}
