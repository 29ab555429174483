#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* Length of a valid UTF-8 sequence at `at`, 0 where there is none. Overlong forms and surrogates are none. */
static size_t utf8_length(const unsigned char *at) {
  size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;
  for (size_t i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  if (at[0] == 0xe0 && at[1] < 0xa0) return 0;
  if (at[0] == 0xed && at[1] > 0x9f) return 0;
  if (at[0] == 0xf0 && at[1] < 0x90) return 0;
  if (at[0] == 0xf4 && at[1] > 0x8f) return 0;
  return length;
}

/* JSON string; bytes that are not UTF-8 become the character of the same number. Six bytes of room for each of text. */
static char *quote(const char *text, char *out) {
  *out++ = '"';
  for (const unsigned char *at = (const unsigned char *)text; *at != 0;) {
    size_t length = utf8_length(at);
    if (length == 0 || *at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f) {
      out += sprintf(out, "\\u%04x", *at);
      at++;
      continue;
    }
    memcpy(out, at, length);
    out += length;
    at += length;
  }
  *out++ = '"';
  *out = 0;
  return out;
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

void warn(const char *format, ...) {
  static struct message message;
  va_list list;
  va_start(list, format);
  message.kind = MESSAGE_WARNING;
  vsnprintf(message.text, sizeof message.text, format, list);
  va_end(list);
  deliver(&message);
}
