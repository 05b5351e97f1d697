// What the C tests of the kernels share: checks, guarded memory, reproducible numbers, a plain product.
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ckernels.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// MARK: - Checks

/// Counts one check; where it fails, prints where, on which kernels, and the text.
#define CHECK(condition, ...) check(condition, __FILE__, __LINE__, __VA_ARGS__)
void check(bool holds, const char *file, int line, const char *format, ...)
  __attribute__((format(printf, 4, 5)));

/// Whether |y - expected| <= bound * size + least for all `count`; a NaN only where one is expected.
bool near(const float *y, const double *expected, const double *size, size_t count, double bound,
          double least);
/// Whether both hold the same bits; any NaN equals any other.
bool same(const float *a, const float *b, size_t count);

/// Kernels that the current checks run on.
extern const char *kernels_name;

// MARK: - Memory

/// Memory that ends where none may be touched, so reading or writing past it stops the program.
/// Filled with NaN; valid until `release`. Aligned to 8 bytes or 4, or less if `bytes` is no multiple.
void *guarded(size_t bytes);
/// How many blocks there are, and giving back all but the first so many.
size_t held(void);
void release_to(size_t count);
static inline void release(void) { release_to(0); }

// MARK: - Numbers

void seed(uint64_t value);
uint64_t next_bits(void);
/// In -1 ..< 1.
float next_number(void);
/// Guarded numbers in -size ..< size.
float *numbers(size_t count, float size);
/// A guarded copy of the first `count`.
float *copy_of(const float *values, size_t count);

/// x rounded to the nearest IEEE half, half to even.
float rounded_to_half(float x);
/// What the bits of an IEEE half stand for.
float half_value(uint16_t bits);

// MARK: - Products

typedef struct {
  double *y;     // [tokens, rows]: x W^T + bias.
  double *size;  // The same of absolute values: what errors are measured by.
} product;

/// Plain sums in double precision, kept until `release`. bias may be NULL.
product plain_product(const float *weights, size_t rows, size_t columns, const float *x,
                      size_t tokens, const float *bias);

extern const char *const epilogue_names[QB_EPILOGUE_COUNT];
/// An activation function by its formula.
double activated(qb_epilogue function, double x);
/// Makes of expected products what the epilogue makes of them; `before` is y as it was.
void finish_expected(qb_epilogue epilogue, const float *before, size_t count, double *y, double *size);

// MARK: - Subjects, each in its own file, run on every path (main.c)

void test_products(void);       // product_tests.c
void test_code_products(void);  // code_product_tests.c
void test_llm_int8(void);       // llm_int8_tests.c
void test_cross_entropy(void);  // cross_entropy_tests.c
void test_attention(void);      // attention_tests.c
void test_transformer(void);    // transformer_tests.c
void test_encoding(void);       // encode_tests.c
void test_memory(void);         // memory_tests.c
void test_threads(void);        // thread_pool_tests.c
void test_dispatch(void);       // main.c
