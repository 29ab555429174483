#include "sockets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

void list_sockets(struct policy *policy) {
  FILE *list = fopen("/proc/net/unix", "re");
  if (list == NULL) fail("sockets", "Cannot list the sockets of this machine");
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while ((length = getline(&line, &room, list)) > 0) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    // Columns before it are hexadecimal numbers.
    const char *path = strchr(line, '/');
    struct stat found;
    if (path == NULL || path[-1] != ' ' || lstat(path, &found) != 0 || !S_ISSOCK(found.st_mode)) continue;
    char *real = real_path(path);
    if (real == NULL) continue;
    struct words names = {0};
    add_word(&names, real);
    // A cover hides one name of it, and not the others.
    add_aliases(real, &names);
    for (size_t i = 0; i < names.count; i++) close_socket(policy, names.rows[i]);
    free(names.rows);
  }
  free(line);
  fclose(list);
}
