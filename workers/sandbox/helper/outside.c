#include "outside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "descendants.h"
#include "git.h"
#include "inside.h"
#include "join.h"
#include "placeholder.h"
#include "report.h"
#include "supervise.h"

struct outside {
  const struct policy *policy;
  /* Process 1 of the namespaces, or the command itself where there are none. */
  pid_t child;
  int signals, inner;
  bool is_inner_open, is_child_gone, has_failed, has_ended, must_end;
  int wait_status, leftovers, failed_status;
  /* The terminal's foreground group, to give it back. */
  pid_t foreground;
  struct supervisor supervisor;
  /* Why nothing is captured, as errno, or 0. */
  int uncaptured;
};

/* Like fork(), with new namespaces; -1 where they cannot be had. */
static pid_t divide(unsigned long flags) { return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0); }

/*
 * A child that lives in the user and network namespaces of another command. A process in between enters them, so that
 * this one stays who it is; its child is made ours. -1 where the other command has just ended; 0 in the child.
 */
static pid_t divide_joined(pid_t other) {
  int namespaces[2], numbers[2], status;
  if (!open_namespaces(other, namespaces)) return -1;
  if (pipe2(numbers, O_CLOEXEC) != 0) fail("fork", "Cannot make a pipe");
  pid_t between = fork();
  if (between < 0) fail("fork", "Cannot start a process");
  if (between == 0) {
    pid_t child = -1;
    if (setns(namespaces[0], CLONE_NEWUSER) == 0 && setns(namespaces[1], CLONE_NEWNET) == 0)
      child = divide(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_PARENT);
    if (child == 0) {
      for (int i = 0; i < 2; i++) close(namespaces[i]), close(numbers[i]);
      return 0;
    }
    int answer[2] = {child, errno};
    if (write(numbers[1], answer, sizeof answer) < 0) _exit(1);
    _exit(0);
  }
  close(numbers[1]);
  int answer[2] = {-1, ESRCH};
  while (read(numbers[0], answer, sizeof answer) < 0 && errno == EINTR) continue;
  while (waitpid(between, &status, 0) < 0 && errno == EINTR) continue;
  close(numbers[0]);
  close(namespaces[0]);
  close(namespaces[1]);
  errno = answer[1];
  return answer[0];
}

static pid_t start(struct policy *policy, int sockets[2], const sigset_t *usual) {
  bool has_namespaces = policy->mode == MODE_FULL;
  unsigned long flags = 0;
  pid_t child = -1;
  if (has_namespaces) {
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;
    if (policy->network != NET_ON) flags |= CLONE_NEWNET;
  } else if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    fail("subreaper", "Cannot adopt orphans");
  }
  if (has_namespaces && policy->join > 0 && policy->network != NET_ON) {
    policy->is_joined = true;
    child = divide_joined(policy->join);
    policy->is_joined = child >= 0;
    if (child < 0) report_note("The loopback of the other command could not be shared", errno);
  }
  if (child < 0) child = divide(flags);
  if (child < 0) fail(has_namespaces ? "unshare" : "fork", has_namespaces ? "Cannot make namespaces" : "Cannot start a process");
  if (child > 0 && policy->serves_owner && !policy->is_joined) give_identities(policy, child, sockets[0]);
  if (child > 0) return child;

  close(sockets[0]);
  report_through(sockets[1]);
  if (has_namespaces) live_inside(policy, sockets[1], usual);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (chdir(policy->cwd) != 0) fail("cwd", "Cannot work in %.4000s", policy->cwd);
  become_program(policy, usual);
}

static void take_messages(struct outside *outside) {
  static struct message message;
  for (;;) {
    message.text[0] = 0;
    ssize_t length = receive_message(outside->inner, &message, &outside->supervisor.listener);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) {
      outside->is_inner_open = false;
      return;
    }
    if (message.kind == MESSAGE_LISTENER) take_turns(outside->supervisor.listener);
    if (message.kind == MESSAGE_STARTED) report_init(outside->child);
    if (message.kind == MESSAGE_STOPPED) raise(SIGSTOP);
    if (message.kind == MESSAGE_ENDED) {
      outside->has_ended = true;
      outside->wait_status = message.value;
      outside->leftovers = message.extra;
    }
    if (message.kind == MESSAGE_FAILED) {
      outside->has_failed = true;
      outside->failed_status = message.extra;
    }
    if (message.kind == MESSAGE_UNCAPTURED) outside->uncaptured = message.value;
    if (message.kind == MESSAGE_FAILED || message.kind == MESSAGE_WARNING) report_message(&message);
  }
}

static void reap(struct outside *outside) {
  bool has_namespaces = outside->policy->mode == MODE_FULL;
  for (;;) {
    int status;
    pid_t pid = waitpid(has_namespaces ? outside->child : -1, &status, WNOHANG | (has_namespaces ? 0 : WUNTRACED));
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return;
    if (pid != outside->child) continue;
    if (WIFSTOPPED(status)) {
      if (!outside->policy->new_session) raise(SIGSTOP);
      continue;
    }
    outside->is_child_gone = true;
    if (has_namespaces && outside->has_ended) continue;
    outside->wait_status = status;
  }
}

static void take_signals(struct outside *outside) {
  struct signalfd_siginfo info;
  while (read(outside->signals, &info, sizeof info) == (ssize_t)sizeof info) {
    if (info.ssi_signo == SIGPWR) {
      outside->must_end = true;
      continue;
    }
    if (info.ssi_signo == SIGCHLD || info.ssi_signo == SIGTSTP) continue;
    if (!outside->policy->new_session && info.ssi_code == SI_KERNEL) continue;
    if (outside->is_child_gone) continue;
    if (outside->policy->mode == MODE_FULL) kill(outside->child, (int)info.ssi_signo);
    else pass_on(outside->policy, outside->child, (int)info.ssi_signo);
  }
}

/* Bytes mean nothing; the end means that nobody waits for the command any more. */
static bool has_owner(int life) {
  char bytes[256];
  ssize_t length = read(life, bytes, sizeof bytes);
  return length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
}

static void take_call(struct outside *outside, short events) {
  struct supervisor *supervisor = &outside->supervisor;
  if (supervisor->listener < 0 || events == 0) return;
  if ((events & POLLIN) != 0 && supervise(supervisor)) return;
  // The last process that could ask is gone.
  close(supervisor->listener);
  supervisor->listener = -1;
}

/* What outlives the command may still change files until it is ended. */
static void wait_for_call(void *about, int ms) {
  struct outside *outside = about;
  struct pollfd row = {.fd = outside->supervisor.listener, .events = POLLIN};
  if (poll(&row, 1, ms) > 0) take_call(outside, row.revents);
}

static void tell_capture(const struct outside *outside) {
  const struct record *record = &outside->supervisor.record;
  if (outside->policy->capture == NULL) return;
  report_capture(outside->uncaptured == 0 ? NULL : strerror(outside->uncaptured), record->lost, record->missed);
}

/*
 * This process supervises the calls of the command, too: it is outside of the mount namespace, alive as long as anything
 * inside, and does nothing else meanwhile.
 */
static void watch(struct outside *outside) {
  enum { SIGNALS, INNER, LIFE, CALLS, ROWS };
  struct pollfd rows[ROWS];
  while (!outside->is_child_gone || outside->is_inner_open) {
    // Without namespaces a leftover could hold nothing of ours: the socket ends with exec.
    rows[SIGNALS] = (struct pollfd){.fd = outside->signals, .events = POLLIN};
    rows[INNER] = (struct pollfd){.fd = outside->is_inner_open ? outside->inner : -1, .events = POLLIN};
    rows[LIFE] = (struct pollfd){.fd = outside->policy->life, .events = POLLIN};
    rows[CALLS] = (struct pollfd){.fd = outside->supervisor.listener, .events = POLLIN};
    if (poll(rows, ROWS, -1) < 0 && errno != EINTR) break;
    take_call(outside, rows[CALLS].revents);
    // A busy command asks again and again; all else can wait until something else happened, but not for ever.
    if (rows[SIGNALS].revents == 0 && rows[INNER].revents == 0 && rows[LIFE].revents == 0) continue;
    if (rows[LIFE].revents != 0 && !has_owner(outside->policy->life)) outside->must_end = true;
    if (rows[SIGNALS].revents != 0) take_signals(outside);
    if (outside->must_end) {
      if (!outside->is_child_gone) kill(outside->child, SIGKILL);
      end_descendants(outside->policy->mode == MODE_FULL ? outside->child : 0, 0, wait_for_call, outside);
      outside->wait_status = SIGKILL;
      outside->has_ended = true;
      return;
    }
    if (rows[INNER].revents != 0) take_messages(outside);
    reap(outside);
  }
}

static void give_back_terminal(const struct outside *outside) {
  if (outside->foreground <= 0) return;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTTOU);
  sigprocmask(SIG_BLOCK, &set, NULL);
  if (tcgetpgrp(0) != outside->foreground) tcsetpgrp(0, outside->foreground);
}

int run_outside(struct policy *policy) {
  static struct outside outside;
  outside = (struct outside){.policy = policy, .is_inner_open = true, .supervisor.listener = -1};
  sigset_t signals, usual;
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) fail("socket", "Cannot make a socket pair");
  if (!policy->new_session && isatty(0)) outside.foreground = tcgetpgrp(0);
  forwarded_signals(&signals);
  sigaddset(&signals, SIGPWR);
  sigprocmask(SIG_BLOCK, &signals, &usual);
  outside.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (outside.signals < 0) fail("signals", "Cannot listen for signals");
  if (policy->life >= 0) fcntl(policy->life, F_SETFL, fcntl(policy->life, F_GETFL) | O_NONBLOCK);
  policy->user = getuid();
  policy->group = getgid();
  outside.child = start(policy, sockets, &usual);
  close(sockets[1]);
  outside.inner = sockets[0];
  // Not before: nothing inside must hold a descriptor of it.
  if (policy->capture != NULL) {
    outside.supervisor.records = open_record(policy, &outside.supervisor.record);
    if (!outside.supervisor.records) outside.uncaptured = errno;
  }
  watch(&outside);
  if (policy->mode != MODE_FULL && outside.leftovers == 0)
    outside.leftovers = end_descendants(0, outside.has_failed ? 0 : policy->grace_ms, wait_for_call, &outside);
  give_back_terminal(&outside);
  check_git();
  release_reserved();
  if (outside.has_failed) return outside.failed_status;
  tell_capture(&outside);
  report_end(outside.wait_status, outside.leftovers);
  return WIFSIGNALED(outside.wait_status) ? 128 + WTERMSIG(outside.wait_status) : WEXITSTATUS(outside.wait_status);
}
