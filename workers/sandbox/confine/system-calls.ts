/**
 * Numbers of the kernel, as the backends in TypeScript need them: system calls by machine, what a sandboxed program may
 * not call, flags. The helper has its own copy in C; both were checked against the kernel's headers.
 */

export interface Machine {
  /** AUDIT_ARCH of the machine. */
  audit: number
  prctl: number
  seccomp: number
  capset: number
  landlockCreate: number
  landlockAdd: number
  landlockRestrict: number
  socket: number
  socketpair: number
  clone: number
  clone3: number
  unshare: number
  ioctl: number
  prlimit64: number
  /** Refused with EPERM, whatever the arguments. */
  denied: readonly number[]
  /** Change owner or extended attributes, which Landlock does not know. */
  metadata: readonly number[]
  /** Refused too where the command has no network of its own: connect, bind, listen, accept, accept4. */
  network: readonly number[]
}

const x64: Machine = {
  audit: 0xc000003e,
  prctl: 157,
  seccomp: 317,
  capset: 126,
  landlockCreate: 444,
  landlockAdd: 445,
  landlockRestrict: 446,
  socket: 41,
  socketpair: 53,
  clone: 56,
  clone3: 435,
  unshare: 272,
  ioctl: 16,
  prlimit64: 302,
  denied: [
    // ptrace, process_vm_readv, process_vm_writev, io_uring, mount, umount2, pivot_root, chroot, swapon, swapoff
    ...[101, 310, 311, 425, 426, 427, 165, 166, 155, 161, 167, 168],
    // reboot, sethostname, setdomainname, iopl, ioperm, init_module, delete_module, finit_module, kexec, bpf
    ...[169, 170, 171, 172, 173, 175, 176, 313, 246, 320, 321],
    // perf_event_open, userfaultfd, keyctl, add_key, request_key, setns, open_by_handle_at
    ...[298, 323, 250, 248, 249, 308, 304],
    // move_mount, open_tree, fsopen, fsconfig, fsmount, fspick, mount_setattr, open_tree_attr
    ...[429, 428, 430, 431, 432, 433, 442, 467],
    // quotactl, quotactl_fd, acct, settimeofday, clock_settime, clock_adjtime, adjtimex, syslog, vhangup
    ...[179, 443, 163, 164, 227, 305, 159, 103, 153],
    // modify_ldt, lookup_dcookie, nfsservctl, kcmp, pidfd_getfd, fanotify_init
    ...[154, 212, 180, 312, 438, 300],
  ],
  // chown, fchown, lchown, fchownat, setxattr, lsetxattr, fsetxattr, removexattr, lremovexattr, fremovexattr, setxattrat,
  // removexattrat
  metadata: [92, 93, 94, 260, 188, 189, 190, 197, 198, 199, 463, 466],
  network: [42, 49, 50, 43, 288],
}

const arm64: Machine = {
  audit: 0xc00000b7,
  prctl: 167,
  seccomp: 277,
  capset: 91,
  landlockCreate: 444,
  landlockAdd: 445,
  landlockRestrict: 446,
  socket: 198,
  socketpair: 199,
  clone: 220,
  clone3: 435,
  unshare: 97,
  ioctl: 29,
  prlimit64: 261,
  denied: [
    ...[117, 270, 271, 425, 426, 427, 40, 39, 41, 51, 224, 225],
    ...[142, 161, 162, 105, 106, 273, 104, 294, 280],
    ...[241, 282, 219, 217, 218, 268, 265],
    ...[429, 428, 430, 431, 432, 433, 442, 467],
    ...[60, 443, 89, 170, 112, 266, 171, 116, 58],
    ...[18, 42, 272, 438, 262],
  ],
  // fchown, fchownat, setxattr …, removexattr …, setxattrat, removexattrat
  metadata: [55, 54, 5, 6, 7, 14, 15, 16, 463, 466],
  network: [203, 200, 201, 202, 242],
}

/** Undefined for a machine that codi does not know. */
export function thisMachine(): Machine | undefined {
  return { x64, arm64 }[process.arch as string]
}

export const cloneNewUser = 0x1000_0000
/** Requests of ioctl that put text into the input of a terminal. */
export const tiocsti = 0x5412
export const tioclinux = 0x541c

export const family = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const
export const socketTypeMask = 0xf
export const socketDatagram = 2

export const errno = { perm: 1, nosys: 38 } as const
