/*
 * seccomp: system calls that no build, test or editor needs and that lead out of the fence or to the kernel's less
 * trodden parts. A denied call answers EPERM, so that programs go on; a foreign instruction set ends the program.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fence.h"
#include "kernel.h"
#include "program.h"
#include "report.h"

#define NEW_USER_NAMESPACE 0x10000000u
#define SOCKET_TYPE 0xfu

/* Terminal calls: typing for somebody else (TIOCSTI, TIOCLINUX), taking the console, changing the line discipline. */
static const unsigned denied_terminal_calls[] = {0x5412, 0x541c, 0x541d, 0x5423};

/* By number where older headers lack the name; those are the same on every architecture. */
static const int denied[] = {
    // other processes
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, 438 /* pidfd_getfd */,
    // io_uring does calls past every filter
    425, 426, 427,
    // mounts and namespaces
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_move_mount, SYS_open_tree,
    430 /* fsopen */, 431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */, SYS_mount_setattr, 467 /* open_tree_attr */,
    SYS_open_by_handle_at, SYS_quotactl, 443 /* quotactl_fd */,
    // the machine
    SYS_swapon, SYS_swapoff, SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_init_module, SYS_delete_module,
    SYS_finit_module, SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_acct, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_syslog, SYS_vhangup,
    // the kernel's less trodden parts
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_fanotify_init,
#if defined(__x86_64__)
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, 212 /* lookup_dcookie */, 180 /* nfsservctl */,
#else
    18 /* lookup_dcookie */, 42 /* nfsservctl */,
#endif
};

/* What nothing else holds where there are no namespaces: owners and attributes of files, shared memory by key. */
static const int denied_weak[] = {
    SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
    463 /* setxattrat */, 466 /* removexattrat */,
#ifdef SYS_chown
    SYS_chown, SYS_lchown,
#endif
    SYS_fchown, SYS_fchownat, SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semctl, SYS_msgget, SYS_msgctl,
};

/* Without namespaces and without the network nothing of it is left, a server of one's own included. */
static const int denied_weak_network[] = {SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4};

/* Calls that may name another process in their first or second argument; 0 is the caller. */
static const struct {
  int call, argument;
} own_only[] = {{SYS_prlimit64, 0}, {SYS_setpriority, 1}};

#define DENY (ANSWER_ERROR | EPERM)

/*
 * Sockets of this machine's programs: without namespaces nothing stands before those with a path, and on the network
 * of the machine only a newer Landlock stands before those without.
 */
static bool has_unix_sockets(const struct policy *policy) {
  return policy->mode == MODE_FULL && (policy->network != NET_ON || landlock_version() >= 6);
}

/* socket(): only families that a namespace or the table of denied calls holds; vsock, alg, packet and the rest are not. */
static void families(struct program *program, const struct policy *policy) {
  static const unsigned full[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
  size_t first = has_unix_sockets(policy) ? 0 : 1;
  size_t count = policy->mode == MODE_WEAK && policy->network != NET_ON ? 0 : 4 - first;
  unless_equal(program, SYS_socket, 2 + 2 * count);
  load(program, argument(0));
  for (size_t i = 0; i < count; i++) {
    unless_equal(program, full[first + i], 1);
    answer(program, ANSWER_ALLOW);
  }
  answer(program, DENY);
}

/* socketpair(): where there are no such sockets, a pair of datagram sockets must not send to any path either. */
static void pairs(struct program *program, const struct policy *policy) {
  if (has_unix_sockets(policy)) return;
  unless_equal(program, SYS_socketpair, 8);
  load(program, argument(0));
  unless_equal(program, AF_UNIX, 5);
  load(program, argument(1));
  add(program, MASK, 0, 0, SOCKET_TYPE);
  unless_equal(program, SOCK_DGRAM, 1);
  answer(program, DENY);
  answer(program, ANSWER_ALLOW);
  answer(program, DENY);
}

static void flags_of(struct program *program, int call, unsigned flag) {
  unless_equal(program, (uint32_t)call, 4);
  load(program, argument(0));
  add(program, JUMP_IF_SET, 0, 1, flag);
  answer(program, DENY);
  answer(program, ANSWER_ALLOW);
}

static void terminals(struct program *program) {
  size_t count = sizeof denied_terminal_calls / sizeof *denied_terminal_calls;
  unless_equal(program, SYS_ioctl, 2 + 2 * count);
  load(program, argument(1));
  for (size_t i = 0; i < count; i++) {
    unless_equal(program, denied_terminal_calls[i], 1);
    answer(program, DENY);
  }
  answer(program, ANSWER_ALLOW);
}

static void only_itself(struct program *program) {
  for (size_t i = 0; i < sizeof own_only / sizeof *own_only; i++) {
    unless_equal(program, (uint32_t)own_only[i].call, 4);
    load(program, argument(own_only[i].argument));
    unless_equal(program, 0, 1);
    answer(program, ANSWER_ALLOW);
    answer(program, DENY);
  }
}

enum { MAX_CALLS = 120 };

struct calls {
  int rows[MAX_CALLS];
  size_t count;
};

static void add_calls(struct calls *calls, const int *rows, size_t count) {
  if (calls->count + count > MAX_CALLS) {
    errno = E2BIG;
    fail("seccomp", "Too many system calls to deny");
  }
  memcpy(calls->rows + calls->count, rows, count * sizeof *rows);
  calls->count += count;
}

void restrict_calls(const struct policy *policy) {
  struct program program = {.count = 0};
  bool is_weak = policy->mode == MODE_WEAK;
  load(&program, AT_ARCHITECTURE);
  add(&program, JUMP_IF_EQUAL, 1, 0, ARCHITECTURE);
  answer(&program, ANSWER_KILL);
  load(&program, AT_CALL);
#if defined(__x86_64__)
  add(&program, JUMP_IF_AT_LEAST, 0, 1, 0x40000000u);
  answer(&program, DENY);
#endif
  // Its flags lie in memory, where no filter sees them; C libraries then take clone.
  unless_equal(&program, 435, 1);
  answer(&program, ANSWER_ERROR | ENOSYS);
  flags_of(&program, SYS_clone, NEW_USER_NAMESPACE);
  flags_of(&program, SYS_unshare, NEW_USER_NAMESPACE);
  terminals(&program);
  families(&program, policy);
  pairs(&program, policy);
  if (is_weak) only_itself(&program);
  struct calls calls = {.count = 0};
  add_calls(&calls, denied, sizeof denied / sizeof *denied);
  if (is_weak) add_calls(&calls, denied_weak, sizeof denied_weak / sizeof *denied_weak);
  if (is_weak && policy->network != NET_ON)
    add_calls(&calls, denied_weak_network, sizeof denied_weak_network / sizeof *denied_weak_network);
  answer_calls(&program, calls.rows, calls.count, DENY);

  struct filter whole = {.count = program.count, .rows = program.rows};
  if (prctl(PR_SET_SECCOMP, 2 /* a filter */, &whole, 0, 0) != 0) fail("seccomp", "Cannot filter system calls");
}
