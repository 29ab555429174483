/*
 * Copy before write: sees the calls by which a command changes files before they are made, and keeps what stands there.
 * It holds nothing back: every call goes on as it is, whatever becomes of the copy. What confines the command is the
 * fence; this only remembers. It runs outside, with the person's rights, and writes nowhere but to the capture.
 */
#ifndef CODI_SUPERVISE_H
#define CODI_SUPERVISE_H

#include "record.h"

struct supervisor {
  /* -1 until the command has sent it, and after its last process. */
  int listener;
  /* False where nothing can be kept: calls go on as they are. */
  bool records;
  struct record record;
};

/*
 * Once, when the listener has come. Who asks sleeps until the answer: on one processor the two take turns at once, where
 * waking another one up for each call would cost several times what is done in it.
 */
void take_turns(int listener);

/* Takes one call, when the listener is ready. False when there will be no more. */
bool supervise(struct supervisor *supervisor);

#endif
