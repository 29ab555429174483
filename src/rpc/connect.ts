/**
 * The one door to codi's workers: which file each is, and a connection typed by its contract. Nobody else writes
 * `new Worker`.
 */
import type {
  WorkerEvent,
  WorkerName,
  WorkerOptions,
  WorkerServices,
} from '../contract/services.ts'
import { type Connection, openConnection } from './connection.ts'

export type WorkerConnection<N extends WorkerName> = Connection<WorkerServices[N]>

/**
 * A stopped command still answers, with its output so far: its caller waits as long as the killing takes. The end of
 * codi waits for a worker only as long as processes may need to end; databases survive a worker that is cut off.
 */
const patience: Record<WorkerName, { abortGraceMs: number; endLimitMs: number }> = {
  sandbox: { abortGraceMs: 3000, endLimitMs: 3500 },
  indexer: { abortGraceMs: 0, endLimitMs: 800 },
  vectors: { abortGraceMs: 0, endLimitMs: 800 },
  lsp: { abortGraceMs: 0, endLimitMs: 2500 },
}

/** Starts nothing: the worker starts with the first call. */
export function connectWorker<N extends WorkerName>(
  name: N,
  options: WorkerOptions[N],
  listeners: { onEvent: (event: WorkerEvent) => void; onLost?: (reason: string) => void },
): WorkerConnection<N> {
  return openConnection<WorkerServices[N]>({
    name,
    entry: workerEntry(name),
    options,
    ...listeners,
    onEvent: (event) => listeners.onEvent(event as WorkerEvent),
    ...patience[name],
  })
}

/** In an executable a worker is known by its build entry, from source by its file; neither form works for the other. */
function workerEntry(name: WorkerName): string | URL {
  return Bun.isStandaloneExecutable
    ? `./workers/${name}.ts`
    : new URL(`../../workers/${name}.ts`, import.meta.url)
}
