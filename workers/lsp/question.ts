/**
 * One question about a place: which server, whether it is ready and offers that, and in what state that leaves the
 * answer. Nothing here waits longer than the question allows, and whatever a server does wrong is an answer too.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServerCapabilities } from 'vscode-languageserver-protocol'
import { settledWithin } from '../../src/base/async.ts'
import { errorMessage, toCodiError } from '../../src/base/errors.ts'
import type { LspAnswer } from '../../src/contract/lsp-service.ts'
import type { LspClient } from './client.ts'
import { type FindOptions, type Found, findServer } from './find.ts'
import { openMentions } from './mentions.ts'
import type { Pool } from './pool.ts'
import { readSource } from './source.ts'

export interface Questions {
  root: string
  find: FindOptions
  pool: Pool
}

/** What a question may use once its file is open in a server that offers what it needs. */
export interface Asking {
  client: LspClient
  signal: AbortSignal
  /** Of the file. */
  path: string
  uri: string
  root: string
  /** False where the server still works on its first look at the project, and may know a part of it only. */
  rested: boolean
  /** A note for the answer. */
  note(text: string): void
}

export interface QuestionOptions<T> {
  path: string
  waitMs: number | undefined
  /** The value of an answer that is none. */
  empty: T
  /** What the server must offer. */
  needs: keyof ServerCapabilities
  /** In words: "rename". */
  what: string
  /** 0-based: the answer is about every use of what stands there. */
  everywhere?: { line: number; character: number }
}

const defaultWaitMs = 10_000
/** Of a server that goes on working, as with its first index, this share of the wait is given to that. */
const idleShare = 0.6

export async function askAt<T>(
  { root, find, pool }: Questions,
  { path, waitMs = defaultWaitMs, empty, needs, what, everywhere }: QuestionOptions<T>,
  ask: (asking: Asking) => Promise<T>,
  signal?: AbortSignal,
): Promise<LspAnswer<T>> {
  const absolute = resolve(root, path)
  const found = findServer(absolute, find)
  if (found.state === 'none')
    return { state: 'none', server: '', value: empty, note: 'no language server knows this file' }
  const server = found.row.id
  if (found.state === 'missing') {
    pool.missing(found)
    return { state: 'missing', server, note: missingNote(found), value: empty }
  }
  const notes: string[] = []
  const note = (text: string) => void notes.push(text)
  return withDeadline({ waitMs, signal }, async (deadline) => {
    try {
      await readSource(absolute)
      const answer = await pool.use(
        found,
        async (client): Promise<LspAnswer<T>> => {
          if (!client.capabilities[needs]) {
            const why = `${server} does not offer ${what}`
            return { state: 'unsupported', server, note: why, value: empty }
          }
          await client.documents.open(absolute, found.languageId)
          const rested = await restFor(client, waitMs * idleShare, deadline)
          if (everywhere && !rested) note(`${server} ${stillReading}`)
          if (everywhere && found.row.openFilesOnly) {
            const place = { line: everywhere.line, column: everywhere.character }
            await openMentions(client, { path: absolute, root: found.root, ...place }, deadline)
          }
          const uri = pathToFileURL(absolute).href
          const value = await ask({
            ...{ client, signal: deadline, path: absolute, uri, root, rested, note },
          })
          return { state: 'ok', server, value }
        },
        { signal: deadline },
      )
      if (!answer) return { state: 'timeout', server, note: stillStarting, value: empty }
      return notes.length === 0 ? answer : { ...answer, note: notes.join('; ') }
    } catch (thrown) {
      if (signal?.aborted) throw thrown
      if (deadline.aborted)
        return {
          state: 'timeout',
          server,
          note: 'it did not answer in time; ask again',
          value: empty,
        }
      if (isUnknownMethod(thrown))
        return {
          state: 'unsupported',
          server,
          note: `${server} does not offer ${what}`,
          value: empty,
        }
      return { state: 'failed', server, note: reasonOf(thrown), value: empty }
    }
  })
}

export const stillReading = 'is still reading the project, so there may be more; ask again'
export const stillStarting = 'it is still starting; ask again'

/** An old server may offer the first half of a question only. */
function isUnknownMethod(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === -32601
}

/** A server that reads its project answers too little: its work is waited for, but not for all of the time. */
async function restFor(client: LspClient, ms: number, signal: AbortSignal): Promise<boolean> {
  const enough = new AbortController()
  const idle = client.published.idle(AbortSignal.any([signal, enough.signal]))
  const rested = await settledWithin(idle, ms)
  enough.abort()
  return rested
}

/** The signal that `ask` gets fires when the time is over, or the caller's own signal does. */
export async function withDeadline<T>(
  { waitMs, signal }: { waitMs: number; signal: AbortSignal | undefined },
  ask: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController()
  const end = () => deadline.abort()
  const timer = setTimeout(end, waitMs)
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  try {
    return await ask(deadline.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

/** What to do, for people and models. */
export function missingNote({ row, committed }: Extract<Found, { state: 'missing' }>): string {
  if (committed === undefined) return row.install
  return `${committed} is part of this repository's commits, so it is not run; install it yourself: ${row.install}`
}

/** What a server says when it refuses is the reason; its own name for the request is noise. */
export function reasonOf(thrown: unknown): string {
  const message = errorMessage(toCodiError(thrown)).replace(
    /^Request [\w/]+ failed with message: /,
    '',
  )
  return message === '' ? 'it refused without a reason' : message
}
