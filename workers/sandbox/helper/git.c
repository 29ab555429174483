#include "git.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"
#include "plan.h"
#include "report.h"

/* How deep names of submodules nest (`libs/net/http`), and how many are looked at. */
static const int max_module_depth = 6;
static const size_t max_modules = 500;

/* Files that were not there before and must not be there afterwards, and directories whose new entries are told. */
static struct words unwanted, opened;
static struct words known_parents, known_entries;
/* Files that must be the same afterwards, with how they were. */
static struct words kept_paths;
static struct stat *kept_stats;
static size_t kept_room;

static bool exists(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0;
}

static bool is_directory(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* First line of a file, after a prefix; relative to the directory it is in. NULL where there is none. */
static char *pointed_to(const char *file, const char *prefix) {
  char text[PATH_MAX + 100];
  struct stat found;
  if (lstat(file, &found) != 0 || !S_ISREG(found.st_mode) || !read_small_file(file, text, sizeof text)) return NULL;
  size_t skip = strlen(prefix);
  if (strncmp(text, prefix, skip) != 0) return NULL;
  char *target = text + skip;
  target[strcspn(target, "\r\n")] = 0;
  if (*target == 0) return NULL;
  char *parent = parent_of(file);
  char *joined = target[0] == '/' ? copy_text(target) : join(parent, target);
  char *real = real_path(joined);
  free(joined);
  free(parent);
  return real;
}

static char *common_of(const char *directory) {
  char *file = join(directory, "commondir");
  char *common = pointed_to(file, "");
  free(file);
  return common;
}

static void protect(struct policy *policy, const char *directory, const char *name) {
  char *path = join(directory, name);
  plan_protect(policy, path);
  free(path);
}

/* Protected where it is, else looked for afterwards: a placeholder of that name would confuse git. */
static void protect_or_watch(struct policy *policy, const char *directory, const char *name) {
  char *path = join(directory, name);
  if (exists(path)) plan_protect(policy, path);
  else add_word(&unwanted, copy_text(path));
  free(path);
}

static void keep(struct policy *policy, const char *directory, const char *name) {
  char *path = join(directory, name);
  struct stat found;
  if (lstat(path, &found) == 0) {
    kept_stats = grow(kept_stats, kept_paths.count, &kept_room, sizeof *kept_stats);
    kept_stats[kept_paths.count] = found;
    add_word(&kept_paths, copy_text(path));
  }
  plan_protect(policy, path);
  free(path);
}

static void close_repository(struct policy *policy, const char *directory) {
  keep(policy, directory, "hooks");
  keep(policy, directory, "config");
  protect_or_watch(policy, directory, "config.worktree");
  protect_or_watch(policy, directory, "commondir");
  protect_or_watch(policy, directory, "info/attributes");
  protect_or_watch(policy, directory, "info/grafts");
}

static void each_entry(const char *directory, void (*visit)(struct policy *, const char *, void *), struct policy *policy,
                       void *context) {
  DIR *list = opendir(directory);
  if (list == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(list)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char *path = join(directory, entry->d_name);
    if (is_directory(path)) visit(policy, path, context);
    free(path);
  }
  closedir(list);
}

struct walk {
  int depth;
  const char *own;
};

static void close_module(struct policy *policy, const char *path, void *context) {
  struct walk *walk = context;
  if (known_entries.count >= max_modules) {
    errno = E2BIG;
    fail("git", "Too many submodules in %.4000s", path);
  }
  char *head = join(path, "HEAD");
  bool is_repository = exists(head);
  free(head);
  struct walk inner = {walk->depth + 1, NULL};
  add_word(&known_entries, copy_text(path));
  if (is_repository) {
    close_repository(policy, path);
    char *modules = join(path, "modules");
    if (inner.depth < max_module_depth && is_directory(modules)) {
      add_word(&known_parents, copy_text(modules));
      each_entry(modules, close_module, policy, &inner);
    }
    free(modules);
  } else if (inner.depth < max_module_depth) {
    add_word(&known_parents, copy_text(path));
    each_entry(path, close_module, policy, &inner);
  }
}

static void close_worktree(struct policy *policy, const char *path, void *context) {
  const struct walk *walk = context;
  add_word(&known_entries, copy_text(path));
  if (walk->own == NULL || strcmp(walk->own, path) != 0) plan_protect(policy, path);
}

static void open_directory(struct policy *policy, const char *directory) {
  bool inside = writable_root(policy, directory) != NULL;
  add_place(&policy->places, inside ? PLACE_PIN : PLACE_WRITE, copy_text(directory), true);
}

void plan_git(struct policy *policy, const char *path) {
  struct stat found;
  if (lstat(path, &found) != 0) return;
  char *directory = S_ISDIR(found.st_mode) ? real_path(path) : S_ISREG(found.st_mode) ? pointed_to(path, "gitdir: ") : NULL;
  // A link, or a file that says nothing: it stays protected as every other.
  if (directory == NULL || !is_directory(directory)) {
    free(directory);
    return;
  }
  if (S_ISDIR(found.st_mode)) add_word(&opened, copy_text(path));
  char *common = common_of(directory);
  if (common != NULL && is_directory(common)) {
    // A worktree: its own directory is below the shared one, and is told who it is by these two.
    open_directory(policy, common);
    protect(policy, directory, "commondir");
    protect(policy, directory, "gitdir");
    protect_or_watch(policy, directory, "config.worktree");
  } else {
    free(common);
    common = copy_text(directory);
    open_directory(policy, directory);
  }
  close_repository(policy, common);
  struct walk walk = {0, directory};
  char *modules = join(common, "modules");
  char *worktrees = join(common, "worktrees");
  add_word(&known_parents, copy_text(modules));
  add_word(&known_parents, copy_text(worktrees));
  each_entry(modules, close_module, policy, &walk);
  each_entry(worktrees, close_worktree, policy, &walk);
  free(modules);
  free(worktrees);
  free(common);
  free(directory);
}

bool is_opened_git(const char *path) {
  for (size_t i = 0; i < opened.count; i++)
    if (strcmp(opened.rows[i], path) == 0) return true;
  return false;
}

void plan_git_file(struct policy *policy, const char *path) {
  char *directory = pointed_to(path, "gitdir: ");
  if (directory == NULL) return;
  char *common = common_of(directory);
  bool is_opened = false;
  for (size_t i = 0; i < policy->git_write.count; i++)
    if (strcmp(policy->git_write.rows[i], path) == 0) is_opened = true;
  if (!is_opened) {
    plan_protect(policy, directory);
    if (common != NULL) plan_protect(policy, common);
  }
  free(common);
  free(directory);
}

static bool is_known(const char *path) {
  for (size_t i = 0; i < known_entries.count; i++)
    if (strcmp(known_entries.rows[i], path) == 0) return true;
  return false;
}

static void tell_new(struct policy *policy, const char *path, void *context) {
  (void)policy;
  (void)context;
  if (!is_known(path)) warn("The command made %.4000s: git may run what its config and hooks say", path);
}

void check_git(void) {
  for (size_t i = 0; i < unwanted.count; i++) {
    const char *path = unwanted.rows[i];
    if (!exists(path)) continue;
    if (unlink(path) == 0 || rmdir(path) == 0) warn("The command made %.4000s, which was removed: git would obey it", path);
    else warn("The command made %.4000s: remove it, git would obey it", path);
  }
  for (size_t i = 0; i < kept_paths.count; i++) {
    const struct stat *before = &kept_stats[i];
    struct stat now;
    if (lstat(kept_paths.rows[i], &now) == 0 && now.st_ino == before->st_ino && now.st_size == before->st_size &&
        now.st_ctim.tv_sec == before->st_ctim.tv_sec && now.st_ctim.tv_nsec == before->st_ctim.tv_nsec)
      continue;
    warn("%.4000s changed while the command ran: look at it before you use git", kept_paths.rows[i]);
  }
  for (size_t i = 0; i < known_parents.count; i++) each_entry(known_parents.rows[i], tell_new, NULL, NULL);
}
