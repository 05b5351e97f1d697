// qb_multiply_codes against its definition: codes rint(x * 127 / absmax) of each token, levels of a
// codebook rounded to 1/127, sums of integers.

#include "matrices.h"

#pragma clang fp contract(off)

/// Few tokens are summed in Float32, many in integers for each segment.
static const double bound = 2e-6;

static const size_t row_counts[] = {1, 15, 16, 17, 47, 48, 49, 100};
static const size_t column_counts[] = {1, 3, 7, 8, 9, 63, 64, 65, 200, 600};
static const size_t token_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 33};
/// Products are computed by blocks of 512 tokens.
static const size_t many_tokens[] = {513, 1030};

static void check_rounded(const sample *s, const size_t *token_counts, size_t count) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  sample exact = rounded_levels(s);
  size_t before_all = held();
  for (size_t i = 0; i < count; i++, release_to(before_all)) {
    size_t tokens = token_counts[i];
    float *x = numbers(tokens * columns, 3);
    for (size_t c = 0; c < columns; c++) x[tokens / 2 * columns + c] *= tokens % 2 == 0 ? 0 : 1e-30f;
    const float *bias = numbers(rows, 1), *used = i % 2 == 0 ? bias : NULL;
    float *y = guarded(tokens * rows * sizeof(float));
    for (qb_epilogue epilogue = QB_STORE; epilogue <= QB_GELU_ERF; epilogue++) {
      product expected =
        plain_product(exact.weights, rows, columns, coded_activations(x, tokens, columns), tokens, used);
      const float *before = numbers(tokens * rows, 3);
      finish_expected(epilogue, before, tokens * rows, expected.y, expected.size);
      if (epilogue == QB_ADD) memcpy(y, before, tokens * rows * sizeof(float));
      qb_multiply_codes(&s->matrix, x, tokens, used, epilogue, y);
      CHECK(near(y, expected.y, expected.size, tokens * rows, bound, 0),
            "%s, %zu x %zu, codes of %zu tokens, %s", s->name, rows, columns, tokens,
            epilogue_names[epilogue]);
    }
  }
}

/// Codes of weights and activations over their whole range, scales of 1: every sum is an integer
/// that Float32 holds, so results are exact.
static void check_exact(size_t rows, size_t columns) {
  sample s = make_sample(INT8_ROWS, rows, columns);
  float *ones = guarded((rows + 15) / 16 * 16 * sizeof(float));
  for (size_t i = 0; i < (rows + 15) / 16 * 16; i++) ones[i] = 1;
  s.matrix.scales = ones;
  qb_decode_rows(&s.matrix, 0, rows, s.weights);
  for (size_t i = 0; i < COUNT(token_counts); i++) {
    size_t tokens = token_counts[i];
    float *x = guarded(tokens * columns * sizeof(float));
    for (size_t k = 0; k < tokens * columns; k++) {
      x[k] = (float)((int)(next_bits() >> 40 & 255) - 127);
      if (x[k] > 127 || k % 7 == 3) x[k] = 127;  // Runs of the greatest codes.
      if (k % columns == 0) x[k] = k % 2 == 0 ? 127 : -127;
    }
    float *y = guarded(tokens * rows * sizeof(float));
    product expected = plain_product(s.weights, rows, columns, x, tokens, NULL);
    qb_multiply_codes(&s.matrix, x, tokens, NULL, QB_STORE, y);
    CHECK(near(y, expected.y, expected.size, tokens * rows, 0, 0),
          "%zu x %zu, integer sums of %zu tokens", rows, columns, tokens);
  }
}

static void check_not_finite(layout layout) {
  const float bad[] = {NAN, INFINITY, -INFINITY};
  for (size_t tokens = 2; tokens <= 9; tokens += 7) {
    for (size_t i = 0; i < COUNT(bad); i++) {
      sample s = make_sample(layout, 17, 64);
      sample exact = rounded_levels(&s);
      float *x = numbers(tokens * 64, 1), *y = guarded(tokens * 17 * sizeof(float));
      float *finite = copy_of(x, tokens * 64);
      product expected =
        plain_product(exact.weights, 17, 64, coded_activations(finite, tokens, 64), tokens, NULL);
      for (size_t r = 0; r < 17; r++) expected.y[17 + r] = NAN;
      x[64 + 20 * i + 3] = bad[i];
      qb_multiply_codes(&s.matrix, x, tokens, NULL, QB_STORE, y);
      CHECK(near(y, expected.y, expected.size, tokens * 17, bound, 0),
            "%s, a token of %zu with %g is NaN, others not", s.name, tokens, (double)bad[i]);
      release();
    }
  }
}

void test_code_products(void) {
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    bool coded = has_code_product(layout);
    sample s = make_sample(layout, 17, 200);
    CHECK(qb_multiplies_codes(&s.matrix) == coded, "%s multiplies codes: %d", s.name, coded);
    release();
    if (!coded) continue;
    for (size_t r = 0; r < COUNT(row_counts); r++) {
      for (size_t c = 0; c < COUNT(column_counts); c++) {
        seed(r * 100 + c);
        s = make_sample(layout, row_counts[r], column_counts[c]);
        check_rounded(&s, token_counts, COUNT(token_counts));
        release();
      }
    }
    s = make_sample(layout, 50, 72);
    check_rounded(&s, many_tokens, COUNT(many_tokens));
    release();
    check_not_finite(layout);
  }
  for (size_t r = 0; r < COUNT(row_counts); r++) {
    for (size_t c = 0; c < COUNT(column_counts); c++) {
      seed(r * 100 + c);
      check_exact(row_counts[r], column_counts[c]);
      release();
    }
  }
}
