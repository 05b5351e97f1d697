// y = x W^T + bias with activations rounded to INT8, one absmax for each token: an option of INT8,
// NF4 and FP4 weights, faster than the exact product and less exact.
//
// Weight codes are INT8 as they are, or the 16 levels of a four-bit codebook rounded to INT8. A tile
// sums integers over one segment, then multiplies by the segment's scale in Float32. So does every
// instruction set, in the same order: integer sums are exact.
// A few tokens read the packed codes as they are, see code_rows.c.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"

static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }
static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

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
  for (size_t k = 0; k < count; k += 8) {
    int8_t octet[8];
    memcpy(octet, codes + k, 8);
    for (size_t i = 0; i < 8; i++) codes[k + i] = octet[i % 4 * 2 + i / 4];
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

#define OPERATION "code_product.c"
#include "each_path.h"
#else

// MARK: - Four-bit codes to bytes

void PATH(qb_expand_nibbles)(const qb_matrix *matrix, size_t row, const int8_t *levels,
                             int8_t *codes) {
  size_t octets = (matrix->columns + 7) / 8;
  for (size_t g = 0; g < QB_PANEL_ROWS / QB_INTERLEAVE; g++) {
    if (row + g * QB_INTERLEAVE >= matrix->rows) return;
    const uint32_t *w =
      (const uint32_t *)matrix->weights + (row / QB_INTERLEAVE + g) * octets * QB_INTERLEAVE;
    float *out = (float *)(codes + g * octets * 2 * 64);
    for (size_t k = 0; k < octets; k++, w += QB_INTERLEAVE, out += 2 * QB_INTERLEAVE) {
#pragma unroll
      for (size_t v = 0; v < QB_INTERLEAVE; v += LANES) {
        vi word = vloadi(w + v);
        vi even = byte_lookup(word & 0x0F0F0F0F, levels);
        vi odd = byte_lookup((word >> 4) & 0x0F0F0F0F, levels);
        vstore(out + v, (vf)even);
        vstore(out + QB_INTERLEAVE + v, (vf)odd);
      }
    }
    size_t rest = matrix->columns % 8;  // Padding is code 0, which may stand for a level.
    if (rest == 0) continue;
    int8_t *last = codes + g * octets * 2 * 64 + (octets - 1) * 2 * 64;
    for (size_t i = 0; i < QB_INTERLEAVE; i++) {
      for (size_t c = rest; c < 8; c++) last[c % 2 * 64 + i * 4 + c / 2] = 0;
    }
  }
}

// MARK: - Pairs of int16

/// sums[i][48] (+)= pairs of a slice, for `count` <= 4 tokens and one group.
QB_INLINE void PATH(pair_segment)(const size_t count, size_t pairs, const int32_t *a,
                                  const int32_t *b, int32_t *sums, bool first) {
  enum { PARTS = QB_INTERLEAVE / LANES };
  vi sum[4][PARTS];
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      sum[i][v] = first ? (vi){0} : vloadi(sums + i * QB_PANEL_ROWS + v * LANES);
    }
  }
  for (size_t k = 0; k < pairs; k++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vi weight = vloadi(b + k * QB_PANEL_ROWS + v * LANES);
#pragma unroll
      for (size_t i = 0; i < count; i++) {
        sum[i][v] += multiply_pairs(weight, a[k * QB_TILE_TOKENS + i] - (vi){0});
      }
    }
  }
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vstore((float *)(sums + i * QB_PANEL_ROWS + v * LANES), (vf)sum[i][v]);
    }
  }
}

static void PATH(pair_code_panel)(const qb_code_panel *panel, const uint8_t *packed, size_t tokens,
                                  int32_t *sums, float *y) {
  size_t block_bytes = qb_code_block_bytes(panel->quads * 4);
  int32_t wide[2 * QB_PAIR_SLICE * QB_PANEL_ROWS];
  const float *scales = panel->scales;
  for (size_t start = 0; start < panel->quads; start += panel->segment_quads) {
    size_t end = smaller(start + panel->segment_quads, panel->quads);
    for (size_t quad = start; quad < end; quad += QB_PAIR_SLICE) {
      size_t slice = smaller(QB_PAIR_SLICE, end - quad);
      for (size_t g = 0; g < panel->groups; g++) {
        widen_group(panel->codes + (g * panel->quads + quad) * 64, slice, wide + g * QB_INTERLEAVE);
      }
      bool first = quad == start, last = quad + slice == end;
      for (size_t token = 0; token < tokens; token += 4) {
        const int32_t *a = (const int32_t *)(packed + token / 8 * block_bytes) +
                           2 * quad * QB_TILE_TOKENS + token % 8;
        int32_t *kept = sums + token * QB_PANEL_ROWS;
        for (size_t g = 0; g < panel->groups; g++) {
          PATH(pair_segment)(4, 2 * slice, a, wide + g * QB_INTERLEAVE, kept + g * QB_INTERLEAVE,
                             first);
        }
        if (!last) continue;
        for (size_t i = 0; i < 4; i++) {
          float *out = y + (token + i) * QB_PANEL_ROWS;
#pragma unroll
          for (size_t v = 0; v < QB_PANEL_ROWS; v += LANES) {
            vf before = start == 0 ? vsplat(0) : vload(out + v);
            vf sum = vtofloat(vloadi(kept + i * QB_PANEL_ROWS + v));
            vstore(out + v, before + sum * vload(scales + v));
          }
        }
      }
    }
    scales += QB_PANEL_ROWS;
  }
}

// MARK: - VNNI

#if defined(QB_AVX512)

#define VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")))

/// sums[segment][48] = -128 * the sum of each row's codes.
VNNI static void vnni_code_sums(const qb_code_panel *panel, int32_t *sums) {
  const __m512i ones = _mm512_set1_epi8(1);
  for (size_t start = 0; start < panel->quads; start += panel->segment_quads) {
    size_t end = smaller(start + panel->segment_quads, panel->quads);
    for (size_t g = 0; g < QB_PANEL_ROWS / QB_INTERLEAVE; g++) {
      __m512i sum = _mm512_setzero_si512();
      for (size_t q = start; q < end && g < panel->groups; q++) {
        const void *w = panel->codes + (g * panel->quads + q) * 64;
        sum = _mm512_dpbusd_epi32(sum, ones, _mm512_loadu_si512(w));
      }
      sum = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_slli_epi32(sum, 7));
      _mm512_storeu_si512(sums + g * QB_INTERLEAVE, sum);
    }
    sums += QB_PANEL_ROWS;
  }
}

/// y[i][48] for `count` tokens and `groups` of 16 rows over all segments, or the one segment that is
/// the `whole`: then totals take no registers.
VNNI __attribute__((always_inline)) static inline void vnni_code_tile(
  const size_t count, const size_t groups, const bool whole, const qb_code_panel *panel,
  const uint8_t *a, const int32_t *code_sums, float *y) {
  __m512 total[8][3];
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t g = 0; g < groups; g++) total[i][g] = _mm512_setzero_ps();
  }
  const float *scales = panel->scales;
  for (size_t start = 0; start < panel->quads; start += panel->segment_quads) {
    size_t end = smaller(start + panel->segment_quads, panel->quads);
    __m512i sum[8][3];
#pragma unroll
    for (size_t g = 0; g < groups; g++) {
      __m512i shift = _mm512_loadu_si512(code_sums + g * QB_INTERLEAVE);
#pragma unroll
      for (size_t i = 0; i < count; i++) sum[i][g] = shift;
    }
    for (size_t q = start; q < end; q++) {
      __m512i w[3];
#pragma unroll
      for (size_t g = 0; g < groups; g++) {
        w[g] = _mm512_loadu_si512(panel->codes + (g * panel->quads + q) * 64);
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
      __m512 scale = _mm512_loadu_ps(scales + g * QB_INTERLEAVE);
#pragma unroll
      for (size_t i = 0; i < count; i++) {
        __m512 value = _mm512_cvtepi32_ps(sum[i][g]);
        if (whole) {
          _mm512_storeu_ps(y + i * QB_PANEL_ROWS + g * QB_INTERLEAVE, _mm512_mul_ps(value, scale));
        } else {
          total[i][g] = _mm512_fmadd_ps(value, scale, total[i][g]);
        }
      }
    }
    if (whole) return;
    scales += QB_PANEL_ROWS;
    code_sums += QB_PANEL_ROWS;
  }
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t g = 0; g < groups; g++) {
      _mm512_storeu_ps(y + i * QB_PANEL_ROWS + g * QB_INTERLEAVE, total[i][g]);
    }
  }
}

VNNI static void vnni_code_panel(const qb_code_panel *panel, const uint8_t *packed, size_t tokens,
                                 int32_t *code_sums, float *y) {
  size_t block_bytes = qb_code_block_bytes(panel->quads * 4);
  bool whole = panel->segment_quads >= panel->quads;
  vnni_code_sums(panel, code_sums);
  for (size_t token = 0; token < tokens; token += QB_TILE_TOKENS) {
    const uint8_t *a = packed + token / QB_TILE_TOKENS * block_bytes;
    float *out = y + token * QB_PANEL_ROWS;
    if (panel->groups < 3) {
      for (size_t i = 0; i < 8; i += 4) {
        for (size_t g = 0; g < panel->groups; g++) {
          qb_code_panel one = *panel;
          one.codes += g * panel->quads * 64;
          one.scales += g * QB_INTERLEAVE;
          vnni_code_tile(4, 1, false, &one, a + i * 4, code_sums + g * QB_INTERLEAVE,
                         out + i * QB_PANEL_ROWS + g * QB_INTERLEAVE);
        }
      }
    } else if (whole) {
      vnni_code_tile(8, 3, true, panel, a, code_sums, out);
    } else {
      vnni_code_tile(4, 3, false, panel, a, code_sums, out);
      vnni_code_tile(4, 3, false, panel, a + 16, code_sums, out + 4 * QB_PANEL_ROWS);
    }
  }
}

#undef VNNI
#endif

// MARK: - Byte dot products of arm64

#if defined(__aarch64__)

/// y[i][16] of 8 tokens and 8 rows of one group over all segments.
QB_DOT static void dot_code_tile(const qb_code_panel *panel, const void *a, const int8_t *codes,
                                 const float *scales, float *y) {
  for (size_t start = 0; start < panel->quads; start += panel->segment_quads) {
    size_t quads = smaller(panel->segment_quads, panel->quads - start);
    vi sum[8][4] = {0};
    dot_quads(8, 2, quads, (const int32_t *)a + start * QB_TILE_TOKENS, codes + start * 64, sum);
#pragma unroll
    for (size_t i = 0; i < 8; i++) {
#pragma unroll
      for (size_t v = 0; v < 2; v++) {
        float *out = y + i * QB_PANEL_ROWS + v * LANES;
        vf before = start == 0 ? vsplat(0) : vload(out);
        vstore(out, before + vtofloat(sum[i][v]) * vload(scales + v * LANES));
      }
    }
    scales += QB_PANEL_ROWS;
  }
}

QB_DOT static void dot_code_panel(const qb_code_panel *panel, const uint8_t *packed, size_t tokens,
                                  float *y) {
  size_t block_bytes = qb_code_block_bytes(panel->quads * 4);
  for (size_t token = 0; token < tokens; token += QB_TILE_TOKENS) {
    const uint8_t *a = packed + token / QB_TILE_TOKENS * block_bytes;
    for (size_t r = 0; r < panel->groups * QB_INTERLEAVE; r += 8) {
      const int8_t *codes = panel->codes + r / 16 * panel->quads * 64 + r % 16 * 4;
      dot_code_tile(panel, a, codes, panel->scales + r, y + token * QB_PANEL_ROWS + r);
    }
  }
}

#endif

void PATH(qb_code_panel)(const qb_code_panel *panel, const void *packed, size_t tokens,
                         const float *multipliers, const float *bias, int32_t *sums, float *y) {
  bool done = false;
#if defined(QB_AVX512)
  if (packs_bytes()) {
    vnni_code_panel(panel, packed, tokens, sums, y);
    done = true;
  }
#elif defined(__aarch64__)
  if (packs_bytes()) {
    dot_code_panel(panel, packed, tokens, y);
    done = true;
  }
#endif
  if (!done) PATH(pair_code_panel)(panel, packed, tokens, sums, y);
  for (size_t t = 0; t < tokens; t++) {
    float *out = y + t * QB_PANEL_ROWS;
#pragma unroll
    for (size_t v = 0; v < QB_PANEL_ROWS; v += LANES) {
      vstore(out + v, vload(out + v) * multipliers[t] + vload(bias + v));
    }
  }
}

#endif
