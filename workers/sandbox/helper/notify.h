/* The second filter of a command: calls that change files wait until the supervisor has seen them. */
#ifndef CODI_NOTIFY_H
#define CODI_NOTIFY_H

/*
 * Takes it on this process and answers the descriptor on which the calls arrive; -1 with errno where that cannot be:
 * the kernel is too old, or somebody supervises this process already.
 */
int supervise_calls(void);

#endif
