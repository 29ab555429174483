/* Copies of files as they were, in the directory of a capture. The files of others are opened as data, never followed. */
#ifndef CODI_IMAGES_H
#define CODI_IMAGES_H

#include "locate.h"
#include "seen.h"

struct images {
  int directory;
  unsigned count;
  /* The file system of the images has no files that share blocks. */
  bool cannot_share;
  /* Of a file, and of all that is left for the command, where blocks cannot be shared. */
  uint64_t most_bytes, bytes_left;
  char why[120];
};

/*
 * Keeps the file of the spot; `may_link` where the file itself will not be written: its name goes, or becomes another's.
 * Answers the row in `seen`; its image is 0 where it could not be kept, and then `images->why` says why. NULL where
 * there is no room to remember it.
 */
struct seen_file *keep_file(struct images *images, struct seen *seen, const struct spot *spot, bool may_link);

#endif
