/*
 * The log of a capture: a line for each path at its first touch, written before the change goes on. Its format stands in
 * src/contract/capture.ts.
 */
#ifndef CODI_RECORD_H
#define CODI_RECORD_H

#include "images.h"
#include "locate.h"
#include "seen.h"

struct record {
  int log;
  struct images images;
  struct seen seen;
  struct territory territory;
  /* Lines, files without an image, changes that could not be written down. */
  unsigned long lines, lost, missed;
};

/* The directory exists and is empty. False with errno. */
bool open_record(const struct policy *policy, struct record *record);

/* Before each change: a log that somebody took away is begun anew. */
void renew_log(struct record *record);

/* What stands there is going to be written in place; `may_link` where it only loses its name, to nobody or another. */
void touch_content(struct record *record, const struct spot *spot, bool may_link);
/*
 * An empty directory goes. It is told each time: what was in it can be put back only where it is, although the path
 * itself may have been told before.
 */
void touch_directory(struct record *record, const struct spot *spot);
/* Only its mode, times, owner or attributes are going to change. */
void touch_description(struct record *record, const struct spot *spot);
/* It gets a second name: whoever writes through that changes this one, too. */
void touch_alias(struct record *record, const struct spot *spot);
/* A directory goes from one to the other, with all that is in it. */
void touch_move(struct record *record, const struct spot *from, const struct spot *to);
/* A file is going to be renamed; where it cannot be kept, the way it went is. `to` is NULL outside of what is captured. */
void touch_source(struct record *record, const struct spot *from, const struct spot *to);
/* Something changes in a way that cannot be taken back from here. */
void touch_unknown(struct record *record, const struct spot *spot, const char *why);

#endif
