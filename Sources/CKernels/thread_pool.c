// A fixed pool of threads for parallel loops.
//
// A region hands out task numbers from one atomic counter, so a thread that was held up by another
// process takes fewer. Workers wait for the next region by spinning for a bounded time (a token's
// products follow each other within microseconds), then sleep on a condition variable: where cores
// are shared, a pool that spins for ever stops the very thread it waits for. For the same reason
// the caller waits only for workers that have entered the region: once no task is left it closes
// the gate, and a worker that wakes too late turns back.
// Only one region runs at a time. A caller that finds the pool busy, or stands inside a region,
// runs its tasks itself.

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kernel_table.h"

// The command's status for what is missing.
enum { RESOURCE_MISSING = 5 };

enum { SPIN_MICROSECONDS = 500, SPINS_A_LOOK = 256, MAXIMUM_THREADS = 256, CACHE_LINE = 64 };

// The parts of `gate`.
enum { INSIDE_MASK = 0xFFFF, OPEN = 0x10000, REGION_SHIFT = 17 };

typedef void (*task_body)(void *context, size_t task);

/// What the threads share. Each field that is written often has a cache line of its own.
static struct {
  _Alignas(CACHE_LINE) atomic_size_t next;  // The next task to hand out.
  // The number of the region, then whether it is open, then how many workers are inside.
  _Alignas(CACHE_LINE) _Atomic uint64_t gate;
  size_t tasks;
  task_body body;
  void *context;
  atomic_bool stopping;
} work;

static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;  // Held by the owner of the region.
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_size_t sleeping;
static pthread_t workers[MAXIMUM_THREADS];
static size_t worker_count;      // Threads besides the caller. Guarded by `busy`.
static size_t asked_for;         // So many were to be made; the system may refuse some. Likewise.
static atomic_size_t wanted_count;  // Threads in all; 0 until someone asks.
static _Thread_local bool inside_region;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/// Spins while `gate_waits` says so, for a bounded time; false when that is over.
static bool spin_while(bool (*gate_waits)(uint64_t gate, uint64_t seen), uint64_t seen) {
  int64_t end = 0;
  for (unsigned spin = 0;; spin++) {
    if (!gate_waits(atomic_load_explicit(&work.gate, memory_order_acquire), seen)) return true;
    if (spin % SPINS_A_LOOK == SPINS_A_LOOK - 1) {
      int64_t now = microseconds();
      if (end == 0) end = now + SPIN_MICROSECONDS;
      if (now >= end) return false;
    }
    pause_briefly();
  }
}

static bool is_still_region(uint64_t gate, uint64_t seen) { return gate >> REGION_SHIFT == seen; }

static bool has_workers_inside(uint64_t gate, uint64_t seen) {
  (void)seen;
  return (gate & INSIDE_MASK) > 0;
}

static void take_tasks(void) {
  inside_region = true;
  size_t task;
  while ((task = atomic_fetch_add_explicit(&work.next, 1, memory_order_relaxed)) < work.tasks) {
    work.body(work.context, task);
  }
  inside_region = false;
}

/// Returns the number of the first region after `seen`.
static uint64_t wait_for_region(uint64_t seen) {
  if (spin_while(is_still_region, seen)) return atomic_load(&work.gate) >> REGION_SHIFT;
  pthread_mutex_lock(&sleep_lock);
  atomic_fetch_add(&sleeping, 1);
  uint64_t region;
  while ((region = atomic_load(&work.gate) >> REGION_SHIFT) == seen) {
    pthread_cond_wait(&wake, &sleep_lock);
  }
  atomic_fetch_sub(&sleeping, 1);
  pthread_mutex_unlock(&sleep_lock);
  return region;
}

/// Goes into the region of this number, unless its gate is closed.
static bool enter_region(uint64_t region) {
  uint64_t gate = atomic_load(&work.gate);
  while ((gate & OPEN) != 0 && gate >> REGION_SHIFT == region) {
    if (atomic_compare_exchange_weak(&work.gate, &gate, gate + 1)) return true;
  }
  return false;
}

static void *run_worker(void *first_region) {
  uint64_t region = (uint64_t)(uintptr_t)first_region;
  while (true) {
    region = wait_for_region(region);
    if (atomic_load(&work.stopping)) return NULL;
    if (!enter_region(region)) continue;
    take_tasks();
    atomic_fetch_sub(&work.gate, 1);
  }
}

static void open_region(void) {
  uint64_t region = (atomic_load(&work.gate) >> REGION_SHIFT) + 1;
  atomic_store(&work.gate, region << REGION_SHIFT | OPEN);
  if (atomic_load(&sleeping) > 0) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&sleep_lock);
  }
}

/// Lets no more workers in and waits for those inside.
static void close_region(void) {
  atomic_fetch_and(&work.gate, ~(uint64_t)OPEN);
  while (!spin_while(has_workers_inside, 0)) usleep(20);
}

/// Brings the number of workers to `count`. The caller holds `busy`. Where the system refuses a
/// thread, the pool goes on with those it has.
static void resize(size_t count) {
  if (count == asked_for) return;
  asked_for = count;
  if (worker_count > 0) {
    atomic_store(&work.stopping, true);
    open_region();
    for (size_t i = 0; i < worker_count; i++) pthread_join(workers[i], NULL);
    atomic_store(&work.stopping, false);
    close_region();
  }
  worker_count = 0;
  void *region = (void *)(uintptr_t)(atomic_load(&work.gate) >> REGION_SHIFT);
  while (worker_count < count) {
    if (pthread_create(&workers[worker_count], NULL, run_worker, region) != 0) break;
    worker_count++;
  }
}

size_t qb_thread_count(void) {
  size_t wanted = atomic_load_explicit(&wanted_count, memory_order_relaxed);
  if (wanted > 0) return wanted;
  // Kept: glibc reads a file to answer, which takes longer than a region.
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  qb_set_thread_count(cores < 1 ? 1 : (size_t)cores);
  return atomic_load(&wanted_count);
}

void qb_set_thread_count(size_t count) {
  atomic_store(&wanted_count, count < 1 ? 1 : count > MAXIMUM_THREADS ? MAXIMUM_THREADS : count);
}

void qb_parallel(size_t tasks, task_body body, void *context) {
  if (tasks <= 1 || inside_region || qb_thread_count() == 1 || pthread_mutex_trylock(&busy) != 0) {
    for (size_t task = 0; task < tasks; task++) body(context, task);
    return;
  }
  resize(qb_thread_count() - 1);
  work.tasks = tasks;
  work.body = body;
  work.context = context;
  atomic_store_explicit(&work.next, 0, memory_order_relaxed);
  open_region();
  take_tasks();
  close_region();
  pthread_mutex_unlock(&busy);
}

// MARK: - Scratch of each thread

enum { SLOTS = 3 };

typedef struct {
  void *memory[SLOTS];
  size_t bytes[SLOTS];
} scratch_buffers;

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void free_scratch(void *pointer) {
  scratch_buffers *buffers = pointer;
  for (int slot = 0; slot < SLOTS; slot++) qb_unmap(buffers->memory[slot], buffers->bytes[slot]);
  free(buffers);
}

static void make_scratch_key(void) { pthread_key_create(&scratch_key, free_scratch); }

_Noreturn void qb_out_of_memory(size_t bytes) {
  fprintf(stderr, "error: out of memory: the system does not give another %zu KiB\n", divide_up(bytes, 1024));
  _exit(RESOURCE_MISSING);
}

void *qb_thread_scratch(int slot, size_t bytes) {
  static _Thread_local scratch_buffers *mine;
  if (mine == NULL) {
    pthread_once(&scratch_once, make_scratch_key);
    mine = calloc(1, sizeof *mine);
    if (mine == NULL) qb_out_of_memory(sizeof *mine);
    pthread_setspecific(scratch_key, mine);
  }
  if (mine->bytes[slot] < bytes) {
    qb_unmap(mine->memory[slot], mine->bytes[slot]);
    mine->bytes[slot] = bytes;
    mine->memory[slot] = qb_map(bytes, true);
    if (mine->memory[slot] == NULL) qb_out_of_memory(bytes);
  }
  return mine->memory[slot];
}
