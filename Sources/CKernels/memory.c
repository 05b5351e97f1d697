#include "ckernels.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void qb_return_free_pages(void) {
#if defined(__GLIBC__)
  // By default the size from which blocks get pages of their own grows with each that is freed, and
  // the free end of a thread's heap is not trimmed.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  malloc_trim(0);
#endif
}
