#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "report.h"

static void *need(void *memory) {
  if (memory == NULL) fail("memory", "No memory is left");
  return memory;
}

void *grow(void *rows, size_t count, size_t *room, size_t size) {
  if (count < *room) return rows;
  *room = *room == 0 ? 16 : *room * 2;
  return need(reallocarray(rows, *room, size));
}

char *copy_text(const char *text) { return need(strdup(text)); }

char *join(const char *directory, const char *name) {
  size_t length = strlen(directory);
  if (length > 0 && directory[length - 1] == '/') length--;
  size_t name_length = strlen(name);
  char *path = need(malloc(length + name_length + 2));
  memcpy(path, directory, length);
  path[length] = '/';
  memcpy(path + length + 1, name, name_length + 1);
  return path;
}

void add_word(struct words *words, char *word) {
  words->rows = grow(words->rows, words->count, &words->room, sizeof *words->rows);
  words->rows[words->count++] = word;
}

struct place *add_place(struct places *places, enum place_kind kind, char *path, bool directory) {
  places->rows = grow(places->rows, places->count, &places->room, sizeof *places->rows);
  struct place *place = &places->rows[places->count++];
  *place = (struct place){.kind = kind, .path = path, .directory = directory, .clone = -1};
  return place;
}

bool is_within(const char *path, const char *directory) {
  if (strcmp(directory, "/") == 0) return true;
  size_t length = strlen(directory);
  return strncmp(path, directory, length) == 0 && (path[length] == 0 || path[length] == '/');
}

char *parent_of(const char *path) {
  char *parent = copy_text(path);
  char *slash = strrchr(parent, '/');
  if (slash == NULL || slash == parent) strcpy(parent, "/");
  else *slash = 0;
  return parent;
}

/* As text, except that a slash sorts before every other byte: a directory is followed by all that is below it. */
static int compare_paths(const unsigned char *a, const unsigned char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  int left = *a == '/' ? 1 : *a == 0 ? 0 : *a + 1;
  int right = *b == '/' ? 1 : *b == 0 ? 0 : *b + 1;
  return left - right;
}

int compare_places(const void *a, const void *b) {
  const struct place *left = a, *right = b;
  int order = compare_paths((const unsigned char *)left->path, (const unsigned char *)right->path);
  return order != 0 ? order : (int)left->kind - (int)right->kind;
}

char *real_path(const char *path) { return realpath(path, NULL); }

int open_path(const char *path) {
  struct open_how_codi how = {.flags = O_PATH | O_CLOEXEC, .resolve = OPEN_NO_SYMLINKS};
  return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

bool read_small_file(const char *path, char *bytes, size_t room) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  ssize_t length = read(fd, bytes, room - 1);
  close(fd);
  if (length < 0) return false;
  bytes[length] = 0;
  return true;
}
