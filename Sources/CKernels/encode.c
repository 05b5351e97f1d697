// The loops of encoding: extremes of a run of weights, and codes of all its weights.
//
// Each step is one Float32 operation, in the order that the formats define; nothing is fused, and
// every path gives the same bits.

#ifndef LANES
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernel_table.h"

float qb_absmax(const float *x, size_t count) { return qb_kernels->absmax(x, count); }

void qb_range(const float *x, size_t count, float *minimum, float *maximum) {
  qb_kernels->range(x, count, minimum, maximum);
}

void qb_rank(const float *x, size_t count, float multiplier, const float *thresholds,
             uint8_t *ranks) {
  qb_kernels->rank(x, count, multiplier, thresholds, ranks);
}

void qb_round_to_int8(const float *x, size_t count, float multiplier, float offset, int8_t *codes) {
  qb_kernels->round_to_int8(x, count, multiplier, offset, codes);
}

void qb_round_to_half(const float *x, size_t count, float *y) {
  qb_kernels->round_to_half(x, count, y);
}

size_t qb_first_non_finite(const float *x, size_t count) {
  // By blocks without a branch, which any compiler turns into vectors; most hold none.
  for (size_t start = 0; start < count; start += 256) {
    size_t end = start + 256 < count ? start + 256 : count;
    int found = 0;
    for (size_t i = start; i < end; i++) found |= !(fabsf(x[i]) <= FLT_MAX);
    if (!found) continue;
    for (size_t i = start; i < end; i++) {
      if (!isfinite(x[i])) return i;
    }
  }
  return count;
}

#define OPERATION "encode.c"
#include "each_path.h"
#else

/// LANES values from x on; those past `count` are `filler`.
QB_INLINE vf PATH(load_some)(const float *x, size_t count, float filler) {
  if (count >= LANES) return vload(x);
  float values[LANES];
  for (size_t i = 0; i < LANES; i++) values[i] = i < count ? x[i] : filler;
  return vload(values);
}

float PATH(qb_absmax)(const float *x, size_t count) {
  vf largest = vsplat(0);
  for (size_t i = 0; i < count; i += LANES) {
    vf size = (vf)((vi)PATH(load_some)(x + i, count - i, 0) & 0x7FFFFFFF);
    largest = vselect(size > largest, size, largest);
  }
  float absmax = 0;
  for (size_t i = 0; i < LANES; i++) absmax = largest[i] > absmax ? largest[i] : absmax;
  return absmax;
}

void PATH(qb_range)(const float *x, size_t count, float *minimum, float *maximum) {
  vf low = vsplat(count > 0 ? x[0] : 0), high = low;
  for (size_t i = 0; i < count; i += LANES) {
    vf value = PATH(load_some)(x + i, count - i, x[0]);
    low = vselect(value < low, value, low);
    high = vselect(value > high, value, high);
  }
  *minimum = low[0];
  *maximum = high[0];
  for (size_t i = 1; i < LANES; i++) {
    *minimum = low[i] < *minimum ? low[i] : *minimum;
    *maximum = high[i] > *maximum ? high[i] : *maximum;
  }
}

/// ranks[i] = how many of 15 ascending thresholds lie below clamp(x * multiplier, -1, 1).
void PATH(qb_rank)(const float *x, size_t count, float multiplier, const float *thresholds,
                   uint8_t *ranks) {
  for (size_t i = 0; i < count; i += LANES) {
    vf value = PATH(load_some)(x + i, count - i, 0) * multiplier;
    value = vselect(value > 1.0f, vsplat(1), vselect(value < -1.0f, vsplat(-1), value));
    vi rank = {0};
#pragma unroll
    for (size_t t = 0; t < 15; t++) rank -= value > thresholds[t];
    size_t rest = count - i < LANES ? count - i : LANES;
    if (rest == LANES) {
#pragma unroll
      for (size_t k = 0; k < LANES; k++) ranks[i + k] = (uint8_t)rank[k];
    } else {
      for (size_t k = 0; k < rest; k++) ranks[i + k] = (uint8_t)rank[k];
    }
  }
}

/// codes[i] = rint(x * multiplier + offset), half to even, within -128 ... 127.
void PATH(qb_round_to_int8)(const float *x, size_t count, float multiplier, float offset,
                            int8_t *codes) {
#pragma clang fp contract(off)
  const vf shift = vsplat(12582912.0f);
  for (size_t i = 0; i < count; i += LANES) {
    vf value = PATH(load_some)(x + i, count - i, 0) * multiplier;
    value = value + offset;
    value = vselect(value != value, vsplat(0), value);
    value = vselect(value > 127.0f, vsplat(127), vselect(value < -128.0f, vsplat(-128), value));
    vi code = __builtin_convertvector((value + shift) - shift, vi);
    size_t rest = count - i < LANES ? count - i : LANES;
    for (size_t k = 0; k < rest; k++) codes[i + k] = (int8_t)code[k];
  }
}

void PATH(qb_round_to_half)(const float *x, size_t count, float *y) {
  for (size_t i = 0; i < count; i += LANES) {
    vf value = vtohalf(PATH(load_some)(x + i, count - i, 0));
    size_t rest = count - i < LANES ? count - i : LANES;
    for (size_t k = 0; k < rest; k++) y[i + k] = value[k];
  }
}

#endif
