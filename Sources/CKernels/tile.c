// The one Float32 microkernel of every blocked product: 8 tokens x 48 rows.
//
// A is packed activations, [depth][a_stride] with 8 tokens side by side, each broadcast to all lanes;
// B is a panel of decoded weights, [depth][48], its lanes output rows. So weights need no horizontal
// sums and results no transposition. AVX-512 keeps the whole tile in 8 x 3 registers: 24 multiply-adds
// for 3 loads and 8 broadcasts; NEON walks it in pieces of 8 x 3. AVX2 and SSE walk it in pieces of 4 tokens x 3 registers,
// which with 3 of weights and one activation are all 16 registers that they have.
//
// The first tile of a slice may read weights from where they lie, and leaves them in the panel: so
// copying them costs no pass of its own.

#ifndef LANES
#include "kernel_table.h"

// Keeps the compiler from loading the next activation before this one's multiply-adds are done: it
// would run out of registers.
#if defined(__x86_64__)
#define KEEP_ORDER(sum) __asm__ volatile("" : "+x"(sum[0]), "+x"(sum[1]), "+x"(sum[2]))
#else
#define KEEP_ORDER(sum)
#endif

#define OPERATION "tile.c"
#include "each_path.h"
#else

#define VECTORS 3
#if LANES == 16 || defined(__aarch64__)
#define TOKENS 8  // NEON has 32 registers as well.
#else
#define TOKENS 4
#endif
#define PIECES (QB_PANEL_ROWS / (VECTORS * LANES) * (QB_TILE_TOKENS / TOKENS))

/// `piece` is the number of this piece of the tile: each asks for its share of the lines ahead.
QB_INLINE void PATH(tile_of)(const size_t lines, const bool copies, const qb_tile *t, size_t token,
                             size_t row, size_t piece) {
  const float *a = t->a + token, *b = (copies ? t->source : t->panel) + row, *ahead = t->ahead;
  float *copy = t->panel + row;
  size_t b_stride = copies ? t->stride : QB_PANEL_ROWS;
  vf sum[TOKENS][VECTORS];
#pragma unroll
  for (size_t i = 0; i < TOKENS; i++) {
    const float *from = t->from + (token + i) * t->from_stride + row;
#pragma unroll
    for (size_t v = 0; v < VECTORS; v++) sum[i][v] = vload(from + v * LANES);
  }
  for (size_t k = 0; k < t->depth; k++) {
#pragma unroll
    for (size_t line = 0; line < lines; line++) {
      if (k % PIECES == piece) __builtin_prefetch(ahead + 16 * line);
    }
    if (lines > 0) ahead += t->stride;
    vf weight[VECTORS];
#pragma unroll
    for (size_t v = 0; v < VECTORS; v++) {
      weight[v] = vload(b + v * LANES);
      if (copies) vstore(copy + v * LANES, weight[v]);
    }
#pragma unroll
    for (size_t i = 0; i < TOKENS; i++) {
      vf x = vsplat(a[i]);
#pragma unroll
      for (size_t v = 0; v < VECTORS; v++) sum[i][v] += x * weight[v];
#if LANES < 16
      KEEP_ORDER(sum[i]);
#endif
    }
    a += t->a_stride;
    b += b_stride;
    copy += QB_PANEL_ROWS;
  }
#pragma unroll
  for (size_t i = 0; i < TOKENS; i++) {
    float *to = t->to + (token + i) * QB_PANEL_ROWS + row;
#pragma unroll
    for (size_t v = 0; v < VECTORS; v++) vstore(to + v * LANES, sum[i][v]);
  }
}

void PATH(qb_tile)(const qb_tile *t) {
  size_t piece = 0;
  for (size_t row = 0; row < QB_PANEL_ROWS; row += VECTORS * LANES) {
    for (size_t token = 0; token < QB_TILE_TOKENS; token += TOKENS, piece++) {
      if (t->source != NULL && token == 0) {
        if (t->lines > 2) PATH(tile_of)(4, true, t, token, row, piece);
        else if (t->lines == 2) PATH(tile_of)(2, true, t, token, row, piece);
        else if (t->lines == 1) PATH(tile_of)(1, true, t, token, row, piece);
        else PATH(tile_of)(0, true, t, token, row, piece);
      } else {
        if (t->lines > 2) PATH(tile_of)(4, false, t, token, row, piece);
        else if (t->lines == 2) PATH(tile_of)(2, false, t, token, row, piece);
        else if (t->lines == 1) PATH(tile_of)(1, false, t, token, row, piece);
        else PATH(tile_of)(0, false, t, token, row, piece);
      }
    }
  }
}

#undef VECTORS
#undef TOKENS
#undef PIECES
#endif
