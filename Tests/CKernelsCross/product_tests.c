// qb_multiply and qb_decode_rows: every layout at shapes around the kernels' blocks.

#include "matrices.h"

/// Errors of sums in Float32, by the sum of absolute values: 200 terms in any order.
static const double bound = 2e-6;

static const size_t row_counts[] = {1, 15, 16, 17, 47, 48, 49, 100};
static const size_t column_counts[] = {1, 3, 7, 8, 9, 63, 64, 65, 200};
static const size_t token_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 33};
enum { MOST_TOKENS = 33 };

static void check_products(const sample *s) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  const float *all = numbers(MOST_TOKENS * columns, 1), *bias = numbers(rows, 1);
  product with_bias = plain_product(s->weights, rows, columns, all, MOST_TOKENS, bias);
  product without = plain_product(s->weights, rows, columns, all, MOST_TOKENS, NULL);
  for (size_t i = 0; i < COUNT(token_counts); i++) {
    size_t tokens = token_counts[i];
    const float *x = copy_of(all, tokens * columns);
    float *y = guarded(tokens * rows * sizeof(float));
    qb_multiply(&s->matrix, x, tokens, bias, y);
    CHECK(near(y, with_bias.y, with_bias.size, tokens * rows, bound, 0),
          "%s, %zu x %zu, %zu tokens with bias", s->name, rows, columns, tokens);
    memset(y, 0xFF, tokens * rows * sizeof(float));
    qb_multiply(&s->matrix, x, tokens, NULL, y);
    CHECK(near(y, without.y, without.size, tokens * rows, bound, 0),
          "%s, %zu x %zu, %zu tokens", s->name, rows, columns, tokens);
  }
}

static void check_decoded(const sample *s) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  const size_t ranges[][2] = {{0, rows}, {rows - 1, 1}, {rows / 2, rows - rows / 2}, {0, 1}};
  for (size_t i = 0; i < COUNT(ranges); i++) {
    size_t first = ranges[i][0], count = ranges[i][1];
    float *out = guarded(count * columns * sizeof(float));
    qb_decode_rows(&s->matrix, first, count, out);
    CHECK(same(out, s->weights + first * columns, count * columns),
          "%s, %zu x %zu, decoded rows from %zu on", s->name, rows, columns, first);
  }
}

/// A column of each pattern that a half has, also those that are not finite.
static void check_every_half(void) {
  enum { ROWS = 16, COLUMNS = 4096 };
  uint16_t *bits = guarded(ROWS * COLUMNS * sizeof(uint16_t));
  float *expected = guarded(ROWS * COLUMNS * sizeof(float));
  float *out = guarded(ROWS * COLUMNS * sizeof(float));
  for (size_t c = 0; c < COLUMNS; c++) {
    for (size_t r = 0; r < ROWS; r++) {
      bits[c * ROWS + r] = (uint16_t)(c * ROWS + r);
      expected[r * COLUMNS + c] = half_value(bits[c * ROWS + r]);
    }
  }
  qb_matrix matrix = {
    .format = QB_FLOAT16, .rows = ROWS, .columns = COLUMNS, .weights = bits, .segment = COLUMNS};
  qb_decode_rows(&matrix, 0, ROWS, out);
  CHECK(same(out, expected, ROWS * COLUMNS), "every half");
  release();
}

/// Nothing to sum: the bias alone, or zeros.
static void check_no_columns(layout layout) {
  sample s = make_sample(layout, 17, 0);
  const float *bias = numbers(17, 1);
  float *y = guarded(5 * 17 * sizeof(float));
  for (size_t tokens = 1; tokens <= 5; tokens++) {
    product expected = plain_product(s.weights, 17, 0, s.weights, tokens, bias);
    qb_multiply(&s.matrix, guarded(0), tokens, bias, y);
    CHECK(near(y, expected.y, expected.size, tokens * 17, 0, 0), "%s, no columns", s.name);
  }
  qb_multiply(&s.matrix, NULL, 0, bias, NULL);
  release();
}

void test_products(void) {
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    for (size_t r = 0; r < COUNT(row_counts); r++) {
      for (size_t c = 0; c < COUNT(column_counts); c++) {
        seed(r * 100 + c);
        sample s = make_sample(layout, row_counts[r], column_counts[c]);
        check_decoded(&s);
        check_products(&s);
        release();
      }
    }
    check_no_columns(layout);
  }
  // Many columns: several slices of a panel, and the runs of Conv1D weights.
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    seed(layout);
    sample s = make_sample(layout, 65, 300);
    check_decoded(&s);
    check_products(&s);
    release();
  }
  check_every_half();
}
