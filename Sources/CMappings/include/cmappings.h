// Mapped files whose pages may vanish: another program shortens the file, or the device fails. The
// system then sends SIGBUS to whoever touches them, and this says which file it was and ends the process.
#pragma once

#include <stddef.h>

enum { QB_NO_MAPPING = -1 };

/// Remembers that [start, start + size) maps the file at `path`, and from the first call on handles
/// SIGBUS. Returns a number to forget it by; QB_NO_MAPPING where there are too many.
int qb_remember_mapping(const void *start, size_t size, const char *path);

/// Before it is unmapped.
void qb_forget_mapping(int number);
