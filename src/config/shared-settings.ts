/**
 * What settings that come with a repository may say: whatever makes nothing looser for the person who opens it. A key
 * that is in neither table is free.
 */
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { oneLine } from '../base/text.ts'
import { type Mode, modes } from '../contract/permission.ts'
import type { Settings } from '../contract/settings.ts'

/** Keys that a repository must not decide at all. */
const personOnly: ReadonlySet<string> = new Set<keyof Settings>([
  ...(['baseUrl', 'caFile', 'addDirs', 'compactModel', 'smallModel'] as const),
  ...(['embeddingBaseUrl', 'embeddingDimensions', 'embeddingPrice'] as const),
  ...(['prices', 'budgetWarnAt', 'journal', 'journalMb', 'journalDays'] as const),
  ...(['credentialStore', 'oauth', 'searchEngine', 'searchBaseUrl'] as const),
  ...(['allowHosts', 'readable', 'keepEnvironment', 'maskSecrets', 'audit'] as const),
  ...(['commandCpuSeconds', 'commandMemoryMb', 'commandProcesses', 'commandFileMb'] as const),
])

type Before = Partial<Settings>

/** Keys that a repository may only tighten: whether the value does, given what holds without it. */
const tightens: { [K in keyof Settings]?: (value: unknown, before: Before) => boolean } = {
  mode: (value, { mode = 'ask' }) =>
    rankOf(value) <= Math.min(rankOf(mode), rankOf('ask' satisfies Mode)),
  sandbox: (value) => value === 'read-only',
  network: (value) => value === 'off',
  embedding: (value) => value === 'builtin',
  tools: (value, { tools }) => value === false || tools === true,
  toolNames: (value, { toolNames }) =>
    toolNames === undefined ||
    (Array.isArray(value) && value.every((name) => toolNames.includes(name))),
  maxCostUsd: (value, { maxCostUsd }) => isAtMost(value, maxCostUsd),
  dailyBudgetUsd: (value, { dailyBudgetUsd }) => isAtMost(value, dailyBudgetUsd),
  monthlyBudgetUsd: (value, { monthlyBudgetUsd }) => isAtMost(value, monthlyBudgetUsd),
  budgetUnknown: (value) => value === 'stop',
}

function isAtMost(value: unknown, before: number | undefined): boolean {
  return before === undefined || Number(value) <= before
}

function rankOf(mode: unknown): number {
  const rank = (modes as readonly unknown[]).indexOf(mode)
  return rank < 0 ? modes.length : rank
}

/** Beside it, everything that could loosen something for somebody does. */
const strictest: Before = {
  mode: 'plan',
  tools: false,
  toolNames: [],
  maxCostUsd: 0,
  dailyBudgetUsd: 0,
  monthlyBudgetUsd: 0,
}

const maxTellChars = 200

/** Why a repository may not say it, as the end of a sentence about its file; undefined where it may. */
export function refusalOf(key: keyof Settings, value: unknown, before: Before): string | undefined {
  if (personOnly.has(key))
    return `"${key}" is only read from your own settings, not from a project's`
  if (tightens[key]?.(value, before) !== false) return undefined
  return key === 'embedding'
    ? `a project's settings may not choose where its code is sent ("embedding"); set it in your own`
    : `a project's settings may not loosen "${key}"`
}

/** The settings in a file's text that would loosen something, a line each; none where it cannot be read. */
export function looseSettings(name: string, text: string): string[] {
  let values: unknown
  try {
    values = parseSettings(name, text)
  } catch {
    return []
  }
  if (!isJsonObject(values)) return []
  return Object.entries(values as JsonObject)
    .filter(([key, value]) => refusalOf(key as keyof Settings, value, strictest) !== undefined)
    .map(([key, value]) => oneLine(`${key}: ${JSON.stringify(value)}`, maxTellChars))
}

/** Throws where the text is no JSON with comments, or no YAML by the name of its file. */
export function parseSettings(name: string, text: string): unknown {
  return /\.ya?ml$/.test(name) ? Bun.YAML.parse(text) : Bun.JSONC.parse(text)
}
