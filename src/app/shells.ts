/**
 * Background shells as the rest of codi sees them: what the worker says of them, the word to the model and to the
 * person when one ends by itself, and their end with the conversation. A worker that crashed takes its shells with it:
 * that is an end like any other, and their numbers are not given away again.
 */
import { CodiError, toCodiError } from '../base/errors.ts'
import { formatBytes, oneLine } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type { SandboxService, ShellState } from '../contract/sandbox-service.ts'
import { shellStanding } from '../contract/shell-text.ts'
import type { PastShells } from './past-shells.ts'

export interface Shells {
  /** The worker's service, watched. */
  readonly service: SandboxService
  /** A shell has ended, by itself or by somebody's wish. */
  ended(state: ShellState): void
  /** The worker is gone, and every shell with it. */
  lost(reason: string): void
  /** What the model has not heard yet of shells that ended; taking it removes it. */
  takeNotes(): string[]
  /** How many run. */
  readonly running: number
  /** A conversation is taken up again: what the model believes to run has ended with the codi that ran it. */
  resume(past: PastShells): void
  /** Ends all: the conversation they belong to is over. */
  endAll(): Promise<void>
}

/** What is kept of shells whose worker crashed; enough for a model that asks for one. */
interface Lost {
  state: ShellState
  reason: string
}

export function openShells(service: SandboxService, bus: EventBus): Shells {
  const running = new Map<string, ShellState>()
  const lost = new Map<string, Lost>()
  /** By id: what the model is yet to be told. */
  const notes = new Map<string, string>()
  /** Shells whose end somebody asked for: a person needs no notice of it. */
  const awaited = new Set<string>()
  /** Shells of a conversation that is over, which are about to end. */
  const over = new Set<string>()
  let last = 0

  function seen(id: string): void {
    last = Math.max(last, Number(id.slice('sh_'.length)))
  }

  function tell(state: ShellState, how: string): void {
    notes.set(state.id, noteText(state, how))
    if (awaited.has(state.id)) return
    const level = state.exitCode === 0 ? 'info' : 'warning'
    const text = `${state.id} ${how}: ${oneLine(state.command, 80)}`
    bus.emit({ type: 'notice', level, text })
  }

  /** The worker knows nothing of shells that another one took with it. */
  async function known<T>(id: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (thrown) {
      const gone = lost.get(id)
      if (!gone || toCodiError(thrown).kind !== 'not_found') throw thrown
      throw new CodiError(
        'not_found',
        `${id} ended when ${gone.reason}, and its output is lost; start it again: ${oneLine(gone.state.command, 80)}`,
      )
    }
  }

  return {
    service: withOwn(service, {
      async run(request, signal) {
        const { background } = request
        const result = await service.run(
          background ? { ...request, background: { ...background, above: last } } : request,
          signal,
        )
        const { shell: id } = result
        if (id !== undefined) {
          seen(id)
          const state = (await service.shells({})).find((row) => row.id === id)
          if (state?.status === 'running') running.set(id, state)
        }
        return result
      },
      // Asking must not start a worker where none was needed yet.
      shells: async (request, signal) => {
        const rows = last === 0 ? [] : await service.shells(request, signal)
        return [...[...lost.values()].map(({ state }) => state), ...rows]
      },
      async shellOutput(request, signal) {
        const output = await known(request.id, () => service.shellOutput(request, signal))
        if (output.state.status !== 'running') notes.delete(request.id)
        return output
      },
      async killShell(request, signal) {
        awaited.add(request.id)
        try {
          return await known(request.id, () => service.killShell(request, signal))
        } finally {
          awaited.delete(request.id)
        }
      },
    }),
    ended(state) {
      seen(state.id)
      running.delete(state.id)
      if (over.delete(state.id)) return
      tell(state, shellStanding(state))
    },
    lost(reason) {
      for (const state of running.values()) {
        const ended = { ...state, status: 'killed' as const, endedAt: Date.now() }
        lost.set(state.id, { state: ended, reason })
        tell(ended, `was lost (${reason})`)
      }
      running.clear()
    },
    takeNotes() {
      const taken = [...notes.values()]
      notes.clear()
      return taken
    },
    get running() {
      return running.size
    },
    resume(past) {
      last = Math.max(last, past.last)
      const [first] = past.open
      if (first === undefined) return
      const text = `${past.open.join(', ')} ended when codi left this conversation; start again what is still needed`
      notes.set(first, `<background-shell>${text}</background-shell>`)
    },
    async endAll() {
      // At once: what comes next belongs to another conversation, whose model must not hear of these.
      const ids = [...running.keys()]
      for (const id of ids) over.add(id)
      running.clear()
      notes.clear()
      lost.clear()
      await Promise.all(ids.map((id) => service.killShell({ id }).catch(() => undefined)))
    },
  }
}

/** A service with some methods of one's own; the rest is looked up by name, for a Proxy has nothing to spread. */
function withOwn(service: SandboxService, own: Partial<SandboxService>): SandboxService {
  return new Proxy(own as SandboxService, {
    get: (target, name) =>
      target[name as keyof SandboxService] ?? service[name as keyof SandboxService],
  })
}

/** For the model: a note of codi, which a prompt that quotes it cannot be mistaken for. */
function noteText(state: ShellState, how: string): string {
  const wrote = `it wrote ${formatBytes(state.outputBytes)} in all; bash_output reads what you have not seen`
  const command = oneLine(state.command, 100).replaceAll('<', '‹')
  return `<background-shell>${state.id} ${how} (${command}); ${wrote}</background-shell>`
}
