/**
 * The worker side. A worker's entry is one call of `serveWorker`: it says hello, builds the service from the options
 * of the handshake, gives every call an AbortSignal, and answers errors as data.
 */
import { expose } from 'comlink'
import { CodiError } from '../base/errors.ts'
import type {
  SelfTest,
  WorkerEvent,
  WorkerName,
  WorkerOptions,
  WorkerServices,
} from '../contract/services.ts'
import { openEndpoint, type Port } from './endpoint.ts'
import { type Note, type Outcome, type Remote, toOutcome } from './protocol.ts'

export interface Server<Options, Service, Event> {
  /** Called once, with the first call. What it throws is the answer of that call, and the worker ends. */
  create(
    options: Options,
    emit: (event: Event) => void,
    groups: ProcessGroups,
  ): Service | Promise<Service>
  /** Named checks for `codi --self-test`. */
  selfTest?(service: Service): Promise<SelfTest[]>
  /** Lets go of processes, files and databases when the worker is ended in order; it has little time. */
  close?(service: Service): void | Promise<void>
}

/** Process groups that a worker started: whatever ends the worker, or codi, ends them too. */
export interface ProcessGroups {
  /** `SIGPWR`: the leader itself, when it gets it, ends all there is to end. */
  started(leader: number, endSignal?: 'SIGPWR' | 'SIGKILL'): void
  ended(leader: number): void
}

export function serveWorker<N extends WorkerName>(
  server: Server<WorkerOptions[N], WorkerServices[N], WorkerEvent>,
): void {
  serve(server)
}

/** The same for a service that is not one of codi's four. */
export function serve<Options, Service extends object, Event>(
  server: Server<Options, Service, Event>,
): void {
  const endpoint = openEndpoint(parentPort())
  const post = (note: Note) => endpoint.postMessage(note)
  const running = new Map<number, { controller: AbortController; done: Promise<Outcome> }>()
  let service: Service | undefined
  const groups: ProcessGroups = {
    started: (leader, endSignal = 'SIGKILL') => post({ note: 'group', leader, endSignal }),
    ended: (leader) => post({ note: 'group', leader, endSignal: undefined }),
  }

  const remote: Remote = {
    start: (options) =>
      toOutcome(async () => {
        const emit = (event: Event) => post({ note: 'event', event })
        service = await server.create(options as Options, emit, groups)
      }),
    async call(id, method, args) {
      const controller = new AbortController()
      const done = toOutcome(() =>
        methodOf(service, method).call(service, ...args, controller.signal),
      )
      running.set(id, { controller, done })
      const outcome = await done
      running.delete(id)
      return outcome
    },
    cancel: (id) => running.get(id)?.controller.abort(),
    selfTest: () => toOutcome(() => (service && server.selfTest ? server.selfTest(service) : [])),
    ping: () => toOutcome(() => true),
    stop: () =>
      toOutcome(async () => {
        for (const { controller } of running.values()) controller.abort()
        await Promise.all([...running.values()].map(({ done }) => done))
        if (service && server.close) await server.close(service)
      }),
  }
  expose(remote, endpoint)
  post({ note: 'hello' })
}

/** `self` has the shape of a Port inside a worker; the types know only the main thread. */
function parentPort(): Port {
  return globalThis as unknown as Port
}

/** A method of the service itself; what every object has is not a call. */
function methodOf(service: object | undefined, name: string): (...args: unknown[]) => unknown {
  const method = service && !(name in Object.prototype) ? Reflect.get(service, name) : undefined
  if (typeof method === 'function') return method
  throw new CodiError('internal', `The worker has no call named ${name}; use one of its service`)
}
