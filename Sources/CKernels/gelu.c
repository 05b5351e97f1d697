// gelu_new, GPT-2's activation, in place.
//
// 0.5 (1 + tanh u) is 1 / (1 + e^(-2u)), which needs one exponential and keeps its relative
// accuracy where tanh u is close to -1.

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

QB_INLINE vf PATH(gelu_of)(vf x) {
  const float minus_two_root_two_over_pi = -1.5957691216057308f;
  vf u = (x * x * 0.044715f + 1.0f) * x * minus_two_root_two_over_pi;
  return x / (vexp(u) + 1.0f);
}

void PATH(qb_gelu_tanh)(float *x, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) vstore(x + i, PATH(gelu_of)(vload(x + i)));
  if (i == count) return;
  float rest[LANES] = {0};
  for (size_t k = i; k < count; k++) rest[k - i] = x[k];
  vstore(rest, PATH(gelu_of)(vload(rest)));
  for (size_t k = i; k < count; k++) x[k] = rest[k - i];
}

#endif
