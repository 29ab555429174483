#include "placeholder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "paths.h"
#include "report.h"

struct reserved {
  char *path;
  int fd;
};

static struct reserved *reserved;
static size_t reserved_count, reserved_room;

/* No directory that a person or program made has this time: it is the sign of a placeholder. */
static const struct timespec sign = {.tv_sec = 49361, .tv_nsec = 0};
static const int lock_tries = 40;
/* Longer than any helper takes from making one to signing it. */
static const time_t unsigned_seconds = 2;

static bool is_sign(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 && found.st_mtim.tv_sec == sign.tv_sec && found.st_mtim.tv_nsec == 0;
}

bool is_reserved(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISDIR(found.st_mode) && found.st_mtim.tv_sec == sign.tv_sec &&
         found.st_mtim.tv_nsec == 0;
}

bool may_be_reserved(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISDIR(found.st_mode) &&
         (found.st_mtim.tv_sec == sign.tv_sec || found.st_ctim.tv_sec >= time(NULL) - unsigned_seconds);
}

static bool is_still(int fd, const char *path) {
  struct stat held, now;
  return fstat(fd, &held) == 0 && lstat(path, &now) == 0 && held.st_ino == now.st_ino && held.st_dev == now.st_dev;
}

static void hold(const char *path, int fd) {
  reserved = grow(reserved, reserved_count, &reserved_room, sizeof *reserved);
  reserved[reserved_count++] = (struct reserved){copy_text(path), fd};
}

bool reserve(const char *path) {
  for (size_t i = 0; i < reserved_count; i++)
    if (is_within(path, reserved[i].path)) return true;
  for (int tries = 0; tries < lock_tries; tries++) {
    bool made = mkdir(path, 0755) == 0;
    if (!made && (errno == EROFS || errno == EACCES || errno == EPERM || errno == ENOTDIR)) return false;
    if (!made && errno != EEXIST) fail("protect", "Cannot reserve %.4000s", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
      // Gone again, or somebody made a file of that name, which is then simply protected.
      if (errno == ENOENT) continue;
      return true;
    }
    if (made) {
      const struct timespec times[2] = {sign, sign};
      futimens(fd, times);
    }
    // One without the sign is held, too: another command may be about to sign it, and would take it away at its end.
    if (flock(fd, LOCK_SH | LOCK_NB) == 0 && is_still(fd, path)) {
      hold(path, fd);
      return true;
    }
    close(fd);
    poll(NULL, 0, 1);
  }
  errno = EBUSY;
  fail("protect", "Cannot reserve %.4000s", path);
}

/* ext2 to ext4 */
static const unsigned long slow_file_system = 0xef53;

static bool is_slow_to_close(int fd) {
  struct statfs found;
  return fstatfs(fd, &found) == 0 && (unsigned long)found.f_type == slow_file_system;
}

/*
 * Closes what was removed without waiting for it: the last close of a directory gives its block back to the disk, and
 * ext4 mounted with `discard` may wait a millisecond and more for each. A ring holds the descriptors, and the kernel
 * clears away the ring of a process after the process has ended. Where there are no rings, the close waits.
 */
static void close_later(int *fds, unsigned count) {
  struct ring_parameters parameters = {0};
  if (count == 0) return;
  int ring = (int)syscall(SYS_io_uring_setup, 1u, &parameters);
  if (ring >= 0) syscall(SYS_io_uring_register, ring, RING_REGISTER_FILES, fds, count);
  for (unsigned i = 0; i < count; i++) close(fds[i]);
}

void release_reserved(void) {
  int *removed = calloc(reserved_count + 1, sizeof *removed);
  unsigned count = 0;
  for (size_t i = 0; i < reserved_count; i++) {
    const struct reserved *row = &reserved[i];
    // Whoever else holds it removes it. A directory that got content is somebody's own.
    bool is_ours = flock(row->fd, LOCK_EX | LOCK_NB) == 0 && is_sign(row->fd) && is_still(row->fd, row->path);
    bool is_removed = is_ours && rmdir(row->path) == 0;
    if (is_removed && removed != NULL && is_slow_to_close(row->fd)) removed[count++] = row->fd;
    else close(row->fd);
  }
  reserved_count = 0;
  if (removed != NULL) close_later(removed, count);
  free(removed);
}
