/*
 * What git runs and where it looks for it: the repository behind a `.git` file, a repository that is opened for
 * writing while its hooks and configuration stay closed, and the look afterwards at what cannot be closed beforehand.
 */
#ifndef CODI_GIT_H
#define CODI_GIT_H

#include "policy.h"

/* `path` is a `.git`: the repository becomes writable, what makes git run programs does not. */
void plan_git(struct policy *policy, const char *path);
/* True for a `.git` that was given to plan_git and is the directory itself. */
bool is_opened_git(const char *path);
/* Where `path` is a `.git` file: protects the repository it points to, and the one that shares its objects. */
void plan_git_file(struct policy *policy, const char *path);
/* Takes back what the command planted, with a warning each. */
void check_git(void);

#endif
