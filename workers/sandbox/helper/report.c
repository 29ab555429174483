#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "quote.h"

static int status_fd = -1;
static int message_fd = -1;

void report_to(int fd) { status_fd = fd; }

void report_through(int fd) { message_fd = fd; }

/* A line is written at once, so that a reader never sees half of one. */
static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    length -= (size_t)written;
  }
}

void report_message(const struct message *message) {
  static char line[sizeof(message->text) * 6 + 200];
  bool failed = message->kind == MESSAGE_FAILED;
  if (status_fd < 0) {
    const char *why = failed && message->value != 0 ? strerror(message->value) : "";
    int length = snprintf(line, sizeof line, "codi sandbox: %s%s%s\n", message->text, *why ? ": " : "", why);
    write_all(2, line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
    return;
  }
  char *end = line;
  if (failed) {
    end += sprintf(end, "{\"stage\":\"%.23s\",\"errno\":%d,\"text\":", message->stage, message->value);
  } else {
    end += sprintf(end, "{\"warning\":");
  }
  end = quote(message->text, end);
  end += sprintf(end, "}\n");
  write_all(status_fd, line, (size_t)(end - line));
}

void report_init(int process) {
  char line[40];
  if (status_fd >= 0) write_all(status_fd, line, (size_t)sprintf(line, "{\"init\":%d}\n", process));
}

void report_note(const char *text, int problem) {
  char line[300], words[200];
  if (status_fd < 0) return;
  snprintf(words, sizeof words, "%s: %s", text, strerror(problem));
  char *end = line + sprintf(line, "{\"note\":\"%.200s\"}\n", words);
  write_all(status_fd, line, (size_t)(end - line));
}

void report_capture(const char *why, unsigned long lost, unsigned long missed) {
  static char line[1400];
  if (status_fd < 0) return;
  char *end = line + sprintf(line, "{\"capture\":%s,\"lost\":%lu,\"missed\":%lu", why == NULL ? "true" : "false", lost, missed);
  if (why != NULL) end = quote(why, end + sprintf(end, ",\"why\":"));
  end += sprintf(end, "}\n");
  write_all(status_fd, line, (size_t)(end - line));
}

void report_end(int wait_status, int leftovers) {
  if (status_fd < 0) return;
  char line[100];
  char *end = line;
  end += WIFSIGNALED(wait_status) ? sprintf(end, "{\"signal\":%d", WTERMSIG(wait_status))
                                  : sprintf(end, "{\"exit\":%d", WEXITSTATUS(wait_status));
  if (leftovers > 0) end += sprintf(end, ",\"leftovers\":%d", leftovers);
  end += sprintf(end, "}\n");
  write_all(status_fd, line, (size_t)(end - line));
}

static void deliver(const struct message *message) {
  if (message_fd < 0) {
    report_message(message);
    return;
  }
  while (send(message_fd, message, sizeof *message, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

bool send_listener(int listener) {
  static struct message message = {.kind = MESSAGE_LISTENER};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {.iov_base = &message, .iov_len = offsetof(struct message, text)};
  struct msghdr whole = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
  struct cmsghdr *header = CMSG_FIRSTHDR(&whole);
  *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &listener, sizeof listener);
  ssize_t sent;
  while ((sent = sendmsg(message_fd, &whole, MSG_NOSIGNAL)) < 0 && errno == EINTR) continue;
  return sent >= 0;
}

ssize_t receive_message(int socket, struct message *message, int *listener) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = message, .iov_len = sizeof *message};
  struct msghdr whole = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
  ssize_t length = recvmsg(socket, &whole, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&whole) : NULL;
  if (header == NULL || header->cmsg_type != SCM_RIGHTS) return length;
  if (*listener >= 0) close(*listener);
  memcpy(listener, CMSG_DATA(header), sizeof *listener);
  return length;
}

static _Noreturn void fail_list(int exit_status, const char *stage, const char *format, va_list list) {
  static struct message message;
  message.kind = MESSAGE_FAILED;
  message.value = errno;
  message.extra = exit_status;
  snprintf(message.stage, sizeof message.stage, "%s", stage);
  vsnprintf(message.text, sizeof message.text, format, list);
  deliver(&message);
  _exit(exit_status);
}

void fail(const char *stage, const char *format, ...) {
  va_list list;
  va_start(list, format);
  fail_list(EXIT_SETUP, stage, format, list);
}

void fail_with(int exit_status, const char *stage, const char *format, ...) {
  va_list list;
  va_start(list, format);
  fail_list(exit_status, stage, format, list);
}

void tell_uncaptured(int problem) {
  static struct message message = {.kind = MESSAGE_UNCAPTURED};
  message.value = problem;
  deliver(&message);
}

void warn(const char *format, ...) {
  static struct message message;
  va_list list;
  va_start(list, format);
  message.kind = MESSAGE_WARNING;
  vsnprintf(message.text, sizeof message.text, format, list);
  va_end(list);
  deliver(&message);
}
