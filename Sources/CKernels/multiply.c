// y = x W^T + bias for every exact format, then an epilogue.
//
// A few tokens: each task takes a run of rows and reads the packed weights once, as they are; the
// product is bound by memory. Many tokens: activations are packed once, slice by slice of DEPTH
// columns, [slice][tokens/8][DEPTH][8]; each task takes a panel of 48 rows, decodes it one slice at a
// time into a scratch that stays in the first-level cache, and runs the Float32 microkernel over all
// tokens. Sums between slices stay in a scratch of their own, [tokens][48], in the second-level cache:
// y has its rows pages apart. Decoding so replaces the packing that any blocked product does, and no
// format needs a microkernel of its own.

#include <string.h>

#include "kernel_table.h"

enum {
  BLOCK_TOKENS = 512,     // Tokens of one task: their sums and slices stay in the second-level cache.
  DEPTH = 128,            // Columns of a panel slice: 128 x 48 floats are 24 KiB.
  TASK_BYTES = 64 << 10,  // Weights that a task of the few-token product reads, at least.
  RUN_BYTES = 2 << 20,    // So many a thread reads in one run: each task begins with a wait for memory.
};

typedef struct {
  const qb_matrix *matrix;
  const float *x;
  size_t tokens;
  const float *bias;
  const qb_output *output;
  float *packed;         // Many tokens: activations. Few: partial sums, or the product.
  size_t rows_per_task;  // Few tokens.
} product;

// MARK: - Few tokens

/// Applies the epilogue to rows [first, last) of `sums` [tokens][rows].
static void finish_rows(const product *p, const float *sums, size_t first, size_t last) {
  for (size_t t = 0; t < p->tokens; t++) {
    size_t start = t * p->matrix->rows + first;
    qb_kernels->finish(sums + start, 1, last - first, p->output->epilogue, p->output->y + start, 0);
  }
}

static void multiply_rows(void *context, size_t task) {
  const product *p = context;
  size_t first = task * p->rows_per_task;
  size_t last = smaller(first + p->rows_per_task, p->matrix->rows);
  float *y = p->packed != NULL ? p->packed : p->output->y;
  qb_kernels->vector[p->matrix->format](p->matrix, first, last, p->x, p->tokens, p->bias, y);
  if (p->packed != NULL) finish_rows(p, y, first, last);
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

size_t qb_units_per_task(size_t units, size_t unit_bytes) {
  if (unit_bytes == 0) unit_bytes = 1;
  size_t enough = divide_up(TASK_BYTES, unit_bytes), fair = divide_up(units, qb_thread_count());
  if (fair * unit_bytes > RUN_BYTES) fair = divide_up(units, 4 * qb_thread_count());
  return enough > fair ? enough : fair;
}

/// Rows that one task takes.
static size_t rows_per_task(const qb_matrix *matrix) {
  size_t bits = matrix->columns * bits_per_weight(matrix->format) * QB_INTERLEAVE;
  return qb_units_per_task(divide_up(matrix->rows, QB_INTERLEAVE), bits / 8) * QB_INTERLEAVE;
}

// Conv1D weights are split by columns, which are rows of the file: so each of two threads reads one
// long run of memory, and more threads split the rows. The halves' sums are added at the end: results
// are the same for any number of threads.
enum { HALVES = 2, ROWS_PER_SUM = 512, ROWS_PER_HALF = 256 };

static void multiply_half(void *context, size_t task) {
  const product *p = context;
  const qb_matrix *matrix = p->matrix;
  size_t half = task % HALVES, middle = matrix->columns / HALVES, column = half * middle;
  size_t first = task / HALVES * p->rows_per_task;
  size_t last = smaller(first + p->rows_per_task, matrix->rows);
  qb_matrix part = *matrix;
  part.columns = half == 0 ? middle : matrix->columns - middle;
  part.weights = (const float *)matrix->weights + column * matrix->rows;
  float *x = qb_thread_scratch(0, sizeof(float) * p->tokens * part.columns);
  for (size_t t = 0; t < p->tokens; t++) {
    memcpy(x + t * part.columns, p->x + t * matrix->columns + column, part.columns * sizeof(float));
  }
  qb_kernels->vector[part.format](&part, first, last, x, p->tokens, half == 0 ? p->bias : NULL,
                                  p->packed + half * p->tokens * matrix->rows);
}

static void add_halves(void *context, size_t task) {
  const product *p = context;
  size_t rows = p->matrix->rows, count = p->tokens * rows;
  size_t first = task * ROWS_PER_SUM, last = smaller(first + ROWS_PER_SUM, rows);
  for (size_t t = 0; t < p->tokens; t++) {
    float *sum = p->packed + t * rows;
    for (size_t r = first; r < last; r++) sum[r] += sum[count + r];
  }
  finish_rows(p, p->packed, first, last);
}

static void multiply_halves(product *p) {
  size_t rows = p->matrix->rows;
  size_t fair = divide_up(rows, divide_up(qb_thread_count(), HALVES));
  p->rows_per_task = divide_up(fair > ROWS_PER_HALF ? fair : ROWS_PER_HALF, QB_INTERLEAVE) * QB_INTERLEAVE;
  p->packed = qb_thread_scratch(1, sizeof(float) * HALVES * p->tokens * rows);
  qb_parallel(HALVES * divide_up(rows, p->rows_per_task), multiply_half, p);
  qb_parallel(divide_up(rows, ROWS_PER_SUM), add_halves, p);
}

/// The product for at most QB_VECTOR_TOKENS tokens.
static void multiply_few(product *p) {
  const qb_matrix *matrix = p->matrix;
  size_t count = p->tokens * matrix->rows;
  if (matrix->format == QB_FLOAT32_IN_OUT && matrix->columns >= 256) {
    multiply_halves(p);
    return;
  }
  if (p->output->epilogue != QB_STORE) p->packed = qb_thread_scratch(1, sizeof(float) * count);
  p->rows_per_task = rows_per_task(matrix);
  qb_parallel(divide_up(matrix->rows, p->rows_per_task), multiply_rows, p);
}

// MARK: - Many tokens

static size_t padded_tokens(const product *p) {
  return divide_up(p->tokens, QB_TILE_TOKENS) * QB_TILE_TOKENS;
}

/// Where the activations of one slice and 8 tokens lie.
static float *packed_slice(const product *p, size_t column, size_t token) {
  size_t depth = smaller(DEPTH, p->matrix->columns - column);
  return p->packed + column * padded_tokens(p) + token * depth;
}

static void pack_tokens(void *context, size_t block) {
  const product *p = context;
  size_t columns = p->matrix->columns, first = block * QB_TILE_TOKENS;
  size_t count = smaller(QB_TILE_TOKENS, p->tokens - first);
  for (size_t column = 0; column < columns; column += DEPTH) {
    qb_kernels->pack(p->x + first * columns + column, columns, count,
                     smaller(DEPTH, columns - column), packed_slice(p, column, first));
  }
}

/// Conv1D weights lie a row of the file apart, which no hardware prefetcher follows: those of the next
/// slice, or of the panel that this thread is likely to take next, are asked for while this slice is
/// multiplied. NULL: there are none.
static const float *next_slice(const qb_matrix *matrix, size_t row, size_t column) {
  size_t next = column + DEPTH;
  if (next >= matrix->columns) {
    next = 0;
    row += qb_thread_count() * QB_PANEL_ROWS;
  }
  if (row + QB_PANEL_ROWS > matrix->rows || next + DEPTH > matrix->columns) return NULL;
  return (const float *)matrix->weights + next * matrix->rows + row;
}

/// One panel and up to BLOCK_TOKENS tokens. Tasks of the same panel follow each other.
static void multiply_panel(void *context, size_t task) {
  const product *p = context;
  const qb_matrix *matrix = p->matrix;
  size_t blocks = divide_up(p->tokens, BLOCK_TOKENS);
  size_t row = task / blocks * QB_PANEL_ROWS, rows = smaller(QB_PANEL_ROWS, matrix->rows - row);
  size_t first = task % blocks * BLOCK_TOKENS, last = smaller(first + BLOCK_TOKENS, p->tokens);
  size_t tiles = divide_up(last - first, QB_TILE_TOKENS);
  float *panel =
    qb_thread_scratch(0, sizeof(float) * (DEPTH + tiles * QB_TILE_TOKENS) * QB_PANEL_ROWS);
  float *sums = panel + DEPTH * QB_PANEL_ROWS;
  float bias[QB_PANEL_ROWS] = {0};
  if (p->bias != NULL) memcpy(bias, p->bias + row, rows * sizeof(float));
  bool in_place = matrix->format == QB_FLOAT32_IN_OUT && rows == QB_PANEL_ROWS;
  qb_tile tile = {.a_stride = QB_TILE_TOKENS, .panel = panel, .stride = matrix->rows};
  for (size_t column = 0; column < matrix->columns; column += DEPTH) {
    tile.depth = smaller(DEPTH, matrix->columns - column);
    if (!in_place) qb_kernels->unpack[matrix->format](matrix, row, column, tile.depth, panel);
    const float *next = in_place ? next_slice(matrix, row, column) : NULL;
    for (size_t i = 0; i < tiles; i++) {
      size_t token = first + i * QB_TILE_TOKENS;
      tile.a = packed_slice(p, column, token);
      tile.to = sums + i * QB_TILE_TOKENS * QB_PANEL_ROWS;
      tile.from = column == 0 ? bias : tile.to;
      tile.from_stride = column == 0 ? 0 : QB_PANEL_ROWS;
      tile.source = NULL;
      if (in_place && i == 0) tile.source = (const float *)matrix->weights + column * matrix->rows + row;
      // Four lines of every row, shared by the first tiles.
      size_t lines = tiles >= 4 ? 1 : tiles > 1 ? 2 : 4;
      tile.lines = next != NULL && i * lines < 4 ? lines : 0;
      tile.ahead = next != NULL ? next + i * lines * 16 : NULL;
      qb_kernels->tile(&tile);
      if (column + DEPTH < matrix->columns) continue;
      qb_finish_block(p->output, tile.to, token, smaller(QB_TILE_TOKENS, p->tokens - token), row, rows,
                      matrix->rows);
    }
  }
}

/// Whether the format's few-token kernel can read this matrix; see `segment`.
static bool reads_directly(const qb_matrix *matrix) {
  if (matrix->format == QB_FOUR_BIT && matrix->flat_block != 0) return false;
  bool scaled = matrix->format == QB_INT8 || matrix->format == QB_FOUR_BIT;
  return !scaled || matrix->segment % 8 == 0 || matrix->segment >= matrix->columns;
}

void qb_multiply_to(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                    const qb_output *output) {
  if (tokens == 0 || matrix->rows == 0) return;
  product p = {.matrix = matrix, .x = x, .tokens = tokens, .bias = bias, .output = output};
  if (matrix->columns == 0) {  // Nothing else would write y.
    for (size_t t = 0; t < tokens; t++) {
      for (size_t r = 0; r < matrix->rows; r++) {
        float sum = bias != NULL ? bias[r] : 0;
        qb_kernels->finish(&sum, 1, 1, output->epilogue, output->y + t * matrix->rows + r, 1);
      }
    }
    return;
  }
  if (tokens <= QB_VECTOR_TOKENS && output->summary == NULL && reads_directly(matrix)) {
    multiply_few(&p);
    return;
  }
  p.packed = qb_thread_scratch(1, sizeof(float) * padded_tokens(&p) * matrix->columns);
  qb_parallel(divide_up(tokens, QB_TILE_TOKENS), pack_tokens, &p);
  size_t panels = divide_up(matrix->rows, QB_PANEL_ROWS);
  qb_parallel(panels * divide_up(tokens, BLOCK_TOKENS), multiply_panel, &p);
}

void qb_multiply(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                 qb_epilogue epilogue, float *y) {
  qb_output output = {.epilogue = epilogue, .y = y};
  qb_multiply_to(matrix, x, tokens, bias, &output);
}

void qb_decode_rows(const qb_matrix *matrix, size_t first, size_t count, float *out) {
  for (size_t i = 0; i < count; i++) {
    qb_kernels->decode_row[matrix->format](matrix, first + i, out + i * matrix->columns);
  }
}
