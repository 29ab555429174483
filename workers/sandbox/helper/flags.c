#include "flags.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "report.h"

static _Noreturn void usage(const char *problem, const char *subject) {
  errno = EINVAL;
  fail("usage", "%s: %.1000s", problem, subject);
}

static char *absolute(const char *flag, char *value) {
  if (value[0] != '/') usage("A path must be absolute", value[0] == 0 ? flag : value);
  if (strlen(value) >= PATH_MAX) usage("A path is too long", flag);
  return value;
}

static uint64_t number(const char *flag, const char *value, uint64_t least, uint64_t most) {
  char *end;
  errno = 0;
  if (value[0] < '0' || value[0] > '9') usage("Not a number", flag);
  unsigned long long result = strtoull(value, &end, 10);
  if (errno != 0 || *end != 0 || result < least || result > most) usage("Not a number in range", flag);
  return result;
}

static int descriptor(const char *flag, const char *value) {
  int fd = (int)number(flag, value, 3, 1 << 20);
  if (fcntl(fd, F_GETFD) < 0) usage("Not an open descriptor", flag);
  // The command must not get it.
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}

static enum mode mode_of(const char *value) {
  if (strcmp(value, "full") == 0) return MODE_FULL;
  if (strcmp(value, "weak") == 0) return MODE_WEAK;
  if (strcmp(value, "keep") == 0) return MODE_KEEP;
  usage("--mode is full, weak or keep", value);
}

static enum network network_of(const char *value) {
  if (strcmp(value, "off") == 0) return NET_OFF;
  if (strcmp(value, "on") == 0) return NET_ON;
  if (strcmp(value, "proxy") == 0) return NET_PROXY;
  usage("--net is off, on or proxy", value);
}

enum flag {
  FLAG_MODE, FLAG_WRITE, FLAG_OVERLAY, FLAG_VISIBLE, FLAG_TMP, FLAG_PROTECT, FLAG_UNREADABLE, FLAG_GIT_WRITE, FLAG_NET,
  FLAG_PROXY_SOCKET, FLAG_PROXY_PORT, FLAG_CWD, FLAG_CPU, FLAG_MEMORY, FLAG_PROCESSES, FLAG_FILE_SIZE,
  FLAG_LIFE, FLAG_STATUS, FLAG_GRACE, FLAG_JOIN, FLAG_CAPTURE, FLAG_UNCAPTURED, FLAG_CAPTURE_FILE, FLAG_CAPTURE_BYTES,
  FLAG_READ_ONLY, FLAG_NO_NEW_SESSION, FLAG_COUNT,
};

/* Those from FLAG_READ_ONLY on take no value. */
static const char *const names[FLAG_COUNT] = {
    "--mode", "--write", "--overlay", "--visible", "--tmp", "--protect", "--unreadable", "--git-write", "--net",
    "--proxy-socket", "--proxy-port", "--cwd", "--cpu", "--memory", "--processes", "--file-size",
    "--life", "--status", "--grace", "--join", "--capture", "--uncaptured", "--capture-file", "--capture-bytes",
    "--read-only", "--no-new-session",
};

static enum flag flag_of(const char *name) {
  for (int flag = 0; flag < FLAG_COUNT; flag++)
    if (strcmp(name, names[flag]) == 0) return (enum flag)flag;
  usage("Unknown flag", name);
}

/* Belongs to the last --write: rows of both lists stand side by side. */
static void take_overlay(struct policy *policy, char *value) {
  if (policy->write.count == policy->overlay.count) usage("--overlay follows a --write of its own, not", value);
  while (policy->overlay.count + 1 < policy->write.count) add_word(&policy->overlay, NULL);
  add_word(&policy->overlay, absolute("--overlay", value));
}

static void take(struct policy *policy, enum flag flag, char *value) {
  const char *name = names[flag];
  switch (flag) {
    case FLAG_MODE: policy->mode = mode_of(value); return;
    case FLAG_WRITE: add_word(&policy->write, absolute(name, value)); return;
    case FLAG_OVERLAY: take_overlay(policy, value); return;
    case FLAG_VISIBLE: add_word(&policy->visible, absolute(name, value)); return;
    case FLAG_TMP: policy->tmp = absolute(name, value); return;
    case FLAG_PROTECT: add_word(&policy->protect, absolute(name, value)); return;
    case FLAG_UNREADABLE: add_word(&policy->unreadable, absolute(name, value)); return;
    case FLAG_GIT_WRITE: add_word(&policy->git_write, absolute(name, value)); return;
    case FLAG_NET: policy->network = network_of(value); return;
    case FLAG_PROXY_SOCKET:
      policy->proxy_socket = absolute(name, value);
      return;
    case FLAG_PROXY_PORT: policy->proxy_port = (int)number(name, value, 1, 65535); return;
    case FLAG_CWD: policy->cwd = absolute(name, value); return;
    case FLAG_CPU: policy->limits.cpu_seconds = number(name, value, 0, 1u << 30); return;
    case FLAG_MEMORY: policy->limits.memory_bytes = number(name, value, 0, INT64_MAX); return;
    case FLAG_PROCESSES: policy->limits.processes = number(name, value, 0, 1u << 22); return;
    case FLAG_FILE_SIZE: policy->limits.file_bytes = number(name, value, 0, INT64_MAX); return;
    case FLAG_LIFE: policy->life = descriptor(name, value); return;
    case FLAG_STATUS:
      policy->status = descriptor(name, value);
      report_to(policy->status);
      return;
    case FLAG_GRACE: policy->grace_ms = (int)number(name, value, 0, 60000); return;
    case FLAG_JOIN: policy->join = (int)number(name, value, 1, 1 << 22); return;
    case FLAG_CAPTURE: policy->capture = absolute(name, value); return;
    case FLAG_UNCAPTURED: add_word(&policy->uncaptured, absolute(name, value)); return;
    case FLAG_CAPTURE_FILE: policy->capture_file_bytes = number(name, value, 0, INT64_MAX); return;
    case FLAG_CAPTURE_BYTES: policy->capture_bytes = number(name, value, 0, INT64_MAX); return;
    case FLAG_READ_ONLY: policy->read_only = true; return;
    case FLAG_NO_NEW_SESSION: policy->new_session = false; return;
    case FLAG_COUNT: return;
  }
}

/* Whatever goes wrong is told to the status descriptor, wherever its flag stands. */
static void find_status(int argc, char **argv) {
  for (int i = 1; i + 1 < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--status") == 0) {
      report_to(descriptor("--status", argv[i + 1]));
      return;
    }
}

void read_flags(int argc, char **argv, struct policy *policy) {
  *policy = (struct policy){
      .network = NET_OFF, .new_session = true, .life = -1, .status = -1, .grace_ms = 200, .cwd = NULL,
      .capture_file_bytes = 64ull << 20, .capture_bytes = 1ull << 30};
  find_status(argc, argv);
  int at = 1;
  for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
    enum flag flag = flag_of(argv[at]);
    if (flag >= FLAG_READ_ONLY) {
      take(policy, flag, argv[at]);
      continue;
    }
    if (at + 1 >= argc) usage("A value is missing after", argv[at]);
    at++;
    take(policy, flag, argv[at]);
  }
  if (at + 1 >= argc) usage("No program is given after", "--");
  policy->argv = argv + at + 1;
  if (policy->argv[0][0] == 0) usage("The program has no name", "--");
  if (policy->overlay.count > 0 && policy->mode != MODE_FULL) usage("Only --mode full can do", "--overlay");
  if (policy->capture != NULL && policy->mode == MODE_KEEP) usage("--mode keep cannot do", "--capture");
  if (policy->network != NET_PROXY) return;
  if (policy->mode != MODE_FULL) usage("Only --mode full can do", "--net proxy");
  if (policy->proxy_socket == NULL || policy->proxy_port == 0)
    usage("--net proxy needs both", "--proxy-socket and --proxy-port");
}
