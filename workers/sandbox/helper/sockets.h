/*
 * Sockets of programs outside, which a read-only file system does not close: a connection to that of Docker, a
 * terminal multiplexer or the session bus leads out of every fence. The kernel lists those that are bound now.
 */
#ifndef CODI_SOCKETS_H
#define CODI_SOCKETS_H

#include "policy.h"

void list_sockets(struct policy *policy);

#endif
