#include "sockets.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aliases.h"
#include "paths.h"
#include "report.h"

/* More than any machine was seen to have outside the covered places; each costs a mount. */
static const size_t max_sockets = 1000;

static bool is_listed(const struct policy *policy, const char *path) {
  for (size_t i = 0; i < policy->sockets.count; i++)
    if (strcmp(policy->sockets.rows[i], path) == 0) return true;
  return false;
}

/* Those below a covered place cannot be seen anyway, unless it is brought back by a place. */
static bool is_covered(const struct policy *policy, const char *path) {
  for (size_t i = 0; i < policy->places.count; i++) {
    const struct place *place = &policy->places.rows[i];
    if (place->kind != PLACE_UNREADABLE && strcmp(place->path, "/") != 0 && is_within(path, place->path)) return false;
  }
  return is_within(path, "/run") || is_within(path, "/tmp") || is_within(path, "/var/tmp") || is_within(path, "/dev");
}

static void close_socket(struct policy *policy, char *path) {
  if (is_covered(policy, path) || is_listed(policy, path)) {
    free(path);
    return;
  }
  if (policy->sockets.count == max_sockets) {
    errno = E2BIG;
    fail("sockets", "This machine has too many sockets to close");
  }
  add_word(&policy->sockets, path);
}

static void close_at(struct policy *policy, const char *path) {
  struct stat found;
  if (lstat(path, &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  char *real = real_path(path);
  if (real == NULL) return;
  struct words names = {0};
  add_word(&names, real);
  // A cover hides one name of it, and not the others.
  add_aliases(real, &names);
  for (size_t i = 0; i < names.count; i++) close_socket(policy, names.rows[i]);
  free(names.rows);
}

/* A name that is not absolute: it lies where its maker worked, which mostly still does. */
static void close_relative(struct policy *policy, const char *name) {
  DIR *list = opendir("/proc");
  if (list == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(list)) != NULL) {
    char link[40], directory[PATH_MAX];
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    snprintf(link, sizeof link, "/proc/%.20s/cwd", entry->d_name);
    ssize_t length = readlink(link, directory, sizeof directory - 1);
    if (length <= 0 || directory[0] != '/') continue;
    directory[length] = 0;
    char *path = join(directory, name);
    close_at(policy, path);
    free(path);
  }
  closedir(list);
}

/* Columns before the name are hexadecimal numbers; what has no name ends before it. */
static const char *name_of(const char *line) {
  int skipped = 0;
  sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %n", &skipped);
  return skipped > 0 && line[skipped] != 0 && line[skipped] != '@' ? line + skipped : NULL;
}

void list_sockets(struct policy *policy) {
  FILE *list = fopen("/proc/net/unix", "re");
  if (list == NULL) fail("sockets", "Cannot list the sockets of this machine");
  char *line = NULL;
  size_t room = 0;
  bool is_heading = true;
  ssize_t length;
  while ((length = getline(&line, &room, list)) > 0) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    const char *name = is_heading ? NULL : name_of(line);
    is_heading = false;
    if (name == NULL) continue;
    if (name[0] == '/') close_at(policy, name);
    else close_relative(policy, name);
  }
  free(line);
  fclose(list);
}
