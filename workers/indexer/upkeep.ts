/**
 * Keeps the index true. An update answers only for what was so when it was called or later: whoever comes while one
 * runs waits for the next, which all of them share. With a watcher that has seen everything since the last full check,
 * an update with nothing to do costs a look into the queue; without one every update compares the files.
 */
import { dirname, isAbsolute, relative } from 'node:path'
import { cancelled } from '../../src/base/async.ts'
import { errorMessage } from '../../src/base/errors.ts'
import { type SharedRun, sharedRun } from '../../src/base/shared-run.ts'
import { standBack } from '../../src/base/thread-priority.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import { isNothing } from './changes.ts'
import { type IndexDatabase, worded } from './database.ts'
import type { CodeParser } from './extraction/parse.ts'
import type { Scope } from './plan.ts'
import { runUpdate, type UpdateCounts } from './update.ts'
import { openWatcher, type Watcher } from './watch.ts'

export interface UpkeepOptions {
  root: string
  ripgrep: string
  path: string
  database: IndexDatabase
  parser: CodeParser
  /** Watches the files from the first update on. */
  follow: boolean
  emit(event: WorkerEvent): void
}

export interface UpdateRequest {
  /** Relative to the root; without them everything is meant. */
  paths?: string[] | undefined
  /** Forgets everything first. */
  rebuild?: boolean | undefined
}

export interface Upkeep {
  /** Undefined when there was nothing to do. */
  update(request: UpdateRequest, signal?: AbortSignal): Promise<UpdateCounts | undefined>
  watch(signal?: AbortSignal): Promise<void>
  state(): { watching: boolean; watchNote?: string }
  close(): void
}

interface Round {
  run: SharedRun<UpdateCounts | undefined>
  /** What is asked for; undefined: everything. */
  paths: Set<string> | undefined
  rebuild: boolean
}

/** More paths than this are not named in an event. */
const maxNamedPaths = 500
/** The index follows by itself at most this share of the time: a file that is written without end costs little. */
const restPerWork = 10
const maxRestMs = 30_000
/** Files after which it is worth to collect the garbage at once. */
const manyParsed = 500
/** Databases that a single update may lose. */
const maxRounds = 3

export function openUpkeep(options: UpkeepOptions): Upkeep {
  const { root, database, emit } = options
  const own = ownDirectory(root, options.path)
  let watcher: Watcher | undefined
  /** Epoch of the database that is known to be what the watcher says, once a whole check has ended. */
  let synced: string | undefined
  let waiting: Round | undefined
  let running: Round | undefined
  let last: Promise<unknown> = Promise.resolve()
  let resting: Timer | undefined
  /** From the beginning of a follow-up to the end of the rest behind it. */
  let following = false
  let lastComplaint = ''
  let closed = false

  function update({ paths, rebuild = false }: UpdateRequest, signal?: AbortSignal) {
    if (options.follow && !watcher) startWatcher()
    waiting ??= newRound(paths)
    waiting.rebuild ||= rebuild
    if (!paths) waiting.paths = undefined
    else for (const path of paths) waiting.paths?.add(path)
    return waiting.run.join(signal)
  }

  function newRound(paths: string[] | undefined): Round {
    const round: Round = {
      paths: paths && new Set(),
      rebuild: false,
      run: sharedRun((signal) => {
        const run = last.then(() => {
          if (signal.aborted) throw cancelled()
          // From here on it looks at the files: who comes now may know of something that it has missed.
          if (waiting === round) waiting = undefined
          running = round
          return check(round, signal)
        })
        last = run.catch(() => {})
        return run
      }),
    }
    return round
  }

  async function check(
    { paths, rebuild }: Round,
    signal: AbortSignal,
  ): Promise<UpdateCounts | undefined> {
    if (rebuild) await emptyStore(signal)
    const scope = await scopeNow(rebuild ? undefined : paths && [...paths])
    if (scope.changes && isNothing(scope.changes)) return undefined
    const wasSynced = synced !== undefined
    try {
      const counts = await leased(scope, signal)
      const isWhole = scope.paths === undefined && watcher !== undefined
      if (isWhole && watcher?.note === undefined) synced = epoch()
      if (wasSynced && counts.changed.length > 0) tellChanged(counts.changed)
      // What thousands of syntax trees left behind would otherwise stay until the next such run.
      if (counts.parsed > manyParsed) Bun.gc(true)
      return counts
    } catch (thrown) {
      if (scope.changes) watcher?.giveBack(scope.changes)
      throw worded(thrown, options.path)
    }
  }

  /** What is to be looked at: all that was asked for, or only what the watcher saw. */
  async function scopeNow(paths: string[] | undefined): Promise<Scope> {
    const wanted = paths === undefined ? {} : { paths }
    if (!watcher || watcher.note !== undefined) return wanted
    if (synced === undefined || synced !== epoch()) {
      synced = undefined
      // What it saw so far the whole check sees as well.
      if (paths === undefined) await watcher.settle()
      return wanted
    }
    const changes = await watcher.settle()
    if (watcher.note === undefined) return { changes }
    synced = undefined
    return wanted
  }

  async function emptyStore(signal: AbortSignal): Promise<void> {
    await database.takeLease(signal, relayProgress)
    try {
      database.store().empty()
    } finally {
      database.releaseLease()
    }
  }

  /** A database that is damaged, or was deleted meanwhile, costs one rebuild, not the call. */
  async function leased(scope: Scope, signal: AbortSignal): Promise<UpdateCounts> {
    for (let round = 1, wanted = scope; ; round++, wanted = {}) {
      await database.takeLease(signal, relayProgress)
      const store = database.store()
      try {
        const counts = await attempt(wanted, signal)
        if (database.store() === store || round === maxRounds) return counts
      } catch (thrown) {
        if (signal.aborted || round === maxRounds) throw thrown
        if (!database.recover(thrown) && store === database.store()) throw thrown
      } finally {
        database.releaseLease()
      }
    }
  }

  async function attempt(scope: Scope, signal: AbortSignal): Promise<UpdateCounts> {
    const store = database.store()
    const holder = String(process.pid)
    if (store.meta('holder') !== holder) store.setMeta('holder', holder)
    return await runUpdate({ ...options, own, watcher, store }, scope, signal)
  }

  /** Another process indexes: how far it is, it writes down. */
  function relayProgress(): void {
    const [done, total] = (database.store().meta('progress') ?? '').split(' ').map(Number)
    if (done !== undefined && total) emit({ type: 'progress', what: 'index', done, total })
  }

  function epoch(): string | undefined {
    return database.read((store) => store.meta('epoch'))
  }

  function tellChanged(paths: string[]): void {
    emit({ type: 'files_changed', ...(paths.length > maxNamedPaths ? {} : { paths }) })
  }

  function startWatcher(): void {
    synced = undefined
    watcher = openWatcher({ root, own }, onChange)
    standBack()
  }

  function onChange(): void {
    if (!following) void followUp()
  }

  /** The index follows in the background, so that the next question need not wait; then it rests. */
  async function followUp(): Promise<void> {
    following = true
    const start = performance.now()
    try {
      await update({})
      lastComplaint = ''
    } catch (thrown) {
      const text = errorMessage(thrown)
      if (!closed && text !== lastComplaint) emit({ type: 'notice', level: 'warning', text })
      lastComplaint = text
    }
    if (closed) return
    const rest = Math.min((performance.now() - start) * restPerWork, maxRestMs)
    resting = setTimeout(async () => {
      const changes = await watcher?.settle()
      following = false
      if (closed || !changes || isNothing(changes)) return
      watcher?.giveBack(changes)
      void followUp()
    }, rest)
  }

  return {
    update,
    async watch(signal) {
      if (signal?.aborted) throw cancelled()
      if (!watcher || watcher.note !== undefined) startWatcher()
      if (synced === undefined) await update({}, signal)
    },
    state() {
      if (!watcher) return { watching: false }
      const { note } = watcher
      return note === undefined ? { watching: true } : { watching: false, watchNote: note }
    },
    close() {
      closed = true
      clearTimeout(resting)
      watcher?.close()
      waiting?.run.stop()
      running?.run.stop()
    },
  }
}

/** The directory of the index relative to the root, where a person keeps it in the project itself. */
function ownDirectory(root: string, path: string): string | undefined {
  const inside = relative(root, dirname(path))
  const isOutside =
    inside === '' || inside === '..' || inside.startsWith('../') || isAbsolute(inside)
  return isOutside ? undefined : inside.replaceAll('\\', '/')
}
