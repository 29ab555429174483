#include "aliases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"

/* A row of /proc/self/mountinfo: which part of which file system is seen where. */
struct mounted {
  char device[32];
  char *root, *at;
};

static struct mounted *mounts;
static size_t mount_count, mount_room;
static bool is_listed;

/* Blanks, tabs, line ends and backslashes are written in octal. */
static char *unescaped(const char *text) {
  char *result = copy_text(text), *out = result;
  for (const char *in = text; *in != 0;) {
    if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' && in[2] <= '7' && in[3] >= '0' && in[3] <= '7') {
      *out++ = (char)((in[1] - '0') * 64 + (in[2] - '0') * 8 + (in[3] - '0'));
      in += 4;
    } else {
      *out++ = *in++;
    }
  }
  *out = 0;
  return result;
}

static void list_mounts(void) {
  char *line = NULL;
  size_t room = 0;
  is_listed = true;
  FILE *list = fopen("/proc/self/mountinfo", "re");
  if (list == NULL) return;
  while (getline(&line, &room, list) > 0) {
    // Number, number of the parent, device, root, place, and more.
    char *save = NULL, *fields[5];
    int count = 0;
    for (char *field = strtok_r(line, " ", &save); field != NULL && count < 5; field = strtok_r(NULL, " ", &save))
      fields[count++] = field;
    if (count < 5 || strlen(fields[2]) >= sizeof mounts->device) continue;
    mounts = grow(mounts, mount_count, &mount_room, sizeof *mounts);
    struct mounted *row = &mounts[mount_count++];
    strcpy(row->device, fields[2]);
    row->root = unescaped(fields[3]);
    row->at = unescaped(fields[4]);
  }
  free(line);
  fclose(list);
}

/* What follows `directory` in `path`, without the slash between them. */
static const char *rest_of(const char *path, const char *directory) {
  const char *rest = path + (strcmp(directory, "/") == 0 ? 0 : strlen(directory));
  return *rest == '/' ? rest + 1 : rest;
}

static char *moved(const char *path, const char *from, const char *to) {
  const char *rest = rest_of(path, from);
  return *rest == 0 ? copy_text(to) : join(to, rest);
}

static bool is_same(const char *a, const char *b) {
  struct stat left, right;
  return lstat(a, &left) == 0 && lstat(b, &right) == 0 && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

void add_aliases(const char *path, struct words *found) {
  if (!is_listed) list_mounts();
  const struct mounted *own = NULL;
  for (size_t i = 0; i < mount_count; i++)
    if (is_within(path, mounts[i].at) && (own == NULL || strlen(mounts[i].at) >= strlen(own->at))) own = &mounts[i];
  if (own == NULL) return;
  char *place = moved(path, own->at, own->root);
  for (size_t i = 0; i < mount_count; i++) {
    const struct mounted *other = &mounts[i];
    if (other == own || strcmp(other->device, own->device) != 0 || !is_within(place, other->root)) continue;
    char *alias = moved(place, other->root, other->at);
    if (strcmp(alias, path) != 0 && is_same(alias, path)) add_word(found, alias);
    else free(alias);
  }
  free(place);
}
