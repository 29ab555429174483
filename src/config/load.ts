/**
 * Settings from their layers: defaults < user < project < local < environment < flags. A wrong key or value is a
 * warning that names file, line and closest key; it never stops the program.
 */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { closest } from '../base/closest.ts'
import { errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { readPattern } from '../base/mask/own-patterns.ts'
import { readSmallFile } from '../base/small-file.ts'
import type { Settings } from '../contract/settings.ts'
import { defaultSettings, readSetting, type SettingRow, settingRows } from './schema.ts'
import { parseSettings, refusalOf } from './shared-settings.ts'
import { trustOf } from './trust.ts'

export interface LoadedSettings {
  settings: Settings
  /** Where each value came from: `default`, a file, an environment variable, `flag`. */
  sources: Partial<Record<keyof Settings, string>>
  warnings: string[]
}

export interface LoadOptions {
  cwd: string
  userDirectory: string
  /** Where trust is kept: codi's data directory. */
  dataDirectory: string
  env: Record<string, string | undefined>
  flags: Partial<Settings>
}

/** Lists that only tighten: every layer adds to them. */
const added: ReadonlySet<keyof Settings> = new Set(['secretPatterns', 'unreadable'] as const)
const maxFileBytes = 1024 * 1024
const fileEndings = ['.json', '.jsonc', '.yaml', '.yml']

interface Layer {
  /** `untrusted`: local settings that may have come with the repository. */
  origin: 'person' | 'project' | 'untrusted'
  /** The very text that was trusted. */
  text?: string
}

export function loadSettings(options: LoadOptions): LoadedSettings {
  const loaded: LoadedSettings = { settings: { ...defaultSettings }, sources: {}, warnings: [] }
  const project = projectDirectory(options.cwd)
  const user = findFile(join(options.userDirectory, 'config'))
  if (user) readFile(loaded, user, { origin: 'person' })
  const shared = findFile(join(project, '.codi.json')) ?? findFile(join(project, '.codi', 'config'))
  if (shared) readFile(loaded, shared, { origin: 'project' })
  const local =
    findFile(join(project, '.codi.local.json')) ?? findFile(join(project, '.codi', 'local'))
  if (local) readFile(loaded, local, localLayer(local, project, options.dataDirectory))
  for (const row of settingRows) {
    const value = row.env === undefined ? undefined : options.env[row.env]
    if (value) take(loaded, row, value, `environment ${row.env}`)
  }
  for (const [key, value] of Object.entries(options.flags)) {
    if (value === undefined) continue
    Object.assign(loaded.settings, { [key]: value })
    loaded.sources[key as keyof Settings] = 'flag'
  }
  return loaded
}

/** The nearest directory upwards that holds project settings or is a repository; else `cwd`. */
export function projectDirectory(cwd: string): string {
  let directory = resolve(cwd)
  for (;;) {
    if (['.codi', '.codi.json', '.git'].some((name) => existsSync(join(directory, name))))
      return directory
    const parent = dirname(directory)
    if (parent === directory) return resolve(cwd)
    directory = parent
  }
}

function findFile(base: string): string | undefined {
  if (/\.json$/.test(base)) return existsSync(base) ? base : undefined
  return fileEndings.map((ending) => base + ending).find((path) => existsSync(path))
}

/** Local settings are the person's only when the person says so: whoever makes a repository can put them in it. */
function localLayer(file: string, project: string, dataDirectory: string): Layer {
  const { state, files } = trustOf({ dataDirectory, project, kind: 'settings' })
  if (state !== 'trusted') return { origin: 'untrusted' }
  const text = files.find(({ path }) => path.endsWith(file.slice(project.length)))?.text
  return text === undefined ? { origin: 'untrusted' } : { origin: 'person', text }
}

function isEmptyDirectory(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}

function readFile(loaded: LoadedSettings, file: string, layer: Layer): void {
  let text: string
  let values: unknown
  try {
    text = layer.text ?? readSmallFile(file, maxFileBytes)
    values = parseSettings(file, text)
  } catch (thrown) {
    // An empty directory keeps a name closed to commands: codi was started inside its own sandbox.
    if (!isEmptyDirectory(file))
      loaded.warnings.push(`${file} was left out: ${errorMessage(thrown)}`)
    return
  }
  if (values === null || values === undefined) return
  if (!isJsonObject(values)) {
    loaded.warnings.push(`${file} was left out: it must hold one object of settings`)
    return
  }
  readLayer(loaded, values, { ...layer, file, text })
}

function readLayer(
  loaded: LoadedSettings,
  values: JsonObject,
  layer: Layer & { file: string; text: string },
): void {
  for (const [key, value] of Object.entries(values)) {
    if (key === '$schema') continue
    const where = `${layer.file}:${lineOf(layer.text, key)}`
    const row = settingRows.find((candidate) => candidate.key === key)
    if (!row) {
      const near = closest(
        key,
        settingRows.map((candidate) => candidate.key),
        { limit: 1 },
      )[0]
      const hint = near === undefined ? '' : `; did you mean "${near}"?`
      loaded.warnings.push(`${where}: unknown setting "${key}"${hint}`)
      continue
    }
    const refusal =
      layer.origin === 'person' ? undefined : refusalOf(row.key, value, loaded.settings)
    if (refusal !== undefined) {
      const advice = '; once it is trusted it counts: codi trust shows it'
      loaded.warnings.push(`${where}: ${refusal}${layer.origin === 'untrusted' ? advice : ''}`)
      continue
    }
    take(loaded, row, value, layer.file, where)
  }
}

function take(
  loaded: LoadedSettings,
  row: SettingRow,
  value: unknown,
  source: string,
  where = source,
): void {
  const read = readSetting(row, value)
  if (!read.ok) {
    loaded.warnings.push(`${where}: "${row.key}" ${read.problem}, not ${JSON.stringify(value)}`)
    return
  }
  const kept = row.key === 'secretPatterns' ? usable(loaded, read.value, where) : read.value
  const before = added.has(row.key) ? (loaded.settings[row.key] as string[]) : []
  const all = Array.isArray(kept) ? [...new Set([...before, ...kept])] : kept
  Object.assign(loaded.settings, { [row.key]: all })
  loaded.sources[row.key] = source
}

/** A pattern that is wrong or could take for ever is told with its place, once. */
function usable(loaded: LoadedSettings, patterns: unknown, where: string): unknown {
  if (!Array.isArray(patterns)) return patterns
  return patterns.filter((source) => {
    const read = readPattern(String(source))
    if (typeof read !== 'string') return true
    loaded.warnings.push(
      `${where}: the secret pattern ${JSON.stringify(source)} is not used: ${read}`,
    )
    return false
  })
}

function lineOf(text: string, key: string): number {
  const index = text.search(
    new RegExp(`(?:"|'|^|\\n)\\s*${key.replace(/[^\w]/g, '\\$&')}["']?\\s*:`),
  )
  if (index < 0) return 1
  const start = text.indexOf(key, index)
  return text.slice(0, start).split('\n').length
}
