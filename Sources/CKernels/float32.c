// Float32 weights where they lie in the file, in both orientations; nothing is copied.
//
// [columns, rows] (Conv1D): lanes are rows. The few-token kernel adds 8 file rows at a time to y,
// so memory is read in 8 forward streams, which the prefetcher follows.
// [rows, columns] (embeddings, heads): dot products of 4 rows at a time with sums at the end; a
// panel is transposed 48 rows at a time.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"
#define OPERATION "float32.c"
#include "each_path.h"
#else

// MARK: - [columns, rows]

void PATH(qb_unpack_float32_in_out)(const qb_matrix *matrix, size_t row, size_t column,
                                    size_t count, float *panel) {
  const float *w = (const float *)matrix->weights + column * matrix->rows + row;
  size_t rows = matrix->rows - row < QB_PANEL_ROWS ? matrix->rows - row : QB_PANEL_ROWS;
  for (size_t k = 0; k < count; k++, w += matrix->rows, panel += QB_PANEL_ROWS) {
    if (rows == QB_PANEL_ROWS) {
#pragma unroll
      for (size_t v = 0; v < QB_PANEL_ROWS; v += LANES) vstore(panel + v, vload(w + v));
    } else {
      memcpy(panel, w, rows * sizeof(float));
      memset(panel + rows, 0, (QB_PANEL_ROWS - rows) * sizeof(float));
    }
  }
}

void PATH(qb_decode_row_float32_in_out)(const qb_matrix *matrix, size_t row, float *out) {
  const float *w = (const float *)matrix->weights + row;
  for (size_t c = 0; c < matrix->columns; c++) out[c] = w[c * matrix->rows];
}

/// y[t, r] += sum over `streams` columns of x[t, c] W[c, r], for r in [first, last).
QB_INLINE void PATH(add_columns)(const size_t streams, const size_t tokens, const float *w,
                                 size_t rows, size_t first, size_t last, const float *x,
                                 size_t columns, float *y) {
  vf scale[4][8];
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t s = 0; s < streams; s++) scale[t][s] = vsplat(x[t * columns + s]);
  }
  size_t r = first;
  for (; r + LANES <= last; r += LANES) {
    vf sum[4];
#pragma unroll
    for (size_t t = 0; t < tokens; t++) sum[t] = vload(y + t * rows + r);
#pragma unroll
    for (size_t s = 0; s < streams; s++) {
      vf weight = vload(w + s * rows + r);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) sum[t] += scale[t][s] * weight;
    }
#pragma unroll
    for (size_t t = 0; t < tokens; t++) vstore(y + t * rows + r, sum[t]);
  }
  for (; r < last; r++) {
    for (size_t t = 0; t < tokens; t++) {
      for (size_t s = 0; s < streams; s++) {
        y[t * rows + r] += x[t * columns + s] * w[s * rows + r];
      }
    }
  }
}

void PATH(qb_vector_float32_in_out)(const qb_matrix *matrix, size_t first, size_t last,
                                    const float *x, size_t tokens, const float *bias, float *y) {
  size_t rows = matrix->rows, columns = matrix->columns;
  const float *w = matrix->weights;
  for (size_t t = 0; t < tokens; t++) {
    for (size_t r = first; r < last; r++) y[t * rows + r] = bias != NULL ? bias[r] : 0;
  }
  size_t c = 0;
#define STREAMS(n, t) \
  PATH(add_columns)(n, t, w + c * rows, rows, first, last, x + c, columns, y)
#define ALL_COLUMNS(t)                                       \
  case t:                                                    \
    for (; c + 8 <= columns; c += 8) STREAMS(8, t);          \
    for (; c < columns; c++) STREAMS(1, t);                  \
    break;
  switch (tokens) { ALL_COLUMNS(1) ALL_COLUMNS(2) ALL_COLUMNS(3) ALL_COLUMNS(4) }
#undef ALL_COLUMNS
#undef STREAMS
}

// MARK: - [rows, columns]

/// Transposes a square of LANES x LANES in registers: each step swaps blocks of half the size.
QB_INLINE void PATH(transpose)(vf m[LANES]) {
#pragma unroll
  for (int half = LANES / 2; half > 0; half /= 2) {
#pragma unroll
    for (int i = 0; i < LANES; i++) {
      if ((i & half) != 0) continue;
      vf a = m[i], b = m[i + half];
#if LANES == 16
      if (half == 8) {
        m[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        m[i + half] =
          __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
      } else if (half == 4) {
        m[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
        m[i + half] =
          __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
      } else if (half == 2) {
        m[i] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        m[i + half] =
          __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
      } else {
        m[i] = __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        m[i + half] =
          __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
      }
#elif LANES == 8
      if (half == 4) {
        m[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
        m[i + half] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
      } else if (half == 2) {
        m[i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
        m[i + half] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
      } else {
        m[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
        m[i + half] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
      }
#else
      if (half == 2) {
        m[i] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
        m[i + half] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
      } else {
        m[i] = __builtin_shufflevector(a, b, 0, 4, 2, 6);
        m[i + half] = __builtin_shufflevector(a, b, 1, 5, 3, 7);
      }
#endif
    }
  }
}

void PATH(qb_unpack_float32_out_in)(const qb_matrix *matrix, size_t row, size_t column,
                                    size_t count, float *panel) {
  const float *w = (const float *)matrix->weights + row * matrix->columns + column;
  size_t rows = matrix->rows - row < QB_PANEL_ROWS ? matrix->rows - row : QB_PANEL_ROWS;
  for (size_t r = 0; r < QB_PANEL_ROWS; r += LANES) {
    size_t k = 0;
    if (r + LANES <= rows) {
      for (; k + LANES <= count; k += LANES) {
        vf m[LANES];
#pragma unroll
        for (size_t i = 0; i < LANES; i++) m[i] = vload(w + (r + i) * matrix->columns + k);
        PATH(transpose)(m);
#pragma unroll
        for (size_t i = 0; i < LANES; i++) vstore(panel + (k + i) * QB_PANEL_ROWS + r, m[i]);
      }
    }
    for (; k < count; k++) {
      for (size_t i = r; i < r + LANES; i++) {
        panel[k * QB_PANEL_ROWS + i] = i < rows ? w[i * matrix->columns + k] : 0;
      }
    }
  }
}

void PATH(qb_decode_row_float32_out_in)(const qb_matrix *matrix, size_t row, float *out) {
  memcpy(out, (const float *)matrix->weights + row * matrix->columns,
         matrix->columns * sizeof(float));
}

/// y[t, r] = bias + dot products for `count` <= 4 rows from r on.
QB_INLINE void PATH(dot_rows)(const size_t count, const size_t tokens, const float *w,
                              size_t columns, const float *x, const float *bias, float *y,
                              size_t stride) {
  vf sum[4][4];
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t t = 0; t < tokens; t++) sum[i][t] = vsplat(0);
  }
  size_t c = 0;
  for (; c + LANES <= columns; c += LANES) {
    vf activation[4];
#pragma unroll
    for (size_t t = 0; t < tokens; t++) activation[t] = vload(x + t * columns + c);
#pragma unroll
    for (size_t i = 0; i < count; i++) {
      vf weight = vload(w + i * columns + c);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) sum[i][t] += weight * activation[t];
    }
  }
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t t = 0; t < tokens; t++) {
      float total = vsum(sum[i][t]);
      for (size_t k = c; k < columns; k++) total += w[i * columns + k] * x[t * columns + k];
      y[t * stride + i] = total + (bias != NULL ? bias[i] : 0);
    }
  }
}

void PATH(qb_vector_float32_out_in)(const qb_matrix *matrix, size_t first, size_t last,
                                    const float *x, size_t tokens, const float *bias, float *y) {
  size_t columns = matrix->columns, r = first;
  const float *w = matrix->weights;
#define ROWS(n, t)                                                                           \
  PATH(dot_rows)(n, t, w + r * columns, columns, x, bias != NULL ? bias + r : NULL, y + r, \
                 matrix->rows)
#define ALL_ROWS(t)                                \
  case t:                                          \
    for (; r + 4 <= last; r += 4) ROWS(4, t);      \
    for (; r < last; r++) ROWS(1, t);              \
    break;
  switch (tokens) { ALL_ROWS(1) ALL_ROWS(2) ALL_ROWS(3) ALL_ROWS(4) }
#undef ALL_ROWS
#undef ROWS
}

#endif
