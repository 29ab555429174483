/*
 * From the paths of the flags to the places of the file system, while everything is still seen as it is: links
 * resolved, what is missing decided, protected names reserved. Runs in the outer process.
 */
#ifndef CODI_PLAN_H
#define CODI_PLAN_H

#include "policy.h"

void make_plan(struct policy *policy);

/* Adds what keeps `path` as it is, unless nothing could write there anyway. */
void plan_protect(struct policy *policy, const char *path);
/* The writable root a path is in; NULL where it is in none. */
const char *writable_root(const struct policy *policy, const char *path);

#endif
