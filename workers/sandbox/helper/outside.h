/*
 * The outer process: stays where it was started, sees the file system as it is, passes signals on, and ends everything
 * when its owner is gone. It is where the supervision of writes will be added: one more descriptor in its loop.
 */
#ifndef CODI_OUTSIDE_H
#define CODI_OUTSIDE_H

#include "policy.h"

/* Starts the command and waits for it. Answers the exit status of the helper. */
int run_outside(struct policy *policy);

#endif
