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
#define vexp PATH(vexp_)

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
QB_INLINE vf vmax(vf a, vf b) { return vselect((a > b) | (a != a), a, b); }

QB_INLINE float vsum(vf v) {
  float sum = 0;
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) v[i] += v[i + half];
  }
  sum = v[0];
  return sum;
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
  return (vf)((vi)p & ~underflow);
}
