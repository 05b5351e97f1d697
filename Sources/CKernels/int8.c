// INT8 weights with Float32 activations: weight = (code - offset) * scale.
//
// Layout [rows/16][columns/4][16][4]: a 32-bit lane holds 4 consecutive columns of one row, so the
// same bytes serve byte products (llm_int8.c), and here a shift, a mask and a conversion give 16 rows
// of one column. The scale leaves the inner loop: one multiplication for each row and segment.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"
#define OPERATION "int8.c"
#include "each_path.h"
#else

#define PARTS (QB_INTERLEAVE / LANES)

/// Columns 4q + j of LANES rows; j is a constant wherever this is called.
QB_INLINE vf PATH(byte_of)(vi quads, const size_t j) {
  return vtofloat((quads << (int)(24 - 8 * j)) >> 24);
}

/// The same times 2^24: the byte stays on top, which saves a shift where shifts are what takes the time.
QB_INLINE vf PATH(top_byte_of)(vi quads, const size_t j) {
  return vtofloat((quads << (int)(24 - 8 * j)) & (int32_t)0xFF000000);
}

void PATH(qb_unpack_int8)(const qb_matrix *matrix, size_t row, size_t column, size_t count,
                          float *panel) {
  size_t columns = matrix->columns;
  size_t quads = (columns + 3) / 4, segments = (columns + matrix->segment - 1) / matrix->segment;
  for (size_t r = 0; r < QB_PANEL_ROWS; r += QB_INTERLEAVE) {
    if (row + r >= matrix->rows) {
      for (size_t k = 0; k < count; k++) memset(panel + k * QB_PANEL_ROWS + r, 0, 16 * sizeof(float));
      continue;
    }
    size_t group = (row + r) / QB_INTERLEAVE;
    const int8_t *w = (const int8_t *)matrix->weights + group * quads * 64;
    const float *scales = matrix->scales + group * segments * QB_INTERLEAVE;
    const float *offsets = matrix->offsets != NULL
                             ? matrix->offsets + group * segments * QB_INTERLEAVE
                             : NULL;
    for (size_t k = 0; k < count;) {
      size_t segment = (column + k) / matrix->segment;
      size_t end = (segment + 1) * matrix->segment - column;
      if (end > count) end = count;
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) {
        vf scale = vload(scales + segment * QB_INTERLEAVE + v * LANES);
        vf offset = vsplat(0);
        if (offsets != NULL) offset = vload(offsets + segment * QB_INTERLEAVE + v * LANES);
        size_t i = k;
        float *out = panel + r + v * LANES;
        for (; i < end && (column + i) % 4 != 0; i++) {
          vi bytes = vloadi(w + (column + i) / 4 * 64 + v * LANES * 4);
          vf code = vtofloat((bytes << (int)(24 - 8 * ((column + i) % 4))) >> 24);
          vstore(out + i * QB_PANEL_ROWS, (code - offset) * scale);
        }
        for (; i + 4 <= end; i += 4) {
          vi bytes = vloadi(w + (column + i) / 4 * 64 + v * LANES * 4);
#pragma unroll
          for (size_t j = 0; j < 4; j++) {
            vstore(out + (i + j) * QB_PANEL_ROWS, (PATH(byte_of)(bytes, j) - offset) * scale);
          }
        }
        for (; i < end; i++) {
          vi bytes = vloadi(w + (column + i) / 4 * 64 + v * LANES * 4);
          vf code = vtofloat((bytes << (int)(24 - 8 * ((column + i) % 4))) >> 24);
          vstore(out + i * QB_PANEL_ROWS, (code - offset) * scale);
        }
      }
      k = end;
    }
  }
}

void PATH(qb_decode_row_int8)(const qb_matrix *matrix, size_t row, float *out) {
  size_t columns = matrix->columns, group = row / QB_INTERLEAVE, lane = row % QB_INTERLEAVE;
  size_t quads = (columns + 3) / 4, segments = (columns + matrix->segment - 1) / matrix->segment;
  const int8_t *w = (const int8_t *)matrix->weights + group * quads * 64 + lane * 4;
  size_t c = 0;
  for (size_t s = 0; s < segments; s++) {
    size_t index = (group * segments + s) * QB_INTERLEAVE + lane;
    float scale = matrix->scales[index];
    float offset = matrix->offsets != NULL ? matrix->offsets[index] : 0;
    size_t end = columns - c < matrix->segment ? columns : c + matrix->segment;
    for (; c < end; c++) out[c] = ((float)w[c / 4 * 64 + c % 4] - offset) * scale;
  }
}

/// 16 rows from `first` on, over all segments. Sums are 2^24 times too large until they are scaled, which
/// loses nothing while they are below 2^104.
QB_INLINE void PATH(int8_rows)(const size_t tokens, const size_t chains, const bool shifted,
                               const qb_matrix *matrix, size_t first, const float *x,
                               float sums[][QB_INTERLEAVE]) {
  size_t columns = matrix->columns;
  size_t quads = (columns + 3) / 4, segments = (columns + matrix->segment - 1) / matrix->segment;
  size_t group = first / QB_INTERLEAVE;
  const int8_t *w = (const int8_t *)matrix->weights + group * quads * 64;
  const float *scales = matrix->scales + group * segments * QB_INTERLEAVE;
  vf total[4][PARTS];
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) total[t][v] = vsplat(0);
  }
  for (size_t s = 0; s < segments; s++) {
    vf sum[4][4][PARTS], offset[PARTS];
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      offset[v] = vsplat(0);
      if (shifted) {
        offset[v] = vload(matrix->offsets + (group * segments + s) * QB_INTERLEAVE + v * LANES) * 0x1p24f;
      }
#pragma unroll
      for (size_t t = 0; t < tokens; t++) {
#pragma unroll
        for (size_t c = 0; c < chains; c++) sum[t][c][v] = vsplat(0);
      }
    }
    size_t k = s * matrix->segment;  // A multiple of 8, or 0.
    size_t end = k + matrix->segment < columns ? k + matrix->segment : columns;
    for (; k + 4 <= end; k += 4) {
      __builtin_prefetch(w + k * 16 + QB_AHEAD);
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) {
        vi bytes = vloadi(w + k * 16 + v * LANES * 4);
#pragma unroll
        for (size_t j = 0; j < 4; j++) {
          vf weight = PATH(top_byte_of)(bytes, j);
          if (shifted) weight -= offset[v];
#pragma unroll
          for (size_t t = 0; t < tokens; t++) {
            sum[t][j % chains][v] += weight * x[t * columns + k + j];
          }
        }
      }
    }
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vi bytes = k < end ? vloadi(w + k * 16 + v * LANES * 4) : (vi){0};
#pragma unroll
      for (size_t j = 0; j < 3; j++) {
        if (k + j < end) {
          vf weight = PATH(top_byte_of)(bytes, j) - offset[v];
#pragma unroll
          for (size_t t = 0; t < tokens; t++) sum[t][0][v] += weight * x[t * columns + k + j];
        }
      }
      vf scale = vload(scales + s * QB_INTERLEAVE + v * LANES);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) {
        vf all = sum[t][0][v];
#pragma unroll
        for (size_t c = 1; c < chains; c++) all += sum[t][c][v];
        total[t][v] += all * 0x1p-24f * scale;
      }
    }
  }
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) vstore(sums[t] + v * LANES, total[t][v]);
  }
}

void PATH(qb_vector_int8)(const qb_matrix *matrix, size_t first, size_t last, const float *x,
                          size_t tokens, const float *bias, float *y) {
  for (size_t r = first; r < last; r += QB_INTERLEAVE) {
    float sums[QB_VECTOR_TOKENS][QB_INTERLEAVE];
#define ROWS(t, chains)                                                                    \
  case t:                                                                                  \
    if (matrix->offsets != NULL) PATH(int8_rows)(t, chains, true, matrix, r, x, sums);     \
    else PATH(int8_rows)(t, chains, false, matrix, r, x, sums);                            \
    break;
    switch (tokens) { ROWS(1, 4) ROWS(2, 2) ROWS(3, 1) ROWS(4, 1) }
#undef ROWS
    qb_store_sums(sums, tokens, matrix->rows, r, last, bias, y);
  }
}

#undef PARTS
#endif
