// Activation functions in place; products apply them as an epilogue (pack.c).

#ifndef LANES
#include "kernel_table.h"

enum { VALUES_PER_TASK = 16384 };

typedef struct {
  float *x;
  size_t count;
  qb_epilogue function;
} activation;

static void activate(void *context, size_t task) {
  const activation *a = context;
  size_t first = task * VALUES_PER_TASK;
  qb_kernels->activate(a->x + first, smaller(a->count - first, VALUES_PER_TASK), a->function);
}

void qb_activate(float *x, size_t count, qb_epilogue function) {
  activation a = {x, count, function};
  qb_parallel(divide_up(count, VALUES_PER_TASK), activate, &a);
}

#define OPERATION "activation_function.c"
#include "each_path.h"
#else

/// x Phi(x), Phi being the distribution function of normal deviates: erfc(|x| / sqrt 2) / 2 below zero
/// and 1 less that above, which keeps its relative accuracy below zero. erfc z is t e^(P(t) - z^2),
/// t = 2 / (2 + z), within 1.2e-7 of itself. Source: Press et al., Numerical Recipes, `erfcc`.
QB_INLINE vf PATH(gelu_erf)(vf x) {
  const float coefficients[] = {0.17087277f, -0.82215223f, 1.48851587f, -1.13520398f, 0.27886807f,
                                -0.18628806f, 0.09678418f, 0.37409196f, 1.00002368f, -1.26551223f};
  vf z = (vf)((vi)x & 0x7FFFFFFF) * 0.70710678118654752f;
  vf t = 1.0f / (z * 0.5f + 1.0f);
  vf p = vsplat(coefficients[0]);
  for (size_t i = 1; i < sizeof coefficients / sizeof *coefficients; i++) p = p * t + coefficients[i];
  vf tail = t * 0.5f * vexp(p - z * z);
  return x * vselect(x > 0, 1.0f - tail, tail);
}

QB_INLINE vf PATH(relu)(vf x) { return vmax(x, vsplat(0)); }

/// x times the logistic function of x.
QB_INLINE vf PATH(silu)(vf x) { return x / (vexp(-x) + 1.0f); }

/// x times the logistic function of 1.702 x.
QB_INLINE vf PATH(quick_gelu)(vf x) { return x / (vexp(x * -1.702f) + 1.0f); }

/// A polynomial near zero, where 1 - 2 / (e^2x + 1) has few digits. Source: Cephes, `tanhf`.
QB_INLINE vf PATH(tanh)(vf x) {
  vf size = (vf)((vi)x & 0x7FFFFFFF), square = x * x;
  vf p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  vf far = 1.0f - 2.0f / (vexp(size + size) + 1.0f);
  far = (vf)((vi)far | ((vi)x & (int32_t)0x80000000));
  return vselect(size < 0.625f, p * square * x + x, far);
}

QB_INLINE void PATH(each)(float *x, size_t count, vf (*function)(vf)) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) vstore(x + i, function(vload(x + i)));
  if (i == count) return;
  float rest[LANES];
  vstore(rest, function(vload_part(x + i, count - i)));
  memcpy(x + i, rest, (count - i) * sizeof(float));
}

void PATH(qb_activate)(float *x, size_t count, qb_epilogue function) {
  switch (function) {
    case QB_GELU_TANH:
      PATH(each)(x, count, vgelu);
      break;
    case QB_GELU_ERF:
      PATH(each)(x, count, PATH(gelu_erf));
      break;
    case QB_RELU:
      PATH(each)(x, count, PATH(relu));
      break;
    case QB_SILU:
      PATH(each)(x, count, PATH(silu));
      break;
    case QB_QUICK_GELU:
      PATH(each)(x, count, PATH(quick_gelu));
      break;
    case QB_TANH:
      PATH(each)(x, count, PATH(tanh));
      break;
    default:
      break;
  }
}

#endif
