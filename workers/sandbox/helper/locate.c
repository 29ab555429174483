#include "locate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"
#include "paths.h"
#include "walk.h"

/* Private to a command in full mode, but for the writable places that are laid over them again. */
static const char *const covered[] = {"/tmp", "/var/tmp", "/run", "/dev", "/proc"};

static int open_below(int root, const char *path) {
  struct open_how_codi how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = OPEN_NO_SYMLINKS};
  return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

static void leave_out(struct territory *territory, const char *path) {
  char *real = real_path(path);
  if (real != NULL) add_word(&territory->left_out, real);
}

/* Of the first `count`. */
static bool is_left_out(const struct territory *territory, size_t count, const char *path) {
  for (size_t i = 0; i < count; i++)
    if (is_within(path, territory->left_out.rows[i])) return true;
  return false;
}

void open_territory(const struct policy *policy, struct territory *territory) {
  if (policy->tmp != NULL) leave_out(territory, policy->tmp);
  for (size_t i = 0; i < policy->uncaptured.count; i++) leave_out(territory, policy->uncaptured.rows[i]);
  size_t whole = territory->left_out.count;
  for (size_t i = 0; i < policy->places.count; i++) {
    const struct place *place = &policy->places.rows[i];
    if (policy->mode == MODE_FULL && place->kind == PLACE_UNREADABLE) leave_out(territory, place->path);
    if (place->kind != PLACE_WRITE || is_left_out(territory, whole, place->path)) continue;
    char *directory = place->directory ? copy_text(place->path) : parent_of(place->path);
    int fd = open_path(directory);
    free(directory);
    if (fd < 0) continue;
    territory->roots = grow(territory->roots, territory->count, &territory->room, sizeof *territory->roots);
    territory->roots[territory->count++] = (struct root){place->path, fd, !place->directory};
  }
  for (size_t i = 0; policy->mode == MODE_FULL && i < sizeof covered / sizeof *covered; i++)
    leave_out(territory, covered[i]);
}

/* git has a history of its own. */
static bool is_of_git(const char *below) {
  for (const char *at = below; (at = strstr(at, "/.git")) != NULL; at += 5)
    if (at[5] == 0 || at[5] == '/') return true;
  return false;
}

static const struct root *root_of(const struct territory *territory, const char *path) {
  const struct root *best = NULL;
  size_t longest = 0;
  for (size_t i = 0; i < territory->count; i++) {
    const struct root *root = &territory->roots[i];
    size_t length = strlen(root->path);
    bool is_in = root->is_file ? strcmp(path, root->path) == 0 : is_within(path, root->path) && path[length] != 0;
    if (is_in && (best == NULL || length > longest)) best = root, longest = length;
  }
  if (best == NULL || (!best->is_file && is_of_git(path + (longest == 1 ? 0 : longest)))) return NULL;
  for (size_t i = 0; i < territory->left_out.count; i++) {
    const char *place = territory->left_out.rows[i];
    if (strlen(place) > longest && is_within(path, place)) return NULL;
  }
  return best;
}

enum entered { ENTERED, MEETS_LINK, LEADS_NOWHERE };

/* `spot->path` is the text of a path in `root`. */
static enum entered enter(const struct root *root, bool follows, struct spot *spot) {
  char *slash = strrchr(spot->path, '/');
  size_t length = strcmp(root->path, "/") == 0 ? 0 : strlen(root->path);
  spot->name = slash + 1;
  spot->owns_parent = !root->is_file && slash > spot->path + length;
  spot->parent = root->fd;
  if (spot->owns_parent) {
    *slash = 0;
    spot->parent = open_below(root->fd, spot->path + length + 1);
    int problem = errno;
    *slash = '/';
    if (spot->parent < 0) return problem == ELOOP ? MEETS_LINK : LEADS_NOWHERE;
  }
  spot->exists = facts_at(spot->parent, spot->name, &spot->facts);
  if (spot->exists ? !follows || !S_ISLNK(spot->facts.mode) : errno == ENOENT) return ENTERED;
  enum entered result = spot->exists ? MEETS_LINK : LEADS_NOWHERE;
  leave(spot);
  return result;
}

/* Joins without looking; false where only a look can tell (`..`), or nothing can. */
static bool join_plain(const char *base, const char *path, char *out) {
  size_t length = path[0] == '/' ? 0 : strlen(base);
  if (length + strlen(path) + 2 > PATH_MAX) return false;
  memcpy(out, base, length);
  while (length > 0 && out[length - 1] == '/') length--;
  for (const char *at = path; *at != 0;) {
    while (*at == '/') at++;
    size_t part = strcspn(at, "/");
    if (part == 0) break;
    if (part == 2 && at[0] == '.' && at[1] == '.') return false;
    if (part != 1 || at[0] != '.') {
      out[length++] = '/';
      memcpy(out + length, at, part);
      length += part;
    }
    at += part;
  }
  if (length == 0) out[length++] = '/';
  out[length] = 0;
  return true;
}

/* The directory that a relative path begins in. */
static bool read_base(pid_t process, int directory, char *base) {
  char link[48];
  if (directory == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", process);
  else snprintf(link, sizeof link, "/proc/%d/fd/%d", process, directory);
  ssize_t length = readlink(link, base, PATH_MAX - 1);
  if (length <= 0 || base[0] != '/') return false;
  base[length] = 0;
  return true;
}

static bool is_entered(enum entered entered, struct spot *spot) {
  if (entered != ENTERED) spot->path[0] = 0;
  return entered == ENTERED;
}

bool locate(const struct territory *territory, pid_t process, int directory, const char *path, bool follows,
            struct spot *spot) {
  char base[PATH_MAX] = "/";
  spot->path[0] = 0;
  if (path[0] == 0 || strcmp(path, "/dev/null") == 0) return false;
  if (path[0] != '/' && !read_base(process, directory, base)) return false;
  bool follows_end = follows || path[strlen(path) - 1] == '/';
  if (join_plain(base, path, spot->path)) {
    const struct root *root = root_of(territory, spot->path);
    enum entered entered = root == NULL ? MEETS_LINK : enter(root, follows_end, spot);
    if (entered != MEETS_LINK) return is_entered(entered, spot);
  }
  if (!walk(process, base, path, follows_end, spot->path)) return is_entered(LEADS_NOWHERE, spot);
  const struct root *root = root_of(territory, spot->path);
  return root != NULL && is_entered(enter(root, false, spot), spot);
}

bool locate_again(const struct territory *territory, const char *path, struct spot *spot) {
  const struct root *root = root_of(territory, path);
  if (root == NULL || strlen(path) >= PATH_MAX) return false;
  strcpy(spot->path, path);
  return enter(root, false, spot) == ENTERED;
}

bool locate_open(const struct territory *territory, pid_t process, int fd, struct spot *spot) {
  char link[48], path[PATH_MAX];
  struct stat open_file;
  if (!read_base(process, fd, path) || !locate_again(territory, path, spot)) return false;
  snprintf(link, sizeof link, "/proc/%d/fd/%d", process, fd);
  // A name that somebody else has got meanwhile is not that of the file.
  if (stat(link, &open_file) == 0 && spot->exists && open_file.st_ino == spot->facts.inode) return true;
  leave(spot);
  return false;
}

/* Takes the descriptor. */
static bool is_empty_directory(int fd) {
  DIR *list = fd < 0 ? NULL : fdopendir(fd);
  if (list == NULL) {
    if (fd >= 0) close(fd);
    // Whoever may not read it may remove it all the same.
    return true;
  }
  struct dirent *entry;
  bool result = true;
  while (result && (entry = readdir(list)) != NULL)
    result = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  closedir(list);
  return result;
}

bool is_empty(const struct spot *spot) {
  return is_empty_directory(openat(spot->parent, spot->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_taken(pid_t process, const char *path) {
  char seen[PATH_MAX + 32];
  snprintf(seen, sizeof seen, "/proc/%d/root%s", process, path);
  return !is_empty_directory(open(seen, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

void leave(struct spot *spot) {
  if (spot->owns_parent) close(spot->parent);
  spot->owns_parent = false;
}
