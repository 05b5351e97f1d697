// Causal attention over a key-value cache, exact softmax.
//
// Many positions: a task is one head and 48 consecutive queries. Scores are computed transposed,
// S^T [keys][48], by the microkernel with 8 keys in the place of tokens and the 48 queries as
// lanes; so the softmax runs down the lanes without horizontal sums, and S^T is at once the panel
// of the second product O^T [head width][48] = V^T S^T. Only keys up to the block's last query are
// touched: nothing of the masked half, nothing of size tokens x tokens.
// One position (decode): scores with lanes = 16 keys, as the cache stores them; values with lanes =
// components. A task is one head.
// The cache: keys [position/16][head width][16] and values [position][head width] for each head,
// so both products read it as it lies.

#ifndef LANES
#include <math.h>
#include <string.h>

#include "kernel_table.h"

enum { QUERIES = QB_PANEL_ROWS, KEYS_PER_SLICE = 128 };

static size_t round_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

size_t qb_attention_scratch(size_t context, size_t head_width, size_t value_width) {
  return QUERIES * (round_up(context, QB_INTERLEAVE) + head_width + value_width);
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
  for (size_t t = 0; t < a->tokens; t++) {
    size_t position = a->past + t;
    const float *key = a->qkv + t * 3 * width + width + head * d;
    float *block = keys + position / QB_INTERLEAVE * QB_INTERLEAVE * d + position % QB_INTERLEAVE;
    for (size_t i = 0; i < d; i++) block[i * QB_INTERLEAVE] = key[i];
    memcpy(values + position * cache->value_width, key + width, d * sizeof(float));
  }
}

static float *attention_scratch(const attention *a) {
  const qb_layer_cache *cache = a->cache;
  return qb_thread_scratch(0, sizeof(float) * qb_attention_scratch(a->past + a->tokens,
                                                                   cache->head_width,
                                                                   cache->value_width));
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

void PATH(qb_attend_block)(const qb_layer_cache *cache, size_t head, const float *q, size_t stride,
                           size_t first, size_t queries, float scale, float *out,
                           size_t out_stride, float *scratch) {
  size_t d = cache->head_width, value_width = cache->value_width;
  const float *keys = cache->keys + head * cache->capacity * d;
  const float *values = cache->values + head * cache->capacity * value_width;
  size_t context = first + queries;
  size_t padded = round_up(context, QB_INTERLEAVE);
  float *scores = scratch;                     // [padded][48]
  float *panel = scores + padded * QUERIES;    // [d][48]
  float *result = panel + d * QUERIES;         // [value_width][48]

  for (size_t i = 0; i < d; i++) {
    for (size_t j = 0; j < QUERIES; j++) {
      panel[i * QUERIES + j] = j < queries ? q[j * stride + i] * scale : 0;
    }
  }
  for (size_t key = 0; key < padded; key += 8) {
    const float *block = keys + key / QB_INTERLEAVE * QB_INTERLEAVE * d + key % QB_INTERLEAVE;
    qb_kernels->tile(d, 8, block, QB_INTERLEAVE, panel, scores + key * QUERIES, QUERIES, NULL, false,
                     NULL, 0);
  }
  // Query j sees keys up to first + j; lanes beyond the last query see at least those of query 0.
  for (size_t key = first + 1; key < context; key++) {
    for (size_t j = 0; j < key - first; j++) scores[key * QUERIES + j] = -INFINITY;
  }
  for (size_t v = 0; v < QUERIES; v += LANES) {
    vf largest = vload(scores + v);
    for (size_t key = 1; key < context; key++) {
      largest = vmax(vload(scores + key * QUERIES + v), largest);
    }
    vf sum = vsplat(0);
    for (size_t key = 0; key < context; key++) {
      vf e = vexp(vload(scores + key * QUERIES + v) - largest);
      vstore(scores + key * QUERIES + v, e);
      sum += e;
    }
    vstore(panel + v, 1.0f / sum);  // The queries themselves are no longer needed.
  }
  for (size_t key = 0; key < context; key += KEYS_PER_SLICE) {
    size_t depth = context - key < KEYS_PER_SLICE ? context - key : KEYS_PER_SLICE;
    for (size_t i = 0; i < value_width; i += 8) {
      qb_kernels->tile(depth, 8, values + key * value_width + i, value_width, scores + key * QUERIES,
                    result + i * QUERIES, QUERIES, NULL, key > 0, NULL, 0);
    }
  }
  for (size_t j = 0; j < queries; j++) {
    for (size_t i = 0; i < d; i++) out[j * out_stride + i] = result[i * QUERIES + j] * panel[j];
  }
}

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
  for (; i + 2 * LANES <= value_width; i += 2 * LANES) {
    vf a = vsplat(0), b = vsplat(0), a2 = vsplat(0), b2 = vsplat(0);
    size_t key = 0;
    for (; key + 2 <= context; key += 2) {
      const float *value = values + key * value_width + i;
      a += vload(value) * scores[key];
      b += vload(value + LANES) * scores[key];
      a2 += vload(value + value_width) * scores[key + 1];
      b2 += vload(value + value_width + LANES) * scores[key + 1];
    }
    if (key < context) {
      const float *value = values + key * value_width + i;
      a += vload(value) * scores[key];
      b += vload(value + LANES) * scores[key];
    }
    a = (a + a2) * inverse;
    b = (b + b2) * inverse;
    for (size_t k = 0; k < LANES; k++) {
      if (i + k < d) out[i + k] = a[k];
      if (i + LANES + k < d) out[i + LANES + k] = b[k];
    }
  }
  for (; i < d; i++) {
    float sum = 0;
    for (size_t key = 0; key < context; key++) sum += scores[key] * values[key * value_width + i];
    out[i] = sum * inverse;
  }
}

#endif
