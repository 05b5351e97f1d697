// The loops of encoding: each gives the same bits as one value at a time.

#include "check.h"

#pragma clang fp contract(off)

enum { MOST = 70 };

/// Awkward values among random ones.
static float *values(size_t count, float size) {
  const float special[] = {0, -0.0f, 0.5f, -1.5f, 2.5f, 1e-40f, 1e30f, -1e30f};
  float *x = numbers(count, size);
  for (size_t i = 3; i < count; i += 5) x[i] = special[i / 5 % COUNT(special)];
  return x;
}

static void check_extremes(void) {
  for (size_t count = 1; count < MOST; count++) {
    seed(count);
    float *x = values(count, 4), low = INFINITY, high = -INFINITY, largest = 0, minimum, maximum;
    for (size_t i = 0; i < count; i++) {
      low = fminf(low, x[i]);
      high = fmaxf(high, x[i]);
      largest = fmaxf(largest, fabsf(x[i]));
    }
    qb_range(x, count, &minimum, &maximum);
    CHECK(minimum == low && maximum == high, "range of %zu", count);
    CHECK(qb_absmax(x, count) == largest, "absmax of %zu", count);
    CHECK(qb_first_non_finite(x, count) == count, "all %zu finite", count);
    x[count - 1] = NAN;
    largest = 0;
    for (size_t i = 0; i + 1 < count; i++) largest = fmaxf(largest, fabsf(x[i]));
    CHECK(qb_absmax(x, count) == largest, "absmax of %zu passes over NaN", count);
    CHECK(qb_first_non_finite(x, count) == count - 1, "NaN is found at %zu", count - 1);
    x[count / 2] = -INFINITY;
    CHECK(qb_first_non_finite(x, count) == count / 2, "infinity is found at %zu", count / 2);
    release();
  }
  CHECK(qb_absmax(guarded(0), 0) == 0, "absmax of nothing");
  CHECK(qb_first_non_finite(guarded(0), 0) == 0, "nothing is not finite in nothing");
  release();
}

static void check_codes(void) {
  for (size_t count = 0; count < MOST; count++) {
    seed(count);
    float *x = values(count, 2);
    uint8_t *ranks = guarded(count);
    int8_t *codes = guarded(count);
    float thresholds[15];
    for (int i = 0; i < 15; i++) thresholds[i] = (float)(i - 7) / 8;
    qb_rank(x, count, 0.75f, thresholds, ranks);
    bool equal = true;
    for (size_t i = 0; i < count; i++) {
      float value = fmaxf(-1, fminf(1, x[i] * 0.75f));
      int rank = 0;
      for (int t = 0; t < 15; t++) rank += value > thresholds[t];
      equal = equal && ranks[i] == rank;
    }
    CHECK(equal, "ranks of %zu", count);

    if (count > 2) x[2] = NAN;
    const float settings[][2] = {{1, 0}, {63.5f, 0}, {100, -3.5f}};
    for (size_t s = 0; s < COUNT(settings); s++) {
      qb_round_to_int8(x, count, settings[s][0], settings[s][1], codes);
      equal = true;
      for (size_t i = 0; i < count; i++) {
        float scaled = x[i] * settings[s][0];
        scaled = scaled + settings[s][1];
        int code = isnan(scaled) ? 0 : (int)rintf(fmaxf(-128, fminf(127, scaled)));
        equal = equal && codes[i] == code;
      }
      CHECK(equal, "codes of %zu by %g and %g", count, (double)settings[s][0],
            (double)settings[s][1]);
    }
    release();
  }
}

/// Every half, the values between it and the next, and what lies just beside those.
static void check_halves(void) {
  enum { HALVES = 0x7C00, EACH = 8 };
  size_t count = HALVES * EACH + 5;
  float *x = guarded(count * sizeof(float)), *y = guarded(count * sizeof(float));
  float *expected = guarded(count * sizeof(float));
  for (size_t h = 0; h < HALVES; h++) {
    float low = half_value((uint16_t)h);
    float high = h + 1 < HALVES ? half_value((uint16_t)(h + 1)) : 65536;
    float middle = (low + high) / 2;
    float row[EACH] = {low, -low, middle, -middle, nextafterf(middle, 0),
                       nextafterf(middle, INFINITY), nextafterf(low, 0), -nextafterf(low, 1e9f)};
    memcpy(x + h * EACH, row, sizeof row);
  }
  const float special[5] = {NAN, INFINITY, -INFINITY, 1e30f, 1e-40f};
  memcpy(x + HALVES * EACH, special, sizeof special);
  for (size_t i = 0; i < count; i++) expected[i] = rounded_to_half(x[i]);
  qb_round_to_half(x, count, y);
  CHECK(same(y, expected, count), "halves");
  release();
  for (count = 0; count < MOST; count++) {
    seed(count);
    x = values(count, 4);
    y = guarded(count * sizeof(float));
    expected = guarded(count * sizeof(float));
    for (size_t i = 0; i < count; i++) expected[i] = rounded_to_half(x[i]);
    qb_round_to_half(x, count, y);
    CHECK(same(y, expected, count), "%zu halves", count);
    release();
  }
}

void test_encoding(void) {
  check_extremes();
  check_codes();
  check_halves();
}
