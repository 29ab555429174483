/** The table of settings: files, environment, help and `codi config` are all derived from it. */
import { isJsonObject } from '../base/json.ts'
import { modes } from '../contract/permission.ts'
import type { Settings } from '../contract/settings.ts'
import { searchEngineIds } from '../contract/web-service.ts'

export type SettingType =
  | { type: 'string' }
  | { type: 'number'; min: number; max?: number; integer: boolean }
  | { type: 'boolean' }
  | { type: 'choice'; values: readonly string[] }
  | { type: 'list' }
  | { type: 'record' }

export type SettingRow = SettingType & {
  key: keyof Settings
  env?: string
  summary: string
}

export const settingRows: readonly SettingRow[] = [
  { key: 'provider', type: 'string', env: 'CODI_PROVIDER', summary: 'provider that is used' },
  { key: 'model', type: 'string', env: 'CODI_MODEL', summary: 'model, or provider/model' },
  { key: 'baseUrl', type: 'string', env: 'CODI_BASE_URL', summary: "base URL of the model's host" },
  {
    key: 'mode',
    type: 'choice',
    values: modes,
    env: 'CODI_MODE',
    summary: 'what is free and what is asked for',
  },
  {
    key: 'effort',
    type: 'choice',
    values: ['low', 'medium', 'high'],
    summary: 'how long a model may think',
  },
  { key: 'maxTurns', type: 'number', min: 1, integer: true, summary: 'model requests in one run' },
  { key: 'maxCostUsd', type: 'number', min: 0, integer: false, summary: 'US dollars for one run' },
  {
    key: 'dailyBudgetUsd',
    type: 'number',
    min: 0,
    integer: false,
    env: 'CODI_DAILY_BUDGET_USD',
    summary: 'US dollars for all runs of a day',
  },
  {
    key: 'monthlyBudgetUsd',
    type: 'number',
    min: 0,
    integer: false,
    env: 'CODI_MONTHLY_BUDGET_USD',
    summary: 'US dollars for all runs of a month',
  },
  {
    key: 'budgetWarnAt',
    type: 'number',
    min: 0,
    max: 1,
    integer: false,
    summary: 'share of a budget at which its spending is told',
  },
  {
    key: 'budgetUnknown',
    type: 'choice',
    values: ['count', 'stop'],
    summary: 'requests of unknown price under a budget: counted as unknown, or stopped',
  },
  {
    key: 'prices',
    type: 'record',
    summary: 'dollars a million tokens by model: {"provider/model": {"input": 3, "output": 15}}',
  },
  { key: 'timeoutSeconds', type: 'number', min: 1, integer: false, summary: 'seconds for one run' },
  {
    key: 'contextWindow',
    type: 'number',
    min: 1024,
    integer: true,
    summary: "tokens of the model's window",
  },
  {
    key: 'autoCompact',
    type: 'boolean',
    env: 'CODI_AUTO_COMPACT',
    summary: 'whether a long conversation is shortened and summarised by itself',
  },
  {
    key: 'compactAt',
    type: 'number',
    min: 0.1,
    max: 1,
    integer: false,
    summary: 'share of the usable window at which that begins',
  },
  {
    key: 'keepRecent',
    type: 'number',
    min: 0,
    integer: true,
    summary: 'tokens of the newest messages that stay word for word',
  },
  {
    key: 'compactModel',
    type: 'string',
    summary: 'who summarises: provider/model, or builtin (no model)',
  },
  { key: 'smallModel', type: 'string', summary: 'model that labels sessions, or provider/model' },
  {
    key: 'maxOutputTokens',
    type: 'number',
    min: 1,
    integer: true,
    summary: 'tokens of one answer',
  },
  {
    key: 'temperature',
    type: 'number',
    min: 0,
    integer: false,
    summary: 'randomness of the answer',
  },
  { key: 'tools', type: 'boolean', summary: 'whether the model gets tools' },
  { key: 'toolNames', type: 'list', summary: 'only these tools' },
  { key: 'index', type: 'boolean', summary: 'whether the code is indexed' },
  {
    key: 'embedding',
    type: 'string',
    env: 'CODI_EMBEDDING',
    summary: 'what embeds the code: builtin, ollama/MODEL, openai/MODEL, HOST/MODEL',
  },
  {
    key: 'embeddingBaseUrl',
    type: 'string',
    env: 'CODI_EMBEDDING_BASE_URL',
    summary: "base URL of the embedding model's host",
  },
  {
    key: 'embeddingDimensions',
    type: 'number',
    min: 1,
    integer: true,
    env: 'CODI_EMBEDDING_DIMENSIONS',
    summary: 'wanted length of the vectors',
  },
  {
    key: 'embeddingPrice',
    type: 'number',
    min: 0,
    integer: false,
    env: 'CODI_EMBEDDING_PRICE',
    summary: 'US dollars a million embedded tokens',
  },
  { key: 'addDirs', type: 'list', summary: 'further directories that tools may touch' },
  {
    key: 'sandbox',
    type: 'choice',
    values: ['read-only', 'workspace', 'off'],
    env: 'CODI_SANDBOX',
    summary: 'what commands may write: nothing, the workspace, anything (no sandbox)',
  },
  {
    key: 'network',
    type: 'choice',
    values: ['off', 'ask', 'on'],
    env: 'CODI_NETWORK',
    summary: 'network of commands: none, asked for each host, all',
  },
  {
    key: 'allowHosts',
    type: 'list',
    env: 'CODI_ALLOW_HOSTS',
    summary: 'hosts that commands and web tools reach without a question',
  },
  {
    key: 'unreadable',
    type: 'list',
    summary: 'globs of files that neither commands nor tools may read',
  },
  {
    key: 'readable',
    type: 'list',
    summary: 'credential places that may be read all the same, such as ~/.npmrc',
  },
  {
    key: 'keepEnvironment',
    type: 'list',
    summary: 'variables that commands get although they look like secrets',
  },
  {
    key: 'commandCpuSeconds',
    type: 'number',
    min: 0,
    integer: true,
    summary: 'CPU seconds of one process of a command; 0: no limit',
  },
  {
    key: 'commandMemoryMb',
    type: 'number',
    min: 0,
    integer: true,
    summary: 'address space of one process of a command in MB; 0: no limit',
  },
  {
    key: 'commandProcesses',
    type: 'number',
    min: 0,
    integer: true,
    summary: 'processes of a command at once; 0: no limit',
  },
  {
    key: 'commandFileMb',
    type: 'number',
    min: 0,
    integer: true,
    summary: 'largest file that a command may write in MB; 0: no limit',
  },
  {
    key: 'maskSecrets',
    type: 'boolean',
    env: 'CODI_MASK_SECRETS',
    summary: 'whether secrets are masked in what tools answer',
  },
  {
    key: 'secretPatterns',
    type: 'list',
    summary: 'regular expressions of further secrets',
  },
  {
    key: 'audit',
    type: 'boolean',
    env: 'CODI_AUDIT',
    summary: 'whether everything that happens is written to an audit log',
  },
  {
    key: 'memoryTokens',
    type: 'number',
    min: 0,
    integer: true,
    summary: 'tokens of memories that a session begins with; 0: none',
  },
  {
    key: 'todoReminder',
    type: 'boolean',
    summary: 'whether a model that ends with an item in progress is told so',
  },
  {
    key: 'journal',
    type: 'boolean',
    env: 'CODI_JOURNAL',
    summary: 'whether changes of files are recorded, so that they can be taken back',
  },
  {
    key: 'journalMb',
    type: 'number',
    min: 1,
    integer: true,
    env: 'CODI_JOURNAL_MB',
    summary: 'megabytes that the record may take; the oldest steps go first',
  },
  {
    key: 'journalDays',
    type: 'number',
    min: 1,
    integer: false,
    summary: 'steps that are older can no longer be taken back',
  },
  { key: 'systemPrompt', type: 'string', summary: "replaces codi's system prompt" },
  { key: 'appendSystemPrompt', type: 'string', summary: 'added to the system prompt' },
  {
    key: 'color',
    type: 'choice',
    values: ['auto', 'always', 'never'],
    summary: 'colours in the terminal',
  },
  {
    key: 'footer',
    type: 'boolean',
    summary: 'whether an answer is followed by its tokens, cost and time',
  },
  {
    key: 'stallSeconds',
    type: 'number',
    min: 1,
    integer: false,
    env: 'CODI_STALL_SECONDS',
    summary: 'silence of a host that counts as a stall',
  },
  {
    key: 'credentialStore',
    type: 'choice',
    values: ['auto', 'keyring', 'file'],
    env: 'CODI_CREDENTIAL_STORE',
    summary: 'where logins are kept: the keyring, a sealed file, whichever works',
  },
  { key: 'oauth', type: 'record', summary: 'login servers by name, with a client id of your own' },
  {
    key: 'searchEngine',
    type: 'choice',
    values: searchEngineIds,
    env: 'CODI_SEARCH_ENGINE',
    summary: 'who answers web_search',
  },
  {
    key: 'searchBaseUrl',
    type: 'string',
    env: 'CODI_SEARCH_BASE_URL',
    summary: 'base URL of that engine, such as your own SearXNG',
  },
  {
    key: 'caFile',
    type: 'string',
    env: 'CODI_CA_FILE',
    summary: 'PEM file with further certificate authorities',
  },
]

export const defaultSettings: Settings = {
  mode: 'ask',
  maxTurns: 200,
  autoCompact: true,
  compactAt: 0.8,
  keepRecent: 20_000,
  budgetWarnAt: 0.8,
  budgetUnknown: 'count',
  tools: true,
  index: true,
  embedding: 'builtin',
  addDirs: [],
  sandbox: 'workspace',
  network: 'ask',
  allowHosts: [],
  unreadable: [],
  readable: [],
  keepEnvironment: [],
  commandCpuSeconds: 0,
  commandMemoryMb: 0,
  commandProcesses: 4096,
  commandFileMb: 0,
  maskSecrets: true,
  secretPatterns: [],
  audit: false,
  memoryTokens: 600,
  journal: true,
  journalMb: 1024,
  todoReminder: true,
  color: 'auto',
  footer: true,
  stallSeconds: 120,
  credentialStore: 'auto',
  searchEngine: 'auto',
}

/** The value as that setting's type; undefined with a sentence why not. Text is accepted for every type. */
export function readSetting(
  row: SettingRow,
  value: unknown,
): { ok: true; value: unknown } | { ok: false; problem: string } {
  switch (row.type) {
    case 'string':
      return typeof value === 'string' ? { ok: true, value } : wants('a text')
    case 'boolean': {
      if (typeof value === 'boolean') return { ok: true, value }
      if (value === 'true' || value === 'false') return { ok: true, value: value === 'true' }
      return wants('true or false')
    }
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      const kind = row.integer ? 'a whole number' : 'a number'
      if (typeof number !== 'number' || !Number.isFinite(number)) return wants(kind)
      if (row.integer && !Number.isInteger(number)) return wants(kind)
      if (number < row.min) return wants(`${kind} of at least ${row.min}`)
      if (row.max !== undefined && number > row.max) return wants(`${kind} of at most ${row.max}`)
      return { ok: true, value: number }
    }
    case 'choice':
      return typeof value === 'string' && row.values.includes(value)
        ? { ok: true, value }
        : wants(`one of ${row.values.join(', ')}`)
    case 'record':
      return isJsonObject(value) ? { ok: true, value } : wants('an object')
    case 'list': {
      if (typeof value === 'string')
        return { ok: true, value: value.split(',').map((part) => part.trim()) }
      if (Array.isArray(value) && value.every((part) => typeof part === 'string'))
        return { ok: true, value }
      return wants('a list of texts')
    }
  }
}

function wants(what: string): { ok: false; problem: string } {
  return { ok: false, problem: `wants ${what}` }
}
