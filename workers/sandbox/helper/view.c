#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"
#include "overlay.h"
#include "paths.h"
#include "report.h"

#define CONFINED (ATTR_NO_SUID | ATTR_NO_DEVICES)

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
enum { DEVICE_COUNT = sizeof devices / sizeof *devices };
/* Below /proc: what only the machine's owner may turn, and root could although it has no capabilities left. */
static const char *const machine[] = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"};
/* Made on the private /dev, bound over what is hidden, and then unlinked. */
static const char *const hidden_file = "/dev/.hidden-file";
static const char *const hidden_directory = "/dev/.hidden-directory";

/* A detached copy of the mounts at a path, those below it included. */
static int clone_of(const char *path) {
  int fd = open_path(path);
  if (fd < 0) fail("mount", "Cannot open %.4000s", path);
  int tree = (int)syscall(SYS_open_tree, fd, "", TREE_CLONE | TREE_CLOEXEC | TREE_EMPTY_PATH | TREE_RECURSIVE);
  if (tree < 0) fail("mount", "Cannot bind %.4000s", path);
  close(fd);
  return tree;
}

static void set_attributes(int tree, const char *path, uint64_t set) {
  struct mount_attributes attributes = {.set = set};
  if (syscall(SYS_mount_setattr, tree, "", TREE_EMPTY_PATH | TREE_RECURSIVE, &attributes, sizeof attributes) != 0)
    fail("mount", "Cannot restrict %.4000s", path);
}

static void place_on(int tree, int target, const char *path) {
  if (syscall(SYS_move_mount, tree, "", target, "", MOVE_FROM_EMPTY | MOVE_TO_EMPTY) != 0)
    fail("mount", "Cannot mount on %.4000s", path);
  close(tree);
  close(target);
}

/*
 * The place itself, made where a cover hides it: nothing else lacks a place that was there a moment ago. Directories on
 * the way to it are closed to writing: what a command puts beside its workspace below /tmp would be lost without a word.
 */
static int target_of(const char *path, bool directory) {
  int fd = open_path(path);
  if (fd >= 0 || errno != ENOENT) {
    if (fd < 0) fail("mount", "Cannot open %.4000s", path);
    return fd;
  }
  int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  char *rest = copy_text(path), *save = NULL;
  for (char *name = strtok_r(rest, "/", &save); name != NULL;) {
    char *next_name = strtok_r(NULL, "/", &save);
    bool is_last = next_name == NULL;
    int next = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC | (is_last && !directory ? 0 : O_DIRECTORY));
    if (next < 0 && errno == ENOENT) {
      if (is_last && !directory) {
        int made = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (made < 0) fail("mount", "Cannot make %.4000s visible", path);
        close(made);
      } else if (mkdirat(at, name, is_last ? 0755 : 0555) != 0 && errno != EEXIST) {
        fail("mount", "Cannot make %.4000s visible", path);
      }
      next = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    }
    if (next < 0) fail("mount", "Cannot make %.4000s visible", path);
    close(at);
    at = next;
    name = next_name;
  }
  free(rest);
  return at;
}

/* Over a link itself, not over what it points to. */
static int target_link(const char *path) {
  char *parent = parent_of(path);
  int directory = open_path(parent);
  if (directory < 0) fail("mount", "Cannot open %.4000s", parent);
  int fd = openat(directory, strrchr(path, '/') + 1, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail("mount", "Cannot open %.4000s", path);
  close(directory);
  free(parent);
  return fd;
}

static void mount_new(const char *type, const char *path, unsigned long flags, const char *options) {
  if (mount(type, path, type, flags, options) != 0) fail("mount", "Cannot mount %s on %.4000s", type, path);
}

/* The directory itself is still the host's where nothing covers it. */
static void cover(const char *path, const char *options) {
  struct stat found;
  char *real = real_path(path);
  if (real != NULL && stat(real, &found) == 0 && S_ISDIR(found.st_mode) && strcmp(real, "/") != 0)
    mount_new("tmpfs", real, MS_NOSUID | MS_NODEV, options);
  free(real);
}

static void cover_temp(const char *path, int tree) {
  char *real = real_path(path);
  if (real == NULL || tree < 0) {
    free(real);
    if (tree >= 0) close(tree);
    else cover(path, "mode=1777");
    return;
  }
  place_on(tree, target_of(real, true), real);
  free(real);
}

static void link_in_dev(const char *target, const char *path) {
  if (symlink(target, path) != 0) fail("dev", "Cannot make %s", path);
}

static void empty_file(const char *path, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) fail("dev", "Cannot make %s", path);
  close(fd);
}

/* A private /dev: the harmless devices, terminals and shared memory of its own. `console` is the caller's terminal. */
static void build_dev(const int *nodes, int console) {
  cover("/dev", "mode=755");
  char path[64];
  for (int i = 0; i < DEVICE_COUNT; i++) {
    if (nodes[i] < 0) continue;
    snprintf(path, sizeof path, "/dev/%s", devices[i]);
    empty_file(path, 0666);
    place_on(nodes[i], target_of(path, false), path);
  }
  if (mkdir("/dev/pts", 0755) != 0 || mkdir("/dev/shm", 0755) != 0) fail("dev", "Cannot make /dev/pts");
  mount_new("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620");
  mount_new("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
  link_in_dev("pts/ptmx", "/dev/ptmx");
  link_in_dev("/proc/self/fd", "/dev/fd");
  link_in_dev("/proc/self/fd/0", "/dev/stdin");
  link_in_dev("/proc/self/fd/1", "/dev/stdout");
  link_in_dev("/proc/self/fd/2", "/dev/stderr");
  if (console >= 0) {
    empty_file("/dev/console", 0600);
    place_on(console, target_of("/dev/console", false), "/dev/console");
  }
  empty_file(hidden_file, 0);
  if (mkdir(hidden_directory, 0) != 0) fail("dev", "Cannot make %s", hidden_directory);
}

/* The terminal that a descriptor of the command is, under the name that programs look for; -1 where there is none. */
static int clone_terminal(void) {
  for (int fd = 0; fd <= 2; fd++) {
    char link[32], path[64];
    if (!isatty(fd)) continue;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) continue;
    path[length] = 0;
    if (strncmp(path, "/dev/pts/", 9) != 0 && strncmp(path, "/dev/tty", 8) != 0) continue;
    if (access(path, F_OK) == 0) return clone_of(path);
  }
  return -1;
}

static void build_proc(const struct policy *policy) {
  mount_new("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  if (policy->limits.processes > 0 && getuid() == 0) {
    // No limit on processes holds root; numbers of this namespace run out instead (where the kernel keeps them apart).
    char text[32];
    uint64_t most = policy->limits.processes < 301 ? 301 : policy->limits.processes;
    int fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
      int length = snprintf(text, sizeof text, "%llu", (unsigned long long)most);
      if (write(fd, text, (size_t)length) < 0) errno = 0;
      close(fd);
    }
  }
  for (size_t i = 0; i < sizeof machine / sizeof *machine; i++) {
    if (access(machine[i], F_OK) != 0) continue;
    int tree = clone_of(machine[i]);
    set_attributes(tree, machine[i], ATTR_READ_ONLY);
    place_on(tree, target_of(machine[i], false), machine[i]);
  }
}

static void lay(struct place *place) {
  int target;
  switch (place->kind) {
    case PLACE_WRITE:
    case PLACE_VISIBLE:
      if (place->clone < 0) return;
      target = target_of(place->path, place->directory);
      place_on(place->clone, target, place->path);
      return;
    case PLACE_PIN:
      target = target_of(place->path, true);
      place_on(clone_of(place->path), target, place->path);
      return;
    case PLACE_PROTECT: {
      target = target_link(place->path);
      int tree = (int)syscall(SYS_open_tree, target, "", TREE_CLONE | TREE_CLOEXEC | TREE_EMPTY_PATH | TREE_RECURSIVE);
      if (tree < 0) fail("mount", "Cannot bind %.4000s", place->path);
      set_attributes(tree, place->path, ATTR_READ_ONLY);
      place_on(tree, target, place->path);
      return;
    }
    case PLACE_UNREADABLE:
      target = open_path(place->path);
      // Below another hidden place, or covered.
      if (target < 0 && (errno == ENOENT || errno == EACCES)) return;
      if (target < 0) fail("mount", "Cannot hide %.4000s", place->path);
      if (place->passes) {
        // What is visible in it is put into a directory that can be passed through but not listed.
        char at[40];
        snprintf(at, sizeof at, "/proc/self/fd/%d", target);
        mount_new("tmpfs", at, MS_NOSUID | MS_NODEV, "mode=111,size=64k");
        close(target);
        return;
      }
      place_on(clone_of(place->directory ? hidden_directory : hidden_file), target, place->path);
      return;
  }
}

static void close_sockets(const struct policy *policy) {
  for (size_t i = 0; i < policy->sockets.count; i++) {
    const char *path = policy->sockets.rows[i];
    int target = open_path(path);
    if (target < 0) continue;
    struct stat found;
    if (fstat(target, &found) != 0 || !S_ISSOCK(found.st_mode)) {
      close(target);
      continue;
    }
    place_on(clone_of(hidden_file), target, path);
  }
}

void build_view(struct policy *policy) {
  struct places *places = &policy->places;
  bool root_is_writable = false;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail("mount", "Cannot make mounts private");

  // Copies of what stays as it is, before everything becomes read-only: a read-only mount of the host stays one.
  for (size_t i = 0; i < places->count; i++) {
    struct place *place = &places->rows[i];
    bool is_root = strcmp(place->path, "/") == 0;
    if (place->kind == PLACE_WRITE && is_root) root_is_writable = true;
    if (is_root || (place->kind != PLACE_WRITE && place->kind != PLACE_VISIBLE)) continue;
    if (place->overlay != NULL) mount_overlay(place);
    place->clone = clone_of(place->path);
    set_attributes(place->clone, place->path, CONFINED | (place->kind == PLACE_VISIBLE ? ATTR_READ_ONLY : 0));
  }
  int temps[2] = {-1, -1};
  for (int i = 0; policy->tmp != NULL && i < 2; i++) {
    temps[i] = clone_of(policy->tmp);
    set_attributes(temps[i], policy->tmp, CONFINED);
  }
  int nodes[DEVICE_COUNT];
  for (int i = 0; i < DEVICE_COUNT; i++) {
    char path[32];
    snprintf(path, sizeof path, "/dev/%s", devices[i]);
    nodes[i] = access(path, F_OK) == 0 ? clone_of(path) : -1;
  }
  int console = policy->new_session ? -1 : clone_terminal();

  struct mount_attributes attributes = {.set = CONFINED | (root_is_writable ? 0 : ATTR_READ_ONLY)};
  if (syscall(SYS_mount_setattr, AT_FDCWD, "/", TREE_RECURSIVE, &attributes, sizeof attributes) != 0)
    fail("mount", "Cannot make / read-only");
  if (root_is_writable) {
    struct mount_attributes read_only = {.set = ATTR_READ_ONLY};
    syscall(SYS_mount_setattr, AT_FDCWD, "/sys", TREE_RECURSIVE, &read_only, sizeof read_only);
  }

  cover("/run", "mode=755");
  cover_temp("/tmp", temps[0]);
  char *tmp = real_path("/tmp"), *var_tmp = real_path("/var/tmp");
  if (tmp != NULL && var_tmp != NULL && strcmp(tmp, var_tmp) != 0) cover_temp("/var/tmp", temps[1]);
  else if (temps[1] >= 0) close(temps[1]);
  free(tmp);
  free(var_tmp);
  build_dev(nodes, console);
  build_proc(policy);
  for (size_t i = 0; i < places->count; i++) lay(&places->rows[i]);
  close_sockets(policy);
  unlink(hidden_file);
  rmdir(hidden_directory);
  if (chdir(policy->cwd) != 0) fail("cwd", "Cannot work in %.4000s", policy->cwd);
}
