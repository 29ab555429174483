#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"
#include "quote.h"

enum { MODE_BITS = 07777 };

static int open_log(int directory) {
  return openat(directory, "log", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
}

bool open_record(const struct policy *policy, struct record *record) {
  int directory = open(policy->capture, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory < 0) return false;
  int log = open_log(directory);
  if (log < 0) {
    close(directory);
    return false;
  }
  *record = (struct record){.log = log};
  record->images = (struct images){
      .directory = directory, .most_bytes = policy->capture_file_bytes, .bytes_left = policy->capture_bytes};
  open_territory(policy, &record->territory);
  return true;
}

void renew_log(struct record *record) {
  if (faccessat(record->images.directory, "log", F_OK, 0) == 0) return;
  int log = open_log(record->images.directory);
  if (log < 0) return;
  close(record->log);
  record->log = log;
  forget_all(&record->seen);
}

/* A line, whole or not at all: half of one would spoil the next. */
static void write_line(struct record *record, const char *line, size_t length) {
  struct stat before;
  ssize_t written;
  while ((written = write(record->log, line, length)) < 0 && errno == EINTR) continue;
  if (written == (ssize_t)length) {
    record->lines++;
    return;
  }
  record->missed++;
  if (written > 0 && fstat(record->log, &before) == 0 && ftruncate(record->log, before.st_size - written) != 0) return;
}

static char *put_hex(char *end, const char *name, const char *path) {
  end += sprintf(end, "\"%sHex\":\"", name);
  for (; *path != 0; path++) end += sprintf(end, "%02x", (unsigned char)*path);
  return end + sprintf(end, "\"");
}

/* A second path of a line: as text, and in bytes where it is none. */
static char *put_path(char *end, const char *name, const char *path) {
  end = quote(path, end + sprintf(end, ",\"%s\":", name));
  return is_utf8(path) ? end : put_hex(end + sprintf(end, ","), name, path);
}

/* Room for two paths, each byte as \\u0000 and one of them in hex besides. */
static char line[(6 + 6 + 2) * PATH_MAX + 512];

static char *begin(const char *path, const char *was) {
  char *end = line + sprintf(line, "{");
  end = is_utf8(path) ? quote(path, end + sprintf(end, "\"path\":")) : put_hex(end, "path", path);
  return end + sprintf(end, ",\"was\":\"%s\"", was);
}

static void finish(struct record *record, char *end) {
  end += sprintf(end, "}\n");
  write_line(record, line, (size_t)(end - line));
}

/* `kept` is NULL for a file of which only the description is to change. */
static void log_file(struct record *record, const char *path, const struct facts *facts, const struct seen_file *kept) {
  char *end = begin(path, "file");
  const struct facts *was = kept != NULL && kept->image != 0 ? &kept->facts : facts;
  if (kept != NULL && kept->image != 0) end += sprintf(end, ",\"image\":\"%u\"", kept->image);
  else if (kept != NULL) end = quote(record->images.why, end + sprintf(end, ",\"lost\":"));
  end += sprintf(end, ",\"mode\":%u,\"bytes\":%llu,\"mtimeNs\":\"%lld\"", was->mode & MODE_BITS,
                 (unsigned long long)was->bytes, (long long)was->modified);
  if (was->links > 1) end += sprintf(end, ",\"links\":%u", was->links);
  unsigned long lines = record->lines;
  finish(record, end);
  if (kept != NULL && kept->image == 0) record->lost += record->lines - lines;
}

static void log_link(struct record *record, const struct spot *spot) {
  char target[PATH_MAX];
  ssize_t length = readlinkat(spot->parent, spot->name, target, sizeof target - 1);
  if (length < 0) return;
  target[length] = 0;
  char *end = begin(spot->path, "link");
  finish(record, put_path(end, "target", target));
}

static void log_other(struct record *record, const char *path, const char *why) {
  char *end = begin(path, "other");
  finish(record, quote(why, end + sprintf(end, ",\"why\":")));
}

static const char *kind_of(uint16_t mode) {
  return S_ISSOCK(mode) ? "a socket" : S_ISFIFO(mode) ? "a pipe" : "a device";
}

/* All but files. */
static void log_spot(struct record *record, const struct spot *spot) {
  uint16_t mode = spot->facts.mode;
  if (!spot->exists) finish(record, begin(spot->path, "absent"));
  else if (S_ISLNK(mode)) log_link(record, spot);
  else if (!S_ISDIR(mode)) log_other(record, spot->path, kind_of(mode));
  else {
    char *end = begin(spot->path, "directory");
    finish(record, end + sprintf(end, ",\"mode\":%u", mode & MODE_BITS));
  }
}

static void mark(struct record *record, const char *path, enum touch touch) {
  // Without room it is told again at the next touch, which is no harm.
  mark_path(&record->seen, path, touch);
}

static void keep_and_log(struct record *record, const char *path, const struct spot *spot, bool may_link) {
  snprintf(record->images.why, sizeof record->images.why, "no memory is left");
  struct seen_file none = {.image = 0}, *kept = keep_file(&record->images, &record->seen, spot, may_link);
  log_file(record, path, &spot->facts, kept == NULL ? &none : kept);
  mark(record, path, TOUCH_CONTENT);
}

/* The path is told already, but the file at it may have another name, or be the image of one. */
static void guard_file(struct record *record, const struct spot *spot) {
  struct seen_file *row = find_file(&record->seen, &spot->facts);
  if (row == NULL) return;
  if (row->image != 0) {
    if (row->is_linked) keep_file(&record->images, &record->seen, spot, false);
    return;
  }
  if (row->path != NULL && touch_of(&record->seen, row->path) != TOUCH_CONTENT)
    keep_and_log(record, row->path, spot, false);
}

void touch_content(struct record *record, const struct spot *spot, bool may_link) {
  bool is_file = spot->exists && S_ISREG(spot->facts.mode);
  if (touch_of(&record->seen, spot->path) == TOUCH_CONTENT) {
    if (is_file && !may_link) guard_file(record, spot);
    return;
  }
  if (is_file) {
    keep_and_log(record, spot->path, spot, may_link);
    return;
  }
  log_spot(record, spot);
  mark(record, spot->path, TOUCH_CONTENT);
}

void touch_directory(struct record *record, const struct spot *spot) {
  log_spot(record, spot);
  mark(record, spot->path, TOUCH_CONTENT);
}

/* Another name of the file shows the same mode and times. */
static void guard_description(struct record *record, const struct spot *spot) {
  struct seen_file *row = find_file(&record->seen, &spot->facts);
  if (row == NULL || row->path == NULL || touch_of(&record->seen, row->path) != TOUCH_NONE) return;
  log_file(record, row->path, &spot->facts, NULL);
  mark(record, row->path, TOUCH_DESCRIPTION);
}

void touch_description(struct record *record, const struct spot *spot) {
  if (spot->exists) guard_description(record, spot);
  if (!spot->exists || touch_of(&record->seen, spot->path) != TOUCH_NONE) return;
  bool is_file = S_ISREG(spot->facts.mode);
  if (is_file) log_file(record, spot->path, &spot->facts, NULL);
  else log_spot(record, spot);
  mark(record, spot->path, is_file ? TOUCH_DESCRIPTION : TOUCH_CONTENT);
}

void touch_alias(struct record *record, const struct spot *spot) {
  if (!spot->exists || !S_ISREG(spot->facts.mode)) return;
  if (touch_of(&record->seen, spot->path) == TOUCH_CONTENT) return;
  struct seen_file *row = mark_file(&record->seen, &spot->facts);
  if (row != NULL && row->image == 0 && row->path == NULL) row->path = strdup(spot->path);
}

void touch_move(struct record *record, const struct spot *from, const struct spot *to) {
  if (to->exists && S_ISDIR(to->facts.mode)) touch_directory(record, to);
  else touch_content(record, to, true);
  char *end = begin(from->path, "moved");
  finish(record, put_path(end, "to", to->path));
  move_names(&record->seen, from->path, to->path);
}

void touch_source(struct record *record, const struct spot *from, const struct spot *to) {
  bool is_new = S_ISREG(from->facts.mode) && touch_of(&record->seen, from->path) != TOUCH_CONTENT;
  struct seen_file *kept = is_new ? keep_file(&record->images, &record->seen, from, false) : NULL;
  if (kept != NULL && kept->image == 0 && to != NULL) touch_move(record, from, to);
  else touch_content(record, from, false);
}

void touch_unknown(struct record *record, const struct spot *spot, const char *why) {
  log_other(record, spot->path, why);
  mark(record, spot->path, TOUCH_CONTENT);
}
