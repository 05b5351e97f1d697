// Huge-page memory: zeros, aligned, writable to its end, and gone once it is given back.

#include <errno.h>
#include <sys/mman.h>

#include "check.h"

enum { HUGE_PAGE = 2 << 20 };

static void check_mapping(size_t bytes, bool huge_pages) {
  uint8_t *memory = qb_map(bytes, huge_pages);
  CHECK(memory != NULL && (uintptr_t)memory % HUGE_PAGE == 0, "%zu bytes, aligned", bytes);
  if (memory == NULL) return;
  bool zeros = true;
  for (size_t i = 0; i < bytes; i++) zeros = zeros && memory[i] == 0;
  CHECK(zeros, "%zu bytes of zeros", bytes);
  memset(memory, 0xFF, bytes);
  qb_unmap(memory, bytes);
  unsigned char page;
  bool gone = mincore(memory, 1, &page) != 0 && errno == ENOMEM;
  uint8_t *last = memory + (bytes - 1) / HUGE_PAGE * HUGE_PAGE;
  gone = gone && mincore(last, 1, &page) != 0 && errno == ENOMEM;
  CHECK(gone, "%zu bytes, given back", bytes);
}

void test_memory(void) {
  const size_t sizes[] = {1, 4095, 4096, HUGE_PAGE - 1, HUGE_PAGE, HUGE_PAGE + 1, 5 * HUGE_PAGE};
  for (size_t i = 0; i < COUNT(sizes); i++) {
    check_mapping(sizes[i], false);
    check_mapping(sizes[i], true);
  }
  CHECK(qb_map(0, true) == NULL, "nothing");
  CHECK(qb_map(SIZE_MAX / 4, true) == NULL && qb_map(SIZE_MAX, true) == NULL, "more than there is");
  qb_unmap(NULL, HUGE_PAGE);
  qb_map_blocks_from(1 << 20);
  qb_return_free_pages();
}
