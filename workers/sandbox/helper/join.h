/*
 * The private loopback of a command that is still running, for another command of the same session: a server that one
 * started in the background answers the next.
 */
#ifndef CODI_JOIN_H
#define CODI_JOIN_H

#include <stdbool.h>
#include <sys/types.h>

/* Descriptors of the user and network namespaces of process 1 of another command; false where it is no such process. */
bool open_namespaces(pid_t process, int namespaces[2]);

#endif
