// The maximum m of a row of logits and ln(sum of exp(logit - m)): what a negative log-likelihood,
// a perplexity or a divergence needs of a softmax over the vocabulary.
//
// Fused with the output head, each panel of 48 tokens of the vocabulary is reduced to these two while
// it is in the cache: logits are never held.
//
// Exponentials are Float32, their sum is Float64: a Float32 sum over 50257 terms is biased by
// about 1e-5 nats.

#ifndef LANES
#include <math.h>
#include <stdlib.h>

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

// MARK: - Fused with the output head

typedef struct {
  const qb_logit_summary *summary;
  double *losses;
} combination;

/// -ln softmax of one token's target from what the panels gave, always in their order.
static void combine_token(void *context, size_t token) {
  const combination *c = context;
  const qb_logit_summary *s = c->summary;
  const float *maxima = s->maxima + token, *sums = s->sums + token;
  float largest = -INFINITY;
  for (size_t p = 0; p < s->panels; p++) {
    float maximum = maxima[p * s->tokens];
    if (maximum > largest || maximum != maximum) largest = maximum;
  }
  double sum = 0;
  for (size_t p = 0; p < s->panels; p++) {
    sum += (double)sums[p * s->tokens] * exp((double)maxima[p * s->tokens] - (double)largest);
  }
  c->losses[token] = log(sum) + (double)largest - (double)s->target_logits[token];
}

void qb_cross_entropy(const qb_matrix *head, bool codes, const float *x, size_t tokens,
                      const int32_t *targets, double *losses) {
  if (tokens == 0 || head->rows == 0 || head->columns == 0) return;
  size_t panels = (head->rows + QB_PANEL_ROWS - 1) / QB_PANEL_ROWS;
  size_t bytes = sizeof(float) * tokens * (2 * panels + 1);
  float *memory = qb_map(bytes, true);
  if (memory == NULL) qb_out_of_memory(bytes);
  qb_logit_summary summary = {.targets = targets, .target_logits = memory, .tokens = tokens,
                              .panels = panels, .maxima = memory + tokens,
                              .sums = memory + tokens * (panels + 1)};
  qb_output output = {.summary = &summary};
  (codes ? qb_multiply_codes_to : qb_multiply_to)(head, x, tokens, NULL, &output);
  combination c = {&summary, losses};
  qb_parallel(tokens, combine_token, &c);
  qb_unmap(memory, sizeof(float) * tokens * (2 * panels + 1));
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

void PATH(qb_summarize)(const float *block, size_t tokens, size_t rows, float *maxima, float *sums) {
  for (size_t i = 0; i < tokens; i++, block += QB_PANEL_ROWS) {
    float padded[QB_PANEL_ROWS];
    const float *logits = block;
    if (rows < QB_PANEL_ROWS) {
      for (size_t r = 0; r < QB_PANEL_ROWS; r++) padded[r] = r < rows ? block[r] : -INFINITY;
      logits = padded;
    }
    vf largest = vload(logits);
#pragma unroll
    for (size_t v = LANES; v < QB_PANEL_ROWS; v += LANES) largest = vmax(vload(logits + v), largest);
    float m = vlargest(largest);
    vf sum = vsplat(0);
#pragma unroll
    for (size_t v = 0; v < QB_PANEL_ROWS; v += LANES) sum += vexp(vload(logits + v) - m);
    maxima[i] = m;
    sums[i] = vsum(sum);
  }
}

#endif
