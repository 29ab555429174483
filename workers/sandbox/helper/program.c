#include "program.h"

#include <errno.h>
#include <stdlib.h>

#include "report.h"

enum { LEAF_CALLS = 4 };

void add(struct program *program, int code, uint8_t if_true, uint8_t if_false, uint32_t value) {
  if (program->count == MAX_INSTRUCTIONS) {
    errno = E2BIG;
    fail("seccomp", "The filter is too long");
  }
  program->rows[program->count++] = (struct filter_row){(uint16_t)code, if_true, if_false, value};
}

void answer(struct program *program, uint32_t result) { add(program, ANSWER, 0, 0, result); }

void load(struct program *program, uint32_t offset) { add(program, LOAD, 0, 0, offset); }

void unless_equal(struct program *program, uint32_t value, size_t skip) {
  add(program, JUMP_IF_EQUAL, 0, (uint8_t)skip, value);
}

uint32_t argument(int number) { return AT_ARGUMENTS + 8u * (uint32_t)number; }

static int compare_numbers(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/*
 * A tree of comparisons over the sorted numbers: the kernel goes through the filter once for every system call there is
 * when it is installed, and again for each one that is made.
 */
static void add_tree(struct program *program, const int *calls, size_t count, uint32_t result) {
  if (count <= LEAF_CALLS) {
    for (size_t i = 0; i < count; i++) {
      unless_equal(program, (uint32_t)calls[i], 1);
      answer(program, result);
    }
    answer(program, ANSWER_ALLOW);
    return;
  }
  size_t half = count / 2;
  uint16_t at = program->count;
  add(program, JUMP_IF_AT_LEAST, 0, 0, (uint32_t)calls[half]);
  add_tree(program, calls, half, result);
  program->rows[at].if_true = (uint8_t)(program->count - at - 1);
  add_tree(program, calls + half, count - half, result);
}

void answer_calls(struct program *program, int *calls, size_t count, uint32_t result) {
  qsort(calls, count, sizeof *calls, compare_numbers);
  add_tree(program, calls, count, result);
}
