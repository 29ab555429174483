#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "paths.h"
#include "report.h"

enum { BUFFER_BYTES = 32 * 1024 };

/* Bytes on their way in one direction. */
struct way {
  char *bytes;
  size_t from, to;
  bool ended, shut;
};

/* `ways[0]` is from the command to the proxy. `connected` is false while the proxy has no room for one more. */
struct connection {
  int ends[2];
  struct way ways[2];
  bool connected;
};

struct relay {
  int proxy;
  int listeners[2];
  size_t count;
  /* No descriptor was left for the last that came; it waits until another is closed. */
  bool is_starved;
  struct connection rows[RELAY_MAX_CONNECTIONS];
};

int open_proxy(const char *socket_path) {
  int fd = open(socket_path, O_PATH | O_CLOEXEC);
  struct stat found;
  if (fd >= 0 && fstat(fd, &found) == 0 && !S_ISSOCK(found.st_mode)) {
    errno = ENOTSOCK;
    fail("proxy", "Cannot use %.4000s as the proxy's socket", socket_path);
  }
  if (fd < 0) fail("proxy", "Cannot open the proxy's socket %.4000s", socket_path);
  return fd;
}

static int listen_on(const struct sockaddr *address, socklen_t length) {
  int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, address, length) == 0 && listen(fd, 128) == 0) return fd;
  int problem = errno;
  close(fd);
  errno = problem;
  return -1;
}

struct relay *open_relay(int proxy, int port) {
  struct relay *relay = calloc(1, sizeof *relay);
  if (relay == NULL) fail("memory", "No memory is left");
  relay->proxy = proxy;
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  relay->listeners[0] = listen_on((struct sockaddr *)&four, sizeof four);
  if (relay->listeners[0] < 0) fail("proxy", "Cannot listen on port %d", port);
  relay->listeners[1] = listen_on((struct sockaddr *)&six, sizeof six);
  return relay;
}

static void close_connection(struct connection *row) {
  for (int end = 0; end < 2; end++) {
    if (row->ends[end] >= 0) close(row->ends[end]);
    free(row->ways[end].bytes);
  }
}

/* True when it is through or waits; false when there is no proxy any more. */
static bool connect_out(const struct relay *relay, struct connection *row) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", relay->proxy);
  if (connect(row->ends[1], (struct sockaddr *)&address, sizeof address) == 0) row->connected = true;
  return row->connected || errno == EAGAIN || errno == EINTR;
}

static void take_connections(struct relay *relay, int listener) {
  while (relay->count < RELAY_MAX_CONNECTIONS) {
    int near = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (near < 0) {
      relay->is_starved = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      return;
    }
    struct connection row = {.ends = {near, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}};
    row.ways[0].bytes = malloc(BUFFER_BYTES);
    row.ways[1].bytes = malloc(BUFFER_BYTES);
    bool is_open = row.ends[1] >= 0 && row.ways[0].bytes != NULL && row.ways[1].bytes != NULL && connect_out(relay, &row);
    if (is_open) relay->rows[relay->count++] = row;
    else close_connection(&row);
  }
}

static bool is_full(const struct way *way) { return way->to == BUFFER_BYTES; }

/* Reads what there is room for and writes what is there. False when the connection broke. */
static bool carry(struct way *way, int from, int to, bool can_read) {
  if (can_read && !way->ended && !is_full(way)) {
    ssize_t got = read(from, way->bytes + way->to, BUFFER_BYTES - way->to);
    if (got == 0) way->ended = true;
    if (got > 0) way->to += (size_t)got;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return false;
  }
  while (way->from < way->to) {
    ssize_t sent = send(to, way->bytes + way->from, way->to - way->from, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return false;
    way->from += (size_t)sent;
  }
  if (way->from == way->to) way->from = way->to = 0;
  if (way->ended && way->from == way->to && !way->shut) {
    shutdown(to, SHUT_WR);
    way->shut = true;
  }
  return true;
}

static short interest(const struct connection *row, int end) {
  const struct way *in = &row->ways[end], *out = &row->ways[1 - end];
  short events = 0;
  if (!row->connected) return 0;
  if (!in->ended && !is_full(in)) events |= POLLIN;
  if (out->from < out->to) events |= POLLOUT;
  return events;
}

size_t relay_wants(struct relay *relay, struct pollfd *rows) {
  size_t count = 0;
  bool has_room = relay->count < RELAY_MAX_CONNECTIONS && !relay->is_starved;
  for (int i = 0; i < 2; i++) rows[count++] = (struct pollfd){.fd = has_room ? relay->listeners[i] : -1, .events = POLLIN};
  for (size_t i = 0; i < relay->count; i++)
    for (int end = 0; end < 2; end++) {
      short events = interest(&relay->rows[i], end);
      // Without an interest a hang-up would wake the loop for ever.
      rows[count++] = (struct pollfd){.fd = events == 0 ? -1 : relay->rows[i].ends[end], .events = events};
    }
  return count;
}

int relay_waits(const struct relay *relay) {
  for (size_t i = 0; i < relay->count; i++)
    if (!relay->rows[i].connected) return 1;
  return relay->is_starved;
}

void relay_got(struct relay *relay, const struct pollfd *rows) {
  const struct pollfd *ends = rows + 2;
  size_t kept = 0, polled = relay->count;
  for (size_t i = 0; i < polled; i++) {
    struct connection *row = &relay->rows[i];
    bool is_alive = row->connected || connect_out(relay, row);
    for (int end = 0; is_alive && row->connected && end < 2; end++)
      is_alive = carry(&row->ways[end], row->ends[end], row->ends[1 - end], ends[2 * i + (size_t)end].revents != 0);
    if (is_alive && !(row->ways[0].shut && row->ways[1].shut)) relay->rows[kept++] = *row;
    else close_connection(row);
  }
  relay->count = kept;
  relay->is_starved = false;
  for (int i = 0; i < 2; i++)
    if (rows[i].revents != 0) take_connections(relay, relay->listeners[i]);
}
