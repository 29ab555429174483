/**
 * Records what the calls of one step change. The step gets its row with its first change. Nothing here fails a call:
 * where nothing can be kept that is said once, and the work goes on without an undo.
 */
import { lstatSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { mapLimit } from '../base/async.ts'
import { removeTree } from '../base/remove-tree.ts'
import { plural } from '../base/text.ts'
import type {
  ChangeAbout,
  ChangeRecorder,
  FileState,
  PathChange,
  PendingCapture,
  PendingChange,
} from '../contract/journal.ts'
import { readCaptureLog } from './capture-log.ts'
import { sameState } from './file-state.ts'
import type { Keeper } from './keep.ts'
import type { JournalStore } from './store.ts'

export interface RecorderParts {
  store: JournalStore
  keeper: Keeper
  /** Where captures lie. */
  captures: string
  owner: string
  /** Id of the step, made when it is first asked for. */
  step(): number
  /** Tells that something is not recorded; the same words once. */
  failed(thrown: unknown): void
}

/** Contents after a change are kept up to here each, and together in one step: what came before is what counts. */
const maxAfterBytes = 1024 * 1024
const maxAfterBytesOfStep = 64 * 1024 * 1024
/** A command that makes thousands of files must not wait for thousands of copies: an undo keeps what it takes away. */
const maxAfterFilesOfStep = 500

/** The disk takes several at once. */
const maxAtOnce = 8

const nothing: PendingChange = { done: async () => [] }

export function openRecorder(parts: RecorderParts): ChangeRecorder {
  const { store, keeper } = parts
  const after = openAfterImages(keeper)

  async function before(paths: readonly string[], about: ChangeAbout): Promise<PendingChange> {
    try {
      const rows = await mapLimit(withMissingParents(paths), maxAtOnce, async (path) => ({
        path,
        before: await keeper.now(path, { durable: true }),
      }))
      const step = parts.step()
      const ids = store.addChanges(
        rows.map((row) => ({ ...row, ...callOf(about), step, after: null })),
        parts.owner,
      )
      return { done: () => settle(rows, ids) }
    } catch (thrown) {
      parts.failed(thrown)
      return nothing
    }
  }

  async function settle(
    rows: readonly { path: string; before: FileState }[],
    ids: readonly number[],
  ): Promise<PathChange[]> {
    try {
      const changes: PathChange[] = []
      const settled: { id: number; after: FileState | null }[] = []
      for (const [at, row] of rows.entries()) {
        const now = await after(row.path)
        const isSame = sameState(row.before, now)
        const id = ids[at]
        if (id !== undefined) settled.push({ id, after: isSame ? null : now })
        if (!isSame) changes.push({ ...row, after: now })
      }
      store.settle(settled)
      return changes
    } catch (thrown) {
      // The rows stay pending: what is there is looked up when the journal is next opened.
      parts.failed(thrown)
      return []
    }
  }

  async function capture(about: ChangeAbout): Promise<PendingCapture | undefined> {
    try {
      const id = crypto.randomUUID()
      const directory = join(parts.captures, id)
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const row = { ...callOf(about), command: about.command ?? '', id, step: parts.step() }
      store.addCapture({ ...row, owner: parts.owner })
      return openCapture({ ...parts, after, directory, row })
    } catch (thrown) {
      parts.failed(thrown)
      return undefined
    }
  }

  return { before, capture }
}

/** Takes in what a capture holds, again and again until its command is over. */
export function openCapture(
  parts: Omit<RecorderParts, 'captures' | 'owner' | 'step'> & {
    after?: (path: string) => Promise<FileState>
    directory: string
    row: { id: string; step: number; call: string; tool: string; command: string }
  },
): PendingCapture {
  const { store, keeper, directory, row } = parts
  const after = parts.after ?? openAfterImages(keeper)
  /** Rows of this capture, by path. */
  const known = new Map(
    store
      .changes({ steps: [row.step] })
      .filter((change) => change.call === row.call && change.command === row.command)
      .map((change) => [change.path, { id: change.id, before: change.before }]),
  )

  async function takeIn(): Promise<PathChange[]> {
    const { starts, unnamed } = readCaptureLog(directory)
    if (unnamed > 0) {
      const names = plural(unnamed, 'file whose name is', 'files whose names are')
      store.addNote(row.step, `${names} no UTF-8 cannot be taken back`)
    }
    const changes: PathChange[] = []
    const settled: { id: number; after: FileState | null }[] = []
    const added: PathChange[] = []
    for (const start of starts) {
      const { path } = start
      const found = known.get(path)
      const before = found?.before ?? (await keeper.captured(start, directory))
      const now = await after(path)
      const isSame = sameState(before, now)
      if (!isSame) changes.push({ path, before, after: now })
      if (!found && !isSame) added.push({ path, before, after: now })
      if (!found || store.newestChangeOf(path) !== found.id) continue
      settled.push({ id: found.id, after: isSame ? null : now })
      if (isSame) known.delete(path)
    }
    store.settle(settled)
    const { step, call, tool, command } = row
    const ids = store.addChanges(
      added.map((change) => ({ ...change, step, call, tool, command })),
      '',
    )
    for (const [at, { path, before }] of added.entries()) {
      const id = ids[at]
      if (id !== undefined) known.set(path, { id, before })
    }
    return changes
  }

  return {
    directory,
    async done({ by, note, isOver }) {
      try {
        if (by !== 'notify') store.addNote(row.step, captureNote(row.command, by, note))
        const changes = await takeIn()
        if (isOver) {
          removeTree(directory)
          store.removeCapture(row.id)
        }
        return changes
      } catch (thrown) {
        parts.failed(thrown)
        return []
      }
    },
  }
}

function captureNote(command: string, by: 'scan' | 'nothing', note: string): string {
  const what = command.replace(/\s+/g, ' ').slice(0, 60)
  const how = by === 'scan' ? 'were found by a scan' : 'are not known'
  return `the changes of \`${what}\` ${how}${note === '' ? '' : `: ${note}`}`
}

function openAfterImages(keeper: Keeper): (path: string) => Promise<FileState> {
  let bytesLeft = maxAfterBytesOfStep
  let filesLeft = maxAfterFilesOfStep
  return async (path) => {
    const maxBytes = filesLeft > 0 ? Math.min(maxAfterBytes, bytesLeft) : -1
    const state = await keeper.now(path, { maxBytes })
    if (state.kind === 'file' && state.kept) {
      bytesLeft -= state.bytes
      filesLeft--
    }
    return state
  }
}

function callOf(about: ChangeAbout): { call: string; tool: string; command: string | null } {
  return { call: about.callId, tool: about.tool, command: about.command ?? null }
}

/** The outermost first: a directory that is made for a file goes with it. */
function withMissingParents(paths: readonly string[]): string[] {
  const all = new Set<string>()
  for (const path of paths) {
    const missing: string[] = []
    for (let parent = dirname(path); dirname(parent) !== parent; parent = dirname(parent)) {
      if (all.has(parent) || exists(parent)) break
      missing.push(parent)
    }
    for (const parent of missing.reverse()) all.add(parent)
    all.add(path)
  }
  return [...all]
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // Closed to us: then it is there.
    return true
  }
}
