/*
 * Where a path of a supervised process leads, as the machine sees it: below which writable place, in which directory,
 * by which name. Once found, nothing that the command swaps meanwhile is followed.
 */
#ifndef CODI_LOCATE_H
#define CODI_LOCATE_H

#include <limits.h>
#include <sys/types.h>

#include "facts.h"
#include "policy.h"

struct root {
  const char *path;
  int fd; /* of the directory, or of the one that a single file is in */
  bool is_file;
};

/* What is captured: below a root and below none of the places that are left out. */
struct territory {
  struct root *roots;
  size_t count, room;
  struct words left_out;
};

struct spot {
  char path[PATH_MAX];
  const char *name; /* its last part */
  int parent;       /* O_PATH */
  bool owns_parent, exists;
  struct facts facts; /* where it exists */
};

void open_territory(const struct policy *policy, struct territory *territory);

/*
 * `directory` is the number of a descriptor of that process, or AT_FDCWD. False where the path lies outside of what is
 * captured, which `spot->path` then still names, or where the call is bound to fail: then that is empty. `leave` after
 * true.
 */
bool locate(const struct territory *territory, pid_t process, int directory, const char *path, bool follows,
            struct spot *spot);
/* The file that a descriptor of the process stands for, where it still has its name. */
bool locate_open(const struct territory *territory, pid_t process, int fd, struct spot *spot);
/* By the path that a spot had before. */
bool locate_again(const struct territory *territory, const char *path, struct spot *spot);
/* Whether the process finds a directory at a path outside of what is captured that cannot be replaced: it holds something. */
bool is_taken(pid_t process, const char *path);
/* Of a directory. */
bool is_empty(const struct spot *spot);
void leave(struct spot *spot);

#endif
