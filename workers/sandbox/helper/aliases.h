/*
 * Other names of a place: the same file system may be mounted more than once (the system of WSL below /mnt/wslg, of an
 * ostree below /sysroot, a bind mount), and what is hidden at one name is then read at another.
 */
#ifndef CODI_ALIASES_H
#define CODI_ALIASES_H

#include "policy.h"

/* Adds to `found` every other path at which the file or directory at `path` (real) is seen. */
void add_aliases(const char *path, struct words *found);

#endif
