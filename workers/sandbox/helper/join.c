#include "join.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Numbers of processes are used again: only one that runs this very program is what the caller means. */
static bool is_helper(int directory) {
  struct stat theirs, ours;
  return fstatat(directory, "exe", &theirs, 0) == 0 && stat("/proc/self/exe", &ours) == 0 &&
         theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

bool open_namespaces(pid_t process, int namespaces[2]) {
  char path[40];
  snprintf(path, sizeof path, "/proc/%d", process);
  // It stands for that process, not for its number.
  int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  bool is_ours = is_helper(directory);
  namespaces[0] = openat(directory, "ns/user", O_RDONLY | O_CLOEXEC);
  namespaces[1] = openat(directory, "ns/net", O_RDONLY | O_CLOEXEC);
  int problem = is_ours ? errno : ESRCH;
  close(directory);
  if (is_ours && namespaces[0] >= 0 && namespaces[1] >= 0) return true;
  for (int i = 0; i < 2; i++)
    if (namespaces[i] >= 0) close(namespaces[i]);
  errno = problem;
  return false;
}
