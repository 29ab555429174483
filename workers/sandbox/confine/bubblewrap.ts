/**
 * Commands confined by `bwrap`, where it is installed: its namespaces and mounts, and codi's own filter of system calls
 * through an inherited descriptor. As root it would keep every capability, so all are dropped by name.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { closeSync, existsSync, statSync, writeSync } from 'node:fs'
import { CodiError } from '../../../src/base/errors.ts'
import { openLibc } from '../../../src/base/libc.ts'
import { isWithin } from '../../../src/base/paths.ts'
import { programPath } from '../../../src/base/program-path.ts'
import type { Backend, Confined } from './backend.ts'
import type { Process } from './command.ts'
import type { Plan } from './plan.ts'
import { seccompFilter } from './seccomp.ts'
import { startProcess } from './spawn.ts'
import { thisMachine } from './system-calls.ts'

/** What bwrap finds its filter in. */
const filterDescriptor = 3

export function openBubblewrap(): Backend {
  const path = programPath('bwrap')
  return {
    name: 'bubblewrap',
    holds: 'partial',
    gaps: {
      sockets: 'those outside /run and /tmp can be reached',
      protected: 'what exists is read-only; what does not exist yet is watched and put back',
      limits: 'only time and output are limited',
    },
    remarks: { network: 'a private loopback, or the whole network; no single host' },
    ownTmp: true,
    ownNetwork: false,
    // Its namespace ends with it, but a moment later.
    endsWithAll: false,
    missing() {
      if (!path) return 'bwrap is not installed'
      return thisMachine() ? undefined : `no system call numbers for ${process.arch}`
    },
    async start(process, plan) {
      const machine = thisMachine()
      if (!path || !machine) throw new CodiError('unsupported', 'bwrap cannot be used here')
      const network = plan.network === 'on' ? 'all' : 'private'
      const filter = memoryFile(seccompFilter({ machine, network, metadata: false }))
      try {
        const argv = [path, ...bubblewrapFlags(process, plan), '--', ...process.argv]
        return startProcess({ ...process, argv, descriptors: [filter] }) satisfies Confined
      } finally {
        closeSync(filter)
      }
    },
  }
}

/** In the order in which bwrap mounts: the later covers the earlier. */
export function bubblewrapFlags(process: Pick<Process, 'cwd' | 'output'>, plan: Plan): string[] {
  const shown = plan.writable.filter((path) => !plan.unreadable.some((no) => isWithin(path, no)))
  return [
    ...(process.output === 'pipe' ? ['--new-session'] : []),
    '--die-with-parent',
    ...['--ro-bind', '/', '/'],
    ...['--dev', '/dev', '--proc', '/proc'],
    ...(existsSync('/run') ? ['--tmpfs', '/run', ...(plan.network === 'on' ? resolvers : [])] : []),
    ...['--bind', plan.temporary, '/tmp'],
    ...[...plan.visible, process.cwd].flatMap((path) => ['--ro-bind', path, path]),
    ...shown.flatMap((path) => ['--bind', path, path]),
    ...plan.gitWrite.flatMap(openGit),
    ...plan.protected.filter(existsSync).flatMap((path) => ['--ro-bind', path, path]),
    ...plan.unreadable.flatMap((path) => hide(path)),
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts'],
    ...(plan.network === 'on' ? [] : ['--unshare-net']),
    ...['--cap-drop', 'ALL', '--seccomp', String(filterDescriptor), '--chdir', process.cwd],
  ]
}

/** Where /etc/resolv.conf usually leads. */
const resolvers = ['systemd/resolve', 'NetworkManager', 'resolvconf', 'connman']
  .map((name) => `/run/${name}`)
  .flatMap((path) => ['--ro-bind-try', path, path])

/** Itself a mount point, so that it cannot be moved aside. */
function openGit(directory: string): string[] {
  const closed = ['hooks', 'config', 'info'].map((name) => `${directory}/${name}`)
  return [
    ...['--bind', directory, directory],
    ...closed.filter(existsSync).flatMap((path) => ['--ro-bind', path, path]),
  ]
}

function hide(path: string): string[] {
  return isDirectory(path)
    ? ['--perms', '0000', '--tmpfs', path, '--remount-ro', path]
    : ['--ro-bind', '/dev/null', path]
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function memoryFile(bytes: Uint8Array): number {
  const fd = openLibc((library) => {
    const { symbols } = dlopen(library, {
      memfd_create: { args: [FFIType.ptr, FFIType.u32], returns: FFIType.i32 },
      lseek: { args: [FFIType.i32, FFIType.i64, FFIType.i32], returns: FFIType.i64 },
    })
    const file = symbols.memfd_create(ptr(Buffer.from('codi-filter\0')), 1)
    if (file < 0) throw new Error('memfd_create failed')
    writeSync(file, bytes)
    symbols.lseek(file, 0, 0)
    return file
  })
  if (fd === undefined) throw new CodiError('io', 'Cannot keep the filter of bwrap in memory')
  return fd
}
