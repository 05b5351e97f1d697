// Integer products of a few tokens, read straight from the packed codes: what code_product.c and
// llm_int8.c do when they are bound by memory.
//
// Activation codes are plain bytes here. VNNI multiplies unsigned by signed bytes: weight codes + 128,
// and 128 times the sum of the activation codes is taken off. AVX2 multiplies |weight code| by the
// activation's code with the weight's sign: two products of at most 128 x 127 fit in 16 bits. Elsewhere
// both are widened.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"
#define OPERATION "code_rows.c"
#include "each_path.h"
#else

#define PARTS (QB_INTERLEAVE / LANES)

void PATH(qb_plain_codes)(const float *x, size_t columns, float multiplier, bool half, int8_t *codes) {
  const vf shift = vsplat(12582912.0f);  // Rounds half to even.
  for (size_t c = 0; c < columns; c += LANES) {
    vf value = vload_part(x + c, columns - c);
    if (half) value = vtohalf(value);
    vf scaled = value * multiplier;
    scaled = vselect(scaled != scaled, vsplat(0), scaled);  // A row of zeros: 0 * infinity.
    scaled = vselect(scaled > 127.0f, vsplat(127), vselect(scaled < -127.0f, vsplat(-127), scaled));
    typedef int8_t narrow __attribute__((vector_size(LANES)));
    narrow bytes =
      __builtin_convertvector(__builtin_convertvector((scaled + shift) - shift, vi), narrow);
    memcpy(codes + c, &bytes, columns - c < LANES ? columns - c : LANES);
  }
}

/// The activation codes of one quad in every lane.
QB_INLINE vi PATH(quad_of)(const int8_t *x) {
  int32_t quad;
  memcpy(&quad, x, 4);
  return quad - (vi){0};
}

/// sum + the four products of each lane.
#if defined(QB_AVX2)
QB_INLINE vi PATH(dot)(vi sum, vi weights, vi x) {
  __m256i size = _mm256_abs_epi8((__m256i)weights);
  __m256i pairs = _mm256_maddubs_epi16(size, _mm256_sign_epi8((__m256i)x, (__m256i)weights));
  return sum + (vi)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
#else
QB_INLINE vi PATH(dot)(vi sum, vi weights, vi x) {
  vi low, high, x_low, x_high;
  widen(weights, &low, &high);
  widen(x, &x_low, &x_high);
  return sum + multiply_pairs(low, x_low) + multiply_pairs(high, x_high);
}
#endif

// One body serves both kinds of product: DOT(sum, weights, x), with XOR flipped in weight bytes.
#define BODY(DOT, XOR, CORRECTED)                                                                 \
  vf total[4][PARTS];                                                                             \
  _Pragma("unroll") for (size_t t = 0; t < tokens; t++) {                                         \
    _Pragma("unroll") for (size_t v = 0; v < PARTS; v++) total[t][v] = vsplat(0);                 \
  }                                                                                               \
  size_t segment = 0;                                                                             \
  for (size_t start = 0; start < r->quads; start += r->segment_quads, segment++) {                \
    size_t end = start + r->segment_quads < r->quads ? start + r->segment_quads : r->quads;       \
    vi sum[4][PARTS];                                                                             \
    _Pragma("unroll") for (size_t t = 0; t < tokens; t++) {                                       \
      int32_t first = CORRECTED ? -128 * r->x_sums[t * r->segments + segment] : 0;                \
      _Pragma("unroll") for (size_t v = 0; v < PARTS; v++) sum[t][v] = first - (vi){0};           \
    }                                                                                             \
    for (size_t q = start; q < end; q += nibbles ? 2 : 1) {                                       \
      const uint8_t *w = r->weights + q * (nibbles ? 32 : 64);                                    \
      __builtin_prefetch(w + QB_AHEAD);                                                           \
      _Pragma("unroll") for (size_t v = 0; v < PARTS; v++) {                                      \
        vi codes = vloadi(w + v * LANES * 4), next = codes;                                       \
        if (nibbles) {                                                                            \
          next = byte_lookup((codes >> 4) & 0x0F0F0F0F, r->levels);                               \
          codes = byte_lookup(codes & 0x0F0F0F0F, r->levels);                                     \
        }                                                                                         \
        codes ^= XOR;                                                                             \
        next ^= XOR;                                                                              \
        _Pragma("unroll") for (size_t t = 0; t < tokens; t++) {                                   \
          const int8_t *x = r->x + t * r->quads * 4 + q * 4;                                      \
          sum[t][v] = DOT(sum[t][v], codes, PATH(quad_of)(x));                                    \
          if (nibbles) sum[t][v] = DOT(sum[t][v], next, PATH(quad_of)(x + 4));                    \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    _Pragma("unroll") for (size_t t = 0; t < tokens; t++) {                                       \
      _Pragma("unroll") for (size_t v = 0; v < PARTS; v++) {                                      \
        if (r->sums != NULL) {                                                                    \
          vstore((float *)(r->sums + t * r->sum_stride) + v * LANES, (vf)sum[t][v]);              \
        } else {                                                                                  \
          total[t][v] +=                                                                          \
            vtofloat(sum[t][v]) * vload(r->scales + segment * QB_INTERLEAVE + v * LANES);         \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  if (r->sums != NULL) return;                                                                    \
  _Pragma("unroll") for (size_t t = 0; t < tokens; t++) {                                         \
    _Pragma("unroll") for (size_t v = 0; v < PARTS; v++) {                                        \
      vstore(r->totals + t * QB_INTERLEAVE + v * LANES, total[t][v]);                             \
    }                                                                                             \
  }

QB_INLINE void PATH(code_rows_of)(const size_t tokens, const bool nibbles, const qb_code_rows *r) {
  BODY(PATH(dot), 0, false)
}

#define TOKEN_CASES(function)                    \
  switch (r->tokens * 2 + (r->levels != NULL)) { \
    case 2: function(1, false, r); break;        \
    case 3: function(1, true, r); break;         \
    case 4: function(2, false, r); break;        \
    case 5: function(2, true, r); break;         \
    case 6: function(3, false, r); break;        \
    case 7: function(3, true, r); break;         \
    case 8: function(4, false, r); break;        \
    case 9: function(4, true, r); break;         \
  }

#if defined(QB_AVX512)

#define DOT_BYTES(sum, weights, x) (vi) _mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(weights), (__m512i)(x))

VNNI __attribute__((always_inline)) static inline void vnni_code_rows_of(
  const size_t tokens, const bool nibbles, const qb_code_rows *r) {
  BODY(DOT_BYTES, (int32_t)0x80808080, true)
}

VNNI static void vnni_code_rows(const qb_code_rows *r) { TOKEN_CASES(vnni_code_rows_of) }

#undef DOT_BYTES
#endif

void PATH(qb_code_rows)(const qb_code_rows *r) {
#if defined(QB_AVX512)
  if (packs_bytes()) {
    vnni_code_rows(r);
    return;
  }
#endif
  TOKEN_CASES(PATH(code_rows_of))
}

#undef TOKEN_CASES
#undef BODY
#undef PARTS
#endif
