// Float32 weights where they lie in the file, in both orientations; nothing is copied.
//
// [columns, rows] (Conv1D): lanes are rows. The few-token kernel adds 4 file rows at a time to y, a
// quarter of the columns apart: so each of 4 streams reads on without a jump, and prefetchers follow.
// [rows, columns] (embeddings, heads): dot products of a row at a time with sums at the end; a panel
// is transposed 48 rows at a time.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"

enum { STREAMS = 4 };

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

/// y[t, r] += sum over `streams` columns, `gap` apart, of x[t, c] W[c, r], for r in [first, last).
QB_INLINE void PATH(add_columns)(const size_t streams, const size_t tokens, size_t gap, const float *w,
                                 size_t rows, size_t first, size_t last, const float *x,
                                 size_t columns, float *y) {
  vf scale[4][STREAMS];
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t s = 0; s < streams; s++) scale[t][s] = vsplat(x[t * columns + s * gap]);
  }
  size_t r = first;
  for (; r + LANES <= last; r += LANES) {
    vf sum[4];
#pragma unroll
    for (size_t t = 0; t < tokens; t++) sum[t] = vload(y + t * rows + r);
#pragma unroll
    for (size_t s = 0; s < streams; s++) {
      vf weight = vload(w + s * gap * rows + r);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) sum[t] += scale[t][s] * weight;
    }
#pragma unroll
    for (size_t t = 0; t < tokens; t++) vstore(y + t * rows + r, sum[t]);
  }
  for (; r < last; r++) {
    for (size_t t = 0; t < tokens; t++) {
      for (size_t s = 0; s < streams; s++) {
        y[t * rows + r] += x[t * columns + s * gap] * w[s * gap * rows + r];
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
  size_t c = 0, gap = columns / STREAMS;
#define ADD(n, t) PATH(add_columns)(n, t, gap, w + c * rows, rows, first, last, x + c, columns, y)
#define ALL_COLUMNS(t)                              \
  case t:                                           \
    for (; c < gap; c++) ADD(STREAMS, t);           \
    for (c *= STREAMS; c < columns; c++) ADD(1, t); \
    break;
  switch (tokens) { ALL_COLUMNS(1) ALL_COLUMNS(2) ALL_COLUMNS(3) ALL_COLUMNS(4) }
#undef ALL_COLUMNS
#undef ADD
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

/// y[t * stride] = bias + the dot product of one row, in `chains` sums side by side.
QB_INLINE void PATH(dot_row)(const size_t tokens, const size_t chains, const float *w, size_t columns,
                             const float *x, float bias, float *y, size_t stride) {
  vf sum[4][4];
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t s = 0; s < chains; s++) sum[t][s] = vsplat(0);
  }
  size_t c = 0;
  for (; c + chains * LANES <= columns; c += chains * LANES) {
#pragma unroll
    for (size_t s = 0; s < chains; s++) {
      vf weight = vload(w + c + s * LANES);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) sum[t][s] += weight * vload(x + t * columns + c + s * LANES);
    }
  }
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
    vf all = sum[t][0];
#pragma unroll
    for (size_t s = 1; s < chains; s++) all += sum[t][s];
    float total = vsum(all);
    for (size_t k = c; k < columns; k++) total += w[k] * x[t * columns + k];
    y[t * stride] = total + bias;
  }
}

void PATH(qb_vector_float32_out_in)(const qb_matrix *matrix, size_t first, size_t last,
                                    const float *x, size_t tokens, const float *bias, float *y) {
  size_t columns = matrix->columns;
  for (size_t r = first; r < last; r++) {
    const float *w = (const float *)matrix->weights + r * columns;
    float shift = bias != NULL ? bias[r] : 0;
#define ROW(t, chains) \
  case t: PATH(dot_row)(t, chains, w, columns, x, shift, y + r, matrix->rows); break;
    switch (tokens) { ROW(1, 4) ROW(2, 4) ROW(3, 2) ROW(4, 2) }
#undef ROW
  }
}

#endif
