#include "check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#pragma clang fp contract(off)

// MARK: - Checks

size_t passed, failed;
const char *kernels_name = "";

void check(bool holds, const char *file, int line, const char *format, ...) {
  if (holds) {
    passed++;
    return;
  }
  failed++;
  const char *name = strrchr(file, '/');
  printf("%s:%d: %s: ", name != NULL ? name + 1 : file, line, kernels_name);
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n");
}

bool near(const float *y, const double *expected, const double *size, size_t count, double bound,
          double least) {
  for (size_t i = 0; i < count; i++) {
    if (isnan(expected[i]) && isnan(y[i])) continue;
    if (expected[i] == y[i]) continue;  // Infinities too.
    if (!(fabs(y[i] - expected[i]) <= bound * size[i] + least)) {
      printf("value %zu of %zu is %.9g instead of %.9g\n", i, count, (double)y[i], expected[i]);
      return false;
    }
  }
  return true;
}

bool same(const float *a, const float *b, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (isnan(a[i]) && isnan(b[i])) continue;
    if (memcmp(a + i, b + i, sizeof(float)) != 0) {
      printf("value %zu of %zu is %.9g instead of %.9g\n", i, count, (double)a[i], (double)b[i]);
      return false;
    }
  }
  return true;
}

// MARK: - Memory

enum { MAXIMUM_BLOCKS = 256 };

static struct {
  uint8_t *start;
  size_t bytes;  // Before the guard.
} blocks[MAXIMUM_BLOCKS];
static size_t block_count;

size_t held(void) { return block_count; }

#if __has_feature(address_sanitizer)

// The sanitizer guards both ends. 4 or 8 bytes in front, so that vectors are not aligned.
void *guarded(size_t bytes) {
  size_t front = bytes % 8 == 0 ? 8 : 4;
  if (block_count == MAXIMUM_BLOCKS) abort();
  uint8_t *start = malloc(front + bytes);
  if (start == NULL) abort();
  blocks[block_count++].start = start;
  memset(start, 0xFF, front + bytes);
  return start + front;
}

void release_to(size_t count) {
  while (block_count > count) free(blocks[--block_count].start);
}

#else

// A page that may not be touched behind each block; blocks are kept and used again.
void *guarded(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (block_count == MAXIMUM_BLOCKS) abort();
  if (blocks[block_count].bytes < bytes || blocks[block_count].start == NULL) {
    if (blocks[block_count].start != NULL) {
      munmap(blocks[block_count].start, blocks[block_count].bytes + page);
    }
    size_t usable = (bytes + bytes / 2 + page) / page * page;
    uint8_t *start = mmap(NULL, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                          -1, 0);
    if (start == MAP_FAILED || mprotect(start + usable, page, PROT_NONE) != 0) abort();
    blocks[block_count].start = start;
    blocks[block_count].bytes = usable;
  }
  uint8_t *memory = blocks[block_count].start + blocks[block_count].bytes - bytes;
  block_count++;
  memset(memory, 0xFF, bytes);
  return memory;
}

void release_to(size_t count) { block_count = count; }

#endif

// MARK: - Numbers

static uint64_t state;

void seed(uint64_t value) { state = value; }

uint64_t next_bits(void) {  // SplitMix64.
  state += 0x9E3779B97F4A7C15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

float next_number(void) { return (float)((int64_t)next_bits() >> 40) / (float)(1 << 23); }

float *numbers(size_t count, float size) {
  float *values = guarded(count * sizeof(float));
  for (size_t i = 0; i < count; i++) values[i] = next_number() * size;
  return values;
}

float *copy_of(const float *values, size_t count) {
  float *copy = guarded(count * sizeof(float));
  if (count > 0) memcpy(copy, values, count * sizeof(float));
  return copy;
}

float rounded_to_half(float x) {
  if (isnan(x) || isinf(x) || x == 0) return x;
  int exponent;
  frexp(x, &exponent);  // |x| in 2^(exponent - 1) ..< 2^exponent, 11 bits of significand.
  double step = ldexp(1, exponent - 11 > -24 ? exponent - 11 : -24);
  double rounded = rint(x / step) * step;
  return fabs(rounded) >= 65536 ? copysignf(INFINITY, x) : copysignf((float)rounded, x);
}

float half_value(uint16_t bits) {
  int exponent = bits >> 10 & 31, significand = bits & 1023;
  double size = exponent == 31  ? (significand == 0 ? INFINITY : NAN)
                : exponent == 0 ? ldexp(significand, -24)
                                : ldexp(significand + 1024, exponent - 25);
  return copysignf((float)size, bits >> 15 ? -1 : 1);
}

// MARK: - Products

product plain_product(const float *weights, size_t rows, size_t columns, const float *x,
                      size_t tokens, const float *bias) {
  product p = {guarded(tokens * rows * sizeof(double)), guarded(tokens * rows * sizeof(double))};
  for (size_t t = 0; t < tokens; t++) {
    for (size_t r = 0; r < rows; r++) {
      double sum = bias != NULL ? bias[r] : 0, size = fabs(sum);
      for (size_t c = 0; c < columns; c++) {
        double term = (double)x[t * columns + c] * weights[r * columns + c];
        sum += term;
        size += fabs(term);
      }
      p.y[t * rows + r] = sum;
      p.size[t * rows + r] = size;
    }
  }
  return p;
}

const char *const epilogue_names[QB_EPILOGUE_COUNT] = {
  [QB_STORE] = "stored",        [QB_ADD] = "added",  [QB_GELU_TANH] = "gelu by tanh",
  [QB_GELU_ERF] = "gelu by erf", [QB_RELU] = "relu", [QB_SILU] = "silu",
  [QB_QUICK_GELU] = "quick gelu", [QB_TANH] = "tanh"};

double activated(qb_epilogue function, double x) {
  switch (function) {
    case QB_GELU_TANH:
      return x / (1 + exp(-2 * sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case QB_GELU_ERF:
      return x * erfc(-x * sqrt(0.5)) / 2;
    case QB_RELU:
      return x < 0 ? 0 : x;
    case QB_SILU:
      return x / (1 + exp(-x));
    case QB_QUICK_GELU:
      return x / (1 + exp(-1.702 * x));
    case QB_TANH:
      return tanh(x);
    default:
      return x;
  }
}

void finish_expected(qb_epilogue epilogue, const float *before, size_t count, double *y, double *size) {
  for (size_t i = 0; i < count; i++) {
    if (epilogue == QB_ADD) {
      y[i] += before[i];
      size[i] += fabs(before[i]);
    } else if (epilogue != QB_STORE) {  // Slopes are 1.13 at most, own errors 3e-7 of the product.
      y[i] = activated(epilogue, y[i]);
      size[i] *= 1.5;
    }
  }
}
