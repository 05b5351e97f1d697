// The one table of what differs by instruction set. Everything else (threads, the split into
// tasks, scratch) is written once and calls through `qb_kernels`.
#pragma once

#include <stdatomic.h>
#include <string.h>

#include "include/ckernels.h"

enum {
  QB_TILE_TOKENS = 8,  // Tokens of one tile.
  QB_AHEAD = 8 << 10,  // Bytes between what a few-token kernel reads and what it asks for.
  QB_PAIR_SLICE = 64,  // Quads of columns widened at a time: 64 x 4 x 48 int16, 24 KiB.
};

static inline size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }
static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// to[i][j] = from[i][j] + sum over k < depth of a[k * a_stride + i] * panel[k][j], i < 8, j < 48.
typedef struct {
  size_t depth;
  const float *a;
  size_t a_stride;
  float *panel;  // [depth][48]
  const float *from;
  size_t from_stride;  // 0: the same 48 values for every token, such as a bias.
  float *to;           // [8][48]
  /// Where weights lie that are not in the panel yet, [depth][stride]; NULL: they are.
  const float *source;
  size_t stride;
  /// Lines of memory to ask for meanwhile for each k, 0, 1, 2 or 4, from ahead[k][stride] on.
  const float *ahead;
  size_t lines;
} qb_tile;

/// 48 rows of weight codes with a scale for each row and segment.
typedef struct {
  const int8_t *codes;  // [groups][quads][16][4]
  size_t groups;        // Of 16 rows, at most 3.
  size_t quads;         // Columns / 4, rounded up.
  size_t segment_quads;
  const float *scales;  // [segments][48]
} qb_code_panel;

/// Integer products of one group of 16 rows and up to QB_VECTOR_TOKENS tokens, see code_rows.c.
typedef struct {
  const uint8_t *weights;  // [quads][16][4] codes, or [quads/2][16][4] bytes of two nibbles.
  const int8_t *levels;    // What 16 nibbles stand for; NULL: weights are codes.
  size_t quads, segment_quads, segments;
  const int8_t *x;         // [tokens][quads * 4] activation codes; nibbles: in their order.
  const int32_t *x_sums;   // [tokens][segments]
  size_t tokens;
  int32_t *sums;           // [tokens][sum_stride], for one segment; or NULL and
  size_t sum_stride;
  const float *scales;     // [segments][16]
  float *totals;           // [tokens][16]: sum over segments of scale * codes . activations.
} qb_code_rows;

typedef struct {
  /// See qb_tile.
  void (*tile)(const qb_tile *tile);
  /// out[column][8] from x [tokens <= 8][columns], rows `stride` apart; tokens beyond are 0.
  void (*pack)(const float *x, size_t stride, size_t tokens, size_t columns, float *out);
  /// y[token][row] from block [tokens][48], with the epilogue; y has `stride` between tokens.
  void (*finish)(const float *block, size_t tokens, size_t rows, qb_epilogue epilogue, float *y,
                 size_t stride);
  /// Of each token's rows in block [tokens][48]: the greatest, and the sum of e^(value - greatest).
  void (*summarize)(const float *block, size_t tokens, size_t rows, float *maxima, float *sums);

  /// Decodes rows [row, row + 48) and columns [column, column + count) to panel [count][48];
  /// rows past the end become zero. `column` is a multiple of 8.
  void (*unpack[QB_FORMAT_COUNT])(const qb_matrix *matrix, size_t row, size_t column, size_t count,
                                  float *panel);

  /// One row of the decoded matrix, [columns].
  void (*decode_row[QB_FORMAT_COUNT])(const qb_matrix *matrix, size_t row, float *out);

  /// The product for `tokens` <= QB_VECTOR_TOKENS and rows [first, last), both multiples of 16 (or
  /// the end), read straight from the packed weights.
  void (*vector[QB_FORMAT_COUNT])(const qb_matrix *matrix, size_t first, size_t last,
                                  const float *x, size_t tokens, const float *bias, float *y);

  /// Activation codes of one token, see activation_codes.c: rint(x * multiplier) within +-127, 0 for
  /// NaN, into a lane of a packed block. quantize_half rounds x to float16 first; quantize_nibbles
  /// orders each 8 columns as 0 2 4 6 1 3 5 7.
  void (*quantize)(const float *x, size_t columns, float multiplier, void *block, size_t lane);
  void (*quantize_half)(const float *x, size_t columns, float multiplier, void *block, size_t lane);
  void (*quantize_nibbles)(const float *x, size_t columns, float multiplier, void *block,
                           size_t lane);
  /// The same as plain bytes, with or without rounding x to float16 first.
  void (*plain_codes)(const float *x, size_t columns, float multiplier, bool half, int8_t *codes);
  void (*code_rows)(const qb_code_rows *rows);
  /// Makes the code of one column 0, in the order of `quantize`.
  void (*clear_code)(void *block, size_t column, size_t lane);
  /// The greatest |x|; NaN if any is.
  float (*greatest)(const float *x, size_t columns);

  /// Products with activation codes, see code_panel.c. Codes of 48 rows from `row` on, decoded to
  /// [3][columns/4][16][4] bytes by way of `levels`, columns as quantize_nibbles orders them.
  void (*expand_nibbles)(const qb_matrix *matrix, size_t row, const int8_t *levels, int8_t *codes);
  /// `sums` is scratch of 48 for each token, padded to 8, and for each segment.
  /// y[t][48] = bias + multipliers[t] * sum over segments of scales[s][48] * (codes . activations).
  void (*code_panel)(const qb_code_panel *panel, const void *packed, size_t tokens,
                     const float *multipliers, const float *bias, int32_t *sums, float *y);

  /// LLM.int8, see llm_int8.c. The greatest |float16(x)| below `threshold` of a row; marks the
  /// columns of the others.
  float (*llm_int8_scan)(const float *x, size_t columns, float threshold, _Atomic uint8_t *outlier);
  /// sums[t][r] = sum over c of activation code * weight code for `groups` <= 3 groups of 16 rows.
  void (*llm_int8_panel)(const int8_t *weights, size_t groups, size_t columns,
                         const int32_t *code_sums, const void *packed, size_t tokens,
                         int32_t *sums);
  /// y[t][r] = sums * (absmax[t] * scales[r]) * 6.200124e-05 + bias[r] for one block of tokens.
  void (*llm_int8_finish)(const int32_t *sums, size_t count, const float *absmax,
                          const float *scales, const float *bias, float *y);

  /// Encoding, see encode.c.
  float (*absmax)(const float *x, size_t count);
  void (*range)(const float *x, size_t count, float *minimum, float *maximum);
  void (*rank)(const float *x, size_t count, float multiplier, const float *thresholds,
               uint8_t *ranks);
  void (*round_to_int8)(const float *x, size_t count, float multiplier, float offset,
                        int8_t *codes);
  void (*round_to_half)(const float *x, size_t count, float *y);

  void (*layer_norm_row)(const float *x, size_t width, const float *gain, const float *bias,
                         float epsilon, float *y);
  void (*activate)(float *x, size_t count, qb_epilogue function);
  void (*log_sum_exp_row)(const float *logits, size_t width, float *maximum, double *log_sum);

  /// out[j][i] = x[i][j].
  void (*transpose)(const float *x, size_t rows, size_t columns, size_t stride, float *out,
                    size_t out_stride);
  /// Attention of one head: `queries` <= 48 positions from `first` on, of which q, [queries] with
  /// `stride` between them, gives the first component. out likewise.
  void (*attend_block)(const qb_layer_cache *cache, size_t head, const float *q, size_t stride,
                       size_t first, size_t queries, float scale, float *out, size_t out_stride,
                       float *scratch);
  /// The same for one position.
  void (*attend_one)(const qb_layer_cache *cache, size_t head, const float *q, size_t position,
                     float scale, float *out, float *scratch);

  float (*probe_multiply_add)(size_t iterations);
  float (*probe_read)(const float *memory, size_t count);
} qb_kernel_table;

extern const qb_kernel_table *qb_kernels;

/// What is kept of logits that are not: see qb_cross_entropy.
typedef struct {
  const int32_t *targets;  // [tokens]
  float *target_logits;    // [tokens]
  size_t tokens, panels;
  float *maxima;           // [panels][tokens]
  float *sums;             // [panels][tokens]
} qb_logit_summary;

/// Where a product goes.
typedef struct {
  qb_epilogue epilogue;
  float *y;                   // [tokens, rows]
  qb_logit_summary *summary;  // Instead of y, if not NULL.
} qb_output;

/// Takes block [count][48] of the product: tokens from `token` on, `rows` rows from `row` on.
static inline void qb_finish_block(const qb_output *output, const float *block, size_t token,
                                   size_t count, size_t row, size_t rows, size_t stride) {
  const qb_logit_summary *s = output->summary;
  if (s == NULL) {
    qb_kernels->finish(block, count, rows, output->epilogue, output->y + token * stride + row, stride);
    return;
  }
  size_t index = row / QB_PANEL_ROWS * s->tokens + token;
  qb_kernels->summarize(block, count, rows, s->maxima + index, s->sums + index);
  for (size_t i = 0; i < count; i++) {
    size_t target = (size_t)s->targets[token + i];
    if (target >= row && target - row < rows) {
      s->target_logits[token + i] = block[i * QB_PANEL_ROWS + target - row];
    }
  }
}

/// qb_multiply and qb_multiply_codes to any output; with a summary `columns` is not 0.
void qb_multiply_to(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                    const qb_output *output);
void qb_multiply_codes_to(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                          const qb_output *output);

/// y[t, r] = sums[t][r - first] + bias[r] for the 16 rows from `first` on that lie before `last`.
static inline void qb_store_sums(float sums[][QB_INTERLEAVE], size_t tokens, size_t rows,
                                 size_t first, size_t last, const float *bias, float *y) {
  size_t count = last - first < QB_INTERLEAVE ? last - first : QB_INTERLEAVE;
  for (size_t t = 0; t < tokens; t++) {
    float *out = y + t * rows + first;
    if (bias != NULL) {
      for (size_t i = 0; i < count; i++) sums[t][i] += bias[first + i];
    }
    if (count == QB_INTERLEAVE) memcpy(out, sums[t], sizeof sums[t]);
    else memcpy(out, sums[t], count * sizeof(float));
  }
}

/// The scale of one block of a double-quantized matrix: two roundings, as bitsandbytes has them.
static inline float qb_nested_scale(const qb_matrix *matrix, uint8_t code, size_t block) {
#pragma clang fp contract(off)
  return matrix->scale_map[code] * matrix->nested_scales[block / 256] + matrix->scale_mean;
}

/// The scales of 16 rows and one segment.
static inline const float *qb_scales_of(const qb_matrix *matrix, size_t group, size_t segments,
                                        size_t segment, float buffer[QB_INTERLEAVE]) {
  size_t index = (group * segments + segment) * QB_INTERLEAVE;
  if (matrix->scales != NULL) return matrix->scales + index;
  for (size_t i = 0; i < QB_INTERLEAVE; i++) {
    size_t row = group * QB_INTERLEAVE + i;
    buffer[i] = row < matrix->rows ? qb_nested_scale(matrix, matrix->scale_codes[index + i],
                                                     row * segments + segment)
                                   : 0;
  }
  return buffer;
}

/// How many of `units` pieces of so many bytes one task of a product bound by memory takes: enough to be
/// worth a task, few enough that every thread gets one, or four where the matrix is large.
size_t qb_units_per_task(size_t units, size_t unit_bytes);

/// Bytes of one packed block of activation codes of 8 tokens, whichever packing is used.
static inline size_t qb_code_block_bytes(size_t columns) {
  return (columns + 7) / 8 * 8 * QB_TILE_TOKENS * 2;
}

/// A buffer of the calling thread, in huge pages, kept and grown; growing loses its contents.
/// `slot` 0 is for the body of a parallel region, 1 and 2 for the caller of one.
void *qb_thread_scratch(int slot, size_t bytes);

/// Ends the process with a message, where a product has begun and nobody can be told.
_Noreturn void qb_out_of_memory(size_t bytes);
