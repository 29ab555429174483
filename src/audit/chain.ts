/**
 * One line of an audit log: a JSON object whose `hash` is SHA-256 over the line as it stands without it, `prev` the hash
 * of the line before. Whoever changes, removes, inserts or moves a line breaks the chain at that place.
 */
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'

/** What the first line of a log follows. */
export const chainStart = '0'.repeat(64)

export interface ChainLine {
  seq: number
  prev: string
  hash: string
  record: JsonObject
  /** The hash is that of the line. */
  isWhole: boolean
}

const tail = /,"hash":"([0-9a-f]{64})"\}$/

/** The line, without its end, and its hash. */
export function chainLine(
  record: JsonObject,
  at: { seq: number; prev: string },
): { line: string; hash: string } {
  const body = JSON.stringify({
    seq: at.seq,
    at: new Date().toISOString(),
    prev: at.prev,
    ...record,
  })
  const hash = sha256(body)
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash }
}

/** Undefined for what is no line of a chain at all. */
export function readChainLine(line: string): ChainLine | undefined {
  const hash = tail.exec(line)?.[1]
  if (hash === undefined) return undefined
  const record = parseJson(line)
  if (!isJsonObject(record)) return undefined
  const { seq, prev } = record
  if (typeof seq !== 'number' || typeof prev !== 'string') return undefined
  const body = `${line.replace(tail, '')}}`
  return { seq, prev, hash, record, isWhole: sha256(body) === hash }
}

export function sha256(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex')
}
