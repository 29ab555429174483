/**
 * Tries of the sandbox worker: begins one for a command, and afterwards tells, applies or throws away what it changed.
 * Nothing runs on the real directories instead: where there are no overlays, a try is refused with the reason.
 */
import { readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError, errorMessage } from '../../../src/base/errors.ts'
import { openMasker } from '../../../src/base/mask/masker.ts'
import { formatBytes } from '../../../src/base/text.ts'
import type { CommandAccess, SandboxPolicy } from '../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import {
  type AppliedTry,
  keptMs,
  type OverlayState,
  type TriesService,
  type TryReport,
  tryId,
} from '../../../src/contract/tries.ts'
import type { Backend } from '../confine/backend.ts'
import type { Overlay } from '../confine/plan.ts'
import { applyChanges, finishApplying, readKnown } from './apply.ts'
import { toLatin } from './byte-path.ts'
import { type FileCalls, openFileCalls } from './calls.ts'
import { mountBelow, outermost, refuseAccess, whyNoCopy } from './copyable.ts'
import { isHalfApplied } from './intent.ts'
import { makeLayer } from './layers.ts'
import { whyNoOverlay } from './probe.ts'
import { describeChanges } from './report.ts'
import { type Scan, scanLayer, selectChanges, wantedIn } from './scan.ts'
import { conflictsIn, pathsOf, removedSince, type Scanned, withOtherEnds } from './selection.ts'
import { type KeptTry, openTryStore, stateOf, type TryRecord, type TryStore } from './store.ts'

export interface TriesOptions {
  policy: SandboxPolicy
  /** Where tries are kept; the first that takes overlays. */
  places: readonly string[]
  emit(event: WorkerEvent): void
  /** What confines commands here. */
  backend(): Promise<{ backend: Backend; temporary: string }>
}

export interface Tries extends TriesService {
  /** A try for a command that is about to start. Throws a CodiError where there can be none. */
  begin(command: {
    command: string
    cwd: string
    access?: CommandAccess | undefined
  }): Promise<BegunTry>
}

export interface BegunTry {
  id: string
  overlays: Overlay[]
  /** What stays closed in the copy is never applied either. */
  close(closed: readonly string[]): void
  /** After the end of the command: keeps what it changed, and answers whether that is anything. */
  finish(end: { exitCode: number | null; signal: string | null; output: string }): Promise<boolean>
  /** It never ran, or was interrupted. */
  drop(): void
}

/** A try that fills the disk would leave no room for anything else. */
const minFreeBytes = 128 * 1024 * 1024
export function openTries(options: TriesOptions): Tries {
  const { policy, emit } = options
  let fileCalls: FileCalls | undefined
  let found: Promise<OverlayState & { place?: string }> | undefined

  function calls(): FileCalls {
    fileCalls ??= openFileCalls()
    return fileCalls
  }

  /** All places: what was kept where is found although the first choice is another today. */
  function store(first?: string): TryStore {
    const others = options.places.filter((place) => place !== first)
    return openTryStore(first === undefined ? others : [first, ...others], calls())
  }

  function overlay(): Promise<OverlayState & { place?: string }> {
    found ??= findPlace().catch((thrown: unknown) => {
      found = undefined
      return { works: false, note: errorMessage(thrown) }
    })
    return found
  }

  async function findPlace(): Promise<OverlayState & { place?: string }> {
    const refused = whyNoCopy(policy)
    if (refused !== undefined) return { works: false, note: refused }
    if (options.places.length === 0)
      return { works: false, note: 'no place is given to keep tries' }
    const { backend, temporary } = await options.backend()
    if (backend.name !== 'helper')
      return {
        works: false,
        note: `it needs the sandbox with namespaces, and here it is ${backend.name} (codi sandbox explain)`,
      }
    const reasons: string[] = []
    for (const place of options.places) {
      const common = { roots: policy.writable, temporary, calls: calls() }
      const reason = await whyNoOverlay(backend, { ...common, place })
      if (reason === undefined) {
        const note = reasons.length === 0 ? '' : `changes lie in memory (${place}): ${reasons[0]}`
        return { works: true, note, place }
      }
      reasons.push(reason)
    }
    const mounted = mountBelow(policy.writable, readFileSync('/proc/self/mountinfo', 'utf8'))
    return { works: false, note: mounted ?? reasons[0] ?? 'no place takes it' }
  }

  async function begin(given: Parameters<Tries['begin']>[0]): Promise<BegunTry> {
    refuseAccess(given.access)
    const { works, note, place } = await overlay()
    if (!works || place === undefined)
      throw new CodiError('unsupported', `Commands cannot be tried on a copy here: ${note}`)
    const { bavail, bsize } = statfsSync(place)
    if (bavail * bsize < minFreeBytes)
      throw new CodiError(
        'limit',
        `Only ${formatBytes(bavail * bsize)} are free where tries are kept (${place}), and a try needs ${formatBytes(minFreeBytes)}; make room, or codi try discard --all`,
      )
    const kept = store(place).create()
    try {
      const layers = outermost(policy.writable).map((root, number) =>
        makeLayer(root, join(kept.directory, `layer-${number}`)),
      )
      const record: TryRecord = {
        id: kept.id,
        // It stays for days; what ran had the secret, what is shown of it need not.
        command: openMasker({ env: process.env }).mask(given.command),
        cwd: given.cwd,
        startedAt: Date.now(),
        exitCode: null,
        signal: null,
        layers,
        closed: [],
        replaced: layers.map(() => []),
        modes: layers.map(() => []),
        notes: [],
      }
      kept.write(record)
      return begun(kept, record)
    } catch (thrown) {
      kept.remove()
      throw thrown
    }
  }

  function begun(kept: KeptTry, record: TryRecord): BegunTry {
    const { id } = kept
    return {
      id,
      overlays: record.layers.map(({ root, directory }) => ({ root, directory })),
      close: (closed) => void record.closed.push(...closed),
      async finish({ exitCode, signal, output }) {
        try {
          const scans = await scanAll(record, kept.directory)
          if (scans.every(({ changes, notes }) => changes.length + notes.length === 0)) return false
          record.replaced = scans.map(({ changes }) =>
            changes.flatMap(({ leaves }) =>
              leaves.filter(({ before }) => before).map(({ path }) => toLatin(path)),
            ),
          )
          if (/EXDEV|cross-device link/i.test(output)) record.notes.push(exdevNote)
          kept.write({ ...record, exitCode, signal })
          return true
        } finally {
          kept.close()
        }
      },
      drop: () => kept.remove(),
    }
  }

  async function scanAll({ layers, closed, modes }: TryRecord, directory: string): Promise<Scan[]> {
    const scans: Scan[] = []
    const options = { calls: calls(), closed, known: readKnown(directory) }
    for (const [number, layer] of layers.entries()) {
      const found = new Map(modes[number])
      scans.push(await scanLayer(layer, { ...options, modes: found }))
      modes[number] = [...found]
    }
    return scans
  }

  async function scanned(record: TryRecord, directory: string): Promise<Scanned> {
    const scans = await scanAll(record, directory)
    const conflicts = scans.flatMap((scan, number) => [
      ...scan.conflicts.map(({ layer, path, why }) => ({ layer, path, why })),
      ...removedSince(scan, record.replaced[number] ?? []),
    ])
    return {
      changes: scans.flatMap(({ changes }) => changes),
      conflicts,
      notes: [...record.notes, ...scans.flatMap(({ notes }) => notes)],
      left: scans.flatMap(({ left }) => left),
      opaque: scans.flatMap(({ opaque }) => opaque),
    }
  }

  async function tryReport(request: Parameters<TriesService['tryReport']>[0]): Promise<TryReport> {
    const { id, paths, maxDiffChars } = request
    const { record, directory, close } = store().open(id)
    // Looked at without a lock: two may look at once.
    close()
    const all = await scanned(record, directory)
    const firstRoot = record.layers[0]?.root ?? '/'
    const wanted = paths && (await withOtherEnds(paths, { all, firstRoot }))
    const changes = selectChanges(all.changes, (layer) => wantedIn(layer, wanted))
    const described = await describeChanges(changes, { maxDiffChars, firstRoot })
    return {
      ...described,
      state: stateOf(record, { directory, inUse: false }),
      paths: pathsOf(changes),
      conflicts: conflictsIn(changes, all.conflicts),
      notes: all.notes,
    }
  }

  async function applyTry(request: { id: string; paths?: string[] }): Promise<AppliedTry> {
    putRight(request.id)
    const kept = store().open(request.id)
    try {
      const all = await scanned(kept.record, kept.directory)
      const firstRoot = kept.record.layers[0]?.root ?? '/'
      const paths = request.paths && (await withOtherEnds(request.paths, { all, firstRoot }))
      const changes = selectChanges(all.changes, (layer) => wantedIn(layer, paths))
      if (changes.length === 0 && paths)
        throw new CodiError(
          'not_found',
          `${request.id} changes nothing at ${request.paths?.join(', ')}; codi try show ${request.id} lists what it changes`,
        )
      const conflicts = conflictsIn(changes, all.conflicts)
      if (conflicts.length > 0) return { paths: [], conflicts, notes: [], isLeft: true }
      const chosen = new Set(changes)
      const isWhole = all.changes.every((change) => chosen.has(change))
      applyChanges(changes, {
        calls: calls(),
        directory: kept.directory,
        scan: all,
        isWhole,
      })
      const applied = pathsOf(changes)
      if (isWhole) kept.remove()
      return { paths: applied, conflicts: [], notes: all.notes, isLeft: !isWhole }
    } finally {
      kept.close()
    }
  }

  /** What a crash left half applied, and what is too old. */
  function lookAfter(): void {
    store().sweep()
    for (const { record, directory, state } of store().list()) {
      if (state.inUse) continue
      try {
        if (isHalfApplied(directory)) finishApplied(record.id)
      } catch (thrown) {
        tell(
          `${record.id} was being applied when codi ended, and could not be put right: ${errorMessage(thrown)}`,
        )
      }
      if (record.startedAt + keptMs > Date.now()) continue
      const old = store().open(record.id)
      old.remove()
      tell(`${record.id} (${record.command.slice(0, 60)}) was kept for 7 days and is dropped`)
    }
  }

  /** What a crash left must not be applied again, or thrown away with what stood there before. */
  function putRight(id: string): void {
    const isId = tryId(id) === id
    if (isId && options.places.some((place) => isHalfApplied(join(place, id)))) finishApplied(id)
  }

  function finishApplied(id: string): void {
    const kept = store().open(id)
    const { directory } = kept
    try {
      const end = finishApplying(directory, calls())
      if (!end) return
      const stuck =
        end.stuck === 0
          ? ''
          : `; ${end.stuck} of its changes stand, where somebody wrote since, and what was there before is kept in ${end.kept.join(', ')}`
      tell(
        end.how === 'finished'
          ? `${id} was being applied when codi ended: that is finished now`
          : `${id} was being applied when codi ended, and files have changed since: what had been applied was taken back${stuck}`,
      )
      if (end.how === 'finished' && end.isWhole) kept.remove()
    } finally {
      kept.close()
    }
  }

  function tell(text: string): void {
    emit({ type: 'notice', level: 'warning', text })
  }

  return {
    begin,
    tryReport,
    applyTry,
    async overlay() {
      const { works, note } = await overlay()
      return { works, note }
    },
    async tries() {
      lookAfter()
      return store()
        .list()
        .map(({ state }) => state)
    },
    async discardTry({ id }) {
      putRight(id)
      store().remove(id)
    },
  }
}

const exdevNote =
  'a directory could not be renamed: on a copy the system refuses that (EXDEV, "cross-device link"), without a copy it works'
