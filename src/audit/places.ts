/**
 * Where audit logs lie: `audit/NAME.jsonl` of the data directory, and away from them a head record each, `audit-heads/
 * NAME.json`, with how many lines there are and the hash of the last. The chain alone cannot tell that its end was cut.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseJson } from '../base/json.ts'
import { readSmallFile } from '../base/small-file.ts'

export interface AuditHead {
  count: number
  hash: string
}

/** Written in place: always so many bytes. */
export const headBytes = 128

export function logDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'audit')
}

export function headDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'audit-heads')
}

export function headPath(dataDirectory: string, name: string): string {
  return join(headDirectory(dataDirectory), `${name}.json`)
}

/** Logs whose head record is there, and they are not. */
export function missingLogs(dataDirectory: string): string[] {
  const directory = headDirectory(dataDirectory)
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json') && readHead(join(directory, name)) !== undefined)
    .map((name) => join(logDirectory(dataDirectory), `${name}l`))
    .filter((file) => !existsSync(file))
}

export function headText(head: AuditHead): string {
  return `${JSON.stringify(head).padEnd(headBytes - 1)}\n`
}

/** Undefined where there is none, or none that can be read. */
export function readHead(path: string): AuditHead | undefined {
  try {
    const value = parseJson(readSmallFile(path, 4096))
    if (!isJsonObject(value)) return undefined
    const { count, hash } = value
    return typeof count === 'number' && typeof hash === 'string' ? { count, hash } : undefined
  } catch {
    return undefined
  }
}
