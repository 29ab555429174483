/**
 * What the sandbox refused a command, read from how it ended and what it wrote. Only a command that failed is looked
 * at, and only refusals that its plan explains are told: a test that prints such words proves nothing.
 */
import { accessSync, constants, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { isLoopback } from '../../../src/base/outgoing-proxy.ts'
import { isWithin } from '../../../src/base/paths.ts'
import type { Blocked } from '../../../src/contract/sandbox-service.ts'
import type { Plan } from './plan.ts'
import { type Sign, signs } from './signs.ts'

export interface Ended {
  output: string
  exitCode: number | null
  signal: string | null
  cwd: string
  plan: Plan
  /** Without mounts a refused write is "permission denied", with them it is a read-only file system. */
  mounts: boolean
  /** Single hosts can be granted. */
  hosts: boolean
}

/** More say nothing new. */
const maxBlocked = 5
/** A refusal stands at the end of what a failed program says, or at its very start. */
const headChars = 16_384
const tailChars = 65_536
const maxLineChars = 2000

/** 128 + number, as a shell tells of a signal that ended its child. */
const signalExit = { SIGSYS: 159, SIGXCPU: 152, SIGXFSZ: 153 } as const

export function findBlocked(ended: Ended): Blocked[] {
  if (ended.exitCode === 0) return []
  const found = new Map<string, Blocked>()
  const add = (blocked: Blocked | undefined) => {
    if (blocked && found.size < maxBlocked && !found.has(blocked.text))
      found.set(blocked.text, blocked)
  }
  for (const blocked of bySignal(ended)) add(blocked)
  for (const line of lines(ended.output)) {
    const sign = signs.find(({ pattern }) => pattern.test(line))
    if (sign) add(explain(sign, line, ended))
  }
  return [...found.values()]
}

function bySignal({ exitCode, signal, plan }: Ended): Blocked[] {
  const was = (name: keyof typeof signalExit) => signal === name || exitCode === signalExit[name]
  const { cpuSeconds, fileBytes } = plan.limits
  if (was('SIGSYS'))
    return [{ what: 'call', text: `a system call that no sandboxed program may make${outside}` }]
  if (was('SIGXCPU') && cpuSeconds > 0)
    return [
      { what: 'limit', text: `more than ${cpuSeconds} s of CPU time (setting commandCpuSeconds)` },
    ]
  return was('SIGXFSZ') && fileBytes > 0 ? [fileLimit(fileBytes)] : []
}

function lines(output: string): string[] {
  const text =
    output.length <= headChars + tailChars
      ? output
      : `${output.slice(0, headChars)}\n${output.slice(-tailChars)}`
  return text.split('\n').map((line) => line.slice(0, maxLineChars))
}

const outside = '; if nothing else helps, call again with escalate {unsandboxed: true, reason}'

const afterAsking =
  'tell the person what to run, or call again with escalate {unsandboxed: true, reason}'

function explain(sign: Sign, line: string, ended: Ended): Blocked | undefined {
  const { plan } = ended
  switch (sign.what) {
    case 'readonly':
    case 'denied':
      return refusedPath(sign, line, ended)
    case 'network':
      return refusedHost(sign.pattern.exec(line)?.groups?.host, ended)
    case 'memory':
      return plan.limits.memoryBytes > 0
        ? {
            what: 'limit',
            text: `more memory than ${plan.limits.memoryBytes} bytes (setting commandMemoryMb)`,
          }
        : undefined
    case 'processes':
      return plan.limits.processes > 0
        ? {
            what: 'limit',
            text: `more than ${plan.limits.processes} processes (setting commandProcesses)`,
          }
        : undefined
    case 'file-size':
      return plan.limits.fileBytes > 0 ? fileLimit(plan.limits.fileBytes) : undefined
    case 'keys':
      return {
        what: 'read',
        text: `what is signed with the person's keys, or goes over ssh: keys, agents and ssh itself are out of reach of commands; ${afterAsking}`,
      }
    case 'docker':
      return {
        what: 'network',
        text: `the socket of a container engine: who reaches it has the whole machine; ${afterAsking}`,
      }
    case 'rights':
      return {
        what: 'call',
        text: `becoming another user: no command gets more rights here; ${afterAsking}`,
      }
    case 'call':
      return { what: 'call', text: `a system call that no sandboxed program may make${outside}` }
  }
}

function fileLimit(bytes: number): Blocked {
  return { what: 'limit', text: `a file larger than ${bytes} bytes (setting commandFileMb)` }
}

function refusedHost(host: string | undefined, { plan, hosts }: Ended): Blocked | undefined {
  if (plan.network === 'on') return undefined
  if (hosts && host !== undefined && isLoopback(host)) {
    return {
      what: 'network',
      subject: host,
      text: `${host} inside the sandbox is a loopback of its own: what commands of this session started answers there (where it runs yet), services of the machine do not${outside}`,
    }
  }
  if (typeof plan.network === 'object') {
    return {
      what: 'network',
      ...(host === undefined ? {} : { subject: host }),
      text: `a connection${host === undefined ? '' : ` to ${host}`} past the proxy: there is no other way out and no DNS; let the program use HTTPS_PROXY`,
    }
  }
  const named = host ?? 'the network'
  const ask = hosts
    ? `; call again with escalate {host: "${host ?? 'NAME'}", reason} to ask for it`
    : outside
  return {
    what: 'network',
    ...(host === undefined ? {} : { subject: host }),
    text: `reaching ${named}: commands have no network${ask}`,
  }
}

function refusedPath(sign: Sign, line: string, ended: Ended): Blocked | undefined {
  const paths = pathsIn(line, ended.cwd)
  for (const path of paths) {
    const blocked = refused(path, sign, ended)
    if (blocked) return blocked
  }
  // A read-only file system is hardly ever anything else; "permission denied" mostly is.
  if (sign.what !== 'readonly' || paths.length > 0 || /busy/i.test(line)) return undefined
  return { what: 'write', text: `a write outside the writable directories${askPath('DIRECTORY')}` }
}

function refused(path: string, sign: Sign, { plan, mounts }: Ended): Blocked | undefined {
  if (plan.unreadable.some((place) => isWithin(path, place))) {
    return {
      what: 'read',
      subject: path,
      text: `reading ${path}: it holds credentials and stays closed; nothing opens it but the setting readable`,
    }
  }
  if (sign.what === 'denied' && mounts) return undefined
  const closed = closedBy(path, plan)
  if (closed !== undefined) return { what: 'write', subject: path, text: closedText(path, closed) }
  if ([plan.temporary, ...plan.writable].some((root) => isWithin(path, root))) return undefined
  // The person could not write there either: a plain permission.
  if (sign.what === 'denied' && !canWrite(nearestDirectory(path))) return undefined
  if (/\/\.git\//.test(path))
    return { what: 'write', subject: path, text: closedText(path, '/.git/') }
  const readOnly = plan.writable.length === 0 ? ': nothing is writable for this command' : ''
  return {
    what: 'write',
    subject: path,
    text: `writing ${path}, outside the writable directories${readOnly}${askFor(nearestDirectory(path), plan)}`,
  }
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function closedBy(path: string, plan: Plan): string | undefined {
  const inGit = plan.gitWrite.find((directory) => isWithin(path, directory))
  return plan.protected.find((place) => isWithin(path, place)) ?? inGit
}

function closedText(path: string, place: string): string {
  if (basename(place) !== '.git' && !place.includes('/.git/'))
    return `writing ${path}: ${place} decides what codi and other tools run, and commands cannot change it`
  return /\/(?:hooks|config|info)(?:\/|$)/.test(path)
    ? `writing ${path}: hooks and settings of git stay closed to commands; ${afterAsking}`
    : `writing ${path}: .git is read-only; it is opened for git commands that write (git add, git fetch …), not for a program that calls git: call git itself`
}

/** Nothing is opened that holds credentials, such as a whole home directory: that is not to be asked for. */
function askFor(directory: string, plan: Plan): string {
  return plan.unreadable.some((place) => isWithin(place, directory)) ? outside : askPath(directory)
}

function askPath(directory: string): string {
  return `; call again with escalate {path: "${directory}", reason} to ask for it`
}

function nearestDirectory(path: string): string {
  for (let directory = path; ; directory = dirname(directory)) {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return directory
    if (directory === '/') return directory
  }
}

/** What in a line looks like a path: what is quoted, what stands before the refusal, then words with a slash. */
function pathsIn(line: string, cwd: string): string[] {
  // The program that speaks is not what it speaks of.
  const said = line.replace(/^\s*[^\s:]+:(?=\s)/, ' ')
  const texts = [quotedText, refusedText, pathText].flatMap((pattern) =>
    [...said.matchAll(pattern)].map(([, text]) => text ?? ''),
  )
  return [...new Set(texts)].filter((text) => text !== '').map((text) => resolve(cwd, text))
}

const quotedText = /['"`‘“]([^\s'"`‘’“”][^'"`’”]{0,1000})['"`’”]/g
const refusedText = /\s([^\s:]+): (?:Read-only|Permission denied|Operation not)/gi
const pathText = /[\s(=](~?[\w@%+.-]*\/[^\s:;,'"`()]*)/g
