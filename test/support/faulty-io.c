/*
 * Loaded into a process (LD_PRELOAD), it writes down every write, truncation, flush and removal of the files below the
 * directory FAULTY_DIR to the file FAULTY_LOG, in order, with the data: what a disk has seen, so that a test can make of
 * it what a power cut leaves. As long as there is a file FAULTY_EIO, writes and flushes of these files fail with EIO.
 *
 * A record: operation (1 byte), inode (8), offset (8), length (8), bytes of the name (4), the name, the data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t plain_write(int fd, const void *data, size_t length) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  return real(fd, data, length);
}

static int log_fd(void) {
  static int fd = -1;
  if (fd < 0) {
    const char *path = getenv("FAULTY_LOG");
    if (!path) return -1;
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    fd = real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  return fd;
}

static int is_ours(const char *path) {
  const char *directory = getenv("FAULTY_DIR");
  return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static void put(char op, uint64_t inode, uint64_t offset, const char *name, const void *data,
                uint64_t length) {
  int fd = log_fd();
  if (fd < 0) return;
  uint32_t name_length = (uint32_t)strlen(name);
  char head[29];
  head[0] = op;
  memcpy(head + 1, &inode, 8);
  memcpy(head + 9, &offset, 8);
  memcpy(head + 17, &length, 8);
  memcpy(head + 25, &name_length, 4);
  pthread_mutex_lock(&lock);
  plain_write(fd, head, sizeof head);
  plain_write(fd, name, name_length);
  if (data) plain_write(fd, data, length);
  pthread_mutex_unlock(&lock);
}

/* Only files below the directory, and the directory itself. */
static void put_fd(char op, int fd, uint64_t offset, const void *data, uint64_t length) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t end = readlink(link, path, sizeof path - 1);
  if (end <= 0) return;
  path[end] = 0;
  struct stat found;
  if (!is_ours(path) || fstat(fd, &found) != 0) return;
  put(S_ISDIR(found.st_mode) ? 'd' : op, found.st_ino, offset, path, data, length);
}

/* The disk of this file has gone bad. */
static int is_bad(int fd) {
  const char *sign = getenv("FAULTY_EIO");
  if (!sign || access(sign, F_OK) != 0) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t end = readlink(link, path, sizeof path - 1);
  if (end <= 0) return 0;
  path[end] = 0;
  if (!is_ours(path)) return 0;
  errno = EIO;
  return 1;
}

#define REAL(type, name, ...)                        \
  static type (*real)(__VA_ARGS__);                  \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t length) {
  ssize_t done = plain_write(fd, data, length);
  if (done > 0) {
    off_t at = lseek(fd, 0, SEEK_CUR);
    put_fd('w', fd, at < done ? 0 : (uint64_t)(at - done), data, (uint64_t)done);
  }
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  if (is_bad(fd)) return -1;
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  ssize_t done = real(fd, data, length, offset);
  if (done > 0) put_fd('w', fd, (uint64_t)offset, data, (uint64_t)done);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  if (is_bad(fd)) return -1;
  REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
  ssize_t done = real(fd, data, length, offset);
  if (done > 0) put_fd('w', fd, (uint64_t)offset, data, (uint64_t)done);
  return done;
}

int ftruncate(int fd, off_t length) {
  if (is_bad(fd)) return -1;
  REAL(int, ftruncate, int, off_t);
  int done = real(fd, length);
  if (done == 0) put_fd('t', fd, (uint64_t)length, NULL, 0);
  return done;
}

int ftruncate64(int fd, off64_t length) {
  if (is_bad(fd)) return -1;
  REAL(int, ftruncate64, int, off64_t);
  int done = real(fd, length);
  if (done == 0) put_fd('t', fd, (uint64_t)length, NULL, 0);
  return done;
}

int fsync(int fd) {
  if (is_bad(fd)) return -1;
  REAL(int, fsync, int);
  int done = real(fd);
  if (done == 0) put_fd('s', fd, 0, NULL, 0);
  return done;
}

int fdatasync(int fd) {
  if (is_bad(fd)) return -1;
  REAL(int, fdatasync, int);
  int done = real(fd);
  if (done == 0) put_fd('s', fd, 0, NULL, 0);
  return done;
}

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  int done = real(path);
  if (done == 0 && is_ours(path)) put('u', 0, 0, path, NULL, 0);
  return done;
}

/* A word of the process itself, in its place among the writes. */
void faulty_mark(const char *word) { put('m', 0, 0, word, NULL, 0); }
