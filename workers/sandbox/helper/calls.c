#include "calls.h"

#include <sys/syscall.h>

#include "kernel.h"

#define NONE NO_ARGUMENT
#define AT(call, deed, directory, path, flags, follows) {call, deed, directory, path, NONE, NONE, flags, follows}
#define BY_PATH(call, deed, path, follows) {call, deed, NONE, path, NONE, NONE, NONE, follows}
#define BY_FD(call, deed) {call, deed, 0, NONE, NONE, NONE, NONE, false}

const struct call_row changing_calls[] = {
    AT(SYS_openat, DEED_OPEN, 0, 1, 2, true),
    AT(SYS_unlinkat, DEED_REMOVE, 0, 1, 2, false),
    AT(SYS_mkdirat, DEED_MAKE, 0, 1, NONE, false),
    AT(SYS_mknodat, DEED_MAKE, 0, 1, NONE, false),
    AT(SYS_symlinkat, DEED_MAKE, 1, 2, NONE, false),
    {SYS_linkat, DEED_LINK, 0, 1, 2, 3, 4, false},
    {SYS_renameat2, DEED_RENAME, 0, 1, 2, 3, 4, false},
#ifdef SYS_renameat
    {SYS_renameat, DEED_RENAME, 0, 1, 2, 3, NONE, false},
#endif
    BY_PATH(SYS_truncate, DEED_WRITE, 0, true),
    BY_FD(SYS_ftruncate, DEED_WRITE),
    BY_FD(SYS_fallocate, DEED_WRITE),
    AT(SYS_fchmodat, DEED_DESCRIBE, 0, 1, NONE, true),
    AT(SYS_fchmodat2, DEED_DESCRIBE, 0, 1, 3, true),
    BY_FD(SYS_fchmod, DEED_DESCRIBE),
    AT(SYS_fchownat, DEED_DESCRIBE, 0, 1, 4, true),
    BY_FD(SYS_fchown, DEED_DESCRIBE),
    AT(SYS_utimensat, DEED_DESCRIBE, 0, 1, 3, true),
    BY_PATH(SYS_setxattr, DEED_DESCRIBE, 0, true),
    BY_PATH(SYS_lsetxattr, DEED_DESCRIBE, 0, false),
    BY_FD(SYS_fsetxattr, DEED_DESCRIBE),
    BY_PATH(SYS_removexattr, DEED_DESCRIBE, 0, true),
    BY_PATH(SYS_lremovexattr, DEED_DESCRIBE, 0, false),
    BY_FD(SYS_fremovexattr, DEED_DESCRIBE),
    AT(SYS_setxattrat, DEED_DESCRIBE, 0, 1, 2, true),
    AT(SYS_removexattrat, DEED_DESCRIBE, 0, 1, 2, true),
    {SYS_bind, DEED_BIND, NONE, NONE, NONE, NONE, NONE, false},
#if defined(__x86_64__)
    BY_PATH(SYS_creat, DEED_CREATE, 0, true),
    AT(SYS_open, DEED_OPEN, NONE, 0, 1, true),
    BY_PATH(SYS_unlink, DEED_REMOVE, 0, false),
    BY_PATH(SYS_rmdir, DEED_REMOVE_DIRECTORY, 0, false),
    BY_PATH(SYS_mkdir, DEED_MAKE, 0, false),
    BY_PATH(SYS_mknod, DEED_MAKE, 0, false),
    BY_PATH(SYS_symlink, DEED_MAKE, 1, false),
    {SYS_link, DEED_LINK, NONE, 0, NONE, 1, NONE, false},
    {SYS_rename, DEED_RENAME, NONE, 0, NONE, 1, NONE, false},
    BY_PATH(SYS_chmod, DEED_DESCRIBE, 0, true),
    BY_PATH(SYS_chown, DEED_DESCRIBE, 0, true),
    BY_PATH(SYS_lchown, DEED_DESCRIBE, 0, false),
    BY_PATH(SYS_utime, DEED_DESCRIBE, 0, true),
    BY_PATH(SYS_utimes, DEED_DESCRIBE, 0, true),
    AT(SYS_futimesat, DEED_DESCRIBE, 0, 1, NONE, true),
#endif
};

const size_t changing_call_count = sizeof changing_calls / sizeof *changing_calls;

const struct call_row *find_call(int call) {
  for (size_t i = 0; i < changing_call_count; i++)
    if (changing_calls[i].call == call) return &changing_calls[i];
  return NULL;
}
