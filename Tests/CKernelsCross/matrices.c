#include "matrices.h"

#pragma clang fp contract(off)

static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

static const char *const names[LAYOUT_COUNT] = {
  [FLOAT32_IN_OUT] = "float32 [columns, rows]",
  [FLOAT32_OUT_IN] = "float32 [rows, columns]",
  [FLOAT16] = "float16",
  [BFLOAT16] = "bfloat16",
  [INT8_ROWS] = "int8 by rows",
  [INT8_ROWS_OFFSETS] = "int8 by rows with offsets",
  [INT8_SEGMENTS] = "int8 by segments",
  [INT8_SEGMENTS_OFFSETS] = "int8 by segments with offsets",
  [INT8_ODD_SEGMENTS] = "int8 by odd segments",
  [FOUR_BIT_ROWS] = "four-bit by rows",
  [FOUR_BIT_SEGMENTS] = "four-bit by segments",
  [FOUR_BIT_NESTED] = "four-bit with nested scales",
  [FOUR_BIT_FLAT] = "four-bit by flat blocks",
  [FOUR_BIT_FLAT_NESTED] = "four-bit by flat blocks with nested scales",
};

static void make_float32(sample *s, bool in_out) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  float *stored = guarded(rows * columns * sizeof(float));
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      float weight = s->weights[r * columns + c] = next_number();
      stored[in_out ? c * rows + r : r * columns + c] = weight;
    }
  }
  s->matrix.format = in_out ? QB_FLOAT32_IN_OUT : QB_FLOAT32_OUT_IN;
  s->matrix.weights = stored;
}

static void make_half(sample *s, bool brain) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  size_t count = divide_up(rows, 16) * columns * 16;
  uint16_t *stored = guarded(count * sizeof(uint16_t));
  memset(stored, 0, count * sizeof(uint16_t));
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      uint32_t bits = (uint32_t)(next_bits() >> 40) & 0xFFFF;
      float weight;
      if (brain) {  // Any sign and significand, an exponent about 0.
        bits = (bits & 0x807F) | (120 + (bits >> 7 & 15)) << 7;
        uint32_t word = bits << 16;
        memcpy(&weight, &word, sizeof weight);
      } else {  // Finite, subnormals as well.
        if ((bits >> 10 & 31) > 20) bits ^= 0x4000;
        weight = half_value((uint16_t)bits);
      }
      s->weights[r * columns + c] = weight;
      stored[(r / 16 * columns + c) * 16 + r % 16] = (uint16_t)bits;
    }
  }
  s->matrix.format = brain ? QB_BFLOAT16 : QB_FLOAT16;
  s->matrix.weights = stored;
}

/// Numbers for every row and segment, zeros for rows past the end: [rows/16][segments][16].
static float *scale_table(size_t rows, size_t segments, float least, float span) {
  size_t groups = divide_up(rows, 16);
  float *table = guarded(groups * segments * 16 * sizeof(float));
  memset(table, 0, groups * segments * 16 * sizeof(float));
  for (size_t r = 0; r < rows; r++) {
    for (size_t s = 0; s < segments; s++) {
      table[(r / 16 * segments + s) * 16 + r % 16] = least + span * next_number();
    }
  }
  return table;
}

static void make_int8(sample *s, size_t segment, bool shifted) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  size_t quads = divide_up(columns, 4), segments = divide_up(columns, segment);
  size_t bytes = divide_up(rows, 16) * quads * 64;
  int8_t *stored = guarded(bytes);
  memset(stored, 0, bytes);
  const float *scales = scale_table(rows, segments, 0.02f, 0.01f);
  const float *offsets = shifted ? scale_table(rows, segments, 0, 100) : NULL;
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      int8_t code = (int8_t)(next_bits() >> 50);
      size_t scale = (r / 16 * segments + c / segment) * 16 + r % 16;
      stored[(r / 16 * quads + c / 4) * 64 + r % 16 * 4 + c % 4] = code;
      s->weights[r * columns + c] = ((float)code - (shifted ? offsets[scale] : 0)) * scales[scale];
    }
  }
  s->matrix.format = QB_INT8;
  s->matrix.weights = stored;
  s->matrix.segment = segment;
  s->matrix.scales = scales;
  s->matrix.offsets = offsets;
}

/// NF4's levels, rounded: any 16 numbers would do.
static const float levels[16] = {-1,    -0.696f, -0.525f, -0.395f, -0.284f, -0.185f, -0.091f, 0,
                                 0.08f, 0.161f,  0.246f,  0.338f,  0.441f,  0.563f,  0.723f,  1};

/// `flat`: blocks of `segment` run over the ends of rows.
static void make_four_bit(sample *s, size_t segment, bool nested, bool flat) {
  size_t rows = s->matrix.rows, columns = s->matrix.columns;
  size_t octets = divide_up(columns, 8), segments = divide_up(columns, segment);
  size_t groups = divide_up(rows, 16), words = groups * octets * 16;
  size_t blocks = flat ? divide_up(rows * columns, segment) : rows * segments;
  size_t places = flat ? blocks : groups * segments * 16;
  uint32_t *stored = guarded(words * sizeof(uint32_t));
  memset(stored, 0, words * sizeof(uint32_t));

  float *scales = guarded(places * sizeof(float));  // As they are used.
  memset(scales, 0, places * sizeof(float));
  uint8_t *codes = guarded(places);
  memset(codes, 0, places);
  const float *map = numbers(256, 1), *nested_scales = numbers(divide_up(blocks, 256), 0.3f);
  s->matrix.scale_mean = 0.4f;
  for (size_t block = 0; block < blocks; block++) {
    size_t row = block / segments;
    size_t place = flat ? block : (row / 16 * segments + block % segments) * 16 + row % 16;
    codes[place] = (uint8_t)(next_bits() >> 50);
    scales[place] = nested ? map[codes[place]] * nested_scales[block / 256] + s->matrix.scale_mean
                           : 0.5f + 0.4f * next_number();
  }
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      uint32_t code = (uint32_t)(next_bits() >> 60);
      size_t place = flat ? (r * columns + c) / segment
                          : (r / 16 * segments + c / segment) * 16 + r % 16;
      stored[(r / 16 * octets + c / 8) * 16 + r % 16] |= code << c % 8 * 4;
      s->weights[r * columns + c] = levels[code] * scales[place];
    }
  }
  s->matrix.format = QB_FOUR_BIT;
  s->matrix.weights = stored;
  s->matrix.segment = segment;
  s->matrix.codebook = copy_of(levels, 16);
  s->matrix.flat_block = flat ? segment : 0;
  if (nested) {
    s->matrix.scale_codes = codes;
    s->matrix.scale_map = map;
    s->matrix.nested_scales = nested_scales;
  } else {
    s->matrix.scales = scales;
  }
}

sample make_sample(layout layout, size_t rows, size_t columns) {
  size_t whole = columns > 0 ? columns : 1;
  sample s = {.name = names[layout],
              .matrix = {.rows = rows, .columns = columns, .segment = whole},
              .weights = guarded(rows * columns * sizeof(float))};
  switch (layout) {
    case FLOAT32_IN_OUT: make_float32(&s, true); break;
    case FLOAT32_OUT_IN: make_float32(&s, false); break;
    case FLOAT16: make_half(&s, false); break;
    case BFLOAT16: make_half(&s, true); break;
    case INT8_ROWS: make_int8(&s, whole, false); break;
    case INT8_ROWS_OFFSETS: make_int8(&s, whole, true); break;
    case INT8_SEGMENTS: make_int8(&s, 40, false); break;
    case INT8_SEGMENTS_OFFSETS: make_int8(&s, 40, true); break;
    case INT8_ODD_SEGMENTS: make_int8(&s, 5, false); break;
    case FOUR_BIT_ROWS: make_four_bit(&s, whole, false, false); break;
    case FOUR_BIT_SEGMENTS: make_four_bit(&s, 16, false, false); break;
    case FOUR_BIT_NESTED: make_four_bit(&s, 16, true, false); break;
    case FOUR_BIT_FLAT: make_four_bit(&s, 64, false, true); break;
    case FOUR_BIT_FLAT_NESTED: make_four_bit(&s, 64, true, true); break;
    case LAYOUT_COUNT: break;
  }
  return s;
}

// MARK: - What qb_multiply_codes computes with

bool has_code_product(layout layout) {
  return layout == INT8_ROWS || layout == INT8_SEGMENTS || layout == FOUR_BIT_ROWS ||
         layout == FOUR_BIT_SEGMENTS || layout == FOUR_BIT_NESTED;
}

float *coded_activations(const float *x, size_t tokens, size_t columns) {
  float *out = guarded(tokens * columns * sizeof(float));
  for (size_t t = 0; t < tokens; t++) {
    float absmax = 0;
    for (size_t c = 0; c < columns; c++) absmax = fmaxf(absmax, fabsf(x[t * columns + c]));
    for (size_t c = 0; c < columns; c++) {
      float code = absmax > 0 ? rintf(x[t * columns + c] * (127 / absmax)) : 0;
      out[t * columns + c] = code * (absmax / 127);
    }
  }
  return out;
}

sample rounded_levels(const sample *s) {
  sample r = *s;
  if (s->matrix.format != QB_FOUR_BIT) return r;
  float *codebook = copy_of(s->matrix.codebook, 16);
  for (size_t i = 0; i < 16; i++) codebook[i] = rintf(codebook[i] * 127) / 127;
  r.matrix.codebook = codebook;
  r.weights = guarded(s->matrix.rows * s->matrix.columns * sizeof(float));
  qb_decode_rows(&r.matrix, 0, s->matrix.rows, r.weights);
  return r;
}
