#include "seen.h"

#include <stdlib.h>
#include <string.h>

#include "paths.h"

enum { FIRST_ROOM = 256 };

static uint64_t hash_text(const char *text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *text != 0; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
  return hash ^ hash >> 29;
}

static uint64_t hash_file(const struct facts *facts) {
  uint64_t hash = (facts->inode ^ facts->device << 17) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 31;
}

/* The row of the path, or the free one where it would be. Rooms are powers of two and never full. */
static struct seen_path *path_row(const struct seen *seen, const char *path) {
  for (size_t at = hash_text(path);; at++) {
    struct seen_path *row = &seen->paths[at & (seen->path_room - 1)];
    if (!row->is_used || (row->path != NULL && strcmp(row->path, path) == 0)) return row;
  }
}

static struct seen_file *file_row(const struct seen *seen, const struct facts *facts) {
  for (size_t at = hash_file(facts);; at++) {
    struct seen_file *row = &seen->files[at & (seen->file_room - 1)];
    if (!row->is_used || is_same_file(&row->facts, facts)) return row;
  }
}

static bool has_room(size_t count, size_t room) { return room > 0 && count + count / 2 < room; }

static bool widen_paths(struct seen *seen) {
  if (has_room(seen->path_count, seen->path_room)) return true;
  struct seen wider = {.path_room = seen->path_room == 0 ? FIRST_ROOM : seen->path_room * 2};
  if (wider.path_room > 2 * MAX_SEEN) return false;
  wider.paths = calloc(wider.path_room, sizeof *wider.paths);
  if (wider.paths == NULL) return false;
  for (size_t i = 0; i < seen->path_room; i++) {
    if (seen->paths[i].path == NULL) continue;
    *path_row(&wider, seen->paths[i].path) = seen->paths[i];
    wider.path_count++;
  }
  free(seen->paths);
  seen->paths = wider.paths;
  seen->path_count = wider.path_count;
  seen->path_room = wider.path_room;
  return true;
}

static bool widen_files(struct seen *seen) {
  if (has_room(seen->file_count, seen->file_room)) return true;
  struct seen wider = {.file_room = seen->file_room == 0 ? FIRST_ROOM : seen->file_room * 2};
  if (wider.file_room > 2 * MAX_SEEN) return false;
  wider.files = calloc(wider.file_room, sizeof *wider.files);
  if (wider.files == NULL) return false;
  for (size_t i = 0; i < seen->file_room; i++)
    if (seen->files[i].is_used) *file_row(&wider, &seen->files[i].facts) = seen->files[i];
  free(seen->files);
  seen->files = wider.files;
  seen->file_room = wider.file_room;
  return true;
}

enum touch touch_of(const struct seen *seen, const char *path) {
  if (seen->path_room == 0) return TOUCH_NONE;
  const struct seen_path *row = path_row(seen, path);
  return row->is_used ? row->touch : TOUCH_NONE;
}

bool mark_path(struct seen *seen, const char *path, enum touch touch) {
  if (!widen_paths(seen)) return false;
  struct seen_path *row = path_row(seen, path);
  if (!row->is_used) {
    char *copy = strdup(path);
    if (copy == NULL) return false;
    *row = (struct seen_path){.path = copy, .is_used = true};
    seen->path_count++;
  }
  row->touch = touch;
  return true;
}

static void forget_below(struct seen *seen, const char *path) {
  for (size_t i = 0; i < seen->path_room; i++) {
    struct seen_path *row = &seen->paths[i];
    if (row->path == NULL || !is_within(row->path, path)) continue;
    free(row->path);
    // Used still, so that what was put behind it is found.
    row->path = NULL;
  }
}

void move_names(struct seen *seen, const char *from, const char *to) {
  forget_below(seen, from);
  forget_below(seen, to);
  for (size_t i = 0; i < seen->file_room; i++) {
    struct seen_file *row = &seen->files[i];
    if (row->path == NULL || !is_within(row->path, from)) continue;
    const char *rest = row->path + strlen(from);
    char *moved = malloc(strlen(to) + strlen(rest) + 1);
    if (moved != NULL) strcat(strcpy(moved, to), rest);
    free(row->path);
    row->path = moved;
  }
}

void forget_all(struct seen *seen) {
  for (size_t i = 0; i < seen->path_room; i++) free(seen->paths[i].path);
  for (size_t i = 0; i < seen->file_room; i++) free(seen->files[i].path);
  free(seen->paths);
  free(seen->files);
  *seen = (struct seen){0};
}

struct seen_file *find_file(const struct seen *seen, const struct facts *facts) {
  if (seen->file_room == 0) return NULL;
  struct seen_file *row = file_row(seen, facts);
  return row->is_used ? row : NULL;
}

struct seen_file *mark_file(struct seen *seen, const struct facts *facts) {
  if (!widen_files(seen)) return NULL;
  struct seen_file *row = file_row(seen, facts);
  if (row->is_used) return row;
  *row = (struct seen_file){.is_used = true, .facts = *facts};
  seen->file_count++;
  return row;
}
