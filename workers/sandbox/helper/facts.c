#include "facts.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"

#define EMPTY_PATH 0x1000

static int64_t nanoseconds(const struct statx_time_codi *time) {
  return time->seconds * 1000000000 + time->nanoseconds;
}

bool facts_at(int directory, const char *name, struct facts *facts) {
  struct statx_codi found;
  int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | EMPTY_PATH;
  if (syscall(SYS_statx, directory, name, flags, STATX_BASIC_AND_BIRTH, &found) != 0) return false;
  *facts = (struct facts){
      .device = (uint64_t)found.device[0] << 32 | found.device[1],
      .inode = found.inode,
      .bytes = found.bytes,
      .blocks = found.blocks,
      .born = (found.mask & 0x800u) != 0 ? nanoseconds(&found.born) : 0,
      .modified = nanoseconds(&found.modified),
      .changed = nanoseconds(&found.changed),
      .links = found.links,
      .mode = found.mode,
  };
  return true;
}

bool is_same_file(const struct facts *a, const struct facts *b) {
  return a->inode == b->inode && a->device == b->device && a->born == b->born;
}
