/* The end of everything that a command left, where no process namespace ends it: this process adopts the orphans. */
#ifndef CODI_DESCENDANTS_H
#define CODI_DESCENDANTS_H

#include <sys/types.h>

/*
 * Waits `grace_ms` for the children of this process to end by themselves, then kills until none is left. With `only`
 * just waits for that one, which was killed. Answers how many had to be killed.
 */
int end_descendants(pid_t only, int grace_ms, void (*wait)(void *about, int ms), void *about);

#endif
