#include "sockets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
    if (real == NULL || is_covered(policy, real) || is_listed(policy, real)) {
      free(real);
      continue;
    }
    if (policy->sockets.count == max_sockets) {
      errno = E2BIG;
      fail("sockets", "This machine has too many sockets to close");
    }
    add_word(&policy->sockets, real);
  }
  free(line);
  fclose(list);
}
