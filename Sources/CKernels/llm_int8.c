// LLM.int8() as bitsandbytes computes it on a CPU: INT8 x INT8 -> INT32, outlier columns in Float32.
//
// For each call: H = float16(x); |H| >= threshold makes its column an outlier for every token of the
// call. Codes are rint(H * ((1 / absmax) * 127)), absmax over the token's own non-outliers, zero in
// outlier columns. y = sums * (absmax * scale) * 6.200124e-05 + bias, each step rounded; then
// outlier columns are added from x itself and the decoded weights.
//
// Weights lie as in int8.c. With VNNI a byte product multiplies unsigned by signed bytes, so
// activations are packed as code + 128, [tokens/8][columns/4][8][4], and 128 * (sum of the row's
// codes), kept with the weights, is taken off. Elsewhere activations are packed as pairs of int16,
// [tokens/8][columns/2][8][2], and weights are widened to match: exact at full range, where the
// unsigned 8-bit product of AVX2 would saturate.

#ifndef LANES
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "kernel_table.h"

enum { ROWS_PER_SCAN = 16 };  // Their absmax fill a cache line.

typedef struct {
  const qb_llm_int8_matrix *matrix;
  const float *x;
  size_t tokens;
  const float *bias;
  qb_output output;
  float threshold;
  float *absmax;              // [tokens, padded to 8]
  _Atomic uint8_t *outlier;   // [columns]
  uint32_t *outlier_columns;  // [outlier_count]
  size_t outlier_count;
  uint8_t *packed;            // Codes, block_bytes for each 8 tokens; for a few tokens plain bytes
  int32_t *x_sums;            // and their sums [tokens].
  size_t panels_per_task;
  float *outlier_inputs;      // [tokens/8][outlier_count][8]
} product;

static void scan_rows(void *context, size_t task) {
  const product *p = context;
  size_t columns = p->matrix->columns;
  size_t last = smaller((task + 1) * ROWS_PER_SCAN, p->tokens);
  for (size_t t = task * ROWS_PER_SCAN; t < last; t++) {
    p->absmax[t] =
      qb_kernels->llm_int8_scan(p->x + t * columns, columns, p->threshold, p->outlier);
  }
}

static void quantize_block(void *context, size_t block) {
  const product *p = context;
  size_t columns = p->matrix->columns, first = block * QB_TILE_TOKENS;
  uint8_t *out = p->packed + block * qb_code_block_bytes(columns);
  float *inputs = p->outlier_inputs + first * p->outlier_count;
  if (p->tokens - first < QB_TILE_TOKENS || columns % 4 != 0) memset(out, 0, qb_code_block_bytes(columns));
  for (size_t i = 0; i < QB_TILE_TOKENS; i++) {
    const float *x = p->x + (first + i) * columns;
    bool exists = first + i < p->tokens;
    if (exists) qb_kernels->quantize_half(x, columns, (1 / p->absmax[first + i]) * 127, out, i);
    for (size_t k = 0; k < p->outlier_count; k++) {
      qb_kernels->clear_code(out, p->outlier_columns[k], i);
      inputs[k * QB_TILE_TOKENS + i] = exists ? x[p->outlier_columns[k]] : 0;
    }
  }
}

/// The codes of a few tokens as plain bytes, [tokens][columns padded to 4].
static void quantize_few(product *p) {
  size_t columns = p->matrix->columns, width = divide_up(columns, 4) * 4;
  for (size_t t = 0; t < p->tokens; t++) {
    const float *x = p->x + t * columns;
    int8_t *codes = (int8_t *)p->packed + t * width;
    qb_kernels->plain_codes(x, columns, (1 / p->absmax[t]) * 127, true, codes);
    memset(codes + columns, 0, width - columns);
    for (size_t k = 0; k < p->outlier_count; k++) codes[p->outlier_columns[k]] = 0;
    int32_t sum = 0;
    for (size_t c = 0; c < columns; c++) sum += codes[c];
    p->x_sums[t] = sum;
  }
  for (size_t k = 0; k < p->outlier_count; k++) {
    for (size_t t = 0; t < QB_TILE_TOKENS; t++) {
      p->outlier_inputs[k * QB_TILE_TOKENS + t] =
        t < p->tokens ? p->x[t * columns + p->outlier_columns[k]] : 0;
    }
  }
}

static bool is_few(const product *p) { return p->tokens <= QB_VECTOR_TOKENS; }

/// sums[t][48] of one panel.
static void sum_codes(const product *p, size_t row, size_t rows, const int32_t *code_sums,
                      int32_t *sums) {
  const qb_llm_int8_matrix *m = p->matrix;
  size_t quads = divide_up(m->columns, 4), groups = divide_up(rows, QB_INTERLEAVE);
  const int8_t *codes = m->codes + row * quads * 4;
  if (!is_few(p)) {
    qb_kernels->llm_int8_panel(codes, groups, m->columns, code_sums, p->packed, p->tokens, sums);
    return;
  }
  if (quads == 0) memset(sums, 0, p->tokens * QB_PANEL_ROWS * sizeof(int32_t));
  for (size_t g = 0; g < groups && quads > 0; g++) {
    qb_code_rows rows = {.weights = (const uint8_t *)codes + g * quads * 64, .quads = quads,
                         .segment_quads = quads, .segments = 1, .x = (const int8_t *)p->packed,
                         .x_sums = p->x_sums, .tokens = p->tokens,
                         .sums = sums + g * QB_INTERLEAVE, .sum_stride = QB_PANEL_ROWS};
    qb_kernels->code_rows(&rows);
  }
}

/// Decoded weights of the outlier columns of 48 rows: [outlier_count][48].
static void decode_outliers(const product *p, size_t row, size_t rows, float *panel) {
  const qb_llm_int8_matrix *m = p->matrix;
  size_t quads = divide_up(m->columns, 4);
  for (size_t k = 0; k < p->outlier_count; k++) {
    size_t c = p->outlier_columns[k];
    for (size_t i = 0; i < QB_PANEL_ROWS; i++) {
      size_t r = row + i;
      panel[k * QB_PANEL_ROWS + i] =
        i < rows ? qb_llm_int8_decode(
                     m->codes[(r / 16 * quads + c / 4) * 64 + r % 16 * 4 + c % 4], m->scales[r])
                 : 0;
    }
  }
}

static void multiply_panel(const product *p, size_t panel_index) {
  const qb_llm_int8_matrix *m = p->matrix;
  size_t row = panel_index * QB_PANEL_ROWS, rows = smaller(QB_PANEL_ROWS, m->rows - row);
  size_t blocks = divide_up(p->tokens, QB_TILE_TOKENS);
  size_t sum_count = blocks * QB_TILE_TOKENS * QB_PANEL_ROWS;
  int32_t *sums = qb_thread_scratch(0, sizeof(float) * (sum_count + p->outlier_count * QB_PANEL_ROWS));
  float *panel = (float *)(sums + sum_count);
  float scales[QB_PANEL_ROWS] = {0}, bias[QB_PANEL_ROWS] = {0};
  int32_t code_sums[QB_PANEL_ROWS] = {0};
  memcpy(scales, m->scales + row, rows * sizeof(float));
  memcpy(code_sums, m->code_sums + row, rows * sizeof(int32_t));
  if (p->bias != NULL) memcpy(bias, p->bias + row, rows * sizeof(float));
  decode_outliers(p, row, rows, panel);
  sum_codes(p, row, rows, code_sums, sums);
  for (size_t token = 0; token < p->tokens; token += QB_TILE_TOKENS) {
    size_t count = smaller(QB_TILE_TOKENS, p->tokens - token);
    float block[QB_TILE_TOKENS * QB_PANEL_ROWS] = {0};
    qb_kernels->llm_int8_finish(sums + token * QB_PANEL_ROWS, count, p->absmax + token, scales, bias,
                                block);
    if (p->outlier_count > 0) {
      qb_tile tile = {.depth = p->outlier_count, .a = p->outlier_inputs + token * p->outlier_count,
                      .a_stride = QB_TILE_TOKENS, .panel = panel, .from = block,
                      .from_stride = QB_PANEL_ROWS, .to = block};
      qb_kernels->tile(&tile);
    }
    qb_finish_block(&p->output, block, token, count, row, rows, m->rows);
  }
}

static void multiply_panels(void *context, size_t task) {
  const product *p = context;
  size_t panels = divide_up(p->matrix->rows, QB_PANEL_ROWS);
  size_t last = smaller((task + 1) * p->panels_per_task, panels);
  for (size_t i = task * p->panels_per_task; i < last; i++) multiply_panel(p, i);
}

size_t qb_llm_int8_multiply(const qb_llm_int8_matrix *matrix, const float *x, size_t tokens,
                            const float *bias, float threshold, qb_epilogue epilogue, float *y) {
  if (tokens == 0 || matrix->rows == 0) return 0;
  size_t columns = matrix->columns, padded = divide_up(tokens, QB_TILE_TOKENS) * QB_TILE_TOKENS;
  size_t fixed = padded / QB_TILE_TOKENS * qb_code_block_bytes(columns) + padded * sizeof(float) +
                 columns * (sizeof(uint32_t) + 1);
  fixed = divide_up(fixed, 64) * 64;
  // The worst case, every column an outlier, is the size of x itself; it is taken only if needed.
  uint8_t *memory = qb_thread_scratch(1, fixed);
  product p = {.matrix = matrix, .x = x, .tokens = tokens, .bias = bias,
               .output = {.epilogue = epilogue, .y = y}, .threshold = threshold > 0 ? threshold : INFINITY};
  p.packed = memory;
  p.absmax = (float *)(p.packed + padded / QB_TILE_TOKENS * qb_code_block_bytes(columns));
  p.x_sums = (int32_t *)p.absmax + QB_VECTOR_TOKENS;  // A few tokens leave half of absmax free.
  p.outlier_columns = (uint32_t *)(p.absmax + padded);
  p.outlier = (_Atomic uint8_t *)(p.outlier_columns + columns);
  memset((void *)p.outlier, 0, columns);
  qb_parallel(divide_up(tokens, ROWS_PER_SCAN), scan_rows, &p);
  const uint8_t *flags = (const uint8_t *)p.outlier, *next = flags;
  for (; (next = memchr(next, 1, (size_t)(flags + columns - next))) != NULL; next++) {
    p.outlier_columns[p.outlier_count++] = (uint32_t)(next - flags);
  }
  p.outlier_inputs = qb_thread_scratch(2, sizeof(float) * (padded * p.outlier_count + 1));
  size_t panels = divide_up(matrix->rows, QB_PANEL_ROWS);
  if (is_few(&p)) {
    quantize_few(&p);
    p.panels_per_task = qb_units_per_task(panels, columns * QB_PANEL_ROWS);
  } else {
    qb_parallel(padded / QB_TILE_TOKENS, quantize_block, &p);
    p.panels_per_task = 1;
  }
  qb_parallel(divide_up(panels, p.panels_per_task), multiply_panels, &p);
  return p.outlier_count;
}

#define OPERATION "llm_int8.c"
#include "each_path.h"
#else

float PATH(qb_llm_int8_scan)(const float *x, size_t columns, float threshold,
                             _Atomic uint8_t *outlier) {
  vf largest = vsplat(0);
  vi any = {0};
  for (size_t c = 0; c < columns; c += LANES) {
    vf size = (vf)((vi)vtohalf(vload_part(x + c, columns - c)) & 0x7FFFFFFF);
    vi beyond = size >= threshold;
    any |= beyond;
    largest = vmax(vselect(beyond, vsplat(0), size), largest);
  }
  if (__builtin_reduce_or(any) != 0) {
    for (size_t c = 0; c < columns; c += LANES) {
      vf size = (vf)((vi)vtohalf(vload_part(x + c, columns - c)) & 0x7FFFFFFF);
      vi beyond = size >= threshold;
      if (__builtin_reduce_or(beyond) == 0) continue;
      for (size_t i = 0; i < LANES && c + i < columns; i++) {
        if (beyond[i]) atomic_store_explicit(&outlier[c + i], 1, memory_order_relaxed);
      }
    }
  }
  return vlargest(largest);
}

QB_INLINE void PATH(pair_panel)(const int8_t *weights, size_t groups, size_t columns,
                                const void *packed, size_t tokens, int32_t *sums) {
  size_t quads = divide_up(columns, 4);
  int32_t panel[2 * QB_PAIR_SLICE * QB_PANEL_ROWS];
  for (size_t quad = 0; quad < quads; quad += QB_PAIR_SLICE) {
    size_t slice = smaller(QB_PAIR_SLICE, quads - quad);
    for (size_t g = 0; g < groups; g++) {
      widen_group(weights + (g * quads + quad) * 64, slice, panel + g * QB_INTERLEAVE);
    }
    for (size_t token = 0; token < tokens; token += 4) {
      const int32_t *a =
        (const int32_t *)((const uint8_t *)packed + token / 8 * qb_code_block_bytes(columns)) +
        2 * quad * QB_TILE_TOKENS + token % 8;
      for (size_t g = 0; g < groups; g++) {
        add_pairs(2 * slice, a, panel + g * QB_INTERLEAVE,
                  sums + token * QB_PANEL_ROWS + g * QB_INTERLEAVE, quad == 0);
      }
    }
  }
}

// MARK: - VNNI

#if defined(QB_AVX512)

/// sums[i][48] of `count` <= 8 tokens over all columns, for `groups` groups of 16 rows.
VNNI static inline __attribute__((always_inline)) void vnni_tile(
  const size_t count, const size_t groups, size_t quads, const uint8_t *a, const int8_t *weights,
  const int32_t *code_sums, int32_t *sums) {
  __m512i sum[8][3];
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t g = 0; g < groups; g++) sum[i][g] = _mm512_setzero_si512();
  }
  for (size_t q = 0; q < quads; q++) {
    __m512i w[3];
#pragma unroll
    for (size_t g = 0; g < groups; g++) {
      w[g] = _mm512_loadu_si512(weights + (g * quads + q) * 64);
    }
#pragma unroll
    for (size_t i = 0; i < count; i++) {
      int32_t quad;
      memcpy(&quad, a + (q * QB_TILE_TOKENS + i) * 4, 4);
      __m512i x = _mm512_set1_epi32(quad);
#pragma unroll
      for (size_t g = 0; g < groups; g++) sum[i][g] = _mm512_dpbusd_epi32(sum[i][g], x, w[g]);
    }
  }
#pragma unroll
  for (size_t g = 0; g < groups; g++) {
    __m512i shift = _mm512_slli_epi32(_mm512_loadu_si512(code_sums + g * 16), 7);
#pragma unroll
    for (size_t i = 0; i < count; i++) {
      _mm512_storeu_si512(sums + i * QB_PANEL_ROWS + g * 16, _mm512_sub_epi32(sum[i][g], shift));
    }
  }
}

VNNI static void vnni_panel(const int8_t *weights, size_t groups, size_t columns,
                            const int32_t *code_sums, const uint8_t *packed, size_t tokens,
                            int32_t *sums) {
  size_t quads = divide_up(columns, 4);
  for (size_t token = 0; token < tokens; token += 8) {
    const uint8_t *a = packed + token / 8 * qb_code_block_bytes(columns);
    int32_t *out = sums + token * QB_PANEL_ROWS;
    size_t count = smaller(8, tokens - token);
    if (groups < 3) {
      for (size_t g = 0; g < groups; g++) {
        vnni_tile(8, 1, quads, a, weights + g * quads * 64, code_sums + g * 16, out + g * 16);
      }
      continue;
    }
#define TILE(n)                                                        \
  case n:                                                              \
    vnni_tile(n, 3, quads, a, weights, code_sums, out);                \
    break;
    switch (count) { TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) TILE(8) }
#undef TILE
  }
}

#endif

// MARK: - Byte dot products of arm64

#if defined(__aarch64__)

/// sums[i][16] of `count` tokens (4 or 8) for `parts` x 4 rows.
QB_DOT QB_INLINE void dot_tile(const size_t count, const size_t parts, size_t quads, const void *a,
                               const int8_t *weights, int32_t *sums) {
  vi sum[8][4] = {0};
  dot_quads(count, parts, quads, a, weights, sum);
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t v = 0; v < parts; v++) {
      vstore((float *)(sums + i * QB_PANEL_ROWS + v * LANES), (vf)sum[i][v]);
    }
  }
}

QB_DOT static void dot_panel(const int8_t *weights, size_t groups, size_t columns,
                             const uint8_t *packed, size_t tokens, int32_t *sums) {
  size_t quads = divide_up(columns, 4);
  for (size_t token = 0; token < tokens; token += QB_TILE_TOKENS) {
    const uint8_t *a = packed + token / QB_TILE_TOKENS * qb_code_block_bytes(columns);
    for (size_t g = 0; g < groups; g++) {
      const int8_t *w = weights + g * quads * 64;
      int32_t *out = sums + token * QB_PANEL_ROWS + g * QB_INTERLEAVE;
      if (tokens - token <= 4) {
        dot_tile(4, 4, quads, a, w, out);
      } else {
        dot_tile(8, 2, quads, a, w, out);
        dot_tile(8, 2, quads, a, w + 32, out + 8);
      }
    }
  }
}

#endif

void PATH(qb_llm_int8_panel)(const int8_t *weights, size_t groups, size_t columns,
                             const int32_t *code_sums, const void *packed, size_t tokens,
                             int32_t *sums) {
#if defined(QB_AVX512)
  if (packs_bytes()) {
    vnni_panel(weights, groups, columns, code_sums, packed, tokens, sums);
    return;
  }
#elif defined(__aarch64__)
  if (packs_bytes()) {
    dot_panel(weights, groups, columns, packed, tokens, sums);
    return;
  }
#endif
  (void)code_sums;
  PATH(pair_panel)(weights, groups, columns, packed, tokens, sums);
}

void PATH(qb_llm_int8_finish)(const int32_t *sums, size_t count, const float *absmax,
                              const float *scales, const float *bias, float *y) {
#pragma clang fp contract(off)
  for (size_t i = 0; i < count; i++) {
    for (size_t v = 0; v < QB_PANEL_ROWS; v += LANES) {
      vf sum = vtofloat(vloadi(sums + i * QB_PANEL_ROWS + v));
      vf value = sum * (vload(scales + v) * absmax[i]) * 6.200124e-05f;
      vstore(y + i * QB_PANEL_ROWS + v, value + vload(bias + v));
    }
  }
}

#endif
