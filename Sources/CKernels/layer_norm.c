// Layer normalization of one row: mean, then variance about it (two passes, as the row stays in
// the first-level cache), then scale and shift. Variance is that of the population, as GPT-2's.

#ifndef LANES
#include <math.h>

#include "kernel_table.h"

typedef struct {
  const float *x, *gain, *bias;
  float *y;
  size_t rows, width;
  float epsilon;
} normalization;

enum { ROWS_PER_TASK = 16 };

static void normalize_rows(void *context, size_t task) {
  const normalization *n = context;
  size_t first = task * ROWS_PER_TASK;
  size_t last = first + ROWS_PER_TASK < n->rows ? first + ROWS_PER_TASK : n->rows;
  for (size_t r = first; r < last; r++) {
    qb_kernels->layer_norm_row(n->x + r * n->width, n->width, n->gain, n->bias, n->epsilon,
                               n->y + r * n->width);
  }
}

void qb_layer_norm(const float *x, size_t rows, size_t width, const float *gain, const float *bias,
                   float epsilon, float *y) {
  normalization n = {x, gain, bias, y, rows, width, epsilon};
  qb_parallel((rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK, normalize_rows, &n);
}

#define OPERATION "layer_norm.c"
#include "each_path.h"
#else

void PATH(qb_layer_norm_row)(const float *x, size_t width, const float *gain, const float *bias,
                             float epsilon, float *y) {
  size_t c = 0;
  vf sums = vsplat(0);
  for (; c + LANES <= width; c += LANES) sums += vload(x + c);
  float sum = vsum(sums);
  for (; c < width; c++) sum += x[c];
  float mean = sum / (float)width;

  vf squares = vsplat(0);
  for (c = 0; c + LANES <= width; c += LANES) {
    vf d = vload(x + c) - mean;
    squares += d * d;
  }
  float square = vsum(squares);
  for (; c < width; c++) square += (x[c] - mean) * (x[c] - mean);
  float scale = 1 / sqrtf(square / (float)width + epsilon);

  for (c = 0; c + LANES <= width; c += LANES) {
    vstore(y + c, (vload(x + c) - mean) * scale * vload(gain + c) + vload(bias + c));
  }
  for (; c < width; c++) y[c] = (x[c] - mean) * scale * gain[c] + bias[c];
}

#endif
