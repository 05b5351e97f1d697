// Weight matrices in every format that a qb_matrix can have, with what each weight stands for.
#pragma once

#include "check.h"

typedef enum {
  FLOAT32_IN_OUT,
  FLOAT32_OUT_IN,
  FLOAT16,
  BFLOAT16,
  INT8_ROWS,             // One scale for each row.
  INT8_ROWS_OFFSETS,     // And a zero point.
  INT8_SEGMENTS,         // One scale for each 40 columns.
  INT8_SEGMENTS_OFFSETS,
  INT8_ODD_SEGMENTS,     // One for each 5 columns, which no fast kernel has.
  FOUR_BIT_ROWS,
  FOUR_BIT_SEGMENTS,     // One scale for each 16 columns.
  FOUR_BIT_NESTED,       // Scales quantized themselves.
  FOUR_BIT_FLAT,         // Blocks of 64 that run over the ends of rows.
  FOUR_BIT_FLAT_NESTED,
  LAYOUT_COUNT,
} layout;

typedef struct {
  const char *name;
  qb_matrix matrix;
  float *weights;  // [rows, columns]
} sample;

/// Random weights, kept until `release`.
sample make_sample(layout layout, size_t rows, size_t columns);

// MARK: - What qb_multiply_codes computes with

/// Whether it takes a matrix of this layout.
bool has_code_product(layout layout);
/// What the codes of activations stand for: rint(x * 127 / absmax) of each token.
float *coded_activations(const float *x, size_t tokens, size_t columns);
/// The same matrix with the levels of a codebook rounded to 1/127.
sample rounded_levels(const sample *s);
