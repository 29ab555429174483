/*
 * What the command takes on itself before it becomes the program, in this order: limits, no capabilities, no new
 * privileges, Landlock, seccomp. None of it can be taken off again.
 */
#ifndef CODI_FENCE_H
#define CODI_FENCE_H

#include "policy.h"

void drop_capabilities(void);
/* A dump of memory would lie in the workspace, or go to a program of the machine. */
void leave_no_core(void);
void set_limits(const struct limits *limits);
/* landlock.c; the version is 0 where the kernel has none. */
int landlock_version(void);
void restrict_files(const struct policy *policy);
/* filter.c */
void restrict_calls(const struct policy *policy);

#endif
