/*
 * Numbers and layouts of the kernel's interface, stable since they came, so that no kernel headers are needed: musl's
 * compiler finds none, and older ones do not know these. What is not said apart is the same on x86-64 and aarch64.
 */
#ifndef CODI_KERNEL_H
#define CODI_KERNEL_H

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_register 427
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
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_removexattrat 466
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* capset */
#define CAPABILITY_VERSION 0x20080522u

struct capability_header {
  uint32_t version;
  int pid;
};

struct capability_data {
  uint32_t effective, permitted, inheritable;
};

/* seccomp */
#if defined(__x86_64__)
#define ARCHITECTURE 0xc000003eu
#elif defined(__aarch64__)
#define ARCHITECTURE 0xc00000b7u
#else
#error "The filter is written for x86-64 and aarch64"
#endif

#define ANSWER_KILL 0x80000000u
#define ANSWER_ERROR 0x00050000u
#define ANSWER_ALLOW 0x7fff0000u

struct filter_row {
  uint16_t code;
  uint8_t if_true, if_false;
  uint32_t value;
};

struct filter {
  uint16_t count;
  struct filter_row *rows;
};

/* Where the filter finds what it looks at; of an argument the low half. */
enum { AT_CALL = 0, AT_ARCHITECTURE = 4, AT_ARGUMENTS = 16 };

/* Its instructions: load a word, jump on a comparison with a constant, mask, answer. */
enum { LOAD = 0x20, JUMP_IF_EQUAL = 0x15, JUMP_IF_AT_LEAST = 0x35, JUMP_IF_SET = 0x45, MASK = 0x54, ANSWER = 0x06 };

/* calls that somebody else is asked about first */
#define SECCOMP_SET_FILTER 1u
#define FILTER_NEW_LISTENER 0x08ul
#define FILTER_WAIT_KILLABLE 0x20ul
#define ANSWER_NOTIFY 0x7fc00000u
#define NOTIFICATION_CONTINUE 1u

struct notification {
  uint64_t id;
  uint32_t process, flags;
  int32_t call;
  uint32_t architecture;
  uint64_t instruction;
  uint64_t arguments[6];
};

struct notification_answer {
  uint64_t id;
  int64_t value;
  int32_t error;
  uint32_t flags;
};

#define NOTIFICATION_RECEIVE _IOWR('!', 0, struct notification)
#define NOTIFICATION_SEND _IOWR('!', 1, struct notification_answer)
/* Since Linux 6.6. */
#define NOTIFICATION_SET_FLAGS _IOW('!', 4, uint64_t)
#define NOTIFICATION_SYNC_WAKE_UP 1ul
#define NOTIFICATION_IS_VALID _IOW('!', 2, uint64_t)

/* statx */
#define STATX_BASIC_AND_BIRTH 0xfffu

struct statx_time_codi {
  int64_t seconds;
  uint32_t nanoseconds;
  int32_t reserved;
};

struct statx_codi {
  uint32_t mask, block_size;
  uint64_t attributes;
  uint32_t links, user, group;
  uint16_t mode, reserved;
  uint64_t inode, bytes, blocks, attributes_mask;
  struct statx_time_codi accessed, born, changed, modified;
  uint32_t device_of_node[2], device[2];
  uint64_t more[14];
};

/* a file that shares the blocks of another */
#define CLONE_FILE 0x40049409

/* mounts */
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

/* rings: only made to hold descriptors */
#define RING_REGISTER_FILES 2u

struct ring_parameters {
  uint32_t words[30];
};

#define OPEN_NO_SYMLINKS 0x04ull

struct open_how_codi {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

#endif
