// Causal attention over a key-value cache, exact softmax.
//
// Many positions: a task is one head and 48 consecutive queries, which walk the keys 128 at a time, so
// that scores stay in the first-level cache. Scores are computed transposed, S^T [keys][48], by the
// microkernel with 8 keys in the place of tokens and the 48 queries as lanes; so the softmax runs down
// the lanes without horizontal sums, and S^T is at once the panel of the second product O^T
// [head width][48] = V^T S^T. The greatest score and the sum are kept from block to block, and O^T is
// rescaled when the former grows (Milakov and Gimelshein 2018, arXiv:1805.02867). Only keys up to the
// block's last query are touched: nothing of the masked half, nothing of size tokens x tokens.
// One position (decode): scores with lanes = 16 keys, as the cache stores them; values with lanes =
// components. A task is one head.
// The cache: keys [position/16][head width][16] and values [position][head width] for each head,
// so both products read it as it lies.

#ifndef LANES
#include <math.h>
#include <string.h>

#include "kernel_table.h"

enum { QUERIES = QB_PANEL_ROWS, KEYS = 128 };

static const float zeros[QUERIES] = {0};

static size_t round_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

/// Floats of scratch for one task.
static size_t scratch_floats(size_t context, const qb_layer_cache *cache) {
  size_t block = QUERIES * (KEYS + cache->head_width + cache->value_width);
  size_t scores = round_up(context, QB_INTERLEAVE);
  return block > scores ? block : scores;
}

typedef struct {
  const float *qkv;
  size_t tokens, past;
  const qb_layer_cache *cache;
  float scale;
  float *out;
} attention;

static void append_head(const attention *a, size_t head) {
  const qb_layer_cache *cache = a->cache;
  size_t d = cache->head_width, width = cache->heads * d;
  float *keys = cache->keys + head * cache->capacity * d;
  float *values = cache->values + head * cache->capacity * cache->value_width;
  for (size_t t = 0; t < a->tokens;) {
    size_t position = a->past + t, lane = position % QB_INTERLEAVE;
    size_t count = QB_INTERLEAVE - lane;
    if (count > a->tokens - t) count = a->tokens - t;
    const float *key = a->qkv + t * 3 * width + width + head * d;
    qb_kernels->transpose(key, count, d, 3 * width, keys + (position - lane) * d + lane,
                          QB_INTERLEAVE);
    for (size_t i = 0; i < count; i++) {
      memcpy(values + (position + i) * cache->value_width, key + i * 3 * width + width,
             d * sizeof(float));
    }
    t += count;
  }
}

static float *attention_scratch(const attention *a) {
  return qb_thread_scratch(0, sizeof(float) * scratch_floats(a->past + a->tokens, a->cache));
}

/// Decode: appends and attends for all tokens of one head.
static void attend_head(void *context, size_t head) {
  const attention *a = context;
  size_t d = a->cache->head_width, width = a->cache->heads * d;
  append_head(a, head);
  for (size_t t = 0; t < a->tokens; t++) {
    qb_kernels->attend_one(a->cache, head, a->qkv + t * 3 * width + head * d, a->past + t, a->scale,
                           a->out + t * width + head * d, attention_scratch(a));
  }
}

static void append_one_head(void *context, size_t head) { append_head(context, head); }

static void attend_block_of_head(void *context, size_t task) {
  const attention *a = context;
  size_t d = a->cache->head_width, width = a->cache->heads * d;
  size_t blocks = (a->tokens + QUERIES - 1) / QUERIES;
  size_t head = task % a->cache->heads;
  size_t first = (blocks - 1 - task / a->cache->heads) * QUERIES;  // The longest blocks first.
  size_t queries = a->tokens - first < QUERIES ? a->tokens - first : QUERIES;
  qb_kernels->attend_block(a->cache, head, a->qkv + first * 3 * width + head * d, 3 * width,
                           a->past + first, queries, a->scale, a->out + first * width + head * d,
                           width, attention_scratch(a));
}

void qb_causal_attention(const float *qkv, size_t tokens, size_t past, const qb_layer_cache *cache,
                         float scale, float *out) {
  attention a = {qkv, tokens, past, cache, scale, out};
  if (tokens <= QB_VECTOR_TOKENS) {
    qb_parallel(cache->heads, attend_head, &a);
    return;
  }
  qb_parallel(cache->heads, append_one_head, &a);
  qb_parallel(cache->heads * ((tokens + QUERIES - 1) / QUERIES), attend_block_of_head, &a);
}

#define OPERATION "attention.c"
#include "each_path.h"
#else

void PATH(qb_transpose)(const float *x, size_t rows, size_t columns, size_t stride, float *out,
                        size_t out_stride) {
  transpose_block(x, rows, columns, stride, out, out_stride);
}

/// Turns scores [count][48] into exponentials, and brings the running greatest score, sum and result
/// [value_width][48] up to date.
QB_INLINE void PATH(update_softmax)(float *scores, size_t count, float *largest, float *sums,
                                    float *result, size_t value_width, bool first) {
  for (size_t v = 0; v < QUERIES; v += LANES) {
    vf before = vload(largest + v), now = before;
    for (size_t k = 0; k < count; k++) now = vmax(vload(scores + k * QUERIES + v), now);
    vf sum = vsplat(0);
    for (size_t k = 0; k < count; k++) {
      vf e = vexp(vload(scores + k * QUERIES + v) - now);
      vstore(scores + k * QUERIES + v, e);
      sum += e;
    }
    vstore(largest + v, now);
    if (first) {
      vstore(sums + v, sum);
      continue;
    }
    vf factor = vexp(before - now);
    vstore(sums + v, vload(sums + v) * factor + sum);
    for (size_t i = 0; i < value_width; i++) {
      vstore(result + i * QUERIES + v, vload(result + i * QUERIES + v) * factor);
    }
  }
}

void PATH(qb_attend_block)(const qb_layer_cache *cache, size_t head, const float *q, size_t stride,
                           size_t first, size_t queries, float scale, float *out,
                           size_t out_stride, float *scratch) {
  size_t d = cache->head_width, value_width = cache->value_width;
  const float *keys = cache->keys + head * cache->capacity * d;
  const float *values = cache->values + head * cache->capacity * value_width;
  size_t context = first + queries;
  float *scores = scratch;                     // [KEYS][48]
  float *panel = scores + KEYS * QUERIES;      // [d][48]: queries.
  float *result = panel + d * QUERIES;         // [value_width][48]
  float largest[QUERIES], sums[QUERIES];
  for (size_t j = 0; j < QUERIES; j++) largest[j] = -INFINITY;

  if (queries < QUERIES) memset(panel, 0, d * QUERIES * sizeof(float));
  transpose_block(q, queries, d, stride, panel, QUERIES);
  for (size_t i = 0; i < d * QUERIES; i += LANES) vstore(panel + i, vload(panel + i) * scale);
  for (size_t start = 0; start < context; start += KEYS) {
    size_t count = context - start < KEYS ? context - start : KEYS;
    for (size_t k = 0; k < count; k += 8) {
      size_t key = start + k;
      qb_tile tile = {.depth = d, .a_stride = QB_INTERLEAVE, .panel = panel, .from = zeros,
                      .to = scores + k * QUERIES};
      tile.a = keys + key / QB_INTERLEAVE * QB_INTERLEAVE * d + key % QB_INTERLEAVE;
      qb_kernels->tile(&tile);
    }
    // Query j sees keys up to first + j; lanes beyond the last query see at least those of query 0.
    for (size_t key = first + 1 > start ? first + 1 : start; key < start + count; key++) {
      for (size_t j = 0; j < key - first; j++) scores[(key - start) * QUERIES + j] = -INFINITY;
    }
    PATH(update_softmax)(scores, count, largest, sums, result, value_width, start == 0);
    for (size_t i = 0; i < value_width; i += 8) {
      float *to = result + i * QUERIES;
      qb_tile tile = {.depth = count, .a = values + start * value_width + i, .a_stride = value_width,
                      .panel = scores, .from = start == 0 ? zeros : to,
                      .from_stride = start == 0 ? 0 : QUERIES, .to = to};
      qb_kernels->tile(&tile);
    }
  }
  for (size_t v = 0; v < QUERIES; v += LANES) {
    vf inverse = 1.0f / vload(sums + v);
    for (size_t i = 0; i < d; i++) {
      vstore(result + i * QUERIES + v, vload(result + i * QUERIES + v) * inverse);
    }
  }
  transpose_block(result, d, queries, QUERIES, out, out_stride);
}

/// Components of values that are summed at once: 64 where registers allow, so that memory is read in one run.
#define VALUES (LANES == 4 ? 8 : 64 / LANES)

void PATH(qb_attend_one)(const qb_layer_cache *cache, size_t head, const float *q, size_t position,
                         float scale, float *out, float *scratch) {
  size_t d = cache->head_width, value_width = cache->value_width;
  const float *keys = cache->keys + head * cache->capacity * d;
  const float *values = cache->values + head * cache->capacity * value_width;
  size_t context = position + 1;
  float *scores = scratch;
  vf largest = vsplat(-INFINITY);
  for (size_t key = 0; key < context; key += QB_INTERLEAVE) {
    const float *block = keys + key * d;
    vf sum[QB_INTERLEAVE / LANES];
#pragma unroll
    for (size_t v = 0; v < QB_INTERLEAVE / LANES; v++) sum[v] = vsplat(0);
    for (size_t i = 0; i < d; i++) {
#pragma unroll
      for (size_t v = 0; v < QB_INTERLEAVE / LANES; v++) {
        sum[v] += vload(block + i * QB_INTERLEAVE + v * LANES) * q[i];
      }
    }
#pragma unroll
    for (size_t v = 0; v < QB_INTERLEAVE / LANES; v++) {
      vstore(scores + key + v * LANES, sum[v] * scale);
    }
    for (size_t k = context; k < key + QB_INTERLEAVE; k++) scores[k] = -INFINITY;
#pragma unroll
    for (size_t v = 0; v < QB_INTERLEAVE / LANES; v++) {
      largest = vmax(vload(scores + key + v * LANES), largest);
    }
  }
  float m = -INFINITY;
  for (size_t k = 0; k < LANES; k++) m = largest[k] > m || largest[k] != largest[k] ? largest[k] : m;
  vf sums = vsplat(0);
  for (size_t key = 0; key < context; key += LANES) {
    vf e = vexp(vload(scores + key) - m);
    vstore(scores + key, e);
    sums += e;
  }
  float inverse = 1 / vsum(sums);
  size_t i = 0;
  for (; i + VALUES * LANES <= value_width; i += VALUES * LANES) {
    vf sum[VALUES];
#pragma unroll
    for (size_t v = 0; v < VALUES; v++) sum[v] = vsplat(0);
    for (size_t key = 0; key < context; key++) {
      const float *value = values + key * value_width + i;
#pragma unroll
      for (size_t v = 0; v < VALUES; v++) sum[v] += vload(value + v * LANES) * scores[key];
    }
#pragma unroll
    for (size_t v = 0; v < VALUES; v++) {
      vf result = sum[v] * inverse;
      for (size_t k = 0; k < LANES; k++) {
        if (i + v * LANES + k < d) out[i + v * LANES + k] = result[k];
      }
    }
  }
  for (; i < d; i++) {
    float sum = 0;
    for (size_t key = 0; key < context; key++) sum += scores[key] * values[key * value_width + i];
    out[i] = sum * inverse;
  }
}

#undef VALUES
#endif
