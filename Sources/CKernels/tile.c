// The one Float32 microkernel of every blocked product: C (8 tokens x 48 rows) += A B.
//
// A is packed activations, [depth][a_stride] with 8 tokens side by side, each broadcast to all
// lanes; B is a panel of decoded weights, [depth][48], its lanes output rows; C is the result,
// token-major. So weights need no horizontal sums and results no transposition.
// AVX-512 keeps the whole tile in 8 x 3 registers: 24 multiply-adds for 3 loads and 8 broadcasts.
// AVX2 walks it in pieces of 4 tokens x 16 rows: 8 sums are what the latency of its multiply-add
// needs, and with 12 the compiler spills. The baseline takes 4 x 12.

#ifndef LANES
#include "kernel_table.h"
#define OPERATION "tile.c"
#include "each_path.h"
#else

#define VECTORS (LANES == 8 ? 2 : 3)
#define TOKENS (LANES == 16 ? 8 : 4)

QB_INLINE void PATH(tile_of)(const size_t count, size_t depth, const float *a, size_t a_stride,
                             const float *b, float *c, size_t c_stride, const float *bias,
                             bool accumulate, const float *ahead, size_t ahead_stride) {
  vf sum[TOKENS][VECTORS];
#pragma unroll
  for (size_t v = 0; v < VECTORS; v++) {
    vf start = bias != NULL ? vload(bias + v * LANES) : vsplat(0);
#pragma unroll
    for (size_t i = 0; i < count; i++) {
      sum[i][v] = accumulate ? vload(c + i * c_stride + v * LANES) : start;
    }
  }
  for (size_t k = 0; k < depth; k++) {
    __builtin_prefetch(ahead);
    ahead += ahead_stride;
    vf row[VECTORS];
#pragma unroll
    for (size_t v = 0; v < VECTORS; v++) row[v] = vload(b + v * LANES);
#pragma unroll
    for (size_t i = 0; i < count; i++) {
      vf x = vsplat(a[i]);
#pragma unroll
      for (size_t v = 0; v < VECTORS; v++) sum[i][v] += x * row[v];
    }
    a += a_stride;
    b += QB_PANEL_ROWS;
  }
#pragma unroll
  for (size_t i = 0; i < count; i++) {
#pragma unroll
    for (size_t v = 0; v < VECTORS; v++) vstore(c + i * c_stride + v * LANES, sum[i][v]);
  }
}

void PATH(qb_tile)(size_t depth, size_t count, const float *a, size_t a_stride, const float *b,
                   float *c, size_t c_stride, const float *bias, bool accumulate,
                   const float *ahead, size_t ahead_stride) {
  if (ahead == NULL) {
    ahead = b;
    ahead_stride = 0;
  }
  for (size_t row = 0; row < QB_PANEL_ROWS; row += VECTORS * LANES) {
    const float *start = bias != NULL ? bias + row : NULL;
    for (size_t token = 0; token < count; token += TOKENS) {
      const float *tile_a = a + token, *tile_b = b + row;
      float *tile_c = c + token * c_stride + row;
      if (row + token > 0) ahead_stride = 0;  // Once is enough.
#define TILE(n)                                                                             \
  case n:                                                                                   \
    PATH(tile_of)(n, depth, tile_a, a_stride, tile_b, tile_c, c_stride, start, accumulate, \
                  ahead, ahead_stride);                                                     \
    break;
      size_t left = count - token < TOKENS ? count - token : TOKENS;
      switch (left) {
        TILE(1) TILE(2) TILE(3) TILE(4)
#if LANES == 16
        TILE(5) TILE(6) TILE(7) TILE(8)
#endif
      }
#undef TILE
    }
  }
}

#undef VECTORS
#undef TOKENS
#endif
