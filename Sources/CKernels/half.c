// IEEE half and bfloat16 weights, widened to Float32 in registers.
//
// Layout [rows/16][columns][16]: lanes are output rows, so the few-token kernel broadcasts one
// activation at a time and needs no sums across lanes, and a panel is three streams side by side.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"
#define OPERATION "half.c"
#include "each_path.h"
#else

#define PARTS (QB_INTERLEAVE / LANES)

QB_INLINE vf PATH(widen)(const bool brain, const uint16_t *p) {
  if (!brain) return vfromhalf(p);
  typedef uint16_t narrow __attribute__((vector_size(LANES * 2), aligned(2), may_alias));
  return (vf)(__builtin_convertvector(*(const narrow *)p, vi) << 16);
}

QB_INLINE void PATH(unpack_half)(const bool brain, const qb_matrix *matrix, size_t row,
                                 size_t column, size_t count, float *panel) {
  for (size_t r = 0; r < QB_PANEL_ROWS; r += QB_INTERLEAVE) {
    if (row + r >= matrix->rows) {
      for (size_t k = 0; k < count; k++) memset(panel + k * QB_PANEL_ROWS + r, 0, 16 * sizeof(float));
      continue;
    }
    const uint16_t *w = (const uint16_t *)matrix->weights +
                        ((row + r) / QB_INTERLEAVE * matrix->columns + column) * QB_INTERLEAVE;
    for (size_t k = 0; k < count; k++, w += QB_INTERLEAVE) {
#pragma unroll
      for (size_t v = 0; v < QB_INTERLEAVE; v += LANES) {
        vstore(panel + k * QB_PANEL_ROWS + r + v, PATH(widen)(brain, w + v));
      }
    }
  }
}

/// 16 rows from `first` on. `chains` sums run side by side, to hide the latency of additions.
QB_INLINE void PATH(half_rows)(const bool brain, const size_t tokens, const size_t chains,
                               const qb_matrix *matrix, size_t first, const float *x,
                               float sums[][QB_INTERLEAVE]) {
  size_t columns = matrix->columns;
  const uint16_t *w = (const uint16_t *)matrix->weights + first * columns;
  vf sum[4][4][PARTS];
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t s = 0; s < chains; s++) {
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) sum[t][s][v] = vsplat(0);
    }
  }
  size_t k = 0;
  for (; k + chains <= columns; k += chains) {
#pragma unroll
    for (size_t s = 0; s < chains; s++) {
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) {
        vf weight = PATH(widen)(brain, w + (k + s) * QB_INTERLEAVE + v * LANES);
#pragma unroll
        for (size_t t = 0; t < tokens; t++) sum[t][s][v] += weight * x[t * columns + k + s];
      }
    }
  }
  for (; k < columns; k++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vf weight = PATH(widen)(brain, w + k * QB_INTERLEAVE + v * LANES);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) sum[t][0][v] += weight * x[t * columns + k];
    }
  }
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vf total = sum[t][0][v];
#pragma unroll
      for (size_t s = 1; s < chains; s++) total += sum[t][s][v];
      vstore(sums[t] + v * LANES, total);
    }
  }
}

QB_INLINE void PATH(vector_half)(const bool brain, const qb_matrix *matrix, size_t first,
                                 size_t last, const float *x, size_t tokens, const float *bias,
                                 float *y) {
  for (size_t r = first; r < last; r += QB_INTERLEAVE) {
    float sums[QB_VECTOR_TOKENS][QB_INTERLEAVE];
    switch (tokens) {
      case 1: PATH(half_rows)(brain, 1, 4, matrix, r, x, sums); break;
      case 2: PATH(half_rows)(brain, 2, 2, matrix, r, x, sums); break;
      case 3: PATH(half_rows)(brain, 3, 1, matrix, r, x, sums); break;
      case 4: PATH(half_rows)(brain, 4, 1, matrix, r, x, sums); break;
    }
    qb_store_sums(sums, tokens, matrix->rows, r, last, bias, y);
  }
}

QB_INLINE void PATH(decode_half_row)(const bool brain, const qb_matrix *matrix, size_t row,
                                     float *out) {
  size_t columns = matrix->columns;
  const uint16_t *w = (const uint16_t *)matrix->weights +
                      row / QB_INTERLEAVE * columns * QB_INTERLEAVE + row % QB_INTERLEAVE;
  for (size_t c = 0; c < columns; c += LANES) {
    uint16_t bits[LANES] = {0};
    size_t count = columns - c < LANES ? columns - c : LANES;
    for (size_t i = 0; i < count; i++) bits[i] = w[(c + i) * QB_INTERLEAVE];
    vf values = PATH(widen)(brain, bits);
    memcpy(out + c, &values, count * sizeof(float));
  }
}

void PATH(qb_decode_row_float16)(const qb_matrix *matrix, size_t row, float *out) {
  PATH(decode_half_row)(false, matrix, row, out);
}

void PATH(qb_decode_row_bfloat16)(const qb_matrix *matrix, size_t row, float *out) {
  PATH(decode_half_row)(true, matrix, row, out);
}

void PATH(qb_unpack_float16)(const qb_matrix *matrix, size_t row, size_t column, size_t count,
                             float *panel) {
  PATH(unpack_half)(false, matrix, row, column, count, panel);
}

void PATH(qb_unpack_bfloat16)(const qb_matrix *matrix, size_t row, size_t column, size_t count,
                              float *panel) {
  PATH(unpack_half)(true, matrix, row, column, count, panel);
}

void PATH(qb_vector_float16)(const qb_matrix *matrix, size_t first, size_t last, const float *x,
                             size_t tokens, const float *bias, float *y) {
  PATH(vector_half)(false, matrix, first, last, x, tokens, bias, y);
}

void PATH(qb_vector_bfloat16)(const qb_matrix *matrix, size_t first, size_t last, const float *x,
                              size_t tokens, const float *bias, float *y) {
  PATH(vector_half)(true, matrix, first, last, x, tokens, bias, y);
}

#undef PARTS
#endif
