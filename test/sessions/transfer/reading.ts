/** A directory with a file in it, and what an import makes of it, entry by entry. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Entry } from '../../../src/contract/session.ts'
import type { ImportOutcome } from '../../../src/contract/session-transfer.ts'
import { messagesOf } from '../../../src/sessions/conversation.ts'
import { type ImportTarget, importFile } from '../../../src/sessions/transfer/import-file.ts'

export interface Taken {
  outcome: ImportOutcome
  entries: Entry[]
  /** The conversation where it stands. */
  path: Entry[]
}

export async function take(text: string | Uint8Array, name = 'session.jsonl'): Promise<Taken> {
  const directory = mkdtempSync(join(tmpdir(), 'codi-import-'))
  try {
    const path = join(directory, name)
    writeFileSync(path, text)
    const entries: Entry[] = []
    const target: ImportTarget = {
      importedAs: () => undefined,
      importer: () => ({
        add: (entry) => void entries.push(entry),
        end: () => 'new',
        cancel: () => void entries.splice(0),
      }),
    }
    const { signal } = new AbortController()
    const outcome = await importFile(path, { target, preview: false, signal, cwd: directory })
    return { outcome, entries, path: pathOf(entries) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const records = new Set(['session', 'head', 'name', 'label', 'model', 'archived', 'request'])

function pathOf(entries: readonly Entry[]): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  let head: number | null = null
  for (const entry of entries) {
    if (entry.type === 'head') head = entry.entry
    else if (!records.has(entry.type)) head = entry.id
  }
  const path: Entry[] = []
  for (let at = head; at !== null; at = byId.get(at)?.parent ?? null) {
    const entry = byId.get(at)
    if (entry) path.unshift(entry)
  }
  return path
}

/** The conversation in short: `user: text`, `call name`, `result text`. */
export function said(path: readonly Entry[]): string[] {
  return messagesOf(path).flatMap((message) => {
    if (message.role === 'tool')
      return message.content.map(
        ({ name, isError, content }) =>
          `${isError ? 'error' : 'result'} of ${name}: ${content.map((block) => (block.type === 'text' ? block.text : block.type)).join('|')}`,
      )
    return message.content.map((block) => {
      if (block.type === 'call') return `call ${block.name} ${JSON.stringify(block.input)}`
      return `${block.type === 'thinking' ? 'thinking' : message.role}: ${block.type === 'image' ? block.mediaType : block.text}`
    })
  })
}
