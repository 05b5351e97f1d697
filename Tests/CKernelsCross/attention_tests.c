// Causal attention: in one call, token by token, and in uneven pieces, against softmax(QK^T)V.

#include "check.h"

static const double bound = 3e-6;

enum { HEADS = 3, TOKENS = 131 };

static double *reference(const float *qkv, size_t head_width, double scale) {
  size_t width = HEADS * head_width;
  double *out = guarded(TOKENS * width * sizeof(double)), weights[TOKENS];
  for (size_t head = 0; head < HEADS; head++) {
    for (size_t t = 0; t < TOKENS; t++) {
      const float *q = qkv + t * 3 * width + head * head_width;
      double largest = -INFINITY, sum = 0;
      for (size_t s = 0; s <= t; s++) {
        const float *k = qkv + s * 3 * width + width + head * head_width;
        weights[s] = 0;
        for (size_t i = 0; i < head_width; i++) weights[s] += (double)q[i] * k[i] * scale;
        largest = fmax(largest, weights[s]);
      }
      for (size_t s = 0; s <= t; s++) sum += weights[s] = exp(weights[s] - largest);
      for (size_t i = 0; i < head_width; i++) {
        double value = 0;
        for (size_t s = 0; s <= t; s++) {
          value += weights[s] / sum * qkv[s * 3 * width + 2 * width + head * head_width + i];
        }
        out[t * width + head * head_width + i] = value;
      }
    }
  }
  return out;
}

/// An empty cache, kept until `release`.
static qb_layer_cache make_cache(size_t head_width) {
  qb_layer_cache cache = {.heads = HEADS, .head_width = head_width,
                          .value_width = (head_width + 7) / 8 * 8,
                          .capacity = (TOKENS + 15) / 16 * 16};
  size_t keys = HEADS * cache.capacity * head_width * sizeof(float);
  size_t values = HEADS * cache.capacity * cache.value_width * sizeof(float);
  cache.keys = memset(guarded(keys), 0, keys);
  cache.values = memset(guarded(values), 0, values);
  return cache;
}

static void check_pieces(size_t head_width, const float *qkv, const double *expected,
                         const size_t *pieces) {
  size_t width = HEADS * head_width, past = 0;
  qb_layer_cache cache = make_cache(head_width);
  float *out = guarded(TOKENS * width * sizeof(float));
  double *size = guarded(TOKENS * width * sizeof(double));
  for (size_t i = 0; i < TOKENS * width; i++) size[i] = 1;
  for (size_t i = 0; past < TOKENS; i++) {
    size_t tokens = pieces[i] > 0 ? pieces[i] : 1;  // One by one once the pieces are used up.
    if (pieces[i] == 0) i--;
    size_t before = held();
    const float *x = copy_of(qkv + past * 3 * width, tokens * 3 * width);
    float *y = guarded(tokens * width * sizeof(float));
    qb_causal_attention(x, tokens, past, &cache, 1 / sqrtf((float)head_width), y);
    memcpy(out + past * width, y, tokens * width * sizeof(float));
    past += tokens;
    CHECK(near(out, expected, size, past * width, bound, 0),
          "head width %zu, pieces from %zu on, %zu past", head_width, pieces[0], past);
    release_to(before);
  }
}

/// A NaN in one key, whatever its payload, comes out of every query that sees it.
static void check_nan_payloads(void) {
  enum { WIDTH = 8 };
  const uint32_t payloads[] = {0x7F800001, 0x7FC00001, 0xFFC12345};
  for (size_t p = 0; p < COUNT(payloads); p++) {
    for (size_t tokens = 1; tokens <= 50; tokens += 49) {
      const size_t width = HEADS * WIDTH;
      float *qkv = guarded(tokens * 3 * width * sizeof(float));
      memcpy(qkv, numbers(tokens * 3 * width, 1), tokens * 3 * width * sizeof(float));
      memcpy(qkv + width + 3, &payloads[p], sizeof(float));  // The first key of the first head.
      qb_layer_cache cache = {guarded(64 * width * sizeof(float)), guarded(64 * width * sizeof(float)),
                              HEADS, WIDTH, WIDTH, 64};
      memset(cache.keys, 0, 64 * width * sizeof(float));
      memset(cache.values, 0, 64 * width * sizeof(float));
      float *out = guarded(tokens * width * sizeof(float));
      qb_causal_attention(qkv, tokens, 0, &cache, 1, out);
      bool all = true;
      for (size_t t = 0; t < tokens; t++) all = all && isnan(out[t * width]);
      CHECK(all, "%zu tokens, a key with NaN %x", tokens, payloads[p]);
      release();
    }
  }
}

void test_attention(void) {
  check_nan_payloads();
  const size_t head_widths[] = {1, 3, 8, 24, 64, 65};
  const size_t whole[] = {TOKENS}, uneven[] = {1, 2, 3, 5, 48, 49, 4, 19}, single[] = {0};
  const size_t then_single[] = {50, 0};
  const size_t *const pieces[] = {whole, uneven, single, then_single};
  for (size_t w = 0; w < COUNT(head_widths); w++) {
    seed(w);
    size_t head_width = head_widths[w];
    for (size_t i = 0; i < COUNT(pieces); i++) {
      const float *qkv = numbers(TOKENS * 3 * HEADS * head_width, 2);
      const double *expected = reference(qkv, head_width, 1 / sqrt((double)head_width));
      check_pieces(head_width, qkv, expected, pieces[i]);
      release();
    }
  }
}
