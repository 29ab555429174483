#include "walk.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LINKS = 40 };

/* `/proc/self` is somebody else for every reader: that part is looked up under the number of the process. */
static const char *own_part(const char *path) {
  static const char *const names[] = {"/proc/self", "/proc/thread-self"};
  for (int i = 0; i < 2; i++) {
    size_t length = strlen(names[i]);
    if (strncmp(path, names[i], length) == 0 && (path[length] == 0 || path[length] == '/')) return path + length;
  }
  return NULL;
}

static ssize_t read_link(int view, pid_t process, const char *path, char *target) {
  const char *part = own_part(path);
  if (part == NULL) return readlinkat(view, path + 1, target, PATH_MAX - 1);
  char own[PATH_MAX + 32];
  snprintf(own, sizeof own, "/proc/%d%s", process, part);
  return *part == 0 ? -1 : readlink(own, target, PATH_MAX - 1);
}

static void strip_last(char *path) {
  char *slash = strrchr(path, '/');
  if (slash != NULL) *slash = 0;
}

static bool walk_from(int view, pid_t process, char *rest, bool follows, char *out) {
  static char target[PATH_MAX], longer[2 * PATH_MAX];
  int links = 0;
  out[0] = 0;
  for (char *at = rest;;) {
    at += strspn(at, "/");
    size_t part = strcspn(at, "/"), length = strlen(out);
    if (part == 0) break;
    if (part == 1 && at[0] == '.') {
      at += part;
      continue;
    }
    if (part == 2 && at[0] == '.' && at[1] == '.') {
      strip_last(out);
      at += part;
      continue;
    }
    if (length + part + 2 > PATH_MAX) return false;
    out[length] = '/';
    memcpy(out + length + 1, at, part);
    out[length + 1 + part] = 0;
    at += part;
    bool is_last = at[strspn(at, "/")] == 0;
    if (is_last && !follows) break;
    ssize_t got = read_link(view, process, out, target);
    if (got <= 0) continue;
    target[got] = 0;
    // A pipe, a socket, memory: no path leads there.
    if (strncmp(out, "/proc/", 6) == 0 && target[0] != '/' && strchr(target, ':') != NULL) return false;
    if (++links > MAX_LINKS || (size_t)got + strlen(at) + 2 > PATH_MAX) return false;
    if (target[0] == '/') out[0] = 0;
    else strip_last(out);
    snprintf(longer, sizeof longer, "%s/%s", target, at);
    strcpy(rest, longer);
    at = rest;
  }
  if (out[0] == 0) strcpy(out, "/");
  return true;
}

bool walk(pid_t process, const char *base, const char *path, bool follows, char *out) {
  static char rest[2 * PATH_MAX + 2];
  char root[32];
  if (strlen(path) >= PATH_MAX) return false;
  snprintf(rest, sizeof rest, "%s/%s", path[0] == '/' ? "" : base, path);
  snprintf(root, sizeof root, "/proc/%d/root", process);
  int view = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (view < 0) return false;
  bool result = walk_from(view, process, rest, follows, out);
  close(view);
  return result;
}
