// The C side of Quantbook's kernels: whole-matrix operations, dispatched at run time.
//
// Conventions. Matrices are row-major Float32 unless said otherwise. A weight matrix W is
// [rows = output features, columns = input features], and a product is
// y[t, r] = sum over c of x[t, c] * W[r, c] + bias[r], with x [tokens, columns], y [tokens, rows].
// Sizes are trusted here: the Swift callers check every one. No function fails; what is allocated grows
// with the tokens of one call alone: its packed activations, a panel's sums for each thread, and two
// numbers for each panel of the vocabulary in qb_cross_entropy.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: - Instruction sets (dispatch.c)

typedef enum {
  QB_PATH_BASELINE = 0,  // Whatever the compiler may assume: SSE2 on x86-64, NEON on arm64.
  QB_PATH_AVX2 = 1,      // AVX2, FMA, F16C.
  QB_PATH_AVX512 = 2,    // AVX-512 F, BW, DQ, VL.
} qb_path;

bool qb_path_available(qb_path path);
qb_path qb_active_path(void);
/// Makes `path` the one that every later call takes. The caller has checked that it is available.
void qb_select_path(qb_path path);
/// Whether the processor multiplies bytes by VNNI (used by the AVX-512 path when it is active).
bool qb_has_vnni(void);
/// Whether the processor multiplies bytes by arm64's dot product.
bool qb_has_dot_product(void);

// MARK: - Memory (memory.c)

/// Memory of zeros, aligned to 2 MiB; in huge pages where they are wanted and the system has them: fewer
/// addresses for the processor to translate. NULL where there is none.
void *qb_map(size_t bytes, bool huge_pages);
/// Gives back what qb_map gave for so many bytes.
void qb_unmap(void *memory, size_t bytes);

/// These do nothing where the C library is not glibc.

/// Makes every block of so many bytes or more a mapping of its own.
void qb_map_blocks_from(size_t bytes);
/// Returns pages that the allocator keeps unused to the system.
void qb_return_free_pages(void);

// MARK: - Threads (thread_pool.c)

size_t qb_thread_count(void);
/// Takes effect at once; must not be called while another thread computes.
void qb_set_thread_count(size_t count);
/// Calls body(context, task) once for each task in 0 ..< tasks, on all threads; returns when the
/// last has returned. Nested and concurrent calls run on the calling thread alone.
void qb_parallel(size_t tasks, void (*body)(void *context, size_t task), void *context);

// MARK: - Weight matrices (multiply.c and one file per format)

typedef enum {
  QB_FLOAT32_IN_OUT,  // Float32 [columns, rows]: Hugging Face's Conv1D, straight from the file.
  QB_FLOAT32_OUT_IN,  // Float32 [rows, columns]: embeddings and output heads, from the file.
  QB_FLOAT16,         // IEEE half, interleaved: [rows/16][columns][16].
  QB_BFLOAT16,        // bfloat16, interleaved: [rows/16][columns][16].
  QB_INT8,            // int8, interleaved: [rows/16][columns/4][16][4].
  QB_FOUR_BIT,        // 8 codes in a uint32, low nibble first: [rows/16][columns/8][16].
  QB_FORMAT_COUNT,
} qb_format;

enum {
  QB_INTERLEAVE = 16,     // Rows that a packed format stores together, one for each lane.
  QB_PANEL_ROWS = 48,     // Rows that one panel of the blocked product covers.
  QB_CODE_COLUMNS = 1 << 17,  // The most columns of an integer product: sums stay within 32 bits.
  QB_VECTOR_TOKENS = 4,   // Up to so many tokens the product reads the packed weights directly.
};

/// One weight matrix as stored. Interleaved formats pad rows to 16 (and columns to 4 or 8) with
/// zeros. `scales` and `offsets` are [rows/16][segments][16]: one for each row and run of
/// `segment` columns.
typedef struct {
  qb_format format;
  size_t rows;
  size_t columns;
  const void *weights;
  /// Columns that share one scale. A multiple of 8, or `columns`, has the fast kernels. A four-bit
  /// matrix must have one of the two unless `flat_block` is set.
  size_t segment;
  /// INT8: weight = (code - offset) * scale. Four-bit: weight = codebook[code] * scale.
  const float *scales;
  /// INT8 with a zero point; otherwise NULL.
  const float *offsets;
  /// Four-bit: 16 levels.
  const float *codebook;
  /// Four-bit with double quantization, where `scales` is NULL: scale = map[code] * nested + mean,
  /// with codes laid out as `scales` and nested[block / 256], block = row * segments + segment.
  const uint8_t *scale_codes;
  const float *scale_map;
  const float *nested_scales;
  float scale_mean;
  /// Four-bit blocks that cross the ends of rows: block = (row * columns + column) / block_size,
  /// scales flat [blocks]. Zero where blocks lie within rows.
  size_t flat_block;
} qb_matrix;

/// What becomes of a product, while it is still in the cache.
typedef enum {
  QB_STORE,  // y = product
  QB_ADD,    // y += product
  // Activation functions: y = function(product).
  QB_GELU_TANH,   // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  QB_GELU_ERF,    // 0.5 x (1 + erf(x / sqrt 2))
  QB_RELU,        // max(x, 0)
  QB_SILU,        // x / (1 + e^-x)
  QB_QUICK_GELU,  // x / (1 + e^(-1.702 x))
  QB_TANH,
  QB_EPILOGUE_COUNT,
} qb_epilogue;

/// The product above. bias may be NULL. Exact: every weight is decoded to Float32, products are
/// summed in Float32.
void qb_multiply(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                 qb_epilogue epilogue, float *y);

/// Writes rows [first, first + count) of the decoded matrix to out [count, columns].
void qb_decode_rows(const qb_matrix *matrix, size_t first, size_t count, float *out);

/// Whether `qb_multiply_codes` can take this matrix: INT8 without zero points or four-bit, with scales
/// for whole rows or runs of a multiple of 8 columns, and at most QB_CODE_COLUMNS of them.
bool qb_multiplies_codes(const qb_matrix *matrix);
/// The product with activations rounded to INT8 by one absmax a token, and the levels of a four-bit
/// codebook rounded to INT8 (code_product.c). A token with a NaN or infinity gives NaN.
void qb_multiply_codes(const qb_matrix *matrix, const float *x, size_t tokens, const float *bias,
                       qb_epilogue epilogue, float *y);

// MARK: - LLM.int8 (llm_int8.c)

typedef struct {
  size_t rows;
  size_t columns;
  const int8_t *codes;       // As QB_INT8.
  const float *scales;       // [rows]: the greatest |weight| of the row.
  const int32_t *code_sums;  // [rows]: sum of the row's codes.
} qb_llm_int8_matrix;

/// LLM.int8's product; columns with an activation of at least `threshold` are outliers, none where
/// it is 0. Returns how many were.
size_t qb_llm_int8_multiply(const qb_llm_int8_matrix *matrix, const float *x, size_t tokens,
                            const float *bias, float threshold, qb_epilogue epilogue, float *y);

/// One dequantized weight: (code * scale) * float32(1 / 127).
static inline float qb_llm_int8_decode(int8_t code, float scale) {
  return ((float)code * scale) * (1.0f / 127.0f);
}

// MARK: - Encoding (encode.c)

/// The greatest |x|; NaN is passed over.
float qb_absmax(const float *x, size_t count);
void qb_range(const float *x, size_t count, float *minimum, float *maximum);
/// ranks[i] = how many of 15 ascending thresholds lie below clamp(x[i] * multiplier, -1, 1).
void qb_rank(const float *x, size_t count, float multiplier, const float *thresholds,
             uint8_t *ranks);
/// codes[i] = rint(x[i] * multiplier + offset), half to even, within -128 ... 127; 0 for NaN.
void qb_round_to_int8(const float *x, size_t count, float multiplier, float offset, int8_t *codes);
/// y[i] = x[i] rounded to the nearest IEEE half, as Float32.
void qb_round_to_half(const float *x, size_t count, float *y);
/// The index of the first NaN or infinity, or count.
size_t qb_first_non_finite(const float *x, size_t count);

// MARK: - The rest of a transformer

/// y = (x - mean) / sqrt(variance + epsilon) * gain + bias over each row of x [rows, width].
void qb_layer_norm(const float *x, size_t rows, size_t width, const float *gain, const float *bias,
                   float epsilon, float *y);

/// An activation function, in place.
void qb_activate(float *x, size_t count, qb_epilogue function);

/// Keys and values of one layer. keys: [heads][capacity/16][head_width][16], lanes are positions.
/// values: [heads][capacity][value_width]. Both zero where not yet written.
typedef struct {
  float *keys;
  float *values;
  size_t heads;
  size_t head_width;
  size_t value_width;  // head_width rounded up to 8.
  size_t capacity;     // A multiple of 16.
} qb_layer_cache;

/// Causal attention of `tokens` new positions after `past` cached ones. qkv: [tokens, 3 * width],
/// width = heads * head_width; out: [tokens, width]. Writes the new keys and values first.
void qb_causal_attention(const float *qkv, size_t tokens, size_t past, const qb_layer_cache *cache,
                         float scale, float *out);

/// losses[t] = -ln softmax(x[t] W^T)[targets[t]] in nats, W being the output head, without holding the
/// logits; NaN or infinite where they are not finite. `codes`: products as qb_multiply_codes has them.
void qb_cross_entropy(const qb_matrix *head, bool codes, const float *x, size_t tokens,
                      const int32_t *targets, double *losses);

/// For each row of logits [rows, width]: its maximum, and ln(sum of exp(logit - maximum)).
void qb_log_sum_exp(const float *logits, size_t rows, size_t width, float *maxima, double *log_sums);

// MARK: - The machine's limits (probe.c)

/// Runs `iterations` rounds of independent multiply-adds on every thread; returns how many there
/// were in all.
double qb_probe_multiply_add(size_t iterations);
/// Reads `count` floats once, split among all threads.
void qb_probe_read(const float *memory, size_t count);
