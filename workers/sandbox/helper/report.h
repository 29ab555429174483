/*
 * How the processes of the helper tell what happened. The outer one writes JSON lines to the status descriptor (or
 * words to stderr where there is none); those inside send it messages over a socket that the command never gets.
 */
#ifndef CODI_REPORT_H
#define CODI_REPORT_H

#include <stdbool.h>
#include <sys/types.h>

/* Statuses of the helper itself, as env(1), timeout(1) and shells have them. */
#define EXIT_SETUP 125
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

enum message_kind {
  MESSAGE_FAILED, MESSAGE_WARNING, MESSAGE_STARTED, MESSAGE_STOPPED, MESSAGE_ENDED,
  MESSAGE_LISTENER,   /* with a descriptor: calls that change files arrive there */
  MESSAGE_UNCAPTURED, /* they cannot be seen; `value` says why */
};

struct message {
  enum message_kind kind;
  int value;  /* errno, or the wait status */
  int extra;  /* exit status, or how many processes were left over */
  char stage[24];
  char text[4600];
};

/* The outer process: where lines go; -1 means stderr. */
void report_to(int status_fd);
/* A process inside: sends to the outer one from now on. */
void report_through(int socket_fd);

/* Says what could not be set up and ends this process; nothing was run. Keeps errno. */
_Noreturn void fail(const char *stage, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with an exit status of its own: 126 and 127 for a program that cannot be run. */
_Noreturn void fail_with(int exit_status, const char *stage, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From inside: a descriptor of the command for the outer process. False where it did not go through. */
bool send_listener(int listener);
/* As recv(2) without waiting; a descriptor that came along is put into `listener`, or left at that. */
ssize_t receive_message(int socket, struct message *message, int *listener);
/* From inside: nothing of what the command changes is captured. */
void tell_uncaptured(int problem);

/* The outer process. */
void report_message(const struct message *message);
/* `{"init":N}`: process 1 of the namespaces, as it is numbered outside. */
void report_init(int process);
/* Something that went another way and needs nobody's attention. */
void report_note(const char *text, int problem);
/* Whether changes were captured, else `why` not; how many files have no image, how many changes were not written down. */
void report_capture(const char *why, unsigned long lost, unsigned long missed);
void report_end(int wait_status, int leftovers);

#endif
