/*
 * What one command may do, as the flags say it: filled by flags.c, completed by plan.c, never changed afterwards.
 */
#ifndef CODI_POLICY_H
#define CODI_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { MODE_FULL, MODE_WEAK, MODE_KEEP };
enum network { NET_OFF, NET_ON, NET_PROXY };

/* In the order in which places of the same path are laid over each other. */
enum place_kind {
  PLACE_VISIBLE,    /* read-only, seen below a place that is covered */
  PLACE_WRITE,      /* writable */
  PLACE_PIN,        /* writable, a mount of its own, so that it cannot be renamed away */
  PLACE_PROTECT,    /* read-only */
  PLACE_UNREADABLE, /* hidden */
};

struct place {
  enum place_kind kind;
  char *path; /* absolute, without symbolic links */
  bool directory;
  bool passes; /* hidden, but something in it is not */
  int clone; /* detached copy of its mounts as they were, or -1 */
  const char *overlay; /* writable, but the changes land in this directory: see overlay.h */
};

struct places {
  struct place *rows;
  size_t count, room;
};

struct words {
  char **rows;
  size_t count, room;
};

struct limits {
  uint64_t cpu_seconds, memory_bytes, processes, file_bytes;
};

struct policy {
  enum mode mode;
  enum network network;
  struct words write, overlay, visible, protect, unreadable, git_write;
  const char *tmp, *cwd, *proxy_socket;
  int proxy_port;
  bool read_only, new_session;
  struct limits limits;
  int life, status; /* file descriptors, -1 for none */
  int grace_ms;
  int join; /* process 1 of another command, or 0 */
  char **argv;
  const char *capture; /* where what the command changes is kept, or NULL */
  struct words uncaptured;
  uint64_t capture_file_bytes, capture_bytes;
  bool is_joined; /* lives in the user and network namespaces of another command */
  unsigned user, group; /* who runs this, as they are outside */
  /* Root works in somebody else's directory: theirs are the only files but its own that it may pass over. */
  bool serves_owner;
  unsigned owner, owner_group;

  /* Made by plan.c. */
  struct places places;
  struct words sockets; /* of programs outside, by path */
};

#endif
