/**
 * Whether a backend really confines here, by one command that tries what it must not: to write outside, to read what is
 * closed, to reach a server. Namespaces and Landlock may be refused at any step, so nothing less tells.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../../src/base/errors.ts'
import { programPath } from '../../../src/base/program-path.ts'
import { removeTree } from '../../../src/base/remove-tree.ts'
import { captureLogName } from '../../../src/contract/capture.ts'
import type { Backend, Ending } from './backend.ts'
import { noLimits } from './no-limits.ts'

export interface Trial {
  /** Undefined when everything was refused that must be, and what may be done worked. */
  reason?: string
  /** Whether what the command changed was told before; else why not. */
  notified: true | string
}

/** Why it does not confine; undefined where it does. */
export async function whyNot(backend: Backend, temporary: string): Promise<string | undefined> {
  return (await tryBackend(backend, temporary)).reason
}

export async function tryBackend(backend: Backend, temporary: string): Promise<Trial> {
  const missing = backend.missing()
  if (missing !== undefined) return { reason: missing, notified: missing }
  const directory = join(temporary, `probe-${backend.name}`)
  try {
    return await tryOut(backend, directory)
  } catch (thrown) {
    const reason = errorMessage(thrown)
    return { reason, notified: reason }
  } finally {
    removeTree(directory)
  }
}

const limitMs = 5000

async function tryOut(backend: Backend, directory: string): Promise<Trial> {
  const inside = join(directory, 'inside')
  const secret = join(directory, 'secret')
  const own = join(directory, 'tmp')
  const outside = join(directory, 'outside')
  const capture = join(directory, 'capture')
  for (const path of [inside, own, capture]) mkdirSync(path, { recursive: true })
  writeFileSync(secret, 'secret')
  const server = listen()
  // No program is needed but the shell: each line is a builtin.
  const script = [
    ': > allowed && echo allowed',
    ': > ../outside',
    'read -r text < ../secret && echo read',
    ...(server ? [`: <> /dev/tcp/127.0.0.1/${server.port} && echo connected`] : []),
  ].join('\n')
  const shell = programPath('bash') ?? '/bin/sh'
  try {
    const child = await backend.start(
      {
        argv: [shell, '-c', script],
        cwd: inside,
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TMPDIR: own },
        stdin: 'ignore',
        output: 'pipe',
      },
      {
        writable: [inside],
        visible: [],
        protected: [],
        watched: [],
        unreadable: [secret],
        gitWrite: [],
        gitNames: [],
        temporary: own,
        network: 'off',
        limits: noLimits,
        ...(backend.notifies ? { capture: { directory: capture, leftOut: [] } } : {}),
      },
    )
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), limitMs)
    const [said] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    clearTimeout(timer)
    const ending = child.ending?.()
    const reason = ending?.failure ?? judge(said, { wrote: existsSync(outside) })
    return {
      ...(reason === undefined ? {} : { reason }),
      notified: judgeCapture(backend, capture, ending),
    }
  } finally {
    server?.close()
  }
}

function judge(said: string, { wrote }: { wrote: boolean }): string | undefined {
  const did = new Set(said.split('\n'))
  if (!did.has('allowed')) return 'a command cannot write where it may'
  if (wrote) return 'a command wrote outside'
  if (did.has('read')) return 'a command read what is closed'
  return did.has('connected') ? 'a command reached a server of this machine' : undefined
}

function judgeCapture(backend: Backend, directory: string, ending?: Ending): true | string {
  if (!backend.notifies) return `${backend.name} cannot tell of a change before it is made`
  const failure = ending?.capture?.failure
  if (failure !== undefined) return `the kernel does not let codi look on: ${failure}`
  try {
    const log = readFileSync(join(directory, captureLogName), 'utf8')
    if (log.includes('/inside/allowed","was":"absent"}')) return true
  } catch {
    // No log is as good as one that lacks the change.
  }
  return 'a change of a command was not told'
}

interface Server {
  port: number
  close(): void
}

/**
 * Bun's own server: `node:net` costs a thread 5 ms. Undefined inside a sandbox that has no sockets: what this process may
 * not do, no command of it may.
 */
function listen(): Server | undefined {
  try {
    const server = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { open: (socket) => void socket.end(), data: () => {} },
    })
    server.unref()
    return { port: server.port, close: () => server.stop(true) }
  } catch (thrown) {
    if (isFiltered()) return undefined
    throw thrown
  }
}

/** Whether a filter of system calls holds this very process; Bun does not tell why it cannot listen. */
function isFiltered(): boolean {
  try {
    return /^Seccomp:\s*2$/m.test(readFileSync('/proc/self/status', 'utf8'))
  } catch {
    return false
  }
}
