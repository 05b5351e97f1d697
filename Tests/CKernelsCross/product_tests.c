// qb_multiply and qb_decode_rows: every layout at shapes around the kernels' blocks.

#include "matrices.h"

/// Errors of sums in Float32, by the sum of absolute values: 200 terms in any order.
static const double bound = 2e-6;

static const size_t row_counts[] = {1, 15, 16, 17, 47, 48, 49, 100};
static const size_t column_counts[] = {1, 3, 7, 8, 9, 63, 64, 65, 200};
/// The greatest last.
static const size_t token_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 33};
/// Products are computed by blocks of 512 tokens.
static const size_t many_tokens[] = {513, 1030};

static void check_products(const sample *s, const size_t *token_counts, size_t count) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns, most = token_counts[count - 1];
  const float *all = numbers(most * columns, 1), *bias = numbers(rows, 1);
  const float *before = numbers(most * rows, 3);
  static const struct {
    qb_epilogue epilogue;
    bool biased;
  } cases[] = {{QB_STORE, true}, {QB_STORE, false}, {QB_ADD, true}, {QB_GELU_TANH, true},
             {QB_GELU_ERF, true}};  // The rarer functions share its way.
  product expected[COUNT(cases)];
  for (size_t k = 0; k < COUNT(cases); k++) {
    expected[k] =
      plain_product(s->weights, rows, columns, all, most, cases[k].biased ? bias : NULL);
    finish_expected(cases[k].epilogue, before, most * rows, expected[k].y, expected[k].size);
  }
  for (size_t i = 0; i < count; i++) {
    size_t tokens = token_counts[i];
    const float *x = copy_of(all, tokens * columns);
    for (size_t k = 0; k < COUNT(cases); k++) {
      float *y = guarded(tokens * rows * sizeof(float));
      if (cases[k].epilogue == QB_ADD) memcpy(y, before, tokens * rows * sizeof(float));
      qb_multiply(&s->matrix, x, tokens, cases[k].biased ? bias : NULL, cases[k].epilogue, y);
      CHECK(near(y, expected[k].y, expected[k].size, tokens * rows, bound, 0),
            "%s, %zu x %zu, %zu tokens, %s%s", s->name, rows, columns, tokens,
            epilogue_names[cases[k].epilogue], cases[k].biased ? " with bias" : "");
    }
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
    for (qb_epilogue epilogue = QB_STORE; epilogue < QB_EPILOGUE_COUNT; epilogue++) {
      product expected = plain_product(s.weights, 17, 0, s.weights, tokens, bias);
      float *before = numbers(tokens * 17, 1);
      finish_expected(epilogue, before, tokens * 17, expected.y, expected.size);
      memcpy(y, before, tokens * 17 * sizeof(float));
      qb_multiply(&s.matrix, guarded(0), tokens, bias, epilogue, y);
      CHECK(near(y, expected.y, expected.size, tokens * 17, bound, 0), "%s, no columns, %s", s.name,
            epilogue_names[epilogue]);
    }
  }
  qb_multiply(&s.matrix, NULL, 0, bias, QB_STORE, NULL);
  release();
}

void test_products(void) {
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    for (size_t r = 0; r < COUNT(row_counts); r++) {
      for (size_t c = 0; c < COUNT(column_counts); c++) {
        seed(r * 100 + c);
        sample s = make_sample(layout, row_counts[r], column_counts[c]);
        check_decoded(&s);
        check_products(&s, token_counts, COUNT(token_counts));
        release();
      }
    }
    check_no_columns(layout);
  }
  // Many columns: several slices of a panel, and the runs of Conv1D weights. Then many tokens.
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    seed(layout);
    sample s = make_sample(layout, 65, 300);
    check_decoded(&s);
    check_products(&s, token_counts, COUNT(token_counts));
    release();
    s = make_sample(layout, 50, 19);
    check_products(&s, many_tokens, COUNT(many_tokens));
    release();
  }
  check_every_half();
}
