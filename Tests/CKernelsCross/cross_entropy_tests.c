// qb_cross_entropy against the logarithm of a softmax over plain products, in every layout, with targets
// in every panel of 48 rows.

#include "matrices.h"

static const size_t row_counts[] = {1, 15, 47, 48, 49, 100, 145};
static const size_t column_counts[] = {1, 9, 64, 200};
static const size_t token_counts[] = {1, 4, 5, 8, 33};
/// Products are computed by blocks of 512 tokens.
static const size_t many_tokens[] = {513, 1030};

/// The loss of one row of logits, and how far Float32 logits, exponentials and their sums in a panel may
/// move it.
static double reference(const product *logits, size_t rows, size_t token, size_t target, double *bound) {
  const double *y = logits->y + token * rows, *size = logits->size + token * rows;
  double largest = -INFINITY, sum = 0, widest = 0;
  for (size_t r = 0; r < rows; r++) largest = fmax(largest, y[r]);
  for (size_t r = 0; r < rows; r++) {
    sum += exp(y[r] - largest);
    widest = fmax(widest, size[r]);
  }
  *bound = 4e-6 * widest + 1e-6;
  return log(sum) + largest - y[target];
}

static void check_losses(const sample *s, bool codes, const size_t *token_counts, size_t count) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns, before = held();
  const size_t firsts[] = {0, rows - 1, rows / 2};
  for (size_t i = 0; i < count; i++) {
    size_t tokens = token_counts[i];
    sample exact = codes ? rounded_levels(s) : *s;
    const float *x = numbers(tokens * columns, 1);
    product logits = plain_product(exact.weights, rows, columns,
                                   codes ? coded_activations(x, tokens, columns) : x, tokens, NULL);
    for (size_t k = 0; k < COUNT(firsts); k++) {
      int32_t *targets = guarded(tokens * sizeof(int32_t));
      double *losses = guarded(tokens * sizeof(double));
      for (size_t t = 0; t < tokens; t++) targets[t] = (int32_t)((firsts[k] + t * 37) % rows);
      qb_cross_entropy(&s->matrix, codes, x, tokens, targets, losses);
      bool right = true;
      for (size_t t = 0; t < tokens && right; t++) {
        double bound, expected = reference(&logits, rows, t, (size_t)targets[t], &bound);
        right = fabs(losses[t] - expected) <= bound;
        if (!right) printf("token %zu is %.9g instead of %.9g\n", t, losses[t], expected);
      }
      CHECK(right, "%s, %zu x %zu, losses of %zu tokens%s, targets from %zu on", s->name, rows, columns,
            tokens, codes ? " by codes" : "", firsts[k]);
    }
    release_to(before);
  }
}

/// A token that is not finite has no finite loss; the others keep theirs.
static void check_bad_token(const sample *s, bool codes) {
  enum { TOKENS = 9 };
  const float bad[] = {NAN, INFINITY, -INFINITY};
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  int32_t targets[TOKENS];
  double before[TOKENS], losses[TOKENS];
  for (size_t t = 0; t < TOKENS; t++) targets[t] = (int32_t)(t * 37 % rows);
  for (size_t i = 0; i < COUNT(bad); i++) {
    float *x = numbers(TOKENS * columns, 1);
    qb_cross_entropy(&s->matrix, codes, x, TOKENS, targets, before);
    x[4 * columns + columns / 2] = bad[i];
    qb_cross_entropy(&s->matrix, codes, x, TOKENS, targets, losses);
    bool right = !isfinite(losses[4]);
    for (size_t t = 0; t < TOKENS; t++) right = right && (t == 4 || losses[t] == before[t]);
    CHECK(right, "%s, a token with %g%s", s->name, (double)bad[i], codes ? " by codes" : "");
  }
}

/// One weight of a column is `bad`, so that logits are the weights: whatever the target where the logit
/// is NaN or infinite, and of the target where it is minus infinity.
static void check_bad_logit(float bad, size_t row) {
  enum { ROWS = 100, TOKENS = ROWS };
  float *weights = numbers(ROWS, 3), *x = numbers(TOKENS, 1);
  int32_t targets[TOKENS];
  double losses[TOKENS];
  for (int32_t t = 0; t < TOKENS; t++) targets[t] = t;
  for (size_t t = 0; t < TOKENS; t++) x[t] = 1;
  weights[row] = bad;
  qb_matrix head = {
    .format = QB_FLOAT32_OUT_IN, .rows = ROWS, .columns = 1, .weights = weights, .segment = 1};
  qb_cross_entropy(&head, false, x, TOKENS, targets, losses);
  bool right = true;
  for (size_t t = 0; t < TOKENS; t++) {
    right = right && isfinite(losses[t]) == (bad == -INFINITY && t != row);
  }
  CHECK(right, "losses where logit %zu is %g", row, (double)bad);
  release();
}

void test_cross_entropy(void) {
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    for (int codes = 0; codes <= has_code_product(layout); codes++) {
      for (size_t r = 0; r < COUNT(row_counts); r++) {
        for (size_t c = 0; c < COUNT(column_counts); c++) {
          seed(r * 100 + c);
          sample s = make_sample(layout, row_counts[r], column_counts[c]);
          check_losses(&s, codes, token_counts, COUNT(token_counts));
          release();
        }
      }
      sample s = make_sample(layout, 100, 24);
      check_losses(&s, codes, many_tokens, COUNT(many_tokens));
      check_bad_token(&s, codes);
      release();
    }
  }
  const float bad[] = {NAN, INFINITY, -INFINITY};
  const size_t rows[] = {0, 15, 47, 48, 95, 96, 99};
  for (size_t i = 0; i < COUNT(bad); i++) {
    for (size_t r = 0; r < COUNT(rows); r++) check_bad_logit(bad[i], rows[r]);
  }
  qb_cross_entropy(&(qb_matrix){.rows = 1, .columns = 1, .segment = 1}, false, NULL, 0, NULL, NULL);
}
