/* What a command has touched so far: paths, each once, and files by what they are, since a file may have more names. */
#ifndef CODI_SEEN_H
#define CODI_SEEN_H

#include <stddef.h>

#include "facts.h"

enum touch { TOUCH_NONE, TOUCH_DESCRIPTION, TOUCH_CONTENT };

struct seen_path {
  char *path; /* NULL: none, or forgotten */
  bool is_used;
  enum touch touch;
};

struct seen_file {
  bool is_used;
  /* As it was when it was kept, or first heard of. */
  struct facts facts;
  unsigned image; /* 0 where there is none */
  bool is_linked; /* the image is the file itself, by another name */
  char *path;     /* of one that got a second name: the first, or NULL */
};

struct seen {
  struct seen_path *paths;
  size_t path_count, path_room;
  struct seen_file *files;
  size_t file_count, file_room;
};

enum { MAX_SEEN = 1 << 20 };

enum touch touch_of(const struct seen *seen, const char *path);
/* False where there is no room for more. */
bool mark_path(struct seen *seen, const char *path, enum touch touch);
/* What stood at the one path and below it stands at the other: all these names stand for something else from now on. */
void move_names(struct seen *seen, const char *from, const char *to);

void forget_all(struct seen *seen);

/* NULL where it was not heard of. */
struct seen_file *find_file(const struct seen *seen, const struct facts *facts);
/* The row of the file, made where there is none; NULL where there is no room. */
struct seen_file *mark_file(struct seen *seen, const struct facts *facts);

#endif
