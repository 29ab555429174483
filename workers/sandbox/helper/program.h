/* A filter of system calls while it is written down: instructions, and a search tree over call numbers. */
#ifndef CODI_PROGRAM_H
#define CODI_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

enum { MAX_INSTRUCTIONS = 320 };

struct program {
  struct filter_row rows[MAX_INSTRUCTIONS];
  uint16_t count;
};

/* One that is too long ends the process with a word. */
void add(struct program *program, int code, uint8_t if_true, uint8_t if_false, uint32_t value);
void answer(struct program *program, uint32_t result);
void load(struct program *program, uint32_t offset);
/* Goes on after the next `skip` rows unless what was loaded is `value`. */
void unless_equal(struct program *program, uint32_t value, size_t skip);
/* Where an argument of the call is, its low half. */
uint32_t argument(int number);
/* `result` for these calls and leave for all others: the end of a program. Sorts them. */
void answer_calls(struct program *program, int *calls, size_t count, uint32_t result);

#endif
