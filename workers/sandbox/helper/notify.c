#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "kernel.h"
#include "program.h"

/* A file that is only read needs no look; the kernel itself has the flags. */
static void add_open(struct program *program, int call, int flags) {
  unless_equal(program, (uint32_t)call, 4);
  load(program, argument(flags));
  add(program, JUMP_IF_SET, 0, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
  answer(program, ANSWER_NOTIFY);
  answer(program, ANSWER_ALLOW);
}

int supervise_calls(void) {
  struct program program = {.count = 0};
  int calls[64];
  size_t count = 0;
  load(&program, AT_ARCHITECTURE);
  add(&program, JUMP_IF_EQUAL, 1, 0, ARCHITECTURE);
  answer(&program, ANSWER_ALLOW);
  load(&program, AT_CALL);
  // Its flags lie in memory, where no filter sees them; C libraries then take openat.
  unless_equal(&program, SYS_openat2, 1);
  answer(&program, ANSWER_ERROR | ENOSYS);
  for (size_t i = 0; i < changing_call_count; i++) {
    const struct call_row *row = &changing_calls[i];
    if (row->deed == DEED_OPEN) add_open(&program, row->call, row->flags);
    else if (count < sizeof calls / sizeof *calls) calls[count++] = row->call;
  }
  answer_calls(&program, calls, count, ANSWER_NOTIFY);
  struct filter whole = {.count = program.count, .rows = program.rows};
  // A call that is being looked at is not interrupted by a signal, where the kernel knows how.
  unsigned long flags = FILTER_NEW_LISTENER | FILTER_WAIT_KILLABLE;
  int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_FILTER, flags, &whole);
  if (listener < 0 && errno == EINVAL)
    listener = (int)syscall(SYS_seccomp, SECCOMP_SET_FILTER, FILTER_NEW_LISTENER, &whole);
  return listener;
}
