/* What stands at a name, a link itself and not what it leads to. */
#ifndef CODI_FACTS_H
#define CODI_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct facts {
  uint64_t device, inode, bytes, blocks;
  /* Nanoseconds since the epoch; born is 0 where the file system does not tell. */
  int64_t born, modified, changed;
  uint32_t links;
  uint16_t mode;
};

/* An empty name is the descriptor itself. False with errno. */
bool facts_at(int directory, const char *name, struct facts *facts);
bool is_same_file(const struct facts *a, const struct facts *b);

#endif
