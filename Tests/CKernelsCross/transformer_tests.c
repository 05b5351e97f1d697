// Layer norm, activation functions and log-sum-exp against their formulas in Double.

#include "check.h"

static const size_t widths[] = {1, 3, 4, 7, 8, 9, 15, 16, 17, 63, 64, 65, 200, 384};

static void check_layer_norm(void) {
  const size_t row_counts[] = {1, 2, 16, 17, 37};
  for (size_t w = 0; w < COUNT(widths); w++) {
    for (size_t i = 0; i < COUNT(row_counts); i++) {
      size_t width = widths[w], rows = row_counts[i], count = rows * width;
      seed(w * 10 + i);
      float *x = numbers(count, 3);
      const float *gain = numbers(width, 1), *bias = numbers(width, 1);
      float *y = guarded(count * sizeof(float));
      double *expected = guarded(count * sizeof(double)), *size = guarded(count * sizeof(double));
      for (size_t k = 0; k < count; k++) x[k] += 5;
      for (size_t r = 0; r < rows; r++) {
        double mean = 0, variance = 0;
        for (size_t c = 0; c < width; c++) mean += x[r * width + c] / (double)width;
        for (size_t c = 0; c < width; c++) {
          variance += pow(x[r * width + c] - mean, 2) / (double)width;
        }
        for (size_t c = 0; c < width; c++) {
          double value = (x[r * width + c] - mean) / sqrt(variance + 1e-5) * gain[c] + bias[c];
          expected[r * width + c] = value;
          size[r * width + c] = 1 + fabs(value);
        }
      }
      qb_layer_norm(x, rows, width, gain, bias, 1e-5f, y);
      CHECK(near(y, expected, size, count, 5e-6, 0), "layer norm, %zu x %zu", rows, width);
      release();
    }
  }
}

/// NaN comes through whatever its payload, of which exponentials must make nothing.
static void check_nan_payloads(void) {
  const uint32_t payloads[] = {0x7F800001, 0x7FC00001, 0xFFC12345, 0x7FFFFFFF};
  for (size_t i = 0; i < COUNT(payloads); i++) {
    float *x = numbers(33, 1);
    for (qb_epilogue function = QB_GELU_TANH; function < QB_EPILOGUE_COUNT; function++) {
      memcpy(x + i * 7, &payloads[i], sizeof(float));
      qb_activate(x, 33, function);
      CHECK(isnan(x[i * 7]), "%s of NaN %x", epilogue_names[function], payloads[i]);
    }
    float *logits = numbers(50, 1), maximum;
    double log_sum;
    memcpy(logits + i * 7, &payloads[i], sizeof(float));
    qb_log_sum_exp(logits, 1, 50, &maximum, &log_sum);
    CHECK(isnan(maximum) && isnan(log_sum), "logits with NaN %x", payloads[i]);
    release();
  }
}

static void check_activation(qb_epilogue function, size_t count) {
  const float special[] = {0, -0.0f, 1e-30f, -1e-30f, 1e4f, -1e4f, 1e30f, -1e30f, INFINITY, NAN};
  seed(count);
  float *x = numbers(count, 30);
  for (size_t i = 0; i < count; i++) {  // Small ones too.
    if (i % 3 == 0) x[i] /= 30;
  }
  for (size_t i = 0; i < count && i < COUNT(special); i++) x[count - 1 - i] = special[i];
  double *expected = guarded(count * sizeof(double)), *size = guarded(count * sizeof(double));
  for (size_t i = 0; i < count; i++) {
    expected[i] = activated(function, x[i]);
    size[i] = fabs(x[i]);
  }
  qb_activate(x, count, function);
  CHECK(near(x, expected, size, count, 3e-7, 1e-37), "%s of %zu", epilogue_names[function], count);
  release();
}

static void check_activations(void) {
  for (qb_epilogue function = QB_GELU_TANH; function < QB_EPILOGUE_COUNT; function++) {
    for (size_t count = 0; count < 70; count++) check_activation(function, count);
    check_activation(function, 40001);  // Several tasks.
  }
}

static void check_log_sum_exp(void) {
  const size_t vocabularies[] = {1, 3, 15, 16, 17, 1000, 5003};
  enum { ROWS = 3 };
  for (size_t v = 0; v < COUNT(vocabularies); v++) {
    size_t width = vocabularies[v];
    seed(v);
    float *logits = numbers(ROWS * width, 12), *maxima = guarded(ROWS * sizeof(float));
    double *log_sums = guarded(ROWS * sizeof(double));
    qb_log_sum_exp(logits, ROWS, width, maxima, log_sums);
    for (size_t r = 0; r < ROWS; r++) {
      double largest = -INFINITY, sum = 0;
      for (size_t c = 0; c < width; c++) largest = fmax(largest, logits[r * width + c]);
      for (size_t c = 0; c < width; c++) sum += exp(logits[r * width + c] - largest);
      CHECK(maxima[r] == (float)largest, "maximum of %zu", width);
      CHECK(fabs(log_sums[r] - log(sum)) <= 2e-7, "log-sum-exp of %zu: %.9g instead of %.9g", width,
            log_sums[r], log(sum));
    }
    for (size_t i = 0; i < 2; i++) {  // A row that is not finite gives nothing finite.
      logits[width - 1] = i == 0 ? NAN : INFINITY;
      qb_log_sum_exp(logits, ROWS, width, maxima, log_sums);
      CHECK(!isfinite(maxima[0] + log_sums[0]), "log-sum-exp of %zu with %s", width,
            i == 0 ? "NaN" : "infinity");
      CHECK(isfinite(maxima[1] + log_sums[1]), "log-sum-exp of the row after");
    }
    release();
  }
}

void test_transformer(void) {
  check_layer_norm();
  check_activations();
  check_nan_payloads();
  check_log_sum_exp();
}
