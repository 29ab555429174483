#include "fence.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"
#include "report.h"

/* Between the first signal of a time limit and the end. */
static const rlim_t cpu_grace_seconds = 5;

/* Root keeps a good deal without them as owner of files, but no mount, no other process and no device is its own. */
void drop_capabilities(uint32_t kept) {
  for (int capability = 0; capability < 64; capability++)
    if ((capability >= 32 || (kept >> capability & 1) == 0) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno == EINVAL) break;
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct capability_header header = {.version = CAPABILITY_VERSION};
  struct capability_data data[2] = {{kept, kept, 0}, {0, 0, 0}};
  if (syscall(SYS_capset, &header, data) != 0) fail("capabilities", "Cannot drop capabilities");
}

static void limit(int resource, uint64_t value, uint64_t hard) {
  struct rlimit now;
  if (getrlimit(resource, &now) != 0) fail("limits", "Cannot read a limit");
  // What the caller may not raise stays as it is.
  struct rlimit next = {.rlim_cur = value, .rlim_max = hard};
  if (now.rlim_max != RLIM_INFINITY && next.rlim_max > now.rlim_max) next.rlim_max = now.rlim_max;
  if (next.rlim_cur > next.rlim_max) next.rlim_cur = next.rlim_max;
  if (setrlimit(resource, &next) != 0) fail("limits", "Cannot set a limit");
}

void set_limits(const struct limits *limits) {
  if (limits->cpu_seconds > 0) limit(RLIMIT_CPU, limits->cpu_seconds, limits->cpu_seconds + cpu_grace_seconds);
  if (limits->memory_bytes > 0) limit(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes);
  if (limits->processes > 0) limit(RLIMIT_NPROC, limits->processes, limits->processes);
  if (limits->file_bytes > 0) limit(RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes);
}

void leave_no_core(void) { limit(RLIMIT_CORE, 0, 0); }
