/** What is asked of the gate before any effect, and what it answers. There is no "ask" outside the gate. */
import type { CommandVerdict, RuleOffer } from './policy.ts'
import type { CommandAccess } from './sandbox-service.ts'

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
  /** Those of them that had further names (hard links) when it was asked: they are written through all of them. */
  linkedPaths?: string[]
  /** Host names that will be contacted. */
  hosts: string[]
  /** The exact shell text, when the effect is `execute`. */
  command?: string
  cwd?: string
  /** A unified diff of what would change, for a person to judge by. */
  preview?: string
  /** Of a command: it could run on a copy of the workspace (`may`), or that is what is asked for (`wanted`). */
  tried?: 'may' | 'wanted'
  /** What a command did on a copy is to be applied: a person decides whatever the mode frees. */
  ofTry?: true
  /** A person has typed, or read and allowed, what does exactly this: that answers a question, a denial stays. */
  typed?: true
  /** A sandboxed command that already runs wants to reach the hosts: a widening of its sandbox, which no mode frees. */
  ofCommand?: true
  /** What the command wants beyond the policy of the sandbox; always a person's decision. */
  widening?: Widening
}

/** One thing more than the sandbox gives, with the model's reason for it. Never opens credentials. */
export type Widening = { reason: string } & (
  | { what: 'path'; path: string }
  | { what: 'host'; host: string }
  | { what: 'unsandboxed' }
)

/** A person's answer to a permission question. */
export type Answer =
  | { answer: 'once' }
  /** The same kind of request (see the gate's grant key) is free until the session ends. */
  | { answer: 'session' }
  /** Allowed, and the offered rule is stored for this project, or for every one. */
  | { answer: 'project' }
  | { answer: 'user' }
  /** The command runs, but on a copy; what it changed is shown and applied or thrown away. */
  | { answer: 'try' }
  | { answer: 'deny'; reason?: string }
  /** Deny, and stop the turn. */
  | { answer: 'abort' }

export type Decision =
  | {
      allow: true
      by: 'rule' | 'mode' | 'session' | 'person'
      /** The rule that decided, in words, where one did. */
      rule?: string
      /** What the command gets beyond, or short of, the policy of the session. */
      access?: CommandAccess
      /** What made it dangerous, though it was allowed. */
      danger?: string
    }
  | {
      allow: false
      by: 'rule' | 'mode' | 'person' | 'nobody'
      /** A sentence the model can act on. */
      reason: string
      /** True when the person wants the whole turn to stop. */
      abort: boolean
      rule?: string
    }

export interface Gate {
  mode: Mode
  /** Never throws; an aborted signal is a denial. */
  check(request: PermissionRequest, signal: AbortSignal): Promise<Decision>
}

/** Whoever answers questions: a terminal, lines on stdin, an editor. Absent when nobody can. */
export interface Person {
  /** Undefined where nobody can be asked about this now. */
  permission(
    request: PermissionRequest,
    offer: PermissionOffer,
    signal: AbortSignal,
  ): Promise<Answer | undefined>
  /** Free question of the model (`ask_user`). Undefined when the person gave no answer. */
  question(question: Question, signal: AbortSignal): Promise<string | undefined>
}

/** What a person is shown beside the request, and may answer beyond yes and no. */
export interface PermissionOffer {
  /** What makes it dangerous; undefined where nothing does. */
  danger: string | undefined
  /** What "for this session" would allow, in words; empty where that is not offered. */
  grant: string
  /** Why it is asked at all: the part that no rule allows, the mode. */
  why?: string
  /** Of a command: how each of its parts was judged. */
  verdict?: CommandVerdict
  /** The narrowest useful rule; absent where none is offered (what is dangerous). */
  rule?: RuleOffer
  /** It can be tried on a copy of the workspace. */
  canTry?: true
  /** Yes applies what was tried, no throws it away. */
  ofTry?: true
}

export interface Question {
  text: string
  /** Choices to pick from; empty means free text. */
  choices: string[]
  /** Only one of them is an answer. */
  closed?: true
}
