/*
 * Process 1 of the namespaces: builds the view, starts the command, adopts what loses its parent, and takes everything
 * with it when it ends.
 */
#ifndef CODI_INSIDE_H
#define CODI_INSIDE_H

#include <signal.h>

#include "policy.h"

/* `owner` is the socket to the outer process, `usual` the signals the command starts with. */
_Noreturn void live_inside(struct policy *policy, int owner, const sigset_t *usual);

/* From outside, to process 1: who is known inside, where that is more than the caller. It waits for the answer. */
void give_identities(const struct policy *policy, pid_t child, int inner);

/* The command itself: takes the fence on itself and becomes the program. */
_Noreturn void become_program(const struct policy *policy, const sigset_t *usual);

/* Signals that are passed on to the command, blocked in the processes that do so. */
void forwarded_signals(sigset_t *set);
/* To the command's group, or to itself where it shares the group of the caller. */
void pass_on(const struct policy *policy, pid_t command, int signal_number);

#endif
