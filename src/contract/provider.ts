/**
 * The seam between the agent and a model. A provider translates one request into one wire call and its answer into
 * events. A stream never throws once started: failure is its last event.
 */
import type { JsonObject } from '../base/json.ts'
import type { AssistantMessage, Message, Usage } from './message.ts'

export interface Provider {
  /** The id users type: `anthropic`, `openai`, `openrouter`, `ollama`, `builtin`, `mock` … */
  readonly name: string
  /** The models that this account or host offers. Throws a CodiError where they cannot be listed. */
  models(signal: AbortSignal): Promise<ModelInfo[]>
  /** What is known of one model; may ask the host (Ollama) and never throws: unknown fields are left out. */
  describe(model: string, signal: AbortSignal): Promise<ModelInfo>
  /**
   * One request, one answer. Exactly one `done` or `error` event ends the stream; nothing follows it.
   * An aborted signal ends it with `error` of kind `cancelled`.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>
}

export interface ModelInfo {
  id: string
  /** Tokens that fit into one request and its answer together. */
  contextWindow?: number
  maxOutputTokens?: number
  tools?: boolean
  vision?: boolean
  thinking?: boolean
  /** US dollars for a million tokens. */
  price?: ModelPrice
  /** True where a call costs nothing (builtin, a local host). */
  free?: boolean
  /** The host says with each answer what it took. */
  costTold?: true
}

/** Dollars a million tokens. Without a column of its own, what came from or went to a cache costs what input costs. */
export interface TokenPrice {
  input: number
  output: number
  cacheRead?: number
  cacheWrite?: number
}

export interface ModelPrice extends TokenPrice {
  /** Requests that read more tokens than this cost so much, all of their tokens; the highest that is passed counts. */
  above?: (TokenPrice & { tokens: number })[]
  /** Who says so: `catalogue`, `settings`, `prices.json`, `host`. */
  source?: string
  /** As of when: `2026-10`. */
  date?: string
}

export interface ToolSpec {
  name: string
  description: string
  /** JSON Schema of the argument object. */
  parameters: JsonObject
}

export type Effort = 'low' | 'medium' | 'high'

export interface ModelRequest {
  model: string
  /** Parts of the system prompt, the most stable first; a provider may set a cache mark after each `stable` part. */
  system: { text: string; stable: boolean }[]
  messages: Message[]
  tools: ToolSpec[]
  maxOutputTokens?: number
  temperature?: number
  effort?: Effort
  /** JSON Schema that the final text must fit, where the wire can enforce it. */
  outputSchema?: JsonObject
  /**
   * Which prepared run this is (`ask`, `review`, `commit`, `explain` …). Model wires ignore it;
   * `builtin` works by it.
   */
  recipe?: string
  /** What it is for, where it is no turn of the conversation: `summary`, `label` … Only the ledger of usage reads it. */
  purpose?: string
}

export type StopReason =
  /** The model finished. */
  | 'end'
  /** The model waits for the results of its calls. */
  | 'calls'
  /** The answer was cut at the output limit. */
  | 'length'
  /** The model or its host refused. */
  | 'refused'

export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  /** A call has begun; its arguments follow as `call_delta` (raw JSON text, for live display only). */
  | { type: 'call_start'; id: string; name: string }
  | { type: 'call_delta'; id: string; text: string }
  /** An attempt failed and number `attempt` will follow: everything streamed since the request began is void. */
  | { type: 'retry'; attempt: number; delayMs: number; failure: ProviderFailure; usage?: Usage }
  /** Something a person should know (a prompt near the window, a capability that is missing). */
  | { type: 'notice'; text: string }
  /** The complete answer. `usage` is undefined where the wire told none. */
  | {
      type: 'done'
      message: AssistantMessage
      stop: StopReason
      usage: Usage | undefined
      /** The model that really answered, where the wire says so. */
      model?: string
    }
  | { type: 'error'; failure: ProviderFailure; usage?: Usage }

export type FailureKind =
  /** Key missing, refused or without rights: 401, 403. */
  | 'credentials'
  /** No connection: DNS, refused, TLS, proxy. */
  | 'unreachable'
  | 'rate_limit'
  /** 503, 529: the host says it is too busy. */
  | 'overloaded'
  /** Any other 5xx. */
  | 'server'
  /** Nothing arrived for the stall limit. */
  | 'stall'
  /** The stream broke off before its end. */
  | 'truncated'
  | 'model_not_found'
  | 'context_overflow'
  /** Out of money or quota: waiting does not help. */
  | 'quota'
  /** A budget of the person is spent: nothing was sent. */
  | 'budget'
  | 'bad_request'
  /** The host answered something that is not its own protocol. */
  | 'protocol'
  | 'cancelled'

export interface ProviderFailure {
  kind: FailureKind
  /** One line for a person: what happened and what to do. Never holds a key. */
  message: string
  status?: number
  /** What the host asked for by Retry-After. */
  retryAfterMs?: number
  /** Of an overflow, where the host says it: the model's window, and what the request took. */
  windowTokens?: number
  requestTokens?: number
  /** Trying again cannot help, though the kind would allow it (an untrusted certificate, a proxy that refuses). */
  permanent?: true
}
