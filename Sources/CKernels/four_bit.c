// Four-bit codes with a codebook of 16 levels: weight = codebook[code] * scale of its block.
//
// Layout [rows/16][columns/8][16] of uint32: a lane holds 8 consecutive columns of one row, low
// nibble first. A permutation by the low bits of each lane looks up 16 rows at once (AVX-512: one
// instruction that ignores the upper bits, so a shift selects the column; AVX2: two halves and a
// blend). The few-token kernel multiplies by the scale once for each block, not once a weight.
// Blocks that run over the ends of rows (flat_block) are decoded one weight at a time.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"

static float flat_scale(const qb_matrix *matrix, size_t block) {
  return matrix->scales != NULL ? matrix->scales[block]
                                : qb_nested_scale(matrix, matrix->scale_codes[block], block);
}

static float scale_at(const qb_matrix *matrix, size_t row, size_t column) {
  if (matrix->flat_block != 0) {
    return flat_scale(matrix, (row * matrix->columns + column) / matrix->flat_block);
  }
  size_t segments = (matrix->columns + matrix->segment - 1) / matrix->segment;
  size_t segment = column / matrix->segment;
  size_t index = (row / QB_INTERLEAVE * segments + segment) * QB_INTERLEAVE + row % QB_INTERLEAVE;
  return matrix->scales != NULL
           ? matrix->scales[index]
           : qb_nested_scale(matrix, matrix->scale_codes[index], row * segments + segment);
}

static void unpack_flat(const qb_matrix *matrix, size_t row, size_t column, size_t count,
                        float *panel) {
  size_t octets = (matrix->columns + 7) / 8;
  const uint32_t *w = matrix->weights;
  for (size_t i = 0; i < QB_PANEL_ROWS; i++) {
    size_t r = row + i;
    for (size_t k = 0; k < count; k++) {
      float value = 0;
      if (r < matrix->rows) {
        size_t c = column + k;
        uint32_t word = w[(r / QB_INTERLEAVE * octets + c / 8) * QB_INTERLEAVE + r % QB_INTERLEAVE];
        value = matrix->codebook[word >> (c % 8 * 4) & 15] * scale_at(matrix, r, c);
      }
      panel[k * QB_PANEL_ROWS + i] = value;
    }
  }
}

#define OPERATION "four_bit.c"
#include "each_path.h"
#else

#define PARTS (QB_INTERLEAVE / LANES)

void PATH(qb_unpack_four_bit)(const qb_matrix *matrix, size_t row, size_t column, size_t count,
                              float *panel) {
  if (matrix->flat_block != 0) {
    unpack_flat(matrix, row, column, count, panel);
    return;
  }
  size_t columns = matrix->columns;
  size_t octets = (columns + 7) / 8, segments = (columns + matrix->segment - 1) / matrix->segment;
  float codebook[16];  // A copy that no store can reach, so that it stays in registers.
  memcpy(codebook, matrix->codebook, sizeof codebook);
  for (size_t r = 0; r < QB_PANEL_ROWS; r += QB_INTERLEAVE) {
    if (row + r >= matrix->rows) {
      for (size_t k = 0; k < count; k++) memset(panel + k * QB_PANEL_ROWS + r, 0, 16 * sizeof(float));
      continue;
    }
    size_t group = (row + r) / QB_INTERLEAVE;
    const uint32_t *w = (const uint32_t *)matrix->weights + group * octets * QB_INTERLEAVE;
    float buffer[QB_INTERLEAVE];
    const float *scales = NULL;
    size_t scaled = SIZE_MAX;
    for (size_t k = 0; k < count; k += 8) {
      size_t segment = (column + k) / matrix->segment;
      if (segment != scaled) scales = qb_scales_of(matrix, group, segments, segment, buffer);
      scaled = segment;
      float *out = panel + k * QB_PANEL_ROWS + r;
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) {
        vi codes = vloadi(w + (column + k) / 8 * QB_INTERLEAVE + v * LANES);
        vf scale = vload(scales + v * LANES);
        if (k + 8 <= count) {
#pragma unroll
          for (size_t j = 0; j < 8; j++) {
            vstore(out + j * QB_PANEL_ROWS + v * LANES,
                   vlookup(codes >> (int)(4 * j), codebook) * scale);
          }
        } else {
          for (size_t j = 0; j < count - k; j++) {
            vstore(out + j * QB_PANEL_ROWS + v * LANES,
                   vlookup(codes >> (int)(4 * j), codebook) * scale);
          }
        }
      }
    }
  }
}

void PATH(qb_decode_row_four_bit)(const qb_matrix *matrix, size_t row, float *out) {
  size_t columns = matrix->columns, octets = (columns + 7) / 8;
  const uint32_t *w = (const uint32_t *)matrix->weights +
                      row / QB_INTERLEAVE * octets * QB_INTERLEAVE + row % QB_INTERLEAVE;
  for (size_t c = 0; c < columns; c++) {
    out[c] = matrix->codebook[w[c / 8 * QB_INTERLEAVE] >> (c % 8 * 4) & 15] * scale_at(matrix, row, c);
  }
}

/// 16 rows from `first` on, over all segments.
QB_INLINE void PATH(four_bit_rows)(const size_t tokens, const size_t chains,
                                   const qb_matrix *matrix, size_t first, const float *x,
                                   float sums[][QB_INTERLEAVE]) {
  size_t columns = matrix->columns;
  size_t octets = (columns + 7) / 8, segments = (columns + matrix->segment - 1) / matrix->segment;
  size_t group = first / QB_INTERLEAVE;
  const uint32_t *w = (const uint32_t *)matrix->weights + group * octets * QB_INTERLEAVE;
  float codebook[16];  // A copy that no store can reach, so that it stays in registers.
  memcpy(codebook, matrix->codebook, sizeof codebook);
  vf total[4][PARTS];
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) total[t][v] = vsplat(0);
  }
  for (size_t s = 0; s < segments; s++) {
    float buffer[QB_INTERLEAVE];
    const float *scales = qb_scales_of(matrix, group, segments, s, buffer);
    vf sum[4][4][PARTS];
#pragma unroll
    for (size_t t = 0; t < tokens; t++) {
#pragma unroll
      for (size_t c = 0; c < chains; c++) {
#pragma unroll
        for (size_t v = 0; v < PARTS; v++) sum[t][c][v] = vsplat(0);
      }
    }
    size_t k = s * matrix->segment;  // A multiple of 8, or 0.
    size_t end = k + matrix->segment < columns ? k + matrix->segment : columns;
    for (; k + 8 <= end; k += 8) {
      __builtin_prefetch(w + k / 8 * QB_INTERLEAVE + QB_AHEAD / sizeof *w);
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) {
        vi codes = vloadi(w + k / 8 * QB_INTERLEAVE + v * LANES);
#pragma unroll
        for (size_t j = 0; j < 8; j++) {
          vf weight = vlookup(codes >> (int)(4 * j), codebook);
#pragma unroll
          for (size_t t = 0; t < tokens; t++) {
            sum[t][j % chains][v] += weight * x[t * columns + k + j];
          }
        }
      }
    }
    for (size_t j = 0; k + j < end; j++) {
#pragma unroll
      for (size_t v = 0; v < PARTS; v++) {
        vi codes = vloadi(w + k / 8 * QB_INTERLEAVE + v * LANES);
        vf weight = vlookup(codes >> (int)(4 * j), codebook);
#pragma unroll
        for (size_t t = 0; t < tokens; t++) sum[t][0][v] += weight * x[t * columns + k + j];
      }
    }
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vf scale = vload(scales + v * LANES);
#pragma unroll
      for (size_t t = 0; t < tokens; t++) {
        vf all = sum[t][0][v];
#pragma unroll
        for (size_t c = 1; c < chains; c++) all += sum[t][c][v];
        total[t][v] += all * scale;
      }
    }
  }
#pragma unroll
  for (size_t t = 0; t < tokens; t++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) vstore(sums[t] + v * LANES, total[t][v]);
  }
}

void PATH(qb_vector_four_bit)(const qb_matrix *matrix, size_t first, size_t last, const float *x,
                              size_t tokens, const float *bias, float *y) {
  for (size_t r = first; r < last; r += QB_INTERLEAVE) {
    float sums[QB_VECTOR_TOKENS][QB_INTERLEAVE];
    switch (tokens) {  // NEON: 4 vectors for each chain, and 4 registers hold the levels.
      case 1: PATH(four_bit_rows)(1, LANES == 4 ? 2 : 4, matrix, r, x, sums); break;
      case 2: PATH(four_bit_rows)(2, LANES == 4 ? 1 : 2, matrix, r, x, sums); break;
      case 3: PATH(four_bit_rows)(3, 1, matrix, r, x, sums); break;
      case 4: PATH(four_bit_rows)(4, 1, matrix, r, x, sums); break;
    }
    qb_store_sums(sums, tokens, matrix->rows, r, last, bias, y);
  }
}

#undef PARTS
#endif
