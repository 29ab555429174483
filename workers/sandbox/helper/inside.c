#include "inside.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fence.h"
#include "kernel.h"
#include "notify.h"
#include "paths.h"
#include "relay.h"
#include "report.h"
#include "view.h"

static const int connect_again_ms = 10;

void forwarded_signals(sigset_t *set) {
  static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGWINCH, SIGUSR1, SIGUSR2, SIGCONT, SIGTSTP, SIGCHLD};
  sigemptyset(set);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(set, numbers[i]);
}

void pass_on(const struct policy *policy, pid_t command, int signal_number) {
  // Before it made its own session there is no group of that number.
  if (policy->new_session && kill(-command, signal_number) == 0) return;
  kill(command, signal_number);
}

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) fail("identity", "Cannot write %s", path);
  close(fd);
}

static bool write_map(pid_t process, const char *name, unsigned first, unsigned second) {
  char path[40], text[64];
  snprintf(path, sizeof path, "/proc/%d/%s", process, name);
  int length = snprintf(text, sizeof text, "%u %u 1\n", first, first);
  if (second != first) length += snprintf(text + length, sizeof text - (size_t)length, "%u %u 1\n", second, second);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  bool is_written = fd >= 0 && write(fd, text, (size_t)length) == length;
  if (fd >= 0) close(fd);
  return is_written;
}

void give_identities(const struct policy *policy, pid_t child, int inner) {
  char is_given = write_map(child, "uid_map", policy->user, policy->owner) &&
                  write_map(child, "gid_map", policy->group, policy->owner_group);
  while (send(inner, &is_given, 1, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

/* True when the outer process, which alone may, made the owner of the workspace known here. */
static bool got_identities(int owner) {
  char is_given = 0;
  while (recv(owner, &is_given, 1, 0) < 0 && errno == EINTR) continue;
  return is_given != 0;
}

/* The same user and group inside as outside, and nobody else. */
static void keep_identity(uid_t user, gid_t group) {
  char text[64];
  write_file("/proc/self/setgroups", "deny");
  snprintf(text, sizeof text, "%u %u 1", user, user);
  write_file("/proc/self/uid_map", text);
  snprintf(text, sizeof text, "%u %u 1", group, group);
  write_file("/proc/self/gid_map", text);
}

static void raise_loopback(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
  strcpy(request.ifr_name, "lo");
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) fail("network", "Cannot raise the private loopback");
  close(fd);
}

/* As execvp() of some C libraries has it: a script that does not name its interpreter is the shell's. */
static void become_script(char **argv) {
  size_t count = 0;
  while (argv[count] != NULL) count++;
  char **shell = calloc(count + 2, sizeof *shell);
  if (shell == NULL) return;
  shell[0] = "sh";
  memcpy(shell + 1, argv, count * sizeof *argv);
  execv("/bin/sh", shell);
}

/* From here on calls that change files wait for the outer process. Where they cannot, the command runs all the same. */
static void submit_changes(void) {
  int listener = supervise_calls();
  if (listener < 0) tell_uncaptured(errno);
  else if (!send_listener(listener)) fail("capture", "Cannot hand over the listener");
  if (listener >= 0) close(listener);
}

void become_program(const struct policy *policy, const sigset_t *usual) {
  if (policy->new_session) setsid();
  set_limits(&policy->limits);
  if (policy->mode != MODE_KEEP) {
    leave_no_core();
    drop_capabilities(policy->serves_owner ? CAPABILITIES_OF_OWNERS : 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("privileges", "Cannot refuse new privileges");
    restrict_files(policy);
    restrict_calls(policy);
    if (policy->capture != NULL) submit_changes();
  }
  // Runtimes ignore these, and programs inherit that: a pipe that is closed early must end its writer.
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  signal(SIGCHLD, SIG_DFL);
  sigprocmask(SIG_SETMASK, usual, NULL);
  syscall(SYS_close_range, 3u, ~0u, 4u /* close on exec */);
  execvp(policy->argv[0], policy->argv);
  if (errno == ENOEXEC && strchr(policy->argv[0], '/') != NULL) become_script(policy->argv);
  bool is_missing = errno == ENOENT || errno == ENOTDIR;
  fail_with(is_missing ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, "exec", "Cannot run %.4000s", policy->argv[0]);
}

/* Everybody but this process. */
static int count_others(void) {
  DIR *list = opendir("/proc");
  if (list == NULL) return 0;
  int count = -1;
  struct dirent *entry;
  while ((entry = readdir(list)) != NULL)
    if (isdigit((unsigned char)entry->d_name[0])) count++;
  closedir(list);
  return count > 0 ? count : 0;
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct inside {
  const struct policy *policy;
  int owner, signals;
  pid_t command;
  struct relay *relay;
  bool ended;
  int wait_status;
  long deadline;
};

static void tell(const struct inside *inside, enum message_kind kind, int leftovers) {
  static struct message message;
  message.kind = kind;
  message.value = inside->wait_status;
  message.extra = leftovers;
  // Text is not sent with it.
  send(inside->owner, &message, offsetof(struct message, text), MSG_NOSIGNAL);
}

/* When nothing is alive any more, this ends. What outlives the command has a moment to finish writing. */
static void reap(struct inside *inside) {
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG | WUNTRACED);
    if (pid < 0 && errno == EINTR) continue;
    if (pid == 0) return;
    if (pid < 0) break;
    if (pid != inside->command) continue;
    if (WIFSTOPPED(status)) {
      if (!inside->policy->new_session) tell(inside, MESSAGE_STOPPED, 0);
      continue;
    }
    inside->ended = true;
    inside->wait_status = status;
    inside->deadline = now_ms() + inside->policy->grace_ms;
  }
  tell(inside, MESSAGE_ENDED, 0);
  _exit(0);
}

static void take_signals(struct inside *inside) {
  struct signalfd_siginfo info;
  while (read(inside->signals, &info, sizeof info) == (ssize_t)sizeof info) {
    if (info.ssi_signo == SIGCHLD || info.ssi_signo == SIGTSTP) continue;
    // What a terminal sends reaches the command by itself.
    if (!inside->policy->new_session && info.ssi_code == SI_KERNEL) continue;
    if (inside->ended && info.ssi_signo != SIGCONT) continue;
    pass_on(inside->policy, inside->command, (int)info.ssi_signo);
  }
  reap(inside);
}

/* Until when to sleep: for ever, unless the command has ended or a connection waits for room. */
static int patience(const struct inside *inside) {
  int ms = inside->relay != NULL && relay_waits(inside->relay) ? connect_again_ms : -1;
  if (!inside->ended) return ms;
  long left = inside->deadline - now_ms();
  if (left <= 0) {
    tell(inside, MESSAGE_ENDED, count_others());
    _exit(0);
  }
  return ms < 0 || left < ms ? (int)left : ms;
}

static _Noreturn void tend(struct inside *inside) {
  static struct pollfd rows[2 + RELAY_MAX_ROWS];
  for (;;) {
    size_t count = 2;
    rows[0] = (struct pollfd){.fd = inside->signals, .events = POLLIN};
    rows[1] = (struct pollfd){.fd = inside->owner};
    if (inside->relay != NULL) count += relay_wants(inside->relay, rows + 2);
    int ready = poll(rows, count, patience(inside));
    if (ready < 0 && errno != EINTR) _exit(1);
    if (ready < 0) continue;
    // The owner is gone; so is everything here, with this process.
    if (rows[1].revents != 0) _exit(1);
    if (rows[0].revents != 0) take_signals(inside);
    if (inside->relay != NULL) relay_got(inside->relay, rows + 2);
  }
}

static void end_with_owner(int owner) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  struct pollfd row = {.fd = owner};
  if (poll(&row, 1, 0) > 0 && row.revents != 0) _exit(1);
}

void live_inside(struct policy *policy, int owner, const sigset_t *usual) {
  end_with_owner(owner);
  int proxy = policy->network == NET_PROXY ? open_proxy(policy->proxy_socket) : -1;
  if (policy->serves_owner && !policy->is_joined) policy->serves_owner = got_identities(owner);
  if (!policy->serves_owner && !policy->is_joined) keep_identity(policy->user, policy->group);
  if (policy->network != NET_ON) raise_loopback();
  build_view(policy);
  struct inside inside = {.policy = policy, .owner = owner, .relay = proxy < 0 ? NULL : open_relay(proxy, policy->proxy_port)};
  sigset_t signals;
  forwarded_signals(&signals);
  inside.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (inside.signals < 0) fail("signals", "Cannot listen for signals");
  tell(&inside, MESSAGE_STARTED, 0);
  inside.command = fork();
  if (inside.command < 0) fail("fork", "Cannot start a process");
  if (inside.command == 0) become_program(policy, usual);

  drop_capabilities(0);
  end_with_owner(owner);
  tend(&inside);
}
