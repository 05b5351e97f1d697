// The maximum m of a row of logits and ln(sum of exp(logit - m)): what a negative log-likelihood,
// a perplexity or a divergence needs of a softmax over the vocabulary.
//
// Exponentials are Float32, their sum is Float64: a Float32 sum over 50257 terms is biased by
// about 1e-5 nats.

#ifndef LANES
#include <math.h>

#include "kernel_table.h"

typedef struct {
  const float *logits;
  size_t rows, width;
  float *maxima;
  double *log_sums;
} statistics;

static void summarize_row(void *context, size_t row) {
  const statistics *s = context;
  qb_kernels->log_sum_exp_row(s->logits + row * s->width, s->width, s->maxima + row,
                              s->log_sums + row);
}

void qb_log_sum_exp(const float *logits, size_t rows, size_t width, float *maxima,
                    double *log_sums) {
  statistics s = {logits, rows, width, maxima, log_sums};
  qb_parallel(rows, summarize_row, &s);
}

#define OPERATION "cross_entropy.c"
#include "each_path.h"
#else

void PATH(qb_log_sum_exp_row)(const float *logits, size_t width, float *maximum, double *log_sum) {
  vf largest = vsplat(-INFINITY);
  size_t i = 0;
  for (; i + LANES <= width; i += LANES) largest = vmax(vload(logits + i), largest);
  float m = -INFINITY;
  for (size_t k = 0; k < LANES; k++) m = largest[k] > m || largest[k] != largest[k] ? largest[k] : m;
  for (size_t k = i; k < width; k++) m = logits[k] > m || logits[k] != logits[k] ? logits[k] : m;

  vd sums = {0};
  for (i = 0; i + LANES <= width; i += LANES) {
    sums += __builtin_convertvector(vexp(vload(logits + i) - m), vd);
  }
  double sum = 0;
  for (size_t k = 0; k < LANES; k++) sum += sums[k];
  for (; i < width; i++) sum += exp((double)logits[i] - (double)m);
  *maximum = m;
  *log_sum = log(sum);
}

#endif
