#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "calls.h"
#include "kernel.h"
#include "paths.h"

#define SYMLINK_FOLLOW 0x400
#define SYMLINK_NOFOLLOW 0x100
#define REMOVE_DIRECTORY 0x200
#define NO_REPLACE 1u
#define EXCHANGE 2u
enum { PAGE_BYTES = 4096 };

struct caller {
  struct record *record;
  int listener;
  uint64_t id;
  pid_t process;
  const uint64_t *arguments;
};

/* Bytes of the memory of a process, as far as they can be read: in pages, since the next one may not be there. */
static ssize_t read_memory(pid_t process, uint64_t address, void *bytes, size_t room) {
  struct iovec to = {.iov_base = bytes, .iov_len = room}, from[3];
  size_t count = 0, planned = 0;
  while (planned < room && count < 3) {
    size_t piece = PAGE_BYTES - (address + planned) % PAGE_BYTES;
    if (piece > room - planned) piece = room - planned;
    from[count++] = (struct iovec){.iov_base = (void *)(uintptr_t)(address + planned), .iov_len = piece};
    planned += piece;
  }
  ssize_t got = process_vm_readv(process, &to, 1, from, count, 0);
  if (got >= 0 || (errno != ENOSYS && errno != EPERM)) return got;
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/mem", process);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  got = pread(fd, bytes, room, (off_t)address);
  close(fd);
  return got;
}

static bool read_path(const struct caller *caller, int number, char *path) {
  ssize_t got = read_memory(caller->process, caller->arguments[number], path, PATH_MAX);
  if (got > 0 && memchr(path, 0, (size_t)got) != NULL) return true;
  // A bad address or a path that is too long: the call fails by itself.
  if (got < 0 && errno != EFAULT && errno != ESRCH) caller->record->missed++;
  return false;
}

static int descriptor_of(const struct caller *caller, int number) {
  return number == NO_ARGUMENT ? AT_FDCWD : (int)caller->arguments[number];
}

/* By path, or the descriptor itself where the call has no path, or an empty one. */
static bool find_spot(const struct caller *caller, int directory, int path, bool follows, struct spot *spot) {
  static char text[PATH_MAX];
  const struct territory *territory = &caller->record->territory;
  if (path == NO_ARGUMENT || caller->arguments[path] == 0)
    return locate_open(territory, caller->process, descriptor_of(caller, directory), spot);
  if (!read_path(caller, path, text)) return false;
  if (text[0] == 0 && directory != NO_ARGUMENT && descriptor_of(caller, directory) >= 0)
    return locate_open(territory, caller->process, descriptor_of(caller, directory), spot);
  return locate(territory, caller->process, descriptor_of(caller, directory), text, follows, spot);
}

/* Only while the process still waits was all that was read its own, and not that of another with its number. */
static bool find(const struct caller *caller, int directory, int path, bool follows, struct spot *spot) {
  if (!find_spot(caller, directory, path, follows, spot)) return false;
  uint64_t id = caller->id;
  if (ioctl(caller->listener, NOTIFICATION_IS_VALID, &id) == 0) return true;
  leave(spot);
  spot->path[0] = 0;
  return false;
}

static void see_open(const struct caller *caller, const struct call_row *row, uint64_t flags) {
  static struct spot spot;
  bool creates = (flags & O_CREAT) != 0;
  // Without a name there is nothing to keep; it gets one by linkat.
  if ((flags & O_TMPFILE) == O_TMPFILE || (flags & O_PATH) != 0) return;
  bool is_new = creates && (flags & O_EXCL) != 0;
  if (!find(caller, row->directory, row->path, !is_new && (flags & O_NOFOLLOW) == 0, &spot)) return;
  if (spot.exists ? S_ISREG(spot.facts.mode) && !is_new : creates) touch_content(caller->record, &spot, false);
  leave(&spot);
}

static void see_write(const struct caller *caller, const struct call_row *row) {
  static struct spot spot;
  if (!find(caller, row->directory, row->path, row->follows, &spot)) return;
  if (spot.exists && S_ISREG(spot.facts.mode)) touch_content(caller->record, &spot, false);
  leave(&spot);
}

static void see_make(const struct caller *caller, int directory, int path) {
  static struct spot spot;
  if (!find(caller, directory, path, false, &spot)) return;
  if (!spot.exists) touch_content(caller->record, &spot, false);
  leave(&spot);
}

static void see_link(const struct caller *caller, const struct call_row *row) {
  static struct spot old;
  uint64_t flags = row->flags == NO_ARGUMENT ? 0 : caller->arguments[row->flags];
  if (find(caller, row->directory, row->path, (flags & SYMLINK_FOLLOW) != 0, &old)) {
    touch_alias(caller->record, &old);
    leave(&old);
  }
  see_make(caller, row->to_directory, row->to_path);
}

/* A directory that still holds something is not removed, and what it holds must be put back after it. */
static void see_remove(const struct caller *caller, const struct call_row *row) {
  static struct spot spot;
  uint64_t flags = row->flags == NO_ARGUMENT ? 0 : caller->arguments[row->flags];
  bool takes_directory = row->deed == DEED_REMOVE_DIRECTORY || (flags & REMOVE_DIRECTORY) != 0;
  if (!find(caller, row->directory, row->path, false, &spot)) return;
  bool is_directory = spot.exists && S_ISDIR(spot.facts.mode);
  if (spot.exists && is_directory && takes_directory && is_empty(&spot)) touch_directory(caller->record, &spot);
  if (spot.exists && !is_directory && !takes_directory) touch_content(caller->record, &spot, true);
  leave(&spot);
}

static void see_rename(const struct caller *caller, const struct call_row *row) {
  static struct spot from, to;
  struct record *record = caller->record;
  uint64_t flags = row->flags == NO_ARGUMENT ? 0 : caller->arguments[row->flags];
  bool has_from = find(caller, row->directory, row->path, false, &from);
  to.path[0] = 0;
  bool has_to = find(caller, row->to_directory, row->to_path, false, &to);
  // mv asks first whether the name is free: where it is not, nothing is moved.
  bool is_refused = (flags & NO_REPLACE) != 0 && has_to && to.exists;
  bool exists = (!has_from || from.exists) && !is_refused;
  bool moves_directory = has_from && from.exists && S_ISDIR(from.facts.mode);
  bool exchanges = (flags & EXCHANGE) != 0;
  bool to_directory = has_to && to.exists && S_ISDIR(to.facts.mode);
  if (exists && exchanges && (moves_directory || to_directory)) {
    if (has_from) touch_unknown(record, &from, "a directory was exchanged with something else");
    if (has_to) touch_unknown(record, &to, "a directory was exchanged with something else");
  } else if (exists && moves_directory && has_to) {
    // Not into itself, nor over what stays.
    bool can_move = !is_within(to.path, from.path) && (!to.exists || (to_directory && is_empty(&to)));
    if (can_move) touch_move(record, &from, &to);
  } else if (exists && moves_directory) {
    if (to.path[0] == 0 || is_taken(caller->process, to.path)) return leave(&from);
    touch_unknown(record, &from, "it was moved to a place that is not captured");
  } else if (exists) {
    // A second name of a file that lives on would be seen by programs that count its names (gzip).
    if (has_to && !to_directory) touch_content(record, &to, true);
    if (has_from) touch_source(record, &from, exchanges || to_directory || !has_to ? NULL : &to);
  }
  if (has_from) leave(&from);
  if (has_to) leave(&to);
}

static void see_describe(const struct caller *caller, const struct call_row *row) {
  static struct spot spot;
  uint64_t flags = row->flags == NO_ARGUMENT ? 0 : caller->arguments[row->flags];
  if (!find(caller, row->directory, row->path, row->follows && (flags & SYMLINK_NOFOLLOW) == 0, &spot)) return;
  touch_description(caller->record, &spot);
  leave(&spot);
}

static void see_bind(const struct caller *caller) {
  static struct spot spot;
  struct sockaddr_un address = {0};
  size_t length = (size_t)caller->arguments[2];
  if (length <= offsetof(struct sockaddr_un, sun_path) || length > sizeof address) return;
  if (read_memory(caller->process, caller->arguments[1], &address, length) != (ssize_t)length) return;
  if (address.sun_family != AF_UNIX || address.sun_path[0] == 0) return;
  char path[sizeof address.sun_path + 1] = {0};
  memcpy(path, address.sun_path, sizeof address.sun_path);
  if (!locate(&caller->record->territory, caller->process, AT_FDCWD, path, false, &spot)) return;
  if (!spot.exists) touch_content(caller->record, &spot, false);
  leave(&spot);
}

static void see(const struct caller *caller, const struct call_row *row) {
  switch (row->deed) {
    case DEED_OPEN: see_open(caller, row, caller->arguments[row->flags]); return;
    case DEED_CREATE: see_open(caller, row, O_CREAT | O_WRONLY | O_TRUNC); return;
    case DEED_WRITE: see_write(caller, row); return;
    case DEED_MAKE: see_make(caller, row->directory, row->path); return;
    case DEED_LINK: see_link(caller, row); return;
    case DEED_REMOVE:
    case DEED_REMOVE_DIRECTORY: see_remove(caller, row); return;
    case DEED_RENAME: see_rename(caller, row); return;
    case DEED_DESCRIBE: see_describe(caller, row); return;
    case DEED_BIND: see_bind(caller); return;
  }
}

void take_turns(int listener) {
  // An older kernel does without.
  ioctl(listener, NOTIFICATION_SET_FLAGS, NOTIFICATION_SYNC_WAKE_UP);
}

bool supervise(struct supervisor *supervisor) {
  union {
    struct notification notification;
    char room[256];
  } received = {0};
  struct notification *notification = &received.notification;
  if (ioctl(supervisor->listener, NOTIFICATION_RECEIVE, notification) != 0)
    // Whoever asked was killed, or interrupted, before the question was taken.
    return errno == ENOENT || errno == EINTR || errno == EAGAIN;
  const struct call_row *row = find_call(notification->call);
  struct caller caller = {&supervisor->record, supervisor->listener, notification->id,
                          (pid_t)notification->process, notification->arguments};
  if (row != NULL && supervisor->records) {
    renew_log(&supervisor->record);
    see(&caller, row);
  }
  struct notification_answer answer = {.id = notification->id, .flags = NOTIFICATION_CONTINUE};
  // It may be gone by now.
  while (ioctl(supervisor->listener, NOTIFICATION_SEND, &answer) != 0 && errno == EINTR) continue;
  return true;
}
