// What this machine can do at best, for benchmarks to compare with: multiply-adds that wait for
// nothing, and reading memory once.

#ifndef LANES
#include "kernel_table.h"

enum { PROBE_CHUNK = 1 << 20 };  // Bytes of one reading task.

static _Thread_local volatile float sink;

static void multiply_add_task(void *context, size_t task) {
  (void)task;
  sink = qb_kernels->probe_multiply_add(*(const size_t *)context);
}

double qb_probe_multiply_add(size_t iterations) {
  size_t threads = qb_thread_count();
  qb_parallel(threads, multiply_add_task, &iterations);
  size_t lanes = qb_active_path() == QB_PATH_AVX512 ? 16 : qb_active_path() == QB_PATH_AVX2 ? 8 : 4;
  return 24.0 * (double)lanes * (double)iterations * (double)threads;
}

typedef struct {
  const float *memory;
  size_t count;
} stretch;

static void read_task(void *context, size_t task) {
  const stretch *s = context;
  size_t chunk = PROBE_CHUNK / sizeof(float), first = task * chunk;
  size_t count = s->count - first < chunk ? s->count - first : chunk;
  sink = qb_kernels->probe_read(s->memory + first, count);
}

void qb_probe_read(const float *memory, size_t count) {
  stretch s = {memory, count};
  qb_parallel((count * sizeof(float) + PROBE_CHUNK - 1) / PROBE_CHUNK, read_task, &s);
}

#define OPERATION "probe.c"
#include "each_path.h"
#else

#define CHAINS (LANES == 16 ? 24 : 12)

float PATH(qb_probe_multiply_add)(size_t iterations) {
  vf sum[CHAINS];
#pragma unroll
  for (int i = 0; i < CHAINS; i++) sum[i] = vsplat((float)i);
  vf a = vsplat(0.999f), b = vsplat(1e-3f);
  for (size_t k = 0; k < iterations * (24 / CHAINS); k++) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sum[i] = sum[i] * a + b;
  }
  vf total = sum[0];
#pragma unroll
  for (int i = 1; i < CHAINS; i++) total += sum[i];
  return vsum(total);
}

float PATH(qb_probe_read)(const float *memory, size_t count) {
  vf sum[4] = {0};
  for (size_t i = 0; i + 4 * LANES <= count; i += 4 * LANES) {
#pragma unroll
    for (int k = 0; k < 4; k++) sum[k] += vload(memory + i + k * LANES);
  }
  return vsum((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

#undef CHAINS
#endif
