#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts.h"
#include "paths.h"
#include "report.h"

enum { EXIT_TOO_MANY = 3, MAX_DEPTH = 400, FIRST_ROOM = 1024 };

struct entry {
  char *path;
  uint64_t inode, bytes;
  int64_t modified, changed;
  uint16_t mode;
  bool is_seen;
};

struct look {
  struct entry *rows; /* the last look, by a hash of the path */
  size_t room;
  FILE *next;
  bool is_first;
  const struct words *left_out;
  uint64_t count, most;
};

static size_t hash_path(const char *path) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *path != 0; path++) hash = (hash ^ (unsigned char)*path) * 0x100000001b3u;
  return (size_t)(hash ^ hash >> 29);
}

static struct entry *find_entry(const struct look *look, const char *path) {
  for (size_t at = hash_path(path);; at++) {
    struct entry *row = &look->rows[at & (look->room - 1)];
    if (row->path == NULL || strcmp(row->path, path) == 0) return row;
  }
}

/* A record of the state: fixed numbers, then the path with its NUL. */
static void write_entry(FILE *file, const struct entry *entry) {
  uint16_t length = (uint16_t)(strlen(entry->path) + 1);
  fwrite(&length, sizeof length, 1, file);
  fwrite(&entry->inode, sizeof entry->inode, 1, file);
  fwrite(&entry->bytes, sizeof entry->bytes, 1, file);
  fwrite(&entry->modified, sizeof entry->modified, 1, file);
  fwrite(&entry->changed, sizeof entry->changed, 1, file);
  fwrite(&entry->mode, sizeof entry->mode, 1, file);
  fwrite(entry->path, length, 1, file);
}

static bool read_entry(FILE *file, struct entry *entry) {
  uint16_t length;
  if (fread(&length, sizeof length, 1, file) != 1 || length == 0) return false;
  *entry = (struct entry){.path = malloc(length)};
  if (entry->path == NULL) return false;
  return fread(&entry->inode, sizeof entry->inode, 1, file) == 1 && fread(&entry->bytes, sizeof entry->bytes, 1, file) == 1 &&
         fread(&entry->modified, sizeof entry->modified, 1, file) == 1 &&
         fread(&entry->changed, sizeof entry->changed, 1, file) == 1 &&
         fread(&entry->mode, sizeof entry->mode, 1, file) == 1 && fread(entry->path, length, 1, file) == 1 &&
         entry->path[length - 1] == 0;
}

static void read_state(const char *path, struct look *look) {
  FILE *file = fopen(path, "re");
  struct stat found;
  look->room = FIRST_ROOM;
  look->is_first = file == NULL;
  // A record has at least 36 bytes.
  while (file != NULL && fstat(fileno(file), &found) == 0 && look->room < 2 * (size_t)found.st_size / 36) look->room *= 2;
  look->rows = calloc(look->room, sizeof *look->rows);
  if (look->rows == NULL) fail("memory", "No memory is left");
  struct entry entry;
  while (file != NULL && read_entry(file, &entry)) *find_entry(look, entry.path) = entry;
  if (file != NULL) fclose(file);
}

static void tell(char what, const struct facts *now, const struct entry *before, const char *path) {
  printf("%c %lld %u %u %llu %lld %s", what, (long long)(now == NULL ? 0 : now->changed), now == NULL ? 0 : now->mode, before == NULL ? 0 : before->mode,
         before == NULL ? 0 : (unsigned long long)before->bytes, before == NULL ? 0 : (long long)before->modified, path);
  putchar(0);
}

static void note_entry(struct look *look, char *path, const struct facts *facts) {
  struct entry now = {.path = path, .inode = facts->inode, .bytes = facts->bytes, .modified = facts->modified,
                      .changed = facts->changed, .mode = facts->mode};
  write_entry(look->next, &now);
  if (++look->count > look->most) exit(EXIT_TOO_MANY);
  if (look->is_first) return;
  struct entry *before = find_entry(look, path);
  if (before->path == NULL) {
    tell('+', facts, NULL, path);
    return;
  }
  before->is_seen = true;
  bool is_same = before->inode == now.inode && before->bytes == now.bytes && before->mode == now.mode &&
                 before->modified == now.modified && before->changed == now.changed;
  if (!is_same) tell('*', facts, before, path);
}

static bool is_left_out(const struct look *look, const char *path) {
  for (size_t i = 0; i < look->left_out->count; i++)
    if (strcmp(look->left_out->rows[i], path) == 0) return true;
  return false;
}

/* `path` has room for all that is below. */
static void scan_directory(struct look *look, int fd, char *path, int depth) {
  DIR *list = fdopendir(fd);
  if (list == NULL) {
    close(fd);
    return;
  }
  size_t length = strcmp(path, "/") == 0 ? 0 : strlen(path);
  struct dirent *found;
  while ((found = readdir(list)) != NULL) {
    const char *name = found->d_name;
    struct facts facts;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0) continue;
    if (length + strlen(name) + 2 > PATH_MAX) continue;
    path[length] = '/';
    strcpy(path + length + 1, name);
    if (is_left_out(look, path) || !facts_at(fd, name, &facts)) continue;
    note_entry(look, path, &facts);
    if (!S_ISDIR(facts.mode) || depth == MAX_DEPTH) continue;
    int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME);
    if (below < 0) below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below >= 0) scan_directory(look, below, path, depth + 1);
  }
  path[length == 0 ? 1 : length] = 0;
  closedir(list);
}

static void scan_root(struct look *look, const char *root) {
  static char path[PATH_MAX + 1];
  struct facts facts;
  int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  snprintf(path, sizeof path, "%s", root);
  if (fd >= 0) scan_directory(look, fd, path, 0);
  else if (facts_at(AT_FDCWD, root, &facts)) note_entry(look, path, &facts);
}

static void tell_gone(const struct look *look) {
  for (size_t i = 0; i < look->room; i++)
    if (look->rows[i].path != NULL && !look->rows[i].is_seen) tell('-', NULL, &look->rows[i], look->rows[i].path);
}

int run_scan(int argc, char **argv) {
  struct words left_out = {0};
  struct look look = {.left_out = &left_out, .most = UINT64_MAX};
  const char *state = NULL;
  int at = 1;
  for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2) {
    if (strcmp(argv[at], "--state") == 0) state = argv[at + 1];
    else if (strcmp(argv[at], "--except") == 0) add_word(&left_out, argv[at + 1]);
    else if (strcmp(argv[at], "--most") == 0) look.most = strtoull(argv[at + 1], NULL, 10);
    else break;
  }
  errno = EINVAL;
  if (state == NULL || at >= argc || strcmp(argv[at], "--") != 0) fail("usage", "A scan needs --state FILE -- ROOT");
  char fresh[PATH_MAX];
  snprintf(fresh, sizeof fresh, "%s.new", state);
  read_state(state, &look);
  look.next = fopen(fresh, "we");
  if (look.next == NULL) fail("state", "Cannot write %.4000s", fresh);
  for (at++; at < argc; at++) scan_root(&look, argv[at]);
  if (!look.is_first) tell_gone(&look);
  if (fclose(look.next) != 0 || rename(fresh, state) != 0) fail("state", "Cannot write %.4000s", state);
  return fflush(stdout) == 0 ? 0 : EXIT_SETUP;
}
