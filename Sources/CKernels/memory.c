#include <stdlib.h>
#include <sys/mman.h>

#include "ckernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

enum { HUGE_PAGE = 2 << 20 };

void qb_map_blocks_from(size_t bytes) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, (int)bytes);
#else
  (void)bytes;
#endif
}

void qb_return_free_pages(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

static size_t whole_pages(size_t bytes) { return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; }

void *qb_map(size_t bytes, bool huge_pages) {
  size_t wanted = whole_pages(bytes), mapped = wanted + HUGE_PAGE;
  if (bytes == 0 || bytes > SIZE_MAX / 2) return NULL;
  char *start = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (start == MAP_FAILED) return NULL;
  size_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
  if (before > 0) munmap(start, before);
  munmap(start + before + wanted, HUGE_PAGE - before);
#if defined(MADV_HUGEPAGE)
  // Where the system refuses, small pages do.
  if (huge_pages && bytes >= HUGE_PAGE) madvise(start + before, wanted, MADV_HUGEPAGE);
#else
  (void)huge_pages;
#endif
  return start + before;
}

void qb_unmap(void *memory, size_t bytes) {
  if (memory != NULL) munmap(memory, whole_pages(bytes));
}
