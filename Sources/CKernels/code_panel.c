// Integer products of a panel of 48 rows and many tokens, for code_product.c.
//
// Integers are summed over one segment, then multiplied by the segment's scale in Float32. So does every
// instruction set, in the same order: integer sums are exact. Four-bit codes are first looked up as bytes.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"
#define OPERATION "code_panel.c"
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
          add_pairs(2 * slice, a, wide + g * QB_INTERLEAVE, kept + g * QB_INTERLEAVE, first);
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
