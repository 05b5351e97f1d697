// LLM.int8() by its formulas, each step rounded to Float32: without outliers results are equal to the
// last bit; outlier columns are summed in Double here.

#include "check.h"

#pragma clang fp contract(off)

static const double bound = 2e-6;

static const size_t row_counts[] = {1, 15, 16, 17, 47, 48, 49, 100};
static const size_t column_counts[] = {1, 3, 7, 8, 9, 63, 64, 65, 200, 600};
static const size_t token_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 33};

typedef struct {
  qb_llm_int8_matrix matrix;
  int8_t *codes;  // [rows, columns]
} sample;

static sample make_sample(size_t rows, size_t columns) {
  size_t quads = (columns + 3) / 4, bytes = (rows + 15) / 16 * quads * 64;
  int8_t *stored = guarded(bytes), *codes = guarded(rows * columns);
  float *scales = guarded(rows * sizeof(float));
  int32_t *code_sums = guarded(rows * sizeof(int32_t));
  memset(stored, 0, bytes);
  for (size_t r = 0; r < rows; r++) {
    scales[r] = 0.5f + 0.4f * next_number();
    code_sums[r] = 0;
    for (size_t c = 0; c < columns; c++) {
      int code = (int)(next_bits() % 255) - 127;
      codes[r * columns + c] = (int8_t)code;
      stored[(r / 16 * quads + c / 4) * 64 + r % 16 * 4 + c % 4] = (int8_t)code;
      code_sums[r] += code;
    }
  }
  return (sample){{rows, columns, stored, scales, code_sums}, codes};
}

/// Results and the sizes that errors of outliers are measured by; returns the number of outliers.
static size_t reference(const sample *s, const float *x, size_t tokens, const float *bias,
                        float threshold, double *y, double *size) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns, outliers = 0;
  float *halves = guarded(tokens * columns * sizeof(float));
  uint8_t *outlier = guarded(columns);
  float *codes = guarded(columns * sizeof(float));
  memset(outlier, 0, columns);
  for (size_t i = 0; i < tokens * columns; i++) {
    halves[i] = rounded_to_half(x[i]);
    if (threshold > 0 && fabsf(halves[i]) >= threshold) outlier[i % columns] = 1;
  }
  for (size_t c = 0; c < columns; c++) outliers += outlier[c];
  for (size_t t = 0; t < tokens; t++) {
    const float *h = halves + t * columns;
    float absmax = 0;
    for (size_t c = 0; c < columns; c++) {
      if (threshold == 0 || fabsf(h[c]) < threshold) absmax = fmaxf(absmax, fabsf(h[c]));
    }
    float multiplier = (1 / absmax) * 127;
    for (size_t c = 0; c < columns; c++) {
      float scaled = rintf(h[c] * multiplier);
      codes[c] = outlier[c] || isnan(scaled) ? 0 : scaled;
    }
    for (size_t r = 0; r < rows; r++) {
      int64_t sum = 0;
      for (size_t c = 0; c < columns; c++) sum += (int64_t)codes[c] * s->codes[r * columns + c];
      float value = (float)sum * (absmax * s->matrix.scales[r]);
      value = value * 6.200124e-05f;
      value = value + (bias != NULL ? bias[r] : 0);
      double apart = 0, weight = fabsf(value);
      for (size_t c = 0; c < columns; c++) {
        if (!outlier[c]) continue;
        double term = (double)x[t * columns + c] *
                      (((float)s->codes[r * columns + c] * s->matrix.scales[r]) * (1.0f / 127.0f));
        apart += term;
        weight += fabs(term);
      }
      y[t * rows + r] = value + apart;
      size[t * rows + r] = weight;
    }
  }
  return outliers;
}

static void check_product(const sample *s, size_t tokens, const float *x, const float *bias,
                          float threshold) {
  size_t rows = s->matrix.rows, count = tokens * rows;
  double *expected = guarded(count * sizeof(double)), *size = guarded(count * sizeof(double));
  float *y = guarded(count * sizeof(float));
  size_t outliers = reference(s, x, tokens, bias, threshold, expected, size);
  double *finished = guarded(count * sizeof(double)), *sizes = guarded(count * sizeof(double));
  const float *before = numbers(count, 3);
  for (qb_epilogue epilogue = QB_STORE; epilogue <= QB_GELU_ERF; epilogue++) {
    memcpy(finished, expected, count * sizeof(double));
    memcpy(sizes, size, count * sizeof(double));
    finish_expected(epilogue, before, count, finished, sizes);
    if (epilogue == QB_ADD) memcpy(y, before, count * sizeof(float));
    size_t found = qb_llm_int8_multiply(&s->matrix, x, tokens, bias, threshold, epilogue, y);
    CHECK(found == outliers, "%zu outliers instead of %zu", found, outliers);
    CHECK(near(y, finished, sizes, count, epilogue == QB_STORE && outliers == 0 ? 0 : bound, 0),
          "LLM.int8(), %zu x %zu, %zu tokens, threshold %g, %s", rows, s->matrix.columns, tokens,
          (double)threshold, epilogue_names[epilogue]);
  }
}

void test_llm_int8(void) {
  for (size_t r = 0; r < COUNT(row_counts); r++) {
    for (size_t c = 0; c < COUNT(column_counts); c++) {
      seed(r * 100 + c);
      size_t rows = row_counts[r], columns = column_counts[c];
      for (size_t i = 0; i < COUNT(token_counts); i++) {
        size_t tokens = token_counts[i];
        sample s = make_sample(rows, columns);
        const float *bias = i % 2 == 0 ? numbers(rows, 1) : NULL;
        float *x = numbers(tokens * columns, 5.9f);
        check_product(&s, tokens, x, bias, 6);
        check_product(&s, tokens, x, bias, 0);
        for (size_t k = 0; k < columns; k++) {
          x[k] = i % 3 == 0 ? 0 : 1e-9f;  // A token of zeros, or of what a half does not hold.
          if (k % 5 == 2) x[(tokens - 1) * columns + k] = k % 2 == 0 ? 7.5f : -6;
        }
        check_product(&s, tokens, x, bias, 6);
        release();
      }
    }
  }
  // Several blocks of 512 tokens, an outlier in the last.
  sample s = make_sample(50, 19);
  float *x = numbers(1030 * 19, 5.9f);
  check_product(&s, 513, x, NULL, 6);
  x[1029 * 19 + 7] = 8;
  check_product(&s, 1030, x, NULL, 6);
  release();
  // Every column an outlier.
  s = make_sample(49, 70);
  x = numbers(9 * 70, 1);
  for (size_t i = 0; i < 9 * 70; i++) x[i] += 10;
  check_product(&s, 9, x, NULL, 6);
  release();
  for (int code = -128; code <= 127; code++) {
    float expected = ((float)code * 0.37f) * (1.0f / 127.0f);
    CHECK(qb_llm_int8_decode((int8_t)code, 0.37f) == expected, "decoded code %d", code);
  }
}
