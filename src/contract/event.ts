/**
 * Everything a front end can see, one closed union. `codi -f jsonl` prints these as they are. Deltas (`text`,
 * `thinking`, `call_output`) may be dropped by a slow reader; beginnings and endings may not.
 */
import type { JsonObject, JsonValue } from '../base/json.ts'
import type { Usage } from './message.ts'
import type { Decision, PermissionRequest } from './permission.ts'
import type { Detail } from './tool.ts'

export type AppEvent =
  | { type: 'session'; id: string; provider: string; model: string; cwd: string; resumed: boolean }
  | { type: 'turn_start'; turn: number }
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  /** Text streamed since turn_start (or the last call_end) is void: the request is sent again. */
  | { type: 'retract'; reason: string }
  /** A model began to write a call: shown as a pending line. */
  | { type: 'call_pending'; id: string; name: string }
  | { type: 'call_start'; id: string; name: string; input: JsonObject; summary: string }
  | { type: 'call_output'; id: string; text: string }
  | {
      type: 'call_end'
      id: string
      name: string
      ok: boolean
      ms: number
      /** As the model reads it (capped). */
      output: string
      detail?: Detail
      data?: JsonValue
    }
  | { type: 'permission'; request: PermissionRequest; decision: Decision }
  | { type: 'notice'; level: 'info' | 'warning' | 'error'; text: string }
  | { type: 'progress'; what: string; done: number; total: number }
  /** A typed message was delivered to the model at a call boundary or after the turn. */
  | { type: 'delivered'; how: 'steer' | 'queue'; text: string }
  /** A run has changed files: what `undo` of its step would take back. */
  | { type: 'changes'; step: number; files: number; added: number; removed: number }
  | { type: 'turn_end'; turn: number; usage: Usage; costUsd: number | null; ms: number }
  | ({ type: 'result' } & RunResult)

export type RunStop =
  | 'end'
  | 'length'
  | 'refused'
  | 'denied'
  | 'max_turns'
  | 'max_cost'
  /** The budget of the day or the month. */
  | 'budget'
  | 'timeout'
  | 'loop'
  | 'interrupted'
  | 'error'

/** The object that `-f json` prints, and the last line of `-f jsonl`. */
export interface RunResult {
  schema: 'codi.result/1'
  ok: boolean
  text: string
  session: string | null
  provider: string
  model: string
  turns: number
  calls: { id: string; name: string; input: JsonObject; ok: boolean; ms: number }[]
  usage: Usage
  /** Null where the price of the model is not known. */
  costUsd: number | null
  stopReason: RunStop
  error: { kind: string; message: string } | null
  exitCode: number
}

export interface EventBus {
  emit(event: AppEvent): void
  /** Returns the function that ends it. */
  subscribe(listener: (event: AppEvent) => void): () => void
}
