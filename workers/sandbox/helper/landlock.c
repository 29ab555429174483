/*
 * Landlock: reading everywhere, writing in the writable places and on harmless devices. In full mode the mounts say
 * the same and more; without namespaces this is what holds, and places that cannot be read are left out of what can.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fence.h"
#include "kernel.h"
#include "paths.h"
#include "report.h"

#define RIGHT(bit) (1ull << (bit))
#define EXECUTE RIGHT(0)
#define WRITE_FILE RIGHT(1)
#define READ_FILE RIGHT(2)
#define READ_DIRECTORY RIGHT(3)
#define MAKE_CHARACTER_DEVICE RIGHT(6)
#define MAKE_BLOCK_DEVICE RIGHT(11)
#define TRUNCATE RIGHT(14)
#define DEVICE_CALLS RIGHT(15)
#define RESOLVE_UNIX RIGHT(16)

#define OF_A_FILE (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_CALLS)
#define TO_READ (EXECUTE | READ_FILE | READ_DIRECTORY)
#define OF_A_DEVICE (WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_CALLS)

#define ABSTRACT_SOCKETS 1ull
#define SIGNALS 2ull

struct ruleset_attributes {
  uint64_t files, network, scopes;
};

struct path_rule {
  uint64_t rights;
  int32_t fd;
} __attribute__((packed));

struct ruleset {
  int fd;
  uint64_t handled;
};

/* Rights by the version of the interface that brought them. */
static uint64_t rights_of(int version) {
  uint64_t rights = RIGHT(13) - 1;
  if (version >= 2) rights |= RIGHT(13);
  if (version >= 3) rights |= TRUNCATE;
  if (version >= 5) rights |= DEVICE_CALLS;
  if (version >= 9) rights |= RESOLVE_UNIX;
  return rights;
}

static void allow_fd(const struct ruleset *ruleset, int fd, uint64_t rights, const char *path) {
  struct stat found;
  if (fstat(fd, &found) != 0) fail("landlock", "Cannot look at %.4000s", path);
  if (!S_ISDIR(found.st_mode)) rights &= OF_A_FILE;
  rights &= ruleset->handled;
  if (rights == 0) return;
  struct path_rule rule = {.rights = rights, .fd = fd};
  if (syscall(SYS_landlock_add_rule, ruleset->fd, 1, &rule, 0) != 0) fail("landlock", "Cannot add a rule for %.4000s", path);
}

/* What is not there needs no rule. */
static void allow(const struct ruleset *ruleset, const char *path, uint64_t rights) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  allow_fd(ruleset, fd, rights, path);
  close(fd);
}

/* Files and terminals that the caller lent; programs open them again as /dev/stdout. */
static void allow_lent(const struct ruleset *ruleset) {
  for (int fd = 0; fd <= 2; fd++) {
    struct stat found;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &found) != 0) continue;
    if (!S_ISREG(found.st_mode) && !S_ISCHR(found.st_mode) && !S_ISFIFO(found.st_mode)) continue;
    uint64_t rights = (flags & O_ACCMODE) == O_RDONLY ? READ_FILE : WRITE_FILE | TRUNCATE | DEVICE_CALLS;
    if ((flags & O_ACCMODE) == O_RDWR) rights |= READ_FILE;
    struct path_rule rule = {.rights = rights & ruleset->handled, .fd = fd};
    // A pipe without a name needs no rule and takes none.
    syscall(SYS_landlock_add_rule, ruleset->fd, 1, &rule, 0);
  }
}

/* True where something at or below `path` cannot be read. */
static bool hides(const struct policy *policy, const char *path) {
  for (size_t i = 0; i < policy->places.count; i++)
    if (policy->places.rows[i].kind == PLACE_UNREADABLE && is_within(policy->places.rows[i].path, path)) return true;
  return false;
}

static bool is_hidden(const struct policy *policy, const char *path) {
  for (size_t i = 0; i < policy->places.count; i++)
    if (policy->places.rows[i].kind == PLACE_UNREADABLE && strcmp(policy->places.rows[i].path, path) == 0) return true;
  return false;
}

/* Rules can only add: a directory with something hidden in it is opened entry by entry, without what is hidden. */
static void allow_reading(const struct ruleset *ruleset, const struct policy *policy, const char *path) {
  if (!hides(policy, path)) {
    allow(ruleset, path, EXECUTE | READ_FILE);
    return;
  }
  if (is_hidden(policy, path)) return;
  DIR *list = opendir(path);
  if (list == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(list)) != NULL) {
    // A link is followed to its target, which has its own rule.
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || entry->d_type == DT_LNK) continue;
    char *child = join(path, entry->d_name);
    allow_reading(ruleset, policy, child);
    free(child);
  }
  closedir(list);
}

static void allow_writing(const struct ruleset *ruleset, const struct policy *policy) {
  uint64_t all = ruleset->handled & ~(MAKE_CHARACTER_DEVICE | MAKE_BLOCK_DEVICE | DEVICE_CALLS);
  for (size_t i = 0; i < policy->places.count; i++) {
    const struct place *place = &policy->places.rows[i];
    if (place->kind != PLACE_WRITE && place->kind != PLACE_PIN) continue;
    if (policy->mode == MODE_WEAK && hides(policy, place->path))
      warn("What is hidden in %.4000s can be read: without namespaces nothing hides it", place->path);
    allow(ruleset, place->path, all);
  }
  if (policy->mode == MODE_WEAK) {
    if (policy->tmp != NULL) allow(ruleset, policy->tmp, all);
    allow(ruleset, "/dev/shm", all);
    return;
  }
  static const char *const own[] = {"/tmp", "/var/tmp", "/dev/shm"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) allow(ruleset, own[i], all);
  allow(ruleset, "/dev/pts", OF_A_DEVICE | READ_DIRECTORY);
}

int landlock_version(void) {
  int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
  return version < 0 ? 0 : version;
}

void restrict_files(const struct policy *policy) {
  int version = landlock_version();
  if (version < 1) fail("landlock", "This kernel has no Landlock");
  struct ruleset_attributes attributes = {.files = rights_of(version)};
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  if (version >= 6) attributes.scopes = ABSTRACT_SOCKETS | SIGNALS;
  struct ruleset ruleset = {.handled = attributes.files};
  ruleset.fd = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
  if (ruleset.fd < 0) fail("landlock", "Cannot make a ruleset");

  if (policy->mode == MODE_WEAK && hides(policy, "/")) {
    allow(&ruleset, "/", READ_DIRECTORY);
    allow_reading(&ruleset, policy, "/");
  } else {
    allow(&ruleset, "/", TO_READ);
  }
  static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx"};
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) allow(&ruleset, devices[i], OF_A_DEVICE);
  allow_lent(&ruleset);
  allow_writing(&ruleset, policy);

  if (syscall(SYS_landlock_restrict_self, ruleset.fd, 0) != 0) fail("landlock", "Cannot restrict this process");
  close(ruleset.fd);
}
