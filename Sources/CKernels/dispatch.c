// Chooses the instruction set: which paths this processor can run, and the table of the active one.

#include "kernel_table.h"

#define DECLARE(path)                                                                              \
  extern void qb_tile_##path(size_t, size_t, const float *, size_t, const float *, float *,        \
                             size_t, const float *, bool);                                         \
  extern void qb_unpack_float32_in_out_##path(const qb_matrix *, size_t, size_t, size_t, float *); \
  extern void qb_unpack_float32_out_in_##path(const qb_matrix *, size_t, size_t, size_t, float *); \
  extern void qb_vector_float32_in_out_##path(const qb_matrix *, size_t, size_t, const float *,    \
                                              size_t, const float *, float *);                     \
  extern void qb_vector_float32_out_in_##path(const qb_matrix *, size_t, size_t, const float *,    \
                                              size_t, const float *, float *);                     \
  extern void qb_layer_norm_row_##path(const float *, size_t, const float *, const float *, float, \
                                       float *);                                                   \
  extern void qb_gelu_tanh_##path(float *, size_t);                                                \
  extern void qb_log_sum_exp_row_##path(const float *, size_t, float *, double *);                 \
  extern void qb_attend_block_##path(const qb_layer_cache *, size_t, const float *, size_t,        \
                                     size_t, size_t, float, float *, size_t, float *);             \
  extern void qb_attend_one_##path(const qb_layer_cache *, size_t, const float *, size_t, float,   \
                                   float *, float *);

#define TABLE(path)                                                                                \
  {                                                                                                \
    .tile = qb_tile_##path,                                                                        \
    .unpack = {                                                                                    \
      [QB_FLOAT32_IN_OUT] = qb_unpack_float32_in_out_##path,                                       \
      [QB_FLOAT32_OUT_IN] = qb_unpack_float32_out_in_##path,                                       \
    },                                                                                             \
    .vector = {                                                                                    \
      [QB_FLOAT32_IN_OUT] = qb_vector_float32_in_out_##path,                                       \
      [QB_FLOAT32_OUT_IN] = qb_vector_float32_out_in_##path,                                       \
    },                                                                                             \
    .layer_norm_row = qb_layer_norm_row_##path,                                                    \
    .gelu_tanh = qb_gelu_tanh_##path,                                                              \
    .log_sum_exp_row = qb_log_sum_exp_row_##path,                                                  \
    .attend_block = qb_attend_block_##path,                                                        \
    .attend_one = qb_attend_one_##path,                                                            \
  }

DECLARE(baseline)
#if defined(__x86_64__)
DECLARE(avx2)
DECLARE(avx512)
#endif

static const qb_kernel_table tables[] = {
  [QB_PATH_BASELINE] = TABLE(baseline),
#if defined(__x86_64__)
  [QB_PATH_AVX2] = TABLE(avx2),
  [QB_PATH_AVX512] = TABLE(avx512),
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
