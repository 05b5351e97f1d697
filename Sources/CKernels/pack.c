// Activations of 8 tokens side by side for the tile: out[column][8]; and the way back, from tiles to y.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"

#define OPERATION "pack.c"
#include "each_path.h"
#else

void PATH(qb_pack)(const float *x, size_t stride, size_t tokens, size_t columns, float *out) {
  size_t k = 0;
  if (tokens == QB_TILE_TOKENS) {
    for (; k + 8 <= columns; k += 8) transpose_octet(x + k, stride, out + k * 8, 8);
  }
  for (; k < columns; k++) {
    for (size_t i = 0; i < QB_TILE_TOKENS; i++) {
      out[k * QB_TILE_TOKENS + i] = i < tokens ? x[i * stride + k] : 0;
    }
  }
}

void PATH(qb_finish)(const float *block, size_t tokens, size_t rows, qb_epilogue epilogue, float *y,
                     size_t stride) {
  for (size_t i = 0; i < tokens; i++, block += QB_PANEL_ROWS, y += stride) {
    size_t r = 0;
    for (; r + LANES <= rows; r += LANES) {
      vf value = vload(block + r);
      if (epilogue == QB_GELU_TANH) value = vgelu(value);
      if (epilogue == QB_ADD) value += vload(y + r);
      vstore(y + r, value);
    }
    if (r < rows) {
      float rest[LANES] = {0};
      memcpy(rest, block + r, (rows - r) * sizeof(float));
      if (epilogue == QB_GELU_TANH) vstore(rest, vgelu(vload(rest)));
      for (size_t k = 0; r + k < rows; k++) {
        y[r + k] = epilogue == QB_ADD ? y[r + k] + rest[k] : rest[k];
      }
    }
    // Rarer functions have a pass of their own, while the row is in the first-level cache.
    if (epilogue > QB_GELU_TANH) qb_kernels->activate(y, rows, epilogue);
  }
}

#endif
