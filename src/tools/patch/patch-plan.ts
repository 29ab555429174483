/**
 * A whole patch worked out in memory, over all its files in order, before anything is written: later sections see what
 * earlier ones did. The first thing that does not fit refuses all of it.
 */
import { lstat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CodiError, toCodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import type { ToolContext } from '../../contract/tool.ts'
import type { PlannedChange } from '../files/file-preview.ts'
import { requireFresh } from '../files/file-stale.ts'
import { missingFile } from '../files/file-suggest.ts'
import { bytesOf, newFileBytes, notText, openText, type TextFile } from '../files/file-text.ts'
import type { FileChange } from '../files/file-write.ts'
import { patchText } from './patch-apply.ts'
import type { PatchFile } from './patch-types.ts'

/** A file during the patch. `now` undefined: it is not there (any more). */
interface State {
  before: TextFile | undefined
  now:
    | { file: TextFile | undefined; text: string; raw: string; mode: number | undefined }
    | undefined
}

interface Work {
  context: ToolContext
  states: Map<string, State>
  moved: Map<string, string>
  done: string[]
  notes: string[]
}

/** Throws with every file's failure; changes nothing on disk. */
export async function planPatch(
  files: readonly PatchFile[],
  context: ToolContext,
): Promise<PlannedChange> {
  const work: Work = { context, states: new Map(), moved: new Map(), done: [], notes: [] }
  const failures: CodiError[] = []
  for (const file of files) {
    try {
      await planFile(file, work)
    } catch (thrown) {
      const failure = toCodiError(thrown)
      if (failure.kind === 'cancelled') throw failure
      failures.push(failure)
    }
  }
  const [first] = failures
  if (first) {
    const messages = failures.map((failure) => failure.message).join('\n\n')
    throw new CodiError(first.kind, `The patch was not applied; no file was changed.\n${messages}`)
  }
  const changes = await changesOf(work)
  if (changes.length === 0) {
    throw new CodiError('invalid', 'The patch would leave every file as it is; nothing was written')
  }
  return {
    summary: `patch ${summaryOf(changes, context)}`,
    done: [`Applied the patch: ${work.done.join('; ')}`, ...work.notes].join('. '),
    showDiff: work.notes.length > 0,
    changes,
    moved: work.moved,
  }
}

function planFile(file: PatchFile, work: Work): Promise<void> {
  switch (file.kind) {
    case 'add':
      return planAdd(file, work)
    case 'delete':
      return planDelete(file, work)
    case 'update':
      return planUpdate(file, work)
  }
}

async function planAdd(file: PatchFile, work: Work): Promise<void> {
  const { path, name } = await resolved(file.path, work)
  const state = await stateOf(path, work)
  if (state.now) {
    throw new CodiError(
      'invalid',
      `${name} exists already, so it cannot be added; use \`*** Update File\` to change it, or write_file to replace it`,
    )
  }
  const text = file.content ?? ''
  state.now = { file: undefined, text, raw: text, mode: file.executable ? 0o755 : undefined }
  work.done.push(`added ${name}`)
}

async function planDelete(file: PatchFile, work: Work): Promise<void> {
  const { path, name } = await resolved(file.path, work)
  await refuseLink(file.path, name, work)
  const state = await existing(path, work)
  if (file.hunks.length > 0) {
    const current = asTextFile(path, state)
    if (patchText(current, file, name).text !== '') {
      throw new CodiError(
        'invalid',
        `${name} holds more than the lines that the patch removes, so it was not deleted; read it again`,
      )
    }
  }
  state.now = undefined
  work.done.push(`deleted ${name}`)
}

async function planUpdate(file: PatchFile, work: Work): Promise<void> {
  const { path, name } = await resolved(file.path, work)
  const state = await existing(path, work)
  const current = asTextFile(path, state)
  if (current.binary && file.hunks.length > 0) throw notText(name, current.bytes)
  const patched =
    file.hunks.length > 0
      ? patchText(current, file, name)
      : { text: current.text, raw: current.raw, tolerated: [] }
  for (const { hunk, rung } of patched.tolerated) {
    work.notes.push(`Hunk ${hunk} of ${name} differed from the file in ${rung}`)
  }
  const now = { file: current, text: patched.text, raw: patched.raw, mode: modeOf(state, file) }
  if (file.newPath === undefined) {
    state.now = now
    work.done.push(`updated ${name} (${plural(file.hunks.length, 'hunk')})`)
    return
  }
  await refuseLink(file.path, name, work)
  await move({ path, name, state, now }, file.newPath, work)
}

async function move(
  from: { path: string; name: string; state: State; now: NonNullable<State['now']> },
  newPath: string,
  work: Work,
): Promise<void> {
  const { path, name } = await resolved(newPath, work)
  if (path === from.path) {
    from.state.now = from.now
    work.done.push(`updated ${name}`)
    return
  }
  const target = await stateOf(path, work)
  if (target.now) {
    throw new CodiError(
      'invalid',
      `${from.name} cannot be moved to ${name}, which exists already; delete that first or choose another name`,
    )
  }
  from.state.now = undefined
  target.now = { ...from.now, mode: from.now.mode ?? from.state.before?.mode }
  work.moved.set(path, from.path)
  work.done.push(`moved ${from.name} to ${name}`)
}

async function resolved(path: string, work: Work): Promise<{ path: string; name: string }> {
  const absolute = await work.context.workspace.resolve(path)
  return { path: absolute, name: work.context.workspace.display(absolute) }
}

/** A link is written through, but whoever deletes or moves it does not mean the file that it names. */
async function refuseLink(given: string, name: string, work: Work): Promise<void> {
  const info = await lstat(resolve(work.context.workspace.root, given)).catch(() => undefined)
  if (!info?.isSymbolicLink()) return
  throw new CodiError(
    'unsupported',
    `${given} is a symbolic link to ${name}, which a patch does not delete or move; use bash (rm, mv)`,
  )
}

async function stateOf(path: string, work: Work): Promise<State> {
  const known = work.states.get(path)
  if (known) return known
  const before = await openText(path, work.context, { allowBinary: true })
  if (before) await requireFresh(before, work.context, { verb: 'patch', mustBeKnown: false })
  const state: State = {
    before,
    now: before && { file: before, text: before.text, raw: before.raw, mode: undefined },
  }
  work.states.set(path, state)
  return state
}

async function existing(path: string, work: Work): Promise<State> {
  const state = await stateOf(path, work)
  if (state.now) return state
  if (!state.before) throw await missingFile(path, work.context)
  throw new CodiError(
    'invalid',
    `${work.context.workspace.display(path)} is deleted or moved by an earlier part of the patch`,
  )
}

/** The file as earlier parts of the patch left it. */
function asTextFile(path: string, state: State): TextFile {
  const { now } = state
  const base = now?.file ?? state.before ?? emptyFile(path)
  return { ...base, path, text: now?.text ?? '', raw: now?.raw ?? '' }
}

function emptyFile(path: string): TextFile {
  return {
    path,
    bytes: new Uint8Array(),
    stamp: { size: 0, mtimeNs: '0', hash: '' },
    mode: 0o644,
    links: 1,
    text: '',
    raw: '',
    format: { encoding: 'utf-8', bom: false },
    lossless: true,
    lineEnd: '\n',
    mixed: false,
  }
}

function modeOf(state: State, file: PatchFile): number | undefined {
  const current = state.now?.mode ?? state.before?.mode
  if (file.executable === undefined || current === undefined) return state.now?.mode
  // Whoever may read may execute, as git sets it.
  return file.executable ? current | ((current & 0o444) >> 2) : current & ~0o111
}

async function changesOf(work: Work): Promise<FileChange[]> {
  const changes: FileChange[] = []
  for (const [path, { before, now }] of work.states) {
    if (!now) {
      if (before) changes.push({ path, before, after: null })
      continue
    }
    const isSame = before && before.raw === now.raw
    if (isSame && (now.mode === undefined || now.mode === before.mode)) continue
    const name = work.context.workspace.display(path)
    const bytes = now.file ? await bytesOf(now.file, now.raw, name) : newFileBytes(now.raw)
    const mode = now.mode === undefined ? {} : { mode: now.mode }
    changes.push({ path, before, after: { bytes, text: now.text, ...mode } })
  }
  return changes
}

function summaryOf(changes: readonly FileChange[], context: ToolContext): string {
  const names = changes.map((change) => context.workspace.display(change.path))
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more files`
}
