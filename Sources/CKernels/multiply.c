// y = x W^T + bias for every exact format.
//
// A few tokens: each task takes a run of rows and reads the packed weights once, as they are; the
// product is bound by memory. Many tokens: activations are packed once to [tokens/8][columns][8];
// each task takes a panel of 48 rows, decodes it in slices of DEPTH columns into a scratch that
// stays in the first-level cache, and runs the Float32 microkernel over all tokens. Decoding so
// replaces the packing that any blocked product does, and no format needs a microkernel of its own.

#include <string.h>

#include "kernel_table.h"

enum {
  DEPTH = 128,            // Columns of a panel slice: 128 x 48 floats are 24 KiB.
  TASK_BYTES = 64 << 10,  // Weights that a task of the few-token product reads, at least.
};

static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }
static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

typedef struct {
  const qb_matrix *matrix;
  const float *x;
  size_t tokens;
  const float *bias;
  float *y;
  float *packed;         // Many tokens: [tokens/8][columns][8]. Few: partial sums.
  size_t rows_per_task;  // Few tokens.
} product;

// MARK: - Few tokens

static void multiply_rows(void *context, size_t task) {
  const product *p = context;
  size_t first = task * p->rows_per_task;
  size_t last = smaller(first + p->rows_per_task, p->matrix->rows);
  qb_kernels->vector[p->matrix->format](p->matrix, first, last, p->x, p->tokens, p->bias, p->y);
}

static size_t bits_per_weight(qb_format format) {
  switch (format) {
    case QB_FLOAT32_IN_OUT:
    case QB_FLOAT32_OUT_IN:
      return 32;
    case QB_FLOAT16:
    case QB_BFLOAT16:
      return 16;
    case QB_INT8:
      return 8;
    default:
      return 4;
  }
}

/// Rows that one task takes: enough bytes to be worth a task, few enough that every thread gets
/// four of them where the matrix is large.
static size_t rows_per_task(const qb_matrix *matrix) {
  size_t row_bytes = divide_up(matrix->columns * bits_per_weight(matrix->format), 8);
  size_t enough = divide_up(TASK_BYTES, row_bytes > 0 ? row_bytes : 1);
  size_t fair = divide_up(matrix->rows, 4 * qb_thread_count());
  size_t rows = enough > fair ? enough : fair;
  return divide_up(rows, QB_INTERLEAVE) * QB_INTERLEAVE;
}

/// Conv1D weights are split by columns, which are rows of the file: so each thread reads one long run
/// of memory. Partial sums [RUNS][tokens][rows] are added at the end. The split is the same for any
/// number of threads, and so are the results.
enum { RUNS = 8 };

static size_t run_start(const qb_matrix *matrix, size_t run) {
  return matrix->columns / 8 * run / RUNS * 8;
}

static void multiply_run(void *context, size_t run) {
  const product *p = context;
  size_t columns = p->matrix->columns, first = run_start(p->matrix, run);
  qb_matrix part = *p->matrix;
  part.columns = (run + 1 < RUNS ? run_start(p->matrix, run + 1) : columns) - first;
  part.weights = (const float *)part.weights + first * part.rows;
  float *x = qb_thread_scratch(0, sizeof(float) * p->tokens * part.columns + 1);
  for (size_t t = 0; t < p->tokens; t++) {
    memcpy(x + t * part.columns, p->x + t * columns + first, part.columns * sizeof(float));
  }
  qb_kernels->vector[part.format](&part, 0, part.rows, x, p->tokens, run == 0 ? p->bias : NULL,
                                  p->packed + run * p->tokens * part.rows);
}

static void multiply_runs(product *p) {
  size_t count = p->tokens * p->matrix->rows;
  p->packed = qb_thread_scratch(1, sizeof(float) * RUNS * count);
  qb_parallel(RUNS, multiply_run, p);
  for (size_t i = 0; i < count; i++) {
    float sum = p->packed[i];
    for (size_t run = 1; run < RUNS; run++) sum += p->packed[run * count + i];
    p->y[i] = sum;
  }
}

// MARK: - Many tokens

static void pack_tokens(void *context, size_t block) {
  const product *p = context;
  size_t columns = p->matrix->columns;
  size_t first = block * QB_TILE_TOKENS;
  size_t count = smaller(QB_TILE_TOKENS, p->tokens - first);
  float *out = p->packed + first * columns;
  for (size_t k = 0; k < columns; k++) {
    for (size_t i = 0; i < count; i++) out[k * QB_TILE_TOKENS + i] = p->x[(first + i) * columns + k];
    for (size_t i = count; i < QB_TILE_TOKENS; i++) out[k * QB_TILE_TOKENS + i] = 0;
  }
}

/// Where Conv1D weights of the next slice begin: they are asked for while this slice is multiplied,
/// since they lie a row of the file apart, which no hardware prefetcher follows. NULL: there are none.
static const float *next_slice(const qb_matrix *matrix, size_t row, size_t column) {
  if (matrix->format != QB_FLOAT32_IN_OUT || column >= matrix->columns ||
      row + QB_PANEL_ROWS > matrix->rows) {
    return NULL;
  }
  return (const float *)matrix->weights + column * matrix->rows + row;
}

static void multiply_panel(void *context, size_t task) {
  const product *p = context;
  const qb_matrix *matrix = p->matrix;
  size_t row = task * QB_PANEL_ROWS;
  size_t rows = smaller(QB_PANEL_ROWS, matrix->rows - row);
  float *panel = qb_thread_scratch(0, sizeof(float) * DEPTH * QB_PANEL_ROWS);
  float bias[QB_PANEL_ROWS] = {0};
  if (p->bias != NULL) memcpy(bias, p->bias + row, rows * sizeof(float));
  for (size_t column = 0; column < matrix->columns; column += DEPTH) {
    size_t depth = smaller(DEPTH, matrix->columns - column);
    qb_kernels->unpack[matrix->format](matrix, row, column, depth, panel);
    const float *next = next_slice(matrix, row, column + DEPTH);
    for (size_t token = 0; token < p->tokens; token += QB_TILE_TOKENS) {
      size_t count = smaller(QB_TILE_TOKENS, p->tokens - token);
      const float *a = p->packed + token * matrix->columns + column * QB_TILE_TOKENS;
      float *c = p->y + token * matrix->rows + row;
      // Each of the first tiles asks for one line of every row.
      size_t line = token / QB_TILE_TOKENS;
      const float *ahead = NULL;
      if (next != NULL && column + DEPTH + depth <= matrix->columns && line < 4) {
        ahead = next + (line < 3 ? line * 16 : QB_PANEL_ROWS - 1);
      }
      if (rows == QB_PANEL_ROWS) {
        qb_kernels->tile(depth, count, a, QB_TILE_TOKENS, panel, c, matrix->rows, bias, column > 0,
                         ahead, matrix->rows);
        continue;
      }
      float edge[QB_TILE_TOKENS][QB_PANEL_ROWS] = {0};  // The last panel sticks out of y.
      for (size_t i = 0; i < count; i++) {
        if (column > 0) memcpy(edge[i], c + i * matrix->rows, rows * sizeof(float));
      }
      qb_kernels->tile(depth, count, a, QB_TILE_TOKENS, panel, edge[0], QB_PANEL_ROWS, bias,
                       column > 0, NULL, 0);
      for (size_t i = 0; i < count; i++) {
        memcpy(c + i * matrix->rows, edge[i], rows * sizeof(float));
      }
    }
  }
}

/// Whether the format's few-token kernel can read this matrix; see `segment`.
static bool reads_directly(const qb_matrix *matrix) {
  if (matrix->format == QB_FOUR_BIT && matrix->flat_block != 0) return false;
  bool scaled = matrix->format == QB_INT8 || matrix->format == QB_FOUR_BIT;
  return !scaled || matrix->segment % 8 == 0 || matrix->segment >= matrix->columns;
}

void qb_multiply(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                 float *y) {
  if (tokens == 0 || matrix->rows == 0) return;
  product p = {.matrix = matrix, .x = x, .tokens = tokens, .bias = bias, .y = y};
  if (tokens <= QB_VECTOR_TOKENS && reads_directly(matrix)) {
    if (matrix->format == QB_FLOAT32_IN_OUT && matrix->columns >= 32 * RUNS) {
      multiply_runs(&p);
      return;
    }
    p.rows_per_task = rows_per_task(matrix);
    qb_parallel(divide_up(matrix->rows, p.rows_per_task), multiply_rows, &p);
    return;
  }
  if (matrix->columns == 0) {  // No panel would write y.
    for (size_t t = 0; t < tokens; t++) {
      for (size_t r = 0; r < matrix->rows; r++) y[t * matrix->rows + r] = bias ? bias[r] : 0;
    }
    return;
  }
  size_t blocks = divide_up(tokens, QB_TILE_TOKENS);
  p.packed = qb_thread_scratch(1, sizeof(float) * blocks * QB_TILE_TOKENS * matrix->columns);
  qb_parallel(blocks, pack_tokens, &p);
  qb_parallel(divide_up(matrix->rows, QB_PANEL_ROWS), multiply_panel, &p);
}

void qb_decode_rows(const qb_matrix *matrix, size_t first, size_t count, float *out) {
  float panel[8 * QB_PANEL_ROWS];
  for (size_t done = 0; done < count;) {
    size_t row = (first + done) / QB_PANEL_ROWS * QB_PANEL_ROWS;
    size_t lane = first + done - row;
    size_t rows = smaller(QB_PANEL_ROWS - lane, count - done);
    for (size_t column = 0; column < matrix->columns; column += 8) {
      size_t depth = smaller(8, matrix->columns - column);
      qb_kernels->unpack[matrix->format](matrix, row, column, depth, panel);
      for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < depth; k++) {
          out[(done + i) * matrix->columns + column + k] = panel[k * QB_PANEL_ROWS + lane + i];
        }
      }
    }
    done += rows;
  }
}
