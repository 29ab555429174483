/*
 * The system calls by which a program changes what lies at a path, as data: what each does, and which of its arguments
 * say where. The filter is made of it, and the supervisor acts by it.
 */
#ifndef CODI_CALLS_H
#define CODI_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum deed {
  DEED_OPEN,        /* may write, make or empty a file, as its flags say */
  DEED_CREATE,      /* open with O_CREAT, O_WRONLY and O_TRUNC */
  DEED_WRITE,       /* changes the content of what is there */
  DEED_MAKE,        /* something new where nothing is */
  DEED_LINK,        /* a second name */
  DEED_REMOVE,      /* a file goes, or an empty directory where the flags say so */
  DEED_REMOVE_DIRECTORY,
  DEED_RENAME,      /* from the first path to the second */
  DEED_DESCRIBE,    /* mode, times, owner, attributes */
  DEED_BIND,        /* a socket with a path */
};

enum { NO_ARGUMENT = -1 };

struct call_row {
  int call;
  enum deed deed;
  /* Numbers of arguments. Where there is a directory but no path, it is a descriptor of the file itself. */
  signed char directory, path, to_directory, to_path, flags;
  /* A link at the end is followed, unless the flags say otherwise. */
  bool follows;
};

extern const struct call_row changing_calls[];
extern const size_t changing_call_count;

/* NULL for a call that is none of them. */
const struct call_row *find_call(int call);

#endif
