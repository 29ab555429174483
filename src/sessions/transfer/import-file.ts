/**
 * One file of any known program into the store: all of it or, where reading fails, nothing. A session that is here
 * already is not taken twice.
 */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { CodiError, reasonOf } from '../../base/errors.ts'
import type { Entry } from '../../contract/session.ts'
import type { ImportOutcome, ImportProgram, ImportReport } from '../../contract/session-transfer.ts'
import { readClaude } from './read-claude.ts'
import { readCodex } from './read-codex.ts'
import { readCodi } from './read-codi.ts'
import { readEarlier } from './read-earlier.ts'
import { readPi } from './read-pi.ts'
import { openRecorder } from './recorder.ts'
import type { EntryWriter, Recorder } from './recording.ts'
import { glance, type SourceFormat } from './sources.ts'

export interface ImportTarget {
  /** The session here that was imported from that one, or is it. */
  importedAs(program: ImportProgram, sourceId: string): string | undefined
  /** A new session; `end` answers its id, which is the wanted one where that is free. `cancel` leaves nothing. */
  importer(about: {
    id?: string
    cwd: string
    provider: string
    model: string
  }): EntryWriter & { end(): string; cancel(): void }
}

export interface ImportOptions {
  target: ImportTarget
  /** Counts, and keeps nothing. */
  preview: boolean
  /** Where a session is counted that does not tell where it was. */
  cwd: string
  signal: AbortSignal
}

/** Throws a CodiError that names the file. */
export async function importFile(path: string, options: ImportOptions): Promise<ImportOutcome> {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) throw new CodiError('not_found', 'there is no such file')
    if (!stat.isFile()) throw new CodiError('usage', 'it is no file')
    const { format } = await glance(path)
    if (format === undefined)
      throw new CodiError('usage', 'it is no session of codi, Claude Code, Codex or pi')
    return format === 'codi'
      ? await importOwn(path, options)
      : await importForeign(path, format, options)
  } catch (thrown) {
    if (options.signal.aborted) throw new CodiError('cancelled', 'The import was interrupted')
    const kind = thrown instanceof CodiError ? thrown.kind : 'io'
    throw new CodiError(kind, `Cannot import ${path}: ${reasonOf(thrown)}`, { cause: thrown })
  }
}

const readers: Readonly<
  Record<
    Exclude<SourceFormat, 'codi'>,
    {
      program: ImportProgram
      read(path: string, recorder: Recorder, signal: AbortSignal): Promise<void>
    }
  >
> = {
  earlier: { program: 'codi', read: readEarlier },
  claude: { program: 'claude', read: readClaude },
  codex: { program: 'codex', read: readCodex },
  pi: { program: 'pi', read: readPi },
}

async function importForeign(
  path: string,
  format: Exclude<SourceFormat, 'codi'>,
  options: ImportOptions,
): Promise<ImportOutcome> {
  const { program, read } = readers[format]
  const writing = openWriting({ program }, options)
  try {
    const recorder = openRecorder(writing.writer, { program, path })
    recorder.about({
      sourceId: basename(path).replace(/\.jsonl?(?:\.zst)?$/, ''),
      cwd: options.cwd,
    })
    await read(path, recorder, options.signal)
    return writing.finish(recorder.end())
  } catch (thrown) {
    writing.cancel()
    throw thrown
  }
}

async function importOwn(path: string, options: ImportOptions): Promise<ImportOutcome> {
  const counted = openCount(path)
  // Its id is known only once the first line is read: the session is opened with its first entry.
  const { id } = await firstFacts(path)
  const writing = openWriting({ program: 'codi', ...(id === undefined ? {} : { id }) }, options)
  try {
    const { sourceId, broken } = await readCodi(
      path,
      {
        add(entry) {
          counted.add(entry)
          writing.writer.add(entry)
        },
      },
      options.signal,
    )
    const leftOut: Record<string, number> = broken > 0 ? { 'broken entries': broken } : {}
    return writing.finish({ ...counted.report, sourceId, leftOut })
  } catch (thrown) {
    writing.cancel()
    throw thrown
  }
}

/**
 * Where entries go: to the store, or nowhere in a preview and where the session is here already, which its first entry
 * tells: once that is written it would be found itself.
 */
function openWriting(
  about: { id?: string; program: ImportProgram },
  { target, preview, cwd }: ImportOptions,
) {
  let session: ReturnType<ImportTarget['importer']> | undefined
  let known: string | undefined
  let begun = false
  const { program, ...wanted } = about
  const writer: EntryWriter = {
    add(entry) {
      if (!begun) {
        begun = true
        const source = entry.type === 'session' ? entry.importedFrom?.id : undefined
        known = target.importedAs(program, wanted.id ?? source ?? '')
      }
      if (preview || known !== undefined) return
      session ??= target.importer({ ...wanted, cwd, provider: '', model: '' })
      session.add(entry)
    },
  }
  const cancel = () => {
    session?.cancel()
    session = undefined
  }
  return {
    writer,
    cancel,
    finish(report: ImportReport): ImportOutcome {
      if (known !== undefined) return { ...report, state: 'known', session: known }
      if (report.messages === 0 || !session) {
        cancel()
        return { ...report, state: report.messages === 0 ? 'empty' : 'preview' }
      }
      return { ...report, state: 'imported', session: session.end() }
    },
  }
}

async function firstFacts(path: string): Promise<{ id: string | undefined }> {
  const text = await Bun.file(path)
    .slice(0, 64 * 1024)
    .text()
  // Files are named by it: nothing but an id as codi makes them is one.
  const id = /"session"\s*:\s*\{\s*"id"\s*:\s*"(\d{8}-\d{4}-[0-9a-f]{6})"/.exec(text)?.[1]
  return { id }
}

/** What an own file holds, counted as its entries come by. */
function openCount(path: string): { report: ImportReport; add(entry: Entry): void } {
  const report: ImportReport = {
    ...{ program: 'codi', path, sourceId: '', cwd: '', title: '', provider: '', model: '' },
    ...{ messages: 0, calls: 0, images: 0, compactions: 0, from: 0, to: 0, leftOut: {} },
  }
  return {
    report,
    add(entry) {
      if (report.from === 0) report.from = entry.at
      report.to = Math.max(report.to, entry.at)
      if (entry.type === 'session') {
        const { cwd, provider, model } = entry
        Object.assign(report, { cwd, provider, model })
      } else if (entry.type === 'label') report.title = entry.text
      else if (entry.type === 'compaction') report.compactions++
      else if (entry.type === 'result') report.images += images(entry.result.content)
      else if (entry.type === 'message') {
        const content: readonly { type: string }[] = entry.message.content
        report.messages++
        report.images += images(content)
        report.calls += content.filter(({ type }) => type === 'call').length
      }
    },
  }
}

function images(content: readonly { type: string }[]): number {
  return content.filter(({ type }) => type === 'image').length
}
