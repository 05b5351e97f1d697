#include "ckernels.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

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
