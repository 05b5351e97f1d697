// gelu_new, GPT-2's activation, in place; products apply it as an epilogue (pack.c).

#ifndef LANES
#include "kernel_table.h"

enum { VALUES_PER_TASK = 16384 };

typedef struct {
  float *x;
  size_t count;
} activation;

static void activate(void *context, size_t task) {
  const activation *a = context;
  size_t first = task * VALUES_PER_TASK;
  size_t count = a->count - first < VALUES_PER_TASK ? a->count - first : VALUES_PER_TASK;
  qb_kernels->gelu_tanh(a->x + first, count);
}

void qb_gelu_tanh(float *x, size_t count) {
  activation a = {x, count};
  qb_parallel((count + VALUES_PER_TASK - 1) / VALUES_PER_TASK, activate, &a);
}

#define OPERATION "gelu.c"
#include "each_path.h"
#else

void PATH(qb_gelu_tanh)(float *x, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) vstore(x + i, vgelu(vload(x + i)));
  if (i == count) return;
  float rest[LANES] = {0};
  for (size_t k = i; k < count; k++) rest[k - i] = x[k];
  vstore(rest, vgelu(vload(rest)));
  for (size_t k = i; k < count; k++) x[k] = rest[k - i];
}

#endif
