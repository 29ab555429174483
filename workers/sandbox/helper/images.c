#include "images.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

enum { BLOCK_BYTES = 512, SMALL_BYTES = 64 * 1024, PIECE_BYTES = 1 << 20 };

static bool say(struct images *images, const char *why) {
  snprintf(images->why, sizeof images->why, "%s", why);
  return false;
}

static bool say_problem(struct images *images) {
  if (errno == ENOSPC || errno == EDQUOT) return say(images, "no space is left for a copy");
  snprintf(images->why, sizeof images->why, "cannot be copied: %s", strerror(errno));
  return false;
}

static void name_image(unsigned image, char name[16]) { snprintf(name, 16, "%u", image); }

/* A file that has become somebody else's since it was looked at is not opened. */
static int open_source(const struct spot *spot) {
  int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  struct facts facts;
  // Only its owner may read a file without leaving the time of it.
  int fd = openat(spot->parent, spot->name, flags | O_NOATIME);
  if (fd < 0 && errno == EPERM) fd = openat(spot->parent, spot->name, flags);
  if (fd < 0) return -1;
  if (facts_at(fd, "", &facts) && is_same_file(&facts, &spot->facts)) return fd;
  close(fd);
  errno = ESTALE;
  return -1;
}

static bool copy_piece(int from, int to, off_t at, off_t end) {
  static char bytes[SMALL_BYTES];
  bool can_splice = end - at > (off_t)sizeof bytes;
  while (at < end) {
    if (can_splice) {
      off_t in = at, out = at;
      size_t most = end - at > PIECE_BYTES ? PIECE_BYTES : (size_t)(end - at);
      ssize_t done = syscall(SYS_copy_file_range, from, &in, to, &out, most, 0u);
      if (done > 0) {
        at += done;
        continue;
      }
      if (done < 0 && (errno == ENOSPC || errno == EDQUOT)) return false;
      can_splice = false;
    }
    size_t most = end - at > (off_t)sizeof bytes ? sizeof bytes : (size_t)(end - at);
    ssize_t got = pread(from, bytes, most, at);
    if (got < 0) return false;
    // It became shorter: whoever compares afterwards sees that.
    if (got == 0) return true;
    for (ssize_t written = 0; written < got;) {
      ssize_t now = pwrite(to, bytes + written, (size_t)(got - written), at + written);
      if (now < 0) return false;
      written += now;
    }
    at += got;
  }
  return true;
}

/* Holes stay holes. */
static bool copy_content(int from, int to, const struct facts *facts) {
  off_t bytes = (off_t)facts->bytes;
  if (facts->blocks * BLOCK_BYTES >= facts->bytes) return copy_piece(from, to, 0, bytes);
  for (off_t at = 0; at < bytes;) {
    off_t data = lseek(from, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;
    off_t end = data < 0 ? bytes : lseek(from, data, SEEK_HOLE);
    if (data < 0) data = at;
    if (end < 0 || end > bytes) end = bytes;
    if (!copy_piece(from, to, data, end)) return false;
    at = end;
  }
  return ftruncate(to, bytes) == 0;
}

static bool is_unchanged(int fd, const struct facts *before) {
  struct facts now;
  return facts_at(fd, "", &now) && now.bytes == before->bytes && now.modified == before->modified;
}

/* Once more where another process writes at the same time; then it is given up. */
static bool fill(struct images *images, int from, int to, struct facts *facts) {
  if (!images->cannot_share && ioctl(to, CLONE_FILE, from) == 0) return true;
  images->cannot_share = images->cannot_share || errno == EOPNOTSUPP || errno == ENOTTY;
  uint64_t held = facts->blocks * BLOCK_BYTES;
  if (held > facts->bytes) held = facts->bytes;
  if (held > images->most_bytes) {
    snprintf(images->why, sizeof images->why, "larger than %llu MB", (unsigned long long)images->most_bytes >> 20);
    return false;
  }
  if (held > images->bytes_left) return say(images, "the command changed more than is kept for one");
  for (int attempt = 0; attempt < 2; attempt++) {
    if (!facts_at(from, "", facts)) return say_problem(images);
    if (!copy_content(from, to, facts)) return say_problem(images);
    if (is_unchanged(from, facts)) {
      images->bytes_left -= held;
      return true;
    }
    if (ftruncate(to, 0) != 0) return say_problem(images);
  }
  return say(images, "another process was writing it");
}

static bool copy_file(struct images *images, const struct spot *spot, const char *name, struct facts *facts) {
  int from = open_source(spot);
  if (from < 0) return say_problem(images);
  int to = openat(images->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  bool is_kept = to < 0 ? say_problem(images) : fill(images, from, to, facts);
  close(from);
  if (to < 0) return false;
  close(to);
  if (!is_kept) unlinkat(images->directory, name, 0);
  return is_kept;
}

/* The file under a further name. Whoever was swapped in meanwhile is let go again. */
static bool link_file(struct images *images, const struct spot *spot, const char *name) {
  struct facts facts;
  if (linkat(spot->parent, spot->name, images->directory, name, 0) != 0) return false;
  bool is_it = facts_at(images->directory, name, &facts) && is_same_file(&facts, &spot->facts);
  // Its owner closed it to itself: whoever takes the image in must read it, and the name is about to go.
  if (is_it && (facts.mode & S_IRUSR) == 0 && faccessat(spot->parent, ".", W_OK, 0) == 0)
    fchmodat(images->directory, name, (facts.mode & 07777) | S_IRUSR, 0);
  if (is_it) return true;
  unlinkat(images->directory, name, 0);
  return false;
}

struct seen_file *keep_file(struct images *images, struct seen *seen, const struct spot *spot, bool may_link) {
  struct seen_file *row = mark_file(seen, &spot->facts);
  if (row == NULL || (row->image != 0 && (may_link || !row->is_linked))) return row;
  char name[16], fresh[16];
  struct facts facts = spot->facts;
  bool was_linked = row->image != 0;
  name_image(was_linked ? row->image : images->count + 1, name);
  snprintf(fresh, sizeof fresh, "new");
  bool is_linked = may_link && spot->facts.links == 1 && link_file(images, spot, name);
  bool is_kept = is_linked || copy_file(images, spot, was_linked ? fresh : name, &facts);
  if (was_linked) {
    // The image is the very file that is to be written now: it becomes a copy, or there is none.
    is_kept = is_kept && renameat(images->directory, fresh, images->directory, name) == 0;
    if (!is_kept) unlinkat(images->directory, name, 0);
  } else if (is_kept) {
    row->image = ++images->count;
    row->facts = facts;
  }
  if (!is_kept) row->image = 0;
  row->is_linked = is_linked;
  return row;
}
