/**
 * macOS: a profile for `sandbox-exec`. Paths enter as parameters, never as text of the profile. Its text is tested
 * against its contract; it has not been run on a Mac.
 */
import { existsSync } from 'node:fs'
import { CodiError } from '../../../src/base/errors.ts'
import type { Backend } from './backend.ts'
import type { Plan } from './plan.ts'
import { startProcess } from './spawn.ts'

/** By absolute path: one found on PATH could be anybody's. */
const program = '/usr/bin/sandbox-exec'

export function openSeatbelt(): Backend {
  return {
    name: 'seatbelt',
    holds: 'partial',
    gaps: {
      metadata: 'mode and times of files elsewhere are not held on every release',
      processes: 'other processes can be listed; they cannot be signalled or traced',
      ending: 'a process that left its group can live on',
      limits: 'only time and output are limited',
    },
    remarks: { network: 'none, or the whole network; no single host' },
    ownTmp: false,
    ownNetwork: false,
    endsWithAll: false,
    missing() {
      if (process.platform !== 'darwin') return 'only macOS has it'
      return existsSync(program) ? undefined : `${program} is not there`
    },
    async start(started, plan) {
      if (process.platform !== 'darwin')
        throw new CodiError('unsupported', 'Only macOS has seatbelt')
      const { text, parameters } = seatbeltProfile(plan)
      const defined = Object.entries(parameters).map(([name, value]) => `-D${name}=${value}`)
      return startProcess({
        ...started,
        argv: [program, '-p', text, ...defined, '--', ...started.argv],
      })
    },
  }
}

const base = `(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow file-write-data (require-all (path "/dev/null") (vnode-type CHARACTER-DEVICE)))
(allow file-read* file-write-data file-ioctl (literal "/dev/zero"))
(allow file-read* (literal "/dev/random") (literal "/dev/urandom"))
(allow sysctl-read
  (sysctl-name-prefix "hw.") (sysctl-name-prefix "kern.os") (sysctl-name-prefix "kern.proc.")
  (sysctl-name-prefix "machdep.cpu.") (sysctl-name-prefix "net.routetable.")
  (sysctl-name "kern.argmax") (sysctl-name "kern.hostname") (sysctl-name "kern.maxfilesperproc")
  (sysctl-name "kern.maxproc") (sysctl-name "kern.secure_kernel") (sysctl-name "kern.usrstack64")
  (sysctl-name "kern.version") (sysctl-name "sysctl.proc_cputype") (sysctl-name "vm.loadavg"))
(allow iokit-open (iokit-registry-entry-class "RootDomainUserClient"))
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.PowerManagement.control")
  (global-name "com.apple.cfprefsd.daemon") (global-name "com.apple.cfprefsd.agent"))
(allow ipc-posix-sem)
(allow ipc-posix-shm-read* ipc-posix-shm-write-create ipc-posix-shm-write-unlink
  (ipc-posix-name-regex #"^/__KMP_REGISTERED_LIB_[0-9]+$"))
(allow pseudo-tty)
(allow file-read* file-write* file-ioctl (literal "/dev/ptmx"))
(allow file-read* file-write* (require-all (regex #"^/dev/ttys[0-9]+") (extension "com.apple.sandbox.pty")))
(allow file-ioctl (regex #"^/dev/ttys[0-9]+"))
(allow user-preference-read)
(allow file-read*)`

const openNetwork = `(allow network-outbound)
(allow network-inbound)
(allow system-socket (require-all (socket-domain AF_SYSTEM) (socket-protocol 2)))
(allow mach-lookup
  (global-name "com.apple.SecurityServer") (global-name "com.apple.trustd.agent")
  (global-name "com.apple.ocspd") (global-name "com.apple.networkd")
  (global-name "com.apple.SystemConfiguration.configd")
  (global-name "com.apple.SystemConfiguration.DNSConfiguration"))`

/** The profile of a plan and the parameters it speaks of. What stands later decides, so what is closed stands last. */
export function seatbeltProfile(plan: Plan): { text: string; parameters: Record<string, string> } {
  const parameters: Record<string, string> = {}
  const name = (prefix: string, path: string) => {
    const key = `${prefix}_${Object.keys(parameters).length}`
    parameters[key] = path
    return `(param "${key}")`
  }
  const subpaths = (prefix: string, paths: readonly string[]) =>
    paths.map((path) => `(subpath ${name(prefix, path)})`)
  // Both are needed: `subpath` alone lets somebody make the directory itself.
  const places = (prefix: string, paths: readonly string[]) =>
    paths.flatMap((path) => {
      const parameter = name(prefix, path)
      return [`(literal ${parameter})`, `(subpath ${parameter})`]
    })
  const closedGit = plan.gitWrite.flatMap((path) =>
    ['hooks', 'config', 'config.worktree', 'commondir', 'info'].map((part) => `${path}/${part}`),
  )
  const rules = [
    base,
    rule('allow file-write*', subpaths('WRITABLE', [plan.temporary, ...plan.writable])),
    rule('deny file-write*', places('PROTECTED', plan.protected)),
    rule('allow file-write*', subpaths('GIT', plan.gitWrite)),
    rule('deny file-write*', places('GIT_CLOSED', closedGit)),
    rule('deny file-read* file-write*', places('UNREADABLE', plan.unreadable)),
    plan.network === 'on' ? openNetwork : '',
  ]
  return { text: rules.filter((text) => text !== '').join('\n'), parameters }
}

function rule(head: string, filters: readonly string[]): string {
  return filters.length === 0 ? '' : `(${head}\n  ${filters.join('\n  ')})`
}
