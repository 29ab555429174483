#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aliases.h"
#include "git.h"
#include "paths.h"
#include "placeholder.h"
#include "report.h"
#include "sockets.h"

/* Seen by every command under another content; what must be seen of them is put back. */
static const char *const covered[] = {"/tmp", "/var/tmp", "/run", "/dev"};

static bool is_directory(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static char *need_real(const char *stage, const char *path) {
  char *real = real_path(path);
  if (real == NULL) fail(stage, "Cannot use %.4000s", path);
  return real;
}

const char *writable_root(const struct policy *policy, const char *path) {
  const char *best = NULL;
  for (size_t i = 0; i < policy->places.count; i++) {
    const struct place *place = &policy->places.rows[i];
    if (place->kind != PLACE_WRITE && place->kind != PLACE_PIN) continue;
    if (is_within(path, place->path) && (best == NULL || strlen(place->path) > strlen(best))) best = place->path;
  }
  return best;
}

static bool is_planned(const struct policy *policy, enum place_kind kind, const char *path) {
  for (size_t i = 0; i < policy->places.count; i++)
    if (policy->places.rows[i].kind == kind && strcmp(policy->places.rows[i].path, path) == 0) return true;
  return false;
}

static void plan_writable(struct policy *policy) {
  if (policy->tmp != NULL) {
    char *real = need_real("tmp", policy->tmp);
    if (!is_directory(real)) {
      errno = ENOTDIR;
      fail("tmp", "Cannot use %.4000s", policy->tmp);
    }
    policy->tmp = real;
  }
  if (policy->read_only) return;
  for (size_t i = 0; i < policy->write.count; i++) {
    char *real = need_real("write", policy->write.rows[i]);
    if (is_planned(policy, PLACE_WRITE, real)) continue;
    struct place *place = add_place(&policy->places, PLACE_WRITE, real, is_directory(real));
    if (i < policy->overlay.count) place->overlay = policy->overlay.rows[i];
  }
}

/* True where a cover hides the path and no place below the cover brings it back. */
static bool is_covered(const struct policy *policy, const char *path) {
  bool result = false;
  for (size_t i = 0; i < sizeof covered / sizeof *covered; i++) {
    char *cover = real_path(covered[i]);
    if (cover == NULL) continue;
    bool is_hidden = is_within(path, cover) && strcmp(path, cover) != 0;
    for (size_t j = 0; j < policy->places.count && is_hidden; j++) {
      const struct place *place = &policy->places.rows[j];
      bool shows = place->kind == PLACE_WRITE || place->kind == PLACE_VISIBLE;
      if (shows && is_within(place->path, cover) && is_within(path, place->path)) is_hidden = false;
    }
    result = result || is_hidden;
    free(cover);
  }
  return result;
}

/* Only what would otherwise be covered needs to be brought back, as writable as it would be without the cover. */
static void plan_visible(struct policy *policy, const char *path) {
  char *real = real_path(path);
  if (real == NULL) return;
  enum place_kind kind = writable_root(policy, real) == NULL ? PLACE_VISIBLE : PLACE_WRITE;
  if (is_covered(policy, real)) add_place(&policy->places, kind, copy_text(real), is_directory(real));
  free(real);
}

/* A directory between a root and a protected path could be renamed, with what is protected in it: it becomes a mount. */
static void pin_between(struct policy *policy, const char *root, const char *path) {
  char *parent = parent_of(path);
  while (strcmp(parent, root) != 0 && is_within(parent, root)) {
    if (!is_planned(policy, PLACE_PIN, parent) && !is_planned(policy, PLACE_WRITE, parent))
      add_place(&policy->places, PLACE_PIN, copy_text(parent), true);
    char *next = parent_of(parent);
    free(parent);
    parent = next;
  }
  free(parent);
}

/* Of a path without links that is not there: the shortest beginning that is not there either. */
static char *first_missing(const char *path) {
  char *missing = copy_text(path);
  for (;;) {
    char *parent = parent_of(missing);
    struct stat found;
    if (lstat(parent, &found) == 0 && !is_reserved(parent)) {
      free(parent);
      return missing;
    }
    free(missing);
    missing = parent;
  }
}

/* The path with the links of its parents resolved, but not its own; NULL where a parent is not there. */
static char *resolve_parent(const char *path) {
  char *clean = copy_text(path);
  size_t length = strlen(clean);
  while (length > 1 && clean[length - 1] == '/') clean[--length] = 0;
  const char *slash = strrchr(clean, '/');
  const char *name = slash + 1;
  if (*name == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
    free(clean);
    return real_path(path);
  }
  char *parent = parent_of(clean);
  char *real = real_path(parent);
  char *result = real == NULL ? NULL : join(real, name);
  free(real);
  free(parent);
  free(clean);
  return result;
}

void plan_protect(struct policy *policy, const char *path) {
  char *place = resolve_parent(path);
  // A parent that is missing or loops: as it is written, which reserves the first name that is missing.
  if (place == NULL) place = copy_text(path);
  const char *root = is_covered(policy, place) ? NULL : writable_root(policy, place);
  struct stat found;
  bool exists = lstat(place, &found) == 0 && !may_be_reserved(place);
  if (root != NULL && strcmp(root, place) != 0) {
    if (!exists) {
      char *missing = first_missing(place);
      free(place);
      place = missing;
      if (!reserve(place)) return;
    }
    pin_between(policy, root, place);
    if (!is_planned(policy, PLACE_PROTECT, place))
      add_place(&policy->places, PLACE_PROTECT, copy_text(place), !exists || S_ISDIR(found.st_mode));
  } else if (root != NULL && !is_planned(policy, PLACE_PROTECT, place)) {
    add_place(&policy->places, PLACE_PROTECT, copy_text(place), S_ISDIR(found.st_mode));
  }
  if (exists && S_ISLNK(found.st_mode)) {
    char *target = real_path(place);
    if (target != NULL && strcmp(target, place) != 0) plan_protect(policy, target);
    free(target);
  }
  free(place);
}

static void hide(struct policy *policy, const char *real) {
  bool passes = false;
  for (size_t j = 0; j < policy->places.count; j++) {
    const struct place *place = &policy->places.rows[j];
    if (place->kind == PLACE_UNREADABLE || strcmp(place->path, real) == 0) continue;
    if (is_within(place->path, real)) passes = true;
  }
  if (!is_planned(policy, PLACE_UNREADABLE, real))
    add_place(&policy->places, PLACE_UNREADABLE, copy_text(real), is_directory(real))->passes = passes;
}

static void plan_unreadable(struct policy *policy) {
  struct words aliases = {0};
  for (size_t i = 0; i < policy->unreadable.count; i++) {
    char *real = real_path(policy->unreadable.rows[i]);
    if (real == NULL) {
      // What cannot be looked at from here cannot be read from inside either.
      if (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP || errno == ENAMETOOLONG) continue;
      fail("unreadable", "Cannot hide %.4000s", policy->unreadable.rows[i]);
    }
    hide(policy, real);
    add_aliases(real, &aliases);
    free(real);
  }
  for (size_t i = 0; i < aliases.count; i++) hide(policy, aliases.rows[i]);
}

/* Files below /run that programs need, and that are no door to anything. */
static void plan_needed(struct policy *policy) {
  static const char *const needed[] = {
      "/etc/resolv.conf", "/run/current-system", "/run/booted-system", "/run/opengl-driver", "/run/opengl-driver-32"};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) plan_visible(policy, needed[i]);
}

/* Below a cover, a place is there only by itself. */
static bool has_cover_between(const char *root, const char *path) {
  for (size_t i = 0; i < sizeof covered / sizeof *covered; i++)
    if (is_within(path, covered[i]) && is_within(covered[i], root) && strcmp(covered[i], root) != 0) return true;
  return false;
}

/* A root in a root is writable already, unless something between them is not. */
static void drop_nested_roots(struct policy *policy) {
  struct places *places = &policy->places;
  size_t kept = 0;
  for (size_t i = 0; i < places->count; i++) {
    struct place *place = &places->rows[i];
    const struct place *governing = NULL;
    for (size_t j = 0; j < kept; j++) {
      const struct place *other = &places->rows[j];
      bool governs = other->kind == PLACE_WRITE || other->kind == PLACE_PIN || other->kind == PLACE_PROTECT;
      if (governs && strcmp(other->path, place->path) != 0 && is_within(place->path, other->path)) governing = other;
    }
    bool is_redundant = place->kind == PLACE_WRITE && governing != NULL && governing->kind != PLACE_PROTECT &&
                        !has_cover_between(governing->path, place->path);
    if (!is_redundant) places->rows[kept++] = *place;
  }
  places->count = kept;
}

static void find_owner(struct policy *policy) {
  if (geteuid() != 0) return;
  for (size_t i = 0; i < policy->places.count && !policy->serves_owner; i++) {
    struct stat found;
    const struct place *place = &policy->places.rows[i];
    if (place->kind != PLACE_WRITE || lstat(place->path, &found) != 0 || found.st_uid == 0) continue;
    policy->serves_owner = true;
    policy->owner = found.st_uid;
    policy->owner_group = found.st_gid;
  }
}

void make_plan(struct policy *policy) {
  char *here = policy->cwd == NULL ? getcwd(NULL, 0) : real_path(policy->cwd);
  if (here == NULL || here[0] != '/') fail("cwd", "Cannot work in %.4000s", policy->cwd ? policy->cwd : "this directory");
  policy->cwd = here;
  if (policy->mode == MODE_KEEP) return;
  plan_writable(policy);
  if (policy->mode == MODE_FULL) {
    find_owner(policy);
    plan_visible(policy, policy->cwd);
    for (size_t i = 0; i < policy->visible.count; i++) plan_visible(policy, policy->visible.rows[i]);
    plan_needed(policy);
    if (!policy->read_only)
      for (size_t i = 0; i < policy->git_write.count; i++) plan_git(policy, policy->git_write.rows[i]);
    for (size_t i = 0; i < policy->protect.count; i++)
      if (!is_opened_git(policy->protect.rows[i])) {
        plan_protect(policy, policy->protect.rows[i]);
        plan_git_file(policy, policy->protect.rows[i]);
      }
  }
  plan_unreadable(policy);
  if (policy->places.count > 0)
    qsort(policy->places.rows, policy->places.count, sizeof *policy->places.rows, compare_places);
  drop_nested_roots(policy);
  if (policy->mode == MODE_FULL) list_sockets(policy);
}
