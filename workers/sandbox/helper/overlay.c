#include "overlay.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "paths.h"
#include "report.h"

static int open_layer(const char *path) {
  int fd = open_path(path);
  if (fd < 0) fail("overlay", "Cannot open %.4000s", path);
  return fd;
}

/*
 * Layers are named by descriptors: no path needs to be escaped. Without `userxattr` a directory that was removed and made
 * again could not be told from the old one; without `volatile` the end of the command would wait until the whole file
 * system of the upper layer is on disk. So nothing of it is durable before it is applied.
 */
void mount_overlay(const struct place *place) {
  char *upper = join(place->overlay, "up"), *work = join(place->overlay, "work");
  int layers[] = {open_layer(place->path), open_layer(upper), open_layer(work)};
  char options[200];
  snprintf(options, sizeof options,
           "lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d,userxattr,volatile", layers[0],
           layers[1], layers[2]);
  if (mount("overlay", place->path, "overlay", MS_NOSUID | MS_NODEV, options) != 0)
    fail("overlay", "Cannot lay an overlay over %.4000s", place->path);
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) close(layers[i]);
  free(upper);
  free(work);
}
