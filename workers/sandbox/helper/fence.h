/*
 * What the command takes on itself before it becomes the program, in this order: limits, no capabilities, no new
 * privileges, Landlock, seccomp. None of it can be taken off again.
 */
#ifndef CODI_FENCE_H
#define CODI_FENCE_H

#include "policy.h"

/* All but those of the mask, which count only for files of users that the namespace knows. */
void drop_capabilities(uint32_t kept);
/* chown, dac_override, fowner, fsetid: what root needs to work on the files of another user. */
enum { CAPABILITIES_OF_OWNERS = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 };
/* A dump of memory would lie in the workspace, or go to a program of the machine. */
void leave_no_core(void);
void set_limits(const struct limits *limits);
/* landlock.c; the version is 0 where the kernel has none. */
int landlock_version(void);
void restrict_files(const struct policy *policy);
/* filter.c */
void restrict_calls(const struct policy *policy);

#endif
