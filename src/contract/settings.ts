/** What a person can set, after all layers are merged. The table of keys is config/schema.ts. */
import type { JsonObject } from '../base/json.ts'
import type { Mode } from './permission.ts'
import type { Effort } from './provider.ts'
import type { SandboxMode } from './sandbox-service.ts'
import type { SearchEngineId } from './web-service.ts'

export interface Settings {
  provider?: string
  model?: string
  baseUrl?: string
  mode: Mode
  effort?: Effort
  maxTurns: number
  maxCostUsd?: number
  /** US dollars of all runs of a day, and of a month, as the person's time zone has them. */
  dailyBudgetUsd?: number
  monthlyBudgetUsd?: number
  /** The share of a budget at which its spending is told, once. */
  budgetWarnAt: number
  /** What becomes of requests whose price nobody knows while a budget is set. */
  budgetUnknown: 'count' | 'stop'
  /** Dollars a million tokens by model: see docs/usage.md. */
  prices?: JsonObject
  /** Seconds for one run. */
  timeoutSeconds?: number
  contextWindow?: number
  /** False: a conversation that no longer fits is an error, and nothing is left out or summarised by itself. */
  autoCompact: boolean
  /** Share of the window, without the room for an answer, at which relief begins. */
  compactAt: number
  /** Tokens of the newest messages that stay word for word. */
  keepRecent: number
  /** Who summarises, `provider/model`; unset: the model in use. */
  compactModel?: string
  /** Who makes labels of sessions, `provider/model`; unset: nobody, the first prompt is the label. */
  smallModel?: string
  maxOutputTokens?: number
  temperature?: number
  tools: boolean
  /** Only these tools, when given. */
  toolNames?: string[]
  index: boolean
  /** `builtin`, or what embeds the code instead: `ollama/MODEL`, `openai/MODEL`, `HOST/MODEL`. */
  embedding: string
  embeddingBaseUrl?: string
  /** Wanted length of the vectors. */
  embeddingDimensions?: number
  /** US dollars a million tokens, where codi does not know better. */
  embeddingPrice?: number
  addDirs: string[]
  sandbox: SandboxMode
  /** Of sandboxed commands: see SandboxPolicy.network. */
  network: 'off' | 'ask' | 'on'
  /** Hosts that commands and web tools reach without a question. */
  allowHosts: string[]
  /** Globs of further files that neither commands nor tools may read. */
  unreadable: string[]
  /** Credential places that may be read all the same, absolute or below the home directory: `~/.npmrc`. */
  readable: string[]
  /** Names of variables that commands get although they look like secrets. */
  keepEnvironment: string[]
  commandCpuSeconds: number
  commandMemoryMb: number
  commandProcesses: number
  commandFileMb: number
  /** Secrets are taken out of what tools answer. */
  maskSecrets: boolean
  /** Regular expressions of further secrets; those of every layer count. */
  secretPatterns: string[]
  /** Everything that happens is written to an audit log. */
  audit: boolean
  /** Tokens of what is remembered that a session is told at its start; 0: nothing. */
  memoryTokens: number
  /** A model that ends with an item of its list in progress is told so, once a run. */
  todoReminder: boolean
  /** What was at the files that codi changes is kept, so that it can be taken back. */
  journal: boolean
  /** Megabytes that this may take; the oldest steps go first. */
  journalMb: number
  /** Steps that are older go in any case. */
  journalDays?: number
  systemPrompt?: string
  appendSystemPrompt?: string
  color: 'auto' | 'always' | 'never'
  /** Each answer at a terminal is followed by what it took. */
  footer: boolean
  /** Seconds without a byte from the model's host before the request counts as stalled. */
  stallSeconds: number
  /** Where `codi login` keeps credentials: the system's keyring, a sealed file, or the first of them that works. */
  credentialStore: 'auto' | 'keyring' | 'file'
  /** Login servers by name: see docs/credentials.md. */
  oauth?: JsonObject
  /** Who answers `web_search`. */
  searchEngine: SearchEngineId
  /** Base URL of that engine, for one of your own: a SearXNG instance. */
  searchBaseUrl?: string
  /** Extra certificate authorities, a PEM file. */
  caFile?: string
}
