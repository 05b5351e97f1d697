// Vectors of LANES Float32 or Int32 lanes by the compiler's vector extension: plain operators work
// on them, `a * b + c` becomes a fused multiply-add where the path has one, and comparisons give
// lane masks of 0 and -1. No guard: each_path.h includes it once for each path.

#define vf PATH(vf_)
#define vi PATH(vi_)
#define vd PATH(vd_)
#define vload PATH(vload_)
#define vstore PATH(vstore_)
#define vsplat PATH(vsplat_)
#define vselect PATH(vselect_)
#define vmax PATH(vmax_)
#define vsum PATH(vsum_)
#define vload_part PATH(vload_part_)
#define vlargest PATH(vlargest_)
#define packs_bytes PATH(packs_bytes_)
#define dot_quads PATH(dot_quads_)
#define multiply_pairs PATH(multiply_pairs_)
#define widen PATH(widen_)
#define widen_group PATH(widen_group_)
#define add_pairs PATH(add_pairs_)
#define vexp PATH(vexp_)
#define vgelu PATH(vgelu_)
#define transpose_octet PATH(transpose_octet_)
#define transpose_block PATH(transpose_block_)
#define vloadi PATH(vloadi_)
#define vtofloat PATH(vtofloat_)
#define vlookup PATH(vlookup_)
#define byte_lookup PATH(byte_lookup_)
#define vfromhalf PATH(vfromhalf_)
#define vtohalf PATH(vtohalf_)

#define QB_INLINE static inline __attribute__((always_inline, unused))

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));
typedef double vd __attribute__((vector_size(LANES * 8)));

QB_INLINE vf vload(const float *p) {
  typedef float unaligned __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
  return *(const unaligned *)p;
}

QB_INLINE void vstore(float *p, vf v) {
  typedef float unaligned __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
  *(unaligned *)p = v;
}

QB_INLINE vf vsplat(float x) { return x - (vf){0}; }

/// a where the mask is -1, b where it is 0.
QB_INLINE vf vselect(vi mask, vf a, vf b) { return (vf)(((vi)a & mask) | ((vi)b & ~mask)); }

/// The greater; a NaN in either comes through.
QB_INLINE vf vmax(vf a, vf b) {
#if defined(__aarch64__)
  return (vf)vmaxq_f32((float32x4_t)a, (float32x4_t)b);
#else
  return vselect((a > b) | (a != a), a, b);
#endif
}

QB_INLINE float vsum(vf v) {
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) v[i] += v[i + half];
  }
  return v[0];
}

/// e^x within 2 ulp; 0 below -87.3, where Float32 goes subnormal; NaN for NaN.
/// x = n ln 2 + r with |r| <= ln 2 / 2 (ln 2 in two parts), then a polynomial in r of degree 6.
QB_INLINE vf vexp(vf x) {
  const vf low = vsplat(-87.33654f), high = vsplat(88.37626f);
  vi underflow = x < low;
  vf clamped = vselect(x > high, high, vselect(underflow, low, x));
  const vf shift = vsplat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer.
  vf n = clamped * 1.44269504f + shift;
  vi exponent = (vi)n << 23;
  n -= shift;
  vf r = clamped - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  p = (vf)((vi)p + exponent);
  return vselect(x != x, x, (vf)((vi)p & ~underflow));
}

/// gelu_new. 0.5 (1 + tanh u) is 1 / (1 + e^(-2u)), which needs one exponential and keeps its relative
/// accuracy where tanh u is close to -1.
QB_INLINE vf vgelu(vf x) {
  const float minus_two_root_two_over_pi = -1.5957691216057308f;
  vf u = (x * x * 0.044715f + 1.0f) * x * minus_two_root_two_over_pi;
  return x / (vexp(u) + 1.0f);
}

QB_INLINE vi vloadi(const void *p) {
  typedef int32_t unaligned __attribute__((vector_size(LANES * 4), aligned(1), may_alias));
  return *(const unaligned *)p;
}

QB_INLINE vf vtofloat(vi v) { return __builtin_convertvector(v, vf); }

/// table[index & 15] in every lane.
QB_INLINE vf vlookup(vi index, const float *table) {
#if defined(QB_AVX512)
  return (vf)_mm512_permutexvar_ps((__m512i)index, _mm512_loadu_ps(table));
#elif defined(QB_AVX2)
  __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)index);
  __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table + 8), (__m256i)index);
  return (vf)_mm256_blendv_ps(low, high, (__m256)(index << 28));  // Bit 3 chooses the half.
#elif defined(__aarch64__)
  // A table of 64 bytes: the four bytes of level i are 4i ... 4i + 3.
  uint8x16x4_t bytes = vld1q_u8_x4((const uint8_t *)table);
  const uint8x16_t spread = {0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12};
  vi places = (vi)vqtbl1q_u8((uint8x16_t)(index << 2 & 0x3C), spread) | 0x03020100;
  return (vf)vqtbl4q_u8(bytes, (uint8x16_t)places);
#else
  vf out;
  for (int i = 0; i < LANES; i++) out[i] = table[index[i] & 15];
  return out;
#endif
}

/// LANES IEEE halves as Float32.
QB_INLINE vf vfromhalf(const uint16_t *p) {
#if defined(QB_AVX512)
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#elif defined(QB_AVX2)
  return (vf)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
#elif defined(__aarch64__)
  return (vf)vcvt_f32_f16((float16x4_t)vld1_u16(p));
#else
  vi bits;
  for (int i = 0; i < LANES; i++) bits[i] = p[i];
  vi sign = (bits & 0x8000) << 16, magnitude = (bits & 0x7FFF) << 13;
  // The exponent's bias goes from 15 to 127 by a product, which sets subnormals right as well.
  vf value = (vf)magnitude * 0x1p112f;
  vi special = magnitude >= (0x7C00 << 13);
  return (vf)((((vi)value & ~special) | ((magnitude | 0x7F800000) & special)) | sign);
#endif
}

/// Float32 rounded to the nearest IEEE half (ties to even) and back.
QB_INLINE vf vtohalf(vf x) {
#if defined(QB_AVX512)
  return (vf)_mm512_cvtph_ps(_mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT));
#elif defined(QB_AVX2)
  return (vf)_mm256_cvtph_ps(_mm256_cvtps_ph((__m256)x, _MM_FROUND_TO_NEAREST_INT));
#elif defined(__aarch64__)
  return (vf)vcvt_f32_f16(vcvt_f16_f32((float32x4_t)x));
#else
  vi sign = (vi)x & (int32_t)0x80000000;
  vf size = (vf)((vi)x & 0x7FFFFFFF);
  vi odd = ((vi)size >> 13) & 1;
  vf normal = (vf)(((vi)size + 0xFFF + odd) & ~0x1FFF);
  vf subnormal = (size + 0.5f) - 0.5f;  // 2^-24, the step of subnormal halves, is an ulp of 0.5.
  vf rounded = vselect(size < 0x1p-14f, subnormal, normal);
  rounded = vselect(size >= 65520.0f, vsplat(__builtin_inff()), rounded);
  return (vf)((vi)vselect(x != x, x, rounded) | sign);
#endif
}

/// levels[index] of every byte; indices are below 16.
QB_INLINE vi byte_lookup(vi indices, const int8_t *levels) {
#if defined(QB_AVX512)
  __m512i table = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)levels));
  return (vi)_mm512_shuffle_epi8(table, (__m512i)indices);
#elif defined(QB_AVX2)
  __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)levels));
  return (vi)_mm256_shuffle_epi8(table, (__m256i)indices);
#elif defined(__aarch64__)
  return (vi)vqtbl1q_s8(vld1q_s8(levels), (uint8x16_t)indices);
#else
  vi out;
  for (size_t i = 0; i < LANES; i++) {
    uint32_t word = 0, index = (uint32_t)indices[i];
    for (int b = 0; b < 32; b += 8) word |= (uint32_t)(uint8_t)levels[index >> b & 15] << b;
    out[i] = (int32_t)word;
  }
  return out;
#endif
}

/// LANES values, zeros from `count` on.
QB_INLINE vf vload_part(const float *p, size_t count) {
  if (count >= LANES) return vload(p);
  vf v = {0};
  for (size_t i = 0; i < count; i++) v[i] = p[i];
  return v;
}

/// The greatest lane; NaN if any is.
QB_INLINE float vlargest(vf v) {
  float largest = v[0];
  for (int i = 1; i < LANES; i++) largest = v[i] > largest || v[i] != v[i] ? v[i] : largest;
  return largest;
}

/// out[j][i] = x[i][j] for 8 x 8 values; a row is 8 lanes whatever the path has.
QB_INLINE void transpose_octet(const float *x, size_t stride, float *out, size_t out_stride) {
  typedef float octet __attribute__((vector_size(32), aligned(4), may_alias));
  octet m[8];
#pragma unroll
  for (int i = 0; i < 8; i++) m[i] = *(const octet *)(x + i * stride);
#pragma unroll
  for (int i = 0; i < 8; i += 2) {
    octet a = m[i], b = m[i + 1];
    m[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
    m[i + 1] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
    if ((i & 2) != 0) continue;
    octet a = m[i], b = m[i + 2];
    m[i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
    m[i + 2] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    octet a = m[i], b = m[i + 4];
    *(octet *)(out + i * out_stride) = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    *(octet *)(out + (i + 4) * out_stride) = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

/// out[j][i] = x[i][j] for any number of rows and columns.
QB_INLINE void transpose_block(const float *x, size_t rows, size_t columns, size_t stride, float *out,
                               size_t out_stride) {
  size_t i = 0;
  for (; i + 8 <= rows; i += 8) {
    size_t j = 0;
    for (; j + 8 <= columns; j += 8) {
      transpose_octet(x + i * stride + j, stride, out + j * out_stride + i, out_stride);
    }
    for (; j < columns; j++) {
      for (size_t k = i; k < i + 8; k++) out[j * out_stride + k] = x[k * stride + j];
    }
  }
  for (; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) out[j * out_stride + i] = x[i * stride + j];
  }
}

// MARK: - Byte products
//
// With VNNI, unsigned activation codes + 128 are multiplied by signed weight codes, and 128 times the
// sum of the weight codes is taken off. The dot product of arm64 multiplies signed bytes. Elsewhere
// both are widened to pairs of int16: exact at full range, where the unsigned 8-bit product of AVX2
// would saturate.

/// Whether activation codes are packed as bytes, + 128 for VNNI.
QB_INLINE bool packs_bytes(void) {
#if defined(QB_AVX512)
  return qb_has_vnni();
#elif defined(__aarch64__)
  return qb_has_dot_product();
#else
  return false;
#endif
}

/// a.low * b.low + a.high * b.high of the int16 halves of each lane.
QB_INLINE vi multiply_pairs(vi a, vi b) {
#if defined(QB_AVX512)
  return (vi)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(QB_AVX2)
  return (vi)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
  return (vi)_mm_madd_epi16((__m128i)a, (__m128i)b);
#elif defined(__aarch64__)
  int32x4_t low = vmull_s16(vget_low_s16((int16x8_t)a), vget_low_s16((int16x8_t)b));
  return (vi)vpaddq_s32(low, vmull_high_s16((int16x8_t)a, (int16x8_t)b));
#else
  return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

/// Four bytes of each lane as two pairs of int16.
QB_INLINE void widen(vi bytes, vi *low, vi *high) {
  *low = (((bytes << 24) >> 24) & 0xFFFF) | (((bytes << 16) >> 24) << 16);
  *high = (((bytes << 8) >> 24) & 0xFFFF) | ((bytes >> 24) << 16);
}

/// Widens `quads` quads of one group of 16 rows to out [2 * quads][48] lanes of int16 pairs.
QB_INLINE void widen_group(const int8_t *weights, size_t quads, int32_t *out) {
  for (size_t q = 0; q < quads; q++) {
#pragma unroll
    for (size_t v = 0; v < QB_INTERLEAVE; v += LANES) {
      vi low, high;
      widen(vloadi(weights + q * 64 + v * 4), &low, &high);
      vstore((float *)(out + (2 * q) * QB_PANEL_ROWS + v), (vf)low);
      vstore((float *)(out + (2 * q + 1) * QB_PANEL_ROWS + v), (vf)high);
    }
  }
}

/// sums[i][48] (+)= pairs of a widened slice, for 4 tokens and one group.
QB_INLINE void add_pairs(size_t pairs, const int32_t *a, const int32_t *b, int32_t *sums, bool first) {
  enum { COUNT = 4, PARTS = QB_INTERLEAVE / LANES };
  vi sum[COUNT][PARTS];
#pragma unroll
  for (size_t i = 0; i < COUNT; i++) {
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
      for (size_t i = 0; i < COUNT; i++) {
        sum[i][v] += multiply_pairs(weight, a[k * QB_TILE_TOKENS + i] - (vi){0});
      }
    }
  }
#pragma unroll
  for (size_t i = 0; i < COUNT; i++) {
#pragma unroll
    for (size_t v = 0; v < PARTS; v++) {
      vstore((float *)(sums + i * QB_PANEL_ROWS + v * LANES), (vf)sum[i][v]);
    }
  }
}

#if defined(__aarch64__)

#define QB_DOT __attribute__((target("dotprod")))

/// sum[i][v] += quads of bytes, for `count` tokens (4 or 8) and `parts` x 4 rows of one group.
QB_DOT QB_INLINE void dot_quads(const size_t count, const size_t parts, size_t quads, const void *a,
                                const int8_t *weights, vi sum[8][4]) {
  const int32_t *activations = a;
  for (size_t q = 0; q < quads; q++, activations += 8, weights += 64) {
    vi x[2];
#pragma unroll
    for (size_t i = 0; i < count / 4; i++) x[i] = vloadi(activations + 4 * i);
#pragma unroll
    for (size_t v = 0; v < parts; v++) {
      int8x16_t w = vld1q_s8(weights + 16 * v);
#pragma unroll
      for (size_t i = 0; i < count; i++) {
        vi quad = x[i / 4][i % 4] - (vi){0};
        sum[i][v] = (vi)vdotq_s32((int32x4_t)sum[i][v], w, (int8x16_t)quad);
      }
    }
  }
}

#endif
