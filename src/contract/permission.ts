/** What is asked of the gate before any effect, and what it answers. There is no "ask" outside the gate. */

export type Effect = 'read' | 'write' | 'execute' | 'network' | 'ask'

export type Mode = 'plan' | 'ask' | 'edit' | 'auto'
export const modes: readonly Mode[] = ['plan', 'ask', 'edit', 'auto']

export interface PermissionRequest {
  /** The call this belongs to, for events; empty outside a turn. */
  callId: string
  tool: string
  effect: Effect
  /** One line for a person: "edit src/main.ts", "run npm test". */
  summary: string
  /** Absolute, resolved paths that will be touched. */
  paths: string[]
  /** Host names that will be contacted. */
  hosts: string[]
  /** The exact shell text, when the effect is `execute`. */
  command?: string
  cwd?: string
  /** A unified diff of what would change, for a person to judge by. */
  preview?: string
}

/** A person's answer to a permission question. */
export type Answer =
  | { answer: 'once' }
  /** The same kind of request (see the gate's grant key) is free until the session ends. */
  | { answer: 'session' }
  | { answer: 'deny'; reason?: string }
  /** Deny, and stop the turn. */
  | { answer: 'abort' }

export type Decision =
  | { allow: true; by: 'rule' | 'mode' | 'session' | 'person' }
  | {
      allow: false
      by: 'rule' | 'mode' | 'person' | 'nobody'
      /** A sentence the model can act on. */
      reason: string
      /** True when the person wants the whole turn to stop. */
      abort: boolean
    }

export interface Gate {
  mode: Mode
  /** Never throws; an aborted signal is a denial. */
  check(request: PermissionRequest, signal: AbortSignal): Promise<Decision>
}

/** Whoever answers questions: a terminal, lines on stdin, an editor. Absent when nobody can. */
export interface Person {
  permission(
    request: PermissionRequest,
    options: { danger: string | undefined; grant: string },
    signal: AbortSignal,
  ): Promise<Answer>
  /** Free question of the model (`ask_user`). Undefined when the person gave no answer. */
  question(question: Question, signal: AbortSignal): Promise<string | undefined>
}

export interface Question {
  text: string
  /** Choices to pick from; empty means free text. */
  choices: string[]
}
