// Includes OPERATION once for each instruction set, with these defined:
//   LANES       Float32 lanes of a vector
//   PATH(name)  the name with the path's suffix
// and the vector types and functions of vectors.h. No guard: it is included once by each operation.
//
// Each pass stands in a region where every function carries the target attribute of its path, so
// the package needs no unsafe compiler flags, and the same source serves every instruction set.

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define LANES 4
#define PATH(name) name##_baseline
#include "vectors.h"
#include OPERATION
#include "vectors_end.h"
#undef PATH
#undef LANES

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define QB_AVX2 1
#define LANES 8
#define PATH(name) name##_avx2
#include "vectors.h"
#include OPERATION
#include "vectors_end.h"
#undef PATH
#undef LANES
#undef QB_AVX2
#pragma clang attribute pop

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define QB_AVX512 1
// Besides, for functions that are called where the processor has it.
#define VNNI \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")))
#define LANES 16
#define PATH(name) name##_avx512
#include "vectors.h"
#include OPERATION
#include "vectors_end.h"
#undef PATH
#undef LANES
#undef VNNI
#undef QB_AVX512
#pragma clang attribute pop

#endif
