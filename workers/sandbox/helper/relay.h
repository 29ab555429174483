/*
 * The way to the filtering proxy: connections to a port of the private loopback are carried to its Unix socket, which
 * lies outside of everything the command sees. It runs in process 1, which the command can neither signal nor trace.
 */
#ifndef CODI_RELAY_H
#define CODI_RELAY_H

#include <poll.h>
#include <stddef.h>

struct relay;

/* While the socket can still be seen: -1 where the command has no proxy. */
int open_proxy(const char *socket_path);
/* Listens on 127.0.0.1 and, where there is IPv6, ::1. */
struct relay *open_relay(int proxy, int port);
/* How many rows of poll() it needs now, filled in. */
size_t relay_wants(struct relay *relay, struct pollfd *rows);
void relay_got(struct relay *relay, const struct pollfd *rows);
/* True while a connection waits for room, in the proxy's queue or here: poll again soon. */
int relay_waits(const struct relay *relay);

enum { RELAY_MAX_CONNECTIONS = 400, RELAY_MAX_ROWS = 2 + 2 * RELAY_MAX_CONNECTIONS };

#endif
