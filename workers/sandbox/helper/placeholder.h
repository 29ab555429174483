/*
 * Protected names that do not exist yet. A mount needs something to stand on, so an empty directory is put there for as
 * long as commands run that must not create it; never a file, which some program would take for its empty
 * configuration. Commands that run at the same time share one: each holds a shared lock on it, the last removes it.
 * One that a killed helper left is known by its time and taken over.
 */
#ifndef CODI_PLACEHOLDER_H
#define CODI_PLACEHOLDER_H

#include <stdbool.h>

/* False where nothing can be created there, by the command as little as by us. */
bool reserve(const char *path);
/* A directory of that kind: it counts as missing. */
bool is_reserved(const char *path);
/* The same, or so young that it may become one: somebody else may be about to sign it. */
bool may_be_reserved(const char *path);
void release_reserved(void);

#endif
