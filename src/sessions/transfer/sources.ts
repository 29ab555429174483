/** Where other programs keep their sessions, and how a file tells whose it is. */
import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CodiError } from '../../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts'
import type { ImportProgram } from '../../contract/session-transfer.ts'
import { objectOf, textOf, wordsOf } from './fields.ts'
import { fileBytes } from './lines.ts'
import { isCodiSession } from './read-codi.ts'

export type SourceFormat = 'codi' | 'earlier' | 'claude' | 'codex' | 'pi'

export interface Places {
  env: Record<string, string | undefined>
  home: string
}

interface SourceRow {
  directories(places: Places): string[]
  /** Directories below those that may hold sessions. */
  depth: number
  isSession(name: string): boolean
}

const sourceRows: Readonly<Record<ImportProgram, SourceRow>> = {
  codi: {
    directories: ({ env, home }) => [
      ...(env.CODI_HOME ? [join(env.CODI_HOME, 'sessions')] : []),
      join(home, '.codi', 'sessions'),
    ],
    depth: 0,
    isSession: (name) => name.endsWith('.json'),
  },
  claude: {
    directories: ({ env, home }) =>
      env.CLAUDE_CONFIG_DIR
        ? [join(env.CLAUDE_CONFIG_DIR, 'projects')]
        : [join(home, '.claude', 'projects'), join(home, '.config', 'claude', 'projects')],
    depth: 1,
    // Those of sub-agents belong to another session.
    isSession: (name) => name.endsWith('.jsonl') && !name.startsWith('agent-'),
  },
  codex: {
    directories: ({ env, home }) => {
      const root = env.CODEX_HOME || join(home, '.codex')
      return [join(root, 'sessions'), join(root, 'archived_sessions')]
    },
    depth: 3,
    isSession: (name) => /^rollout-.*\.jsonl(?:\.zst)?$/.test(name),
  },
  pi: {
    directories: ({ env, home }) => [
      join(env.PI_CODING_AGENT_DIR || join(home, '.pi', 'agent'), 'sessions'),
    ],
    depth: 1,
    isSession: (name) => name.endsWith('.jsonl'),
  },
}

/** Files of a program, the one that was changed last first. */
export function sessionFiles(program: ImportProgram, places: Places): string[] {
  const row = sourceRows[program]
  const paths = row
    .directories(places)
    .flatMap((directory) => filesBelow(directory, row, row.depth))
  const at = new Map([...new Set(paths)].map((path) => [path, changedAt(path)]))
  return [...at.keys()].sort((a, b) => (at.get(b) ?? 0) - (at.get(a) ?? 0))
}

function filesBelow(directory: string, row: SourceRow, depth: number): string[] {
  let entries: ReturnType<typeof listed>
  try {
    entries = listed(directory)
  } catch {
    // Not there, or closed to us: nothing to import from it.
    return []
  }
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return depth > 0 ? filesBelow(path, row, depth - 1) : []
    return row.isSession(entry.name) ? [path] : []
  })
}

function listed(directory: string) {
  return readdirSync(directory, { withFileTypes: true })
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

export interface Glance {
  format: SourceFormat | undefined
  cwd: string | undefined
  sourceId: string | undefined
  /** Another session's helper wrote it. */
  isSubAgent: boolean
}

/** The beginning of a file is enough to know whose it is. */
const glanceBytes = 256 * 1024

/** What the beginning of a file tells. Rejects where it cannot be read. */
export async function glance(path: string): Promise<Glance> {
  const beginning = await beginningOf(path)
  const found: Glance = {
    format: undefined,
    cwd: undefined,
    sourceId: undefined,
    isSubAgent: false,
  }
  if (isCodiSession(beginning)) return { ...found, format: 'codi' }
  for (const line of beginning.split('\n')) {
    const value = parseJson(line)
    if (!isJsonObject(value)) continue
    found.format ??= formatOf(value)
    const facts = objectOf(value.payload) ?? value
    found.cwd ??= wordsOf(facts.cwd) ?? wordsOf(facts.projectPath)
    if (found.format === 'claude') found.sourceId ??= wordsOf(value.sessionId)
    else if (idLines.has(textOf(value.type) ?? '')) found.sourceId ??= wordsOf(facts.id)
    if (isJsonObject(facts.source) && 'subagent' in facts.source) found.isSubAgent = true
    if (found.format && found.cwd !== undefined && found.sourceId !== undefined) break
  }
  // A document of many lines, which is no JSON line by line.
  if (found.format === undefined && /^\s*\{/.test(beginning) && /"messages"\s*:/.test(beginning)) {
    const path = /"projectPath"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(beginning)?.[1]
    return { ...found, format: 'earlier', cwd: textOf(parseJson(path ?? 'null')) }
  }
  if (found.format === 'earlier') found.sourceId = basename(path, '.json')
  return found
}

/** Lines whose id is that of the session. */
const idLines: ReadonlySet<string> = new Set(['session_meta', 'session'])

function formatOf(line: JsonObject): SourceFormat | undefined {
  if (Array.isArray(line.messages)) return 'earlier'
  const type = textOf(line.type)
  if (isJsonObject(line.payload)) return 'codex'
  if (type === 'session') return 'pi'
  if (type === 'message' && isJsonObject(line.message)) return 'pi'
  if (wordsOf(line.sessionId) !== undefined || type === 'summary' || 'parentUuid' in line)
    return 'claude'
  // The first version of Codex began with the bare facts.
  if (type === undefined && textOf(line.id) !== undefined && 'timestamp' in line) return 'codex'
  return undefined
}

async function beginningOf(path: string): Promise<string> {
  // A pipe would be waited for without end, a device read without end.
  if (!statSync(path).isFile()) throw new CodiError('usage', 'it is no file')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of fileBytes(path)) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= glanceBytes) break
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '')
}
