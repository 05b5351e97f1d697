// The thread pool, and that results do not depend on the number of threads.

#include <stdlib.h>

#include "matrices.h"

static void mark(void *context, size_t task) { ((uint8_t *)context)[task]++; }

static void mark_three(void *context, size_t task) {
  qb_parallel(3, mark, (uint8_t *)context + task * 3);
}

static void check_every_task_once(size_t threads) {
  const size_t counts[] = {0, 1, 2, 7, 1000};
  for (size_t repeat = 0; repeat < 200; repeat++) {  // Workers asleep, spinning, and too late.
    for (size_t i = 0; i < COUNT(counts); i++) {
      size_t count = counts[i];
      uint8_t *marks = guarded(count * 3);
      memset(marks, 0, count * 3);
      qb_parallel(count, mark_three, marks);
      bool once = true;
      for (size_t k = 0; k < count * 3; k++) once = once && marks[k] == 1;
      CHECK(once, "%zu tasks on %zu threads, each once", count, threads);
      release();
    }
  }
}

/// Everything that is split among threads, one after the other, into `out`.
static size_t compute(float *out) {
  float *start = out;
  seed(1);
  for (layout layout = 0; layout < LAYOUT_COUNT; layout++) {
    for (size_t tokens = 1; tokens <= 40; tokens += 13) {
      sample s = make_sample(layout, 200, 300);
      const float *x = numbers(tokens * 300, 1);
      qb_multiply(&s.matrix, x, tokens, NULL, QB_STORE, out);
      out += tokens * 200;
      if (qb_multiplies_codes(&s.matrix)) {
        qb_multiply_codes(&s.matrix, x, tokens, NULL, QB_STORE, out);
        out += tokens * 200;
      }
      int32_t *targets = guarded(tokens * sizeof(int32_t));
      double *losses = guarded(tokens * sizeof(double));
      for (size_t t = 0; t < tokens; t++) targets[t] = (int32_t)(t * 37 % 200);
      qb_cross_entropy(&s.matrix, false, x, tokens, targets, losses);
      memcpy(out, losses, tokens * sizeof(double));
      out += tokens * sizeof(double) / sizeof(float);
      release();
    }
  }
  const float *x = numbers(40 * 300, 3), *gain = numbers(300, 1), *bias = numbers(300, 1);
  qb_layer_norm(x, 40, 300, gain, bias, 1e-5f, out);
  qb_activate(out, 40 * 300, QB_GELU_TANH);
  out += 40 * 300;
  release();
  return (size_t)(out - start);
}

void test_threads(void) {
  enum { ROOM = 4000000 };
  size_t before = qb_thread_count();
  float *first = malloc(ROOM * sizeof(float)), *again = malloc(ROOM * sizeof(float));
  size_t count = 0;
  for (size_t threads = 1; threads <= 3; threads++) {
    qb_set_thread_count(threads);
    CHECK(qb_thread_count() == threads, "%zu threads are set", threads);
    check_every_task_once(threads);
    if (threads == 1) {
      count = compute(first);
    } else {
      CHECK(compute(again) == count && same(again, first, count), "results on %zu threads", threads);
    }
  }
  free(first);
  free(again);
  qb_set_thread_count(0);
  CHECK(qb_thread_count() == 1, "at least one thread");
  qb_set_thread_count(before);
}
