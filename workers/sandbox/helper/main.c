/*
 * codi's sandbox helper: runs one program fenced in, and ends everything it started.
 *
 *   helper [flags] -- program args…
 *   helper scan …           looks what changed in a tree (scan.h)
 *
 *   --mode full|weak|keep   full: user, mount, pid, ipc (and network) namespaces, no capabilities, Landlock, seccomp;
 *                           weak: Landlock and seccomp alone; keep: nothing is confined, only process life
 *   --write PATH            writable (repeat)
 *   --overlay DIR           full: what is written in the PATH of the --write before it lands in DIR/up, and PATH stays as it
 *                           is; DIR/up and DIR/work are empty directories of one file system
 *   --visible PATH          stays to be seen read-only where its surroundings are covered (/tmp, /run, /dev) (repeat)
 *   --tmp DIR               private temp, over /tmp and /var/tmp; without it an empty one in memory
 *   --protect PATH          read-only inside what is writable, whether it exists or not (repeat)
 *   --unreadable PATH       cannot be read; one that is missing is left out (repeat)
 *   --git-write PATH        a `.git` whose repository is writable, its hooks and configuration excepted (repeat)
 *   --read-only             nothing is writable but the private temp
 *   --net off|on|proxy      off: a loopback of its own; proxy: the same, with --proxy-port N of it carried to the Unix
 *                           socket --proxy-socket PATH. Weak: off is no socket at all, proxy is refused
 *   --join PID              full: shares the private loopback of the command whose status said {"init":PID}; where
 *                           that has ended: {"note"} and a loopback of its own
 *   --capture DIR           before the command changes a file of a writable place, what was there is kept in this empty
 *                           directory, with a line in DIR/log (src/contract/capture.ts); `.git` and the temp are left out
 *   --uncaptured PATH       left out, too (repeat)
 *   --capture-file BYTES --capture-bytes BYTES     the largest file, and what the command may change in all, where a copy
 *                           costs its size (64 MiB, 1 GiB)
 *   --cwd DIR
 *   --cpu SECONDS --memory BYTES --processes N --file-size BYTES     of each process; 0 is no limit
 *   --no-new-session        keeps the caller's terminal and process group
 *   --grace MS              for what is still running when the command has ended (200), then it is killed
 *   --life FD               end-of-file there means that the owner died: everything is killed
 *   --status FD             JSON lines: {"init":PID} in full mode, the process that --join names; {"warning"} for the
 *                           person, {"note"} for nobody; {"capture":true,"lost":N,"missed":N} with how many images and
 *                           lines are missing, or false with "why"; {"stage","errno","text"} when nothing was run, else at the end
 *                           {"exit":N} or {"signal":N}, with "leftovers":N where something had to be killed
 *
 * SIGPWR ends everything at once, as the owner's death does; SIGKILL could not where there are no namespaces. Other
 * signals are passed on.
 *
 * Paths are absolute. The exit status is that of the program, 128 + n after signal n; 125 when the fence could not be
 * set up (nothing was run then), 126 and 127 when the program could not be.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "flags.h"
#include "kernel.h"
#include "outside.h"
#include "plan.h"
#include "scan.h"

/* Descriptors of our own must never be taken for the command's input or output. */
static void open_standard_descriptors(void) {
  int fd;
  do fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= 2);
  if (fd > 2) close(fd);
}

/* What the caller forgot to close is no business of the command, nor held open by us. */
static void close_others(int life, int status) {
  unsigned first = 3;
  int low = life < status ? life : status, high = life < status ? status : life;
  for (int i = 0; i < 2; i++) {
    int kept = i == 0 ? low : high;
    if (kept < 0) continue;
    if ((unsigned)kept > first) syscall(SYS_close_range, first, (unsigned)kept - 1, 0u);
    first = (unsigned)kept + 1;
  }
  syscall(SYS_close_range, first, ~0u, 0u);
}

int main(int argc, char **argv) {
  static struct policy policy;
  open_standard_descriptors();
  if (argc > 1 && strcmp(argv[1], "scan") == 0) return run_scan(argc - 1, argv + 1);
  read_flags(argc, argv, &policy);
  close_others(policy.life, policy.status);
  make_plan(&policy);
  return run_outside(&policy);
}
