/**
 * What was typed, one JSON line an entry, append-only, shared by all codi processes of a user. Read on first use, not at
 * start. Lines that carry a secret are not kept; neither is a line that repeats the one before.
 */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isJsonObject, parseJson } from '../base/json.ts'
import { openSecretCheck } from './secret.ts'

export interface History {
  add(text: string): void
  /** Oldest first, without repetitions, with what other processes added meanwhile. */
  entries(): string[]
}

const maxEntries = 1000
const maxEntryChars = 20_000
/** The tail of the file that is read; beyond twice this the file is rewritten with what is kept. */
const maxFileBytes = 1024 * 1024

export function openHistory(file: string): History {
  let loaded: { size: number; entries: string[] } | undefined
  let last = ''
  let hasSecret: ((text: string) => boolean) | undefined
  return { add, entries }

  function add(text: string): void {
    const entry = text.trim()
    if (entry === '' || entry === last || entry.length > maxEntryChars) return
    hasSecret ??= openSecretCheck()
    if (hasSecret(entry)) return
    last = entry
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      // One write with O_APPEND: lines of several processes do not mix.
      appendFileSync(file, `${JSON.stringify({ at: Date.now(), text: entry })}\n`, { mode: 0o600 })
    } catch {
      // A read-only home: history lives as long as the process.
      loaded = { size: loaded?.size ?? 0, entries: [...(loaded?.entries ?? []), entry] }
    }
  }

  function entries(): string[] {
    const tail = readTail(file)
    if (!tail || tail.size === loaded?.size) return loaded?.entries ?? []
    const unique = [...new Set(parseEntries(tail.text).reverse())].slice(0, maxEntries).reverse()
    loaded = { size: tail.size, entries: unique }
    if (tail.size > 2 * maxFileBytes) compact(file, unique)
    return unique
  }
}

function parseEntries(text: string): string[] {
  const found: string[] = []
  for (const line of text.split('\n')) {
    const value = parseJson(line)
    if (isJsonObject(value) && typeof value.text === 'string') found.push(value.text)
  }
  return found
}

function readTail(file: string): { text: string; size: number } | undefined {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return undefined
  }
  try {
    const size = fstatSync(fd).size
    const length = Math.min(size, maxFileBytes)
    const buffer = Buffer.alloc(length)
    const read = readSync(fd, buffer, 0, length, size - length)
    return { text: buffer.toString('utf8', 0, read), size }
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}

function compact(file: string, entries: string[]): void {
  const at = Date.now()
  const lines = entries.map((text) => JSON.stringify({ at, text }))
  try {
    const temporary = `${file}.${process.pid}`
    writeFileSync(temporary, `${lines.join('\n')}\n`, { mode: 0o600 })
    renameSync(temporary, file)
  } catch {
    // It stays long; the tail is still what is read.
  }
}
