// y = x W^T + bias with activations rounded to INT8, one absmax for each token: an option of INT8,
// NF4 and FP4 weights, faster than the exact product and less exact.
//
// Weight codes are INT8 as they are, or the 16 levels of a four-bit codebook rounded to INT8. Many
// tokens take them in panels of 48 rows, see code_panel.c; a few read the packed codes as they are, see
// code_rows.c.

#include <string.h>

#include "kernel_table.h"

typedef struct {
  const qb_matrix *matrix;
  const float *x;
  size_t tokens;
  const float *bias;
  const qb_output *output;
  int8_t levels[16];
  uint8_t *packed;     // qb_code_block_bytes for each 8 tokens.
  float *multipliers;  // [tokens, padded to 8]: what a code stands for.
} product;

static void quantize_block(const product *p, size_t block) {
  size_t columns = p->matrix->columns, first = block * QB_TILE_TOKENS;
  uint8_t *out = p->packed + block * qb_code_block_bytes(columns);
  if (p->tokens - first < QB_TILE_TOKENS || columns % 8 != 0) {
    memset(out, 0, qb_code_block_bytes(columns));
  }
  for (size_t i = 0; i < QB_TILE_TOKENS; i++) {
    if (first + i >= p->tokens) {
      p->multipliers[first + i] = 0;
      continue;
    }
    const float *x = p->x + (first + i) * columns;
    float absmax = qb_kernels->greatest(x, columns);
    p->multipliers[first + i] = absmax / 127;
    float multiplier = absmax > 0 ? 127 / absmax : 0;
    if (p->matrix->format == QB_FOUR_BIT) {
      qb_kernels->quantize_nibbles(x, columns, multiplier, out, i);
    } else {
      qb_kernels->quantize(x, columns, multiplier, out, i);
    }
  }
}

/// Two blocks, whose multipliers fill a cache line.
static void quantize_blocks(void *context, size_t task) {
  const product *p = context;
  size_t blocks = divide_up(p->tokens, QB_TILE_TOKENS);
  for (size_t block = 2 * task; block < smaller(2 * task + 2, blocks); block++) {
    quantize_block(p, block);
  }
}

/// Scales of segment s for the 16 rows of a group; zero past the last row.
static void copy_scales(const product *p, size_t group, size_t segments, float *out) {
  const qb_matrix *m = p->matrix;
  float buffer[QB_INTERLEAVE];
  for (size_t s = 0; s < segments; s++) {
    const float *scales = qb_scales_of(m, group, segments, s, buffer);
    for (size_t i = 0; i < QB_INTERLEAVE; i++) {
      out[s * QB_PANEL_ROWS + i] = m->format == QB_FOUR_BIT ? scales[i] / 127 : scales[i];
    }
  }
}

static void multiply_panel(void *context, size_t task) {
  const product *p = context;
  const qb_matrix *m = p->matrix;
  size_t row = task * QB_PANEL_ROWS, rows = smaller(QB_PANEL_ROWS, m->rows - row);
  size_t octets = divide_up(m->columns, 8), segments = divide_up(m->columns, m->segment);
  size_t padded = divide_up(p->tokens, QB_TILE_TOKENS) * QB_TILE_TOKENS;
  size_t code_bytes = m->format == QB_FOUR_BIT ? octets * 8 * QB_PANEL_ROWS : 0;
  size_t scale_count = segments * QB_PANEL_ROWS;
  size_t tile_count = padded * QB_PANEL_ROWS;
  size_t sum_count = tile_count > scale_count ? tile_count : scale_count;
  float *scales =
    qb_thread_scratch(0, sizeof(float) * (scale_count + tile_count + sum_count) + code_bytes);
  float *tile = scales + scale_count;
  int32_t *sums = (int32_t *)(tile + tile_count);
  qb_code_panel panel = {.groups = divide_up(rows, QB_INTERLEAVE), .scales = scales};
  memset(scales, 0, scale_count * sizeof(float));
  for (size_t g = 0; g < panel.groups; g++) {
    copy_scales(p, row / QB_INTERLEAVE + g, segments, scales + g * QB_INTERLEAVE);
  }
  if (m->format == QB_FOUR_BIT) {
    int8_t *codes = (int8_t *)(sums + sum_count);
    qb_kernels->expand_nibbles(m, row, p->levels, codes);
    panel.codes = codes;
    panel.quads = 2 * octets;
  } else {
    panel.quads = divide_up(m->columns, 4);
    panel.codes = (const int8_t *)m->weights + row * panel.quads * 4;
  }
  panel.segment_quads = m->segment < m->columns ? m->segment / 4 : panel.quads;
  float bias[QB_PANEL_ROWS] = {0};
  if (p->bias != NULL) memcpy(bias, p->bias + row, rows * sizeof(float));
  qb_kernels->code_panel(&panel, p->packed, p->tokens, p->multipliers, bias, sums, tile);
  qb_finish_block(p->output, tile, 0, p->tokens, row, rows, m->rows);
}

// MARK: - Few tokens

typedef struct {
  const product *product;
  qb_code_rows rows;     // Of the first group.
  size_t groups_per_task;
} few_tokens;

/// Orders each 8 codes as the nibbles of a word are: 0 2 4 6 1 3 5 7.
static void order_as_nibbles(int8_t *codes, size_t count) {
  typedef int8_t octet __attribute__((vector_size(8), aligned(1), may_alias));
  for (size_t k = 0; k < count; k += 8) {
    octet *eight = (octet *)(codes + k);
    *eight = __builtin_shufflevector(*eight, *eight, 0, 2, 4, 6, 1, 3, 5, 7);
  }
}

static void multiply_groups(void *context, size_t task) {
  const few_tokens *few = context;
  const product *p = few->product;
  const qb_matrix *m = p->matrix;
  size_t groups = divide_up(m->rows, QB_INTERLEAVE), first = task * few->groups_per_task;
  size_t last = smaller(first + few->groups_per_task, groups);
  qb_code_rows rows = few->rows;
  float totals[QB_VECTOR_TOKENS * QB_INTERLEAVE];
  float *scales = NULL;
  if (m->scales == NULL) {
    scales = qb_thread_scratch(0, sizeof(float) * rows.segments * QB_INTERLEAVE);
  }
  rows.totals = totals;
  for (size_t g = first; g < last; g++) {
    size_t row = g * QB_INTERLEAVE, count = smaller(QB_INTERLEAVE, m->rows - row);
    rows.weights = few->rows.weights + g * rows.quads * (rows.levels != NULL ? 32 : 64);
    for (size_t s = 0; s < rows.segments && scales != NULL; s++) {
      qb_scales_of(m, g, rows.segments, s, scales + s * QB_INTERLEAVE);
    }
    rows.scales = scales != NULL ? scales : m->scales + g * rows.segments * QB_INTERLEAVE;
    qb_kernels->code_rows(&rows);
    for (size_t t = 0; t < p->tokens; t++) {
      float values[QB_INTERLEAVE];
      for (size_t i = 0; i < count; i++) {
        values[i] = totals[t * QB_INTERLEAVE + i] * p->multipliers[t];
        if (p->bias != NULL) values[i] += p->bias[row + i];
      }
      qb_kernels->finish(values, 1, count, p->output->epilogue, p->output->y + t * m->rows + row, 0);
    }
  }
}

static void multiply_few(product *p) {
  const qb_matrix *m = p->matrix;
  bool nibbles = m->format == QB_FOUR_BIT;
  size_t quads = nibbles ? 2 * divide_up(m->columns, 8) : divide_up(m->columns, 4);
  size_t segments = divide_up(m->columns, m->segment), width = quads * 4;
  size_t sum_bytes = p->tokens * segments * sizeof(int32_t);
  int32_t *x_sums = qb_thread_scratch(1, sum_bytes + p->tokens * (width + sizeof(float)));
  p->multipliers = (float *)(x_sums + p->tokens * segments);
  int8_t *codes = (int8_t *)(p->multipliers + p->tokens);
  for (size_t t = 0; t < p->tokens; t++) {
    const float *x = p->x + t * m->columns;
    int8_t *out = codes + t * width;
    float absmax = qb_kernels->greatest(x, m->columns);
    qb_kernels->plain_codes(x, m->columns, absmax > 0 ? 127 / absmax : 0, false, out);
    memset(out + m->columns, 0, width - m->columns);
    for (size_t s = 0; s < segments; s++) {
      int32_t sum = 0;
      size_t end = smaller((s + 1) * m->segment, m->columns);
      for (size_t c = s * m->segment; c < end; c++) sum += out[c];
      x_sums[t * segments + s] = sum;
    }
    if (nibbles) order_as_nibbles(out, width);
    p->multipliers[t] = nibbles ? absmax / 127 / 127 : absmax / 127;
  }
  few_tokens few = {.product = p,
                    .rows = {.weights = m->weights, .levels = nibbles ? p->levels : NULL,
                             .quads = quads, .segments = segments, .x = codes, .x_sums = x_sums,
                             .tokens = p->tokens}};
  few.rows.segment_quads = m->segment < m->columns ? m->segment / 4 : quads;
  size_t groups = divide_up(m->rows, QB_INTERLEAVE);
  size_t group_bytes = quads * (nibbles ? 32 : 64);
  few.groups_per_task = qb_units_per_task(groups, group_bytes);
  qb_parallel(divide_up(groups, few.groups_per_task), multiply_groups, &few);
}

bool qb_multiplies_codes(const qb_matrix *matrix) {
  bool coded = matrix->format == QB_INT8 || matrix->format == QB_FOUR_BIT;
  return coded && matrix->columns <= QB_CODE_COLUMNS && matrix->offsets == NULL &&
         matrix->flat_block == 0 &&
         (matrix->segment % 8 == 0 || matrix->segment >= matrix->columns);
}

void qb_multiply_codes_to(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                          const qb_output *output) {
  if (tokens == 0 || matrix->rows == 0) return;
  product p = {.matrix = matrix, .x = x, .tokens = tokens, .bias = bias, .output = output};
  if (matrix->format == QB_FOUR_BIT) {
    for (size_t i = 0; i < 16; i++) {
      qb_round_to_int8(matrix->codebook + i, 1, 127, 0, p.levels + i);
    }
  }
  if (matrix->columns == 0) {
    qb_multiply_to(matrix, x, tokens, bias, output);
    return;
  }
  if (tokens <= QB_VECTOR_TOKENS && output->summary == NULL) {
    multiply_few(&p);
    return;
  }
  size_t blocks = divide_up(tokens, QB_TILE_TOKENS);
  size_t code_bytes = blocks * qb_code_block_bytes(matrix->columns);
  p.packed = qb_thread_scratch(1, code_bytes + blocks * QB_TILE_TOKENS * sizeof(float));
  p.multipliers = (float *)(p.packed + code_bytes);
  qb_parallel(divide_up(blocks, 2), quantize_blocks, &p);
  qb_parallel(divide_up(matrix->rows, QB_PANEL_ROWS), multiply_panel, &p);
}

void qb_multiply_codes(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                       qb_epilogue epilogue, float *y) {
  qb_output output = {.epilogue = epilogue, .y = y};
  qb_multiply_codes_to(matrix, x, tokens, bias, &output);
}
