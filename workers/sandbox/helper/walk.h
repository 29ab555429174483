/* The slow way to a path: part by part, by what the process sees there. */
#ifndef CODI_WALK_H
#define CODI_WALK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * `out` of PATH_MAX bytes becomes the path without links, `.` and `..`, as it is named in the file system of the process;
 * what is not there is taken as it is written. False where it leads to something without a path, or round and round.
 */
bool walk(pid_t process, const char *base, const char *path, bool follows, char *out);

#endif
