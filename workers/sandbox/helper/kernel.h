/*
 * What older kernel headers and C libraries do not know: numbers and layouts of system calls, stable since they came.
 * Everything here is the same on x86-64 and aarch64.
 */
#ifndef CODI_KERNEL_H
#define CODI_KERNEL_H

#include <stdint.h>
#include <sys/syscall.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define TREE_CLONE 1u
#define TREE_CLOEXEC 02000000u
#define TREE_RECURSIVE 0x8000u
#define TREE_EMPTY_PATH 0x1000u
#define MOVE_FROM_EMPTY 0x04u
#define MOVE_TO_EMPTY 0x40u

#define ATTR_READ_ONLY 1ull
#define ATTR_NO_SUID 2ull
#define ATTR_NO_DEVICES 4ull

struct mount_attributes {
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t user_namespace_fd;
};

#define OPEN_NO_SYMLINKS 0x04ull

struct open_how_codi {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

#endif
