/**
 * Landlock and seccomp without a helper: a thread that gives up its rights (workers/confined.ts) and starts the command
 * itself. What a thread gave up never comes back, so each plan has its own; of the idle ones only the last is kept.
 *
 * This is the one place outside src/rpc that starts a thread: it must be started by whoever reads the command's output,
 * and a Comlink channel would add nothing to five messages of plain data.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { closeSync, writeSync } from 'node:fs'
import { CodiError } from '../../../src/base/errors.ts'
import { openLibc } from '../../../src/base/libc.ts'
import type {
  ConfinedReply,
  ConfinedRequest,
  ThreadRules,
} from '../../../src/contract/confined-thread.ts'
import type { Backend, Confined } from './backend.ts'
import type { Process } from './command.ts'
import { weakGaps, weakRemarks } from './helper-backend.ts'
import { handledRights, landlockRules, networkRights, rightsFor, scopes } from './landlock.ts'
import { openPipes, type Pipe, readPipe } from './pipes.ts'
import type { Plan } from './plan.ts'
import { seccompFilter } from './seccomp.ts'
import { emptyStream } from './spawn.ts'
import { type Machine, thisMachine } from './system-calls.ts'

const startLimitMs = 5000
export const refusedByKernel = 'Cannot start a confined command'

export function openThread(): Backend {
  const system = openSystem()
  const machine = thisMachine()
  const threads = new Map<string, ConfinedThread>()

  function threadFor(plan: Plan, calls: System, numbers: Machine): ConfinedThread {
    const key = JSON.stringify(plan)
    const known = threads.get(key)
    if (known && !known.isLost) return known
    for (const [other, thread] of threads) {
      if (thread.isBusy) continue
      threads.delete(other)
      thread.end()
    }
    const made = new ConfinedThread(rulesOf(plan, calls.landlockVersion, numbers))
    threads.set(key, made)
    return made
  }

  return {
    name: 'thread',
    holds: 'partial',
    gaps: {
      ...weakGaps,
      ending: 'after kill -9 of codi, what a command started can live on',
      limits: 'only time and output are limited',
    },
    remarks: weakRemarks,
    ownTmp: false,
    ownNetwork: false,
    endsWithAll: false,
    missing() {
      if (!system) return 'there is no C library that codi can call'
      if (!machine) return `no system call numbers for ${process.arch}`
      return system.landlockVersion < 1 ? 'the kernel has no Landlock' : undefined
    },
    async start(process, plan) {
      if (!system || !machine) throw new CodiError('unsupported', 'No thread can be confined here')
      return threadFor(plan, system, machine).start(process, system)
    },
    close() {
      for (const thread of threads.values()) thread.end()
      threads.clear()
    },
  }
}

function rulesOf(plan: Plan, version: number, machine: Machine): ThreadRules {
  const open = plan.network === 'on'
  return {
    calls: machine,
    handled: [
      handledRights(version),
      version >= 4 && !open ? networkRights.bindTcp | networkRights.connectTcp : 0n,
      version >= 6 ? scopes.abstractSocket | scopes.signal : 0n,
    ],
    attributeBytes: version >= 6 ? 24 : version >= 4 ? 16 : 8,
    rules: landlockRules(plan, version).map((rule) => ({
      path: rule.path,
      rights: rightsFor(rule, true),
      fileRights: rightsFor(rule, false),
    })),
    filter: seccompFilter({ machine, network: open ? 'all' : 'none', metadata: true }),
  }
}

/** A thread of its own, from its start to its end. */
class ConfinedThread {
  readonly #worker: Worker
  readonly #ready: Promise<void>
  readonly #running = new Map<number, Running>()
  readonly #confined = Promise.withResolvers<void>()
  #nextId = 1
  #lost: string | undefined

  constructor(rules: ThreadRules) {
    const entry = Bun.isStandaloneExecutable
      ? './workers/confined.ts'
      : new URL('../../confined.ts', import.meta.url)
    this.#worker = new Worker(entry, { ref: false, name: 'confined' })
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ConfinedReply>) => {
      if (data.reply === 'hello') this.#ask({ ask: 'confine', id: 0, ...rules })
      else this.#take(data)
    })
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#lose(event.message)
    })
    this.#ready = Promise.race([this.#confined.promise, refusedAfter(startLimitMs)])
    this.#ready.catch((thrown: Error) => this.#lose(thrown.message))
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  get isBusy(): boolean {
    return this.#running.size > 0
  }

  async start(process: Process, system: System): Promise<Confined> {
    if (process.output === 'terminal') {
      throw new CodiError(
        'unsupported',
        'The sandbox that works here cannot give a command a terminal; leave tty out',
      )
    }
    const id = this.#nextId++
    const running = new Running()
    this.#running.set(id, running)
    this.#worker.ref()
    const inherits = process.output === 'inherit' || process.output === 'stderr'
    const channels = inherits ? undefined : openPipes()
    const stdin =
      typeof process.stdin === 'string' ? process.stdin : system.memoryFile(process.stdin)
    try {
      await this.#ready
      const pipes = channels?.map(({ write }) => write) ?? []
      const [out = process.output === 'stderr' ? 2 : 'inherit', err = 'inherit'] = pipes
      this.#ask({
        ask: 'start',
        id,
        argv: [...process.argv],
        cwd: process.cwd,
        env: { ...process.env },
        stdio: [stdin, out, err],
        detached: !inherits,
      })
      await running.started.promise
    } catch (thrown) {
      this.#forget(id)
      for (const { read } of channels ?? []) closeSync(read)
      throw thrown
    } finally {
      for (const { write } of channels ?? []) closeSync(write)
      if (typeof stdin === 'number') closeSync(stdin)
    }
    const [stdout, stderr] = channels ?? []
    return running.child(stdout, stderr)
  }

  end(): void {
    // A thread that is still loading must not be terminated.
    void this.#ready.catch(() => {}).then(() => this.#worker.terminate())
    this.#lose('was ended')
  }

  #ask(request: ConfinedRequest): void {
    this.#worker.postMessage(request)
  }

  #take(reply: Exclude<ConfinedReply, { reply: 'hello' }>): void {
    if (reply.reply === 'confined') {
      this.#confined.resolve()
      return
    }
    const running = this.#running.get(reply.id)
    if (reply.reply === 'refused') {
      const error = new CodiError('io', `${refusedByKernel}: ${reply.reason}`)
      if (reply.id === 0) this.#confined.reject(error)
      else running?.started.reject(error)
    } else if (reply.reply === 'started') {
      running?.started.resolve()
      if (running) running.pid = reply.pid
    } else {
      running?.end(reply.exitCode, reply.signal)
      this.#forget(reply.id)
    }
  }

  #forget(id: number): void {
    this.#running.delete(id)
    if (this.#running.size === 0) this.#worker.unref()
  }

  #lose(reason: string): void {
    if (this.#lost !== undefined) return
    this.#lost = reason
    const error = new CodiError('worker', `The confined thread ${reason}; try again`)
    this.#confined.reject(error)
    for (const running of this.#running.values()) {
      running.started.reject(error)
      running.end(null, 'SIGKILL')
    }
    this.#running.clear()
  }
}

/** One command of a confined thread. */
class Running {
  readonly started = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  pid = 0
  #exitCode: number | null = null
  #signal: string | null = null

  end(exitCode: number | null, signal: string | null): void {
    this.#exitCode = exitCode
    this.#signal = signal
    this.#ended.resolve()
  }

  child(stdout: Pipe | undefined, stderr: Pipe | undefined): Confined {
    const exitCode = () => this.#exitCode
    const signal = () => this.#signal
    return {
      pid: this.pid,
      stdout: stdout ? readPipe(stdout.read) : emptyStream(),
      stderr: stderr ? readPipe(stderr.read) : emptyStream(),
      exited: this.#ended.promise,
      get exitCode() {
        return exitCode()
      },
      get signalCode() {
        return signal()
      },
    }
  }
}

interface System {
  /** 0 where the kernel has none. */
  landlockVersion: number
  /** A file without a name that holds `bytes`, to be read from its start. */
  memoryFile(bytes: Uint8Array): number
}

const memoryCloseOnExec = 1
const versionOnly = 1

function openSystem(): System | undefined {
  const machine = thisMachine()
  if (!machine) return undefined
  return openLibc((library) => {
    const { i32, i64, u32, ptr: pointer } = FFIType
    const { symbols } = dlopen(library, {
      memfd_create: { args: [pointer, u32], returns: i32 },
      lseek: { args: [i32, i64, i32], returns: i64 },
      syscall: { args: [i64, i64, i64, i64], returns: i64 },
    })
    const name = Buffer.from('codi-stdin\0')
    return {
      landlockVersion: Number(symbols.syscall(machine.landlockCreate, 0, 0, versionOnly)),
      memoryFile(bytes) {
        const fd = symbols.memfd_create(ptr(name), memoryCloseOnExec)
        if (fd < 0) throw new CodiError('io', 'Cannot keep the input of a command in memory')
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
        symbols.lseek(fd, 0, 0)
        return fd
      },
    }
  })
}

/** Rejects after a while, without keeping anything alive. */
function refusedAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    const late = () => reject(new CodiError('worker', `took more than ${ms / 1000} s to start`))
    setTimeout(late, ms).unref()
  })
}
