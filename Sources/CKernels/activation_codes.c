// INT8 codes of activations, packed for byte products: 8 tokens side by side, 4 columns in a word.
//
// For VNNI a code is stored as an unsigned byte, code + 128, for arm64's dot product as a signed byte:
// [tokens/8][columns/4][8][4]. Elsewhere it is an int16: [tokens/8][columns/2][8][2]. Columns beyond the last are whatever the block holds;
// the weights' codes are 0 there.

#ifndef LANES
#include <string.h>

#include "kernel_table.h"

#if defined(__aarch64__)
enum { BYTE_OF_ZERO = 0 };
#else
enum { BYTE_OF_ZERO = 128 };
#endif

/// Stores the codes of 4 columns of one token.
static inline void store_quad(void *block, size_t quad, size_t lane, bool bytes, int32_t a,
                              int32_t b, int32_t c, int32_t d) {
  uint32_t *words = block;
  if (bytes) {
    uint32_t word = (uint32_t)(a & 255) | (uint32_t)(b & 255) << 8 | (uint32_t)(c & 255) << 16 |
                    (uint32_t)d << 24;
    words[quad * QB_TILE_TOKENS + lane] = word ^ BYTE_OF_ZERO * 0x01010101u;
  } else {
    words[2 * quad * QB_TILE_TOKENS + lane] = (uint32_t)(a & 0xFFFF) | (uint32_t)b << 16;
    words[(2 * quad + 1) * QB_TILE_TOKENS + lane] = (uint32_t)(c & 0xFFFF) | (uint32_t)d << 16;
  }
}

#define OPERATION "activation_codes.c"
#include "each_path.h"
#else

float PATH(qb_greatest)(const float *x, size_t columns) {
  vf largest = vsplat(0);
  for (size_t c = 0; c < columns; c += LANES) {
    vf size = (vf)((vi)vload_part(x + c, columns - c) & 0x7FFFFFFF);
    largest = vmax(size, largest);
  }
  return vlargest(largest);
}

QB_INLINE void PATH(quantize_row)(const bool half, const bool nibbles, const float *x,
                                  size_t columns, float multiplier, void *block, size_t lane) {
  enum { STEP = LANES < 8 ? 8 : LANES };
  bool bytes = packs_bytes();
  for (size_t c = 0; c < columns; c += STEP) {
    int32_t codes[STEP];
#pragma unroll
    for (size_t v = 0; v < STEP; v += LANES) {
      vf value = vsplat(0);
      if (c + v < columns) value = vload_part(x + c + v, columns - c - v);
      if (half) value = vtohalf(value);
      vf scaled = value * multiplier;
      scaled = vselect(scaled != scaled, vsplat(0), scaled);  // A row of zeros: 0 * infinity.
      scaled = vselect(scaled > 127.0f, vsplat(127), vselect(scaled < -127.0f, vsplat(-127), scaled));
      const vf shift = vsplat(12582912.0f);  // Rounds half to even.
      vi rounded = __builtin_convertvector((scaled + shift) - shift, vi);
      memcpy(codes + v, &rounded, sizeof rounded);
    }
#pragma unroll
    for (size_t i = 0; i < STEP; i += 8) {
      if (c + i >= columns) break;
      const int32_t *q = codes + i;
      size_t quad = (c + i) / 4;
      if (nibbles) {
        store_quad(block, quad, lane, bytes, q[0], q[2], q[4], q[6]);
        store_quad(block, quad + 1, lane, bytes, q[1], q[3], q[5], q[7]);
      } else {
        store_quad(block, quad, lane, bytes, q[0], q[1], q[2], q[3]);
        store_quad(block, quad + 1, lane, bytes, q[4], q[5], q[6], q[7]);
      }
    }
  }
}

void PATH(qb_quantize)(const float *x, size_t columns, float multiplier, void *block, size_t lane) {
  PATH(quantize_row)(false, false, x, columns, multiplier, block, lane);
}

void PATH(qb_quantize_half)(const float *x, size_t columns, float multiplier, void *block,
                            size_t lane) {
  PATH(quantize_row)(true, false, x, columns, multiplier, block, lane);
}

void PATH(qb_quantize_nibbles)(const float *x, size_t columns, float multiplier, void *block,
                               size_t lane) {
  PATH(quantize_row)(false, true, x, columns, multiplier, block, lane);
}

void PATH(qb_clear_code)(void *block, size_t column, size_t lane) {
  if (packs_bytes()) {
    ((uint8_t *)block)[(column / 4 * QB_TILE_TOKENS + lane) * 4 + column % 4] = BYTE_OF_ZERO;
  } else {
    ((int16_t *)block)[(column / 2 * QB_TILE_TOKENS + lane) * 2 + column % 2] = 0;
  }
}

#endif
