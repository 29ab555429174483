#include "descendants.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process that is stuck in the kernel cannot be ended by anyone; it ends when it comes out. */
static const long give_up_ms = 5000;

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True when there is no child left. Counts those that a kill ended. */
static bool collect(int *killed) {
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return pid < 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ++*killed;
  }
}

static pid_t parent_of_process(pid_t pid) {
  char path[40], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  // The name may hold anything, a bracket included.
  const char *rest = strrchr(text, ')');
  int parent = 0;
  char state;
  if (rest == NULL || sscanf(rest + 1, " %c %d", &state, &parent) != 2 || state == 'Z') return 0;
  return parent;
}

static void kill_children(void) {
  DIR *list = opendir("/proc");
  if (list == NULL) return;
  pid_t self = getpid();
  struct dirent *entry;
  while ((entry = readdir(list)) != NULL) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    pid_t pid = atoi(entry->d_name);
    if (parent_of_process(pid) == self) kill(pid, SIGKILL);
  }
  closedir(list);
}

int end_descendants(pid_t only, int grace_ms, void (*wait)(void *about, int ms), void *about) {
  if (only > 0) {
    while (waitpid(only, NULL, 0) < 0 && errno == EINTR) continue;
    return 0;
  }
  // A process is killed again until its end was seen, which may take a moment: ends are counted, not kills.
  int killed = 0;
  long start = now_ms(), grace_end = start + grace_ms;
  while (!collect(&killed)) {
    long now = now_ms();
    if (now > start + give_up_ms) break;
    if (now >= grace_end) kill_children();
    // The end of a child is awaited by its signal only where one is blocked; a short sleep does for both.
    wait(about, now >= grace_end ? 1 : 5);
  }
  return killed;
}
