// Tests every function of ckernels.h against plain scalar code, on every path of this processor. Plain
// C, so it runs by itself under the sanitizers and, built for arm64, under qemu: see docs/testing.md.
// The last line is `N passed, M failed`.

#include "check.h"

extern size_t passed, failed;

// The linker's --wrap puts this in the place of qb_has_vnni, so that AVX-512 runs without VNNI too.
static bool hide_vnni;
bool __real_qb_has_vnni(void);
bool __wrap_qb_has_vnni(void);
bool __wrap_qb_has_vnni(void) { return !hide_vnni && __real_qb_has_vnni(); }

static const struct {
  qb_path path;
  bool hide_vnni;
  const char *name;
} kernels[] = {
  {QB_PATH_BASELINE, false, "baseline"},
  {QB_PATH_AVX2, false, "avx2"},
  {QB_PATH_AVX512, true, "avx512 without VNNI"},
  {QB_PATH_AVX512, false, "avx512 with VNNI"},
};

static const struct {
  const char *name;
  void (*run)(void);
} subjects[] = {
  {"products", test_products},       {"code products", test_code_products},
  {"LLM.int8()", test_llm_int8},     {"cross entropy", test_cross_entropy},
  {"attention", test_attention},     {"transformer", test_transformer},
  {"encoding", test_encoding},       {"memory", test_memory},
  {"dispatch", test_dispatch},       {"threads", test_threads},
};

/// What has no result to compare: that it runs, and what it says of itself.
void test_dispatch(void) {
  CHECK(qb_path_available(qb_active_path()), "the active path is available");
  CHECK(!qb_path_available((qb_path)99), "no path of an unknown number is available");
  CHECK(qb_probe_multiply_add(10) > 0, "the probe counts its multiply-adds");
  qb_probe_read(numbers(300001, 1), 300001);
  qb_probe_read(NULL, 0);
  release();
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (size_t k = 0; k < COUNT(kernels); k++) {
    hide_vnni = kernels[k].hide_vnni;
    kernels_name = kernels[k].name;
    bool vnni = kernels[k].path == QB_PATH_AVX512 && !hide_vnni;
    if (!qb_path_available(kernels[k].path) || (vnni && !__real_qb_has_vnni())) {
      printf("%s: not on this processor\n", kernels_name);
      continue;
    }
    qb_select_path(kernels[k].path);
    CHECK(qb_active_path() == kernels[k].path, "the path is active");
    for (size_t i = 0; i < COUNT(subjects); i++) {
      size_t before = passed + failed;
      subjects[i].run();
      printf("%s: %s, %zu checks\n", kernels_name, subjects[i].name, passed + failed - before);
    }
  }
  printf("%zu passed, %zu failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
