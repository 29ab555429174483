/** What a repository may bring that asks for trust: a row each, with its files and what they would do. */
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonValue } from '../base/json.ts'
import { jsonOf, parseJsonc } from '../base/jsonc.ts'
import { oneLine } from '../base/text.ts'
import type { TrustKind } from '../contract/trust.ts'
import { looseSettings } from './shared-settings.ts'

interface TrustRow {
  kind: TrustKind
  /** Below the project: files, or directories with all that is in them. */
  places: readonly string[]
  /** What a file would do, a line each; none: it asks for no trust. */
  tells(name: string, text: string): string[]
}

export interface TrustFile {
  path: string
  /** Relative to the project, with `/`. */
  name: string
  bytes: Uint8Array
  text: string
}

const maxFileBytes = 1024 * 1024
const maxFiles = 1000
const maxTellChars = 200
/** What a person can be asked to look through. */
export const maxShownRules = 100
export const maxShownRuleChars = 1000
const maxShownMemories = 500

const rows: readonly TrustRow[] = [
  { kind: 'rules', places: ['.codi/rules.json'], tells: allowRules },
  {
    kind: 'settings',
    places: [
      '.codi.local.json',
      ...['json', 'jsonc', 'yaml', 'yml'].map((end) => `.codi/local.${end}`),
    ],
    tells: looseSettings,
  },
  { kind: 'hooks', places: ['.codi/hooks.json', '.codi/hooks'], tells: (name) => [name] },
  {
    kind: 'servers',
    places: ['.mcp.json', '.codi/mcp.json'],
    tells: (_, text) => serverLines(text),
  },
  { kind: 'commands', places: ['.codi/commands'], tells: (name) => [name] },
  { kind: 'agents', places: ['.codi/agents'], tells: (name) => [name] },
  { kind: 'skills', places: ['.codi/skills'], tells: (name) => [name] },
  { kind: 'memories', places: ['.codi/memories.md'], tells: memoryLines },
]

/** Kinds that count from the moment of the answer, so that the REPL asks at its start. The others are trusted along. */
export const trustKindsAsked: readonly TrustKind[] = ['rules', 'memories']

export const trustKinds: readonly TrustKind[] = rows.map(({ kind }) => kind)

export function readTrustFiles(
  project: string,
  kind: TrustKind,
): { files: TrustFile[]; tells: string[]; refused?: string } {
  const row = rows.find((candidate) => candidate.kind === kind)
  const files: TrustFile[] = []
  try {
    for (const place of row?.places ?? []) collect(project, join(project, place), files)
    files.sort((a, b) => (a.name < b.name ? -1 : 1))
    return { files, tells: files.flatMap(({ name, text }) => row?.tells(name, text) ?? []) }
  } catch (thrown) {
    return { files, tells: [], refused: errorMessage(thrown) }
  }
}

/** Throws for what cannot be shown or cannot be held fast. */
function collect(project: string, path: string, files: TrustFile[]): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return
  const name = relative(project, path).replaceAll(sep, '/')
  const from = relative(realpathSync.native(project), realpathSync.native(path))
  if (from === '..' || from.startsWith(`..${sep}`))
    throw new Error(`${name} is a link to a place outside the project`)
  if (stats.isDirectory()) {
    for (const entry of readdirSync(path).sort()) collect(project, join(path, entry), files)
    return
  }
  files.push(readTrustFile(path, name, stats))
  if (files.length > maxFiles) throw new Error(`it brings more than ${maxFiles} files`)
}

function readTrustFile(path: string, name: string, stats: Stats): TrustFile {
  if (!stats.isFile()) throw new Error(`${name} is no plain file`)
  if (stats.size > maxFileBytes) throw new Error(`${name} is larger than 1 MB`)
  const bytes = readFileSync(path)
  return { path, name, bytes, text: bytes.toString('utf8') }
}

/**
 * Rules that forbid ask for no trust; a file that cannot be read allows nothing. It is read as the gate reads it, so
 * that what is shown is what would count, and shown whole: nothing hides behind the end of a line or of a list.
 */
function allowRules(name: string, text: string): string[] {
  const rules = rulesOf(text)
    .filter((rule) => isJsonObject(rule) && rule.decision === 'allow')
    .map((rule) => oneLine(JSON.stringify(rule), Number.POSITIVE_INFINITY))
  if (rules.length > maxShownRules)
    throw new Error(`${name} allows by more than ${maxShownRules} rules, which nobody would read`)
  if (rules.some((rule) => rule.length > maxShownRuleChars))
    throw new Error(`a rule of ${name} is longer than ${maxShownRuleChars} characters`)
  return rules
}

function rulesOf(text: string): JsonValue[] {
  try {
    const root = parseJsonc(text)
    const list =
      root.type === 'object' ? root.members.find(({ key }) => key === 'rules')?.value : undefined
    return list?.type === 'array' ? list.items.map(jsonOf) : []
  } catch {
    return []
  }
}

/** Every line, since headings are told to a model with their facts. */
function memoryLines(name: string, text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > maxShownMemories)
    throw new Error(`${name} holds more than ${maxShownMemories} lines, which nobody would read`)
  if (lines.some((line) => line.length > maxShownRuleChars))
    throw new Error(`a line of ${name} is longer than ${maxShownRuleChars} characters`)
  return lines.map((line) => oneLine(line, Number.POSITIVE_INFINITY))
}

function serverLines(text: string): string[] {
  const root = readJsonc(text)
  const servers = isJsonObject(root) ? (root.mcpServers ?? root.servers) : undefined
  if (!isJsonObject(servers)) return []
  return Object.entries(servers).map(([name, server]) =>
    oneLine(`${name}: ${JSON.stringify(server)}`, maxTellChars),
  )
}

function readJsonc(text: string): JsonValue | undefined {
  try {
    return Bun.JSONC.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
