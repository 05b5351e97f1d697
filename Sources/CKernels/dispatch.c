// Chooses the instruction set: which paths this processor can run, and the table of the active one.

#include "kernel_table.h"

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

// Every entry of the table and the function behind it, without its path's suffix.
#define FORMATS(ENTRY)                    \
  ENTRY(QB_FLOAT32_IN_OUT, float32_in_out) \
  ENTRY(QB_FLOAT32_OUT_IN, float32_out_in) \
  ENTRY(QB_FLOAT16, float16)               \
  ENTRY(QB_BFLOAT16, bfloat16)             \
  ENTRY(QB_INT8, int8)                     \
  ENTRY(QB_FOUR_BIT, four_bit)

#define OPERATIONS(ENTRY)  \
  ENTRY(tile)              \
  ENTRY(pack)              \
  ENTRY(finish)            \
  ENTRY(summarize)         \
  ENTRY(llm_int8_scan)     \
  ENTRY(quantize)          \
  ENTRY(quantize_half)     \
  ENTRY(quantize_nibbles)  \
  ENTRY(clear_code)        \
  ENTRY(plain_codes)       \
  ENTRY(code_rows)         \
  ENTRY(greatest)          \
  ENTRY(expand_nibbles)    \
  ENTRY(code_panel)        \
  ENTRY(llm_int8_panel)    \
  ENTRY(llm_int8_finish)   \
  ENTRY(absmax)            \
  ENTRY(range)             \
  ENTRY(rank)              \
  ENTRY(round_to_int8)     \
  ENTRY(round_to_half)     \
  ENTRY(layer_norm_row)    \
  ENTRY(activate)          \
  ENTRY(log_sum_exp_row)   \
  ENTRY(transpose)         \
  ENTRY(attend_block)      \
  ENTRY(attend_one)        \
  ENTRY(probe_multiply_add) \
  ENTRY(probe_read)

// The types of the functions are those of the table's members.
#define TYPE_OF(member) __typeof__(*((qb_kernel_table *)0)->member)

#define DECLARE_OPERATION(path, name) extern TYPE_OF(name) qb_##name##_##path;
#define DECLARE_FORMAT(path, id, name)                          \
  extern TYPE_OF(unpack[id]) qb_unpack_##name##_##path;         \
  extern TYPE_OF(decode_row[id]) qb_decode_row_##name##_##path; \
  extern TYPE_OF(vector[id]) qb_vector_##name##_##path;

#define BASELINE_FORMAT(id, name) DECLARE_FORMAT(baseline, id, name)
#define BASELINE_OPERATION(name) DECLARE_OPERATION(baseline, name)
FORMATS(BASELINE_FORMAT) OPERATIONS(BASELINE_OPERATION)
#define BASELINE_UNPACK(id, name) [id] = qb_unpack_##name##_baseline,
#define BASELINE_ROW(id, name) [id] = qb_decode_row_##name##_baseline,
#define BASELINE_VECTOR(id, name) [id] = qb_vector_##name##_baseline,
#define BASELINE_ENTRY(name) .name = qb_##name##_baseline,

#if defined(__x86_64__)
#define AVX2_FORMAT(id, name) DECLARE_FORMAT(avx2, id, name)
#define AVX2_OPERATION(name) DECLARE_OPERATION(avx2, name)
FORMATS(AVX2_FORMAT) OPERATIONS(AVX2_OPERATION)
#define AVX2_UNPACK(id, name) [id] = qb_unpack_##name##_avx2,
#define AVX2_ROW(id, name) [id] = qb_decode_row_##name##_avx2,
#define AVX2_VECTOR(id, name) [id] = qb_vector_##name##_avx2,
#define AVX2_ENTRY(name) .name = qb_##name##_avx2,

#define AVX512_FORMAT(id, name) DECLARE_FORMAT(avx512, id, name)
#define AVX512_OPERATION(name) DECLARE_OPERATION(avx512, name)
FORMATS(AVX512_FORMAT) OPERATIONS(AVX512_OPERATION)
#define AVX512_UNPACK(id, name) [id] = qb_unpack_##name##_avx512,
#define AVX512_ROW(id, name) [id] = qb_decode_row_##name##_avx512,
#define AVX512_VECTOR(id, name) [id] = qb_vector_##name##_avx512,
#define AVX512_ENTRY(name) .name = qb_##name##_avx512,
#endif

static const qb_kernel_table tables[] = {
  [QB_PATH_BASELINE] = {.unpack = {FORMATS(BASELINE_UNPACK)},
                        .decode_row = {FORMATS(BASELINE_ROW)},
                        .vector = {FORMATS(BASELINE_VECTOR)},
                        OPERATIONS(BASELINE_ENTRY)},
#if defined(__x86_64__)
  [QB_PATH_AVX2] = {.unpack = {FORMATS(AVX2_UNPACK)},
                    .decode_row = {FORMATS(AVX2_ROW)},
                    .vector = {FORMATS(AVX2_VECTOR)},
                    OPERATIONS(AVX2_ENTRY)},
  [QB_PATH_AVX512] = {.unpack = {FORMATS(AVX512_UNPACK)},
                      .decode_row = {FORMATS(AVX512_ROW)},
                      .vector = {FORMATS(AVX512_VECTOR)},
                      OPERATIONS(AVX512_ENTRY)},
#endif
};

static qb_path active = QB_PATH_BASELINE;
const qb_kernel_table *qb_kernels = &tables[QB_PATH_BASELINE];

bool qb_path_available(qb_path path) {
  switch (path) {
    case QB_PATH_BASELINE:
      return true;
#if defined(__x86_64__)
    case QB_PATH_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("f16c");
    case QB_PATH_AVX512:
      return qb_path_available(QB_PATH_AVX2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
#endif
    default:
      return false;
  }
}

bool qb_has_vnni(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

bool qb_has_dot_product(void) {
#if defined(__aarch64__) && defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(__aarch64__) && defined(__APPLE__)
  return true;  // Every Mac with an arm64 processor.
#else
  return false;
#endif
}

qb_path qb_active_path(void) { return active; }

void qb_select_path(qb_path path) {
  active = path;
  qb_kernels = &tables[path];
}

/// The widest path of this processor, before anything runs.
__attribute__((constructor)) static void select_widest_path(void) {
  qb_select_path(qb_path_available(QB_PATH_AVX512) ? QB_PATH_AVX512
                 : qb_path_available(QB_PATH_AVX2) ? QB_PATH_AVX2
                                                   : QB_PATH_BASELINE);
}
