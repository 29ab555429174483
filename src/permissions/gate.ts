/**
 * The one gate: every effect of every tool passes `check`. Order: hard refusals, mode, what was granted for the
 * session, the person, and without an answer: deny.
 */
import type {
  Answer,
  Decision,
  Effect,
  Gate,
  Mode,
  PermissionRequest,
  Person,
} from '../contract/permission.ts'
import { dangerousCommand, dangerousPath, refusedCommand, refusedPath } from './danger.ts'
import { linkDanger } from './links.ts'

export interface GateOptions {
  mode: Mode
  /** Asked at the time of the question, since it may change with the front end. */
  person(): Person | undefined
}

type Verdict = 'free' | 'ask' | 'deny'

/** What each mode does with each effect. */
const verdicts: Record<Mode, Record<Effect, Verdict>> = {
  plan: { read: 'free', ask: 'free', write: 'deny', execute: 'deny', network: 'deny' },
  ask: { read: 'free', ask: 'free', write: 'ask', execute: 'ask', network: 'ask' },
  edit: { read: 'free', ask: 'free', write: 'free', execute: 'ask', network: 'ask' },
  auto: { read: 'free', ask: 'free', write: 'free', execute: 'free', network: 'free' },
}

export function openGate(options: GateOptions): Gate {
  const granted = new Set<string>()
  // Questions are put one after another, so that two never share the screen.
  let questions: Promise<unknown> = Promise.resolve()

  const gate: Gate = {
    mode: options.mode,
    async check(request, signal) {
      const refusal = refusalOf(request)
      if (refusal !== undefined) return refusal
      const verdict = verdicts[gate.mode][request.effect]
      if (verdict === 'deny') return denied('mode', planReason)
      const danger = await dangerOf(request)
      if (verdict === 'free' && danger === undefined) return { allow: true, by: 'mode' }
      const grant = grantOf(request)
      if (danger === undefined && granted.has(grant.key)) return { allow: true, by: 'session' }
      const answer = questions.then(() => ask(request, danger, grant, signal))
      questions = answer.catch(() => undefined)
      return answer
    },
  }

  async function ask(
    request: PermissionRequest,
    danger: string | undefined,
    grant: Grant,
    signal: AbortSignal,
  ): Promise<Decision> {
    if (signal.aborted) return denied('nobody', 'the user interrupted')
    // A grant given to an earlier question may answer this one.
    if (danger === undefined && granted.has(grant.key)) return { allow: true, by: 'session' }
    const person = options.person()
    if (!person) return denied('nobody', nobodyReason(request, danger))
    const answer = await answerOf(person, request, danger, grant, signal)
    if (answer === undefined) return denied('nobody', 'the question was not answered')
    return decide(answer, grant, danger)
  }

  function decide(answer: Answer, grant: Grant, danger: string | undefined): Decision {
    switch (answer.answer) {
      case 'session':
        // What is dangerous is asked for each time.
        if (danger === undefined) granted.add(grant.key)
        return { allow: true, by: 'person' }
      case 'project':
      case 'user':
      case 'once':
        return { allow: true, by: 'person' }
      case 'deny': {
        const said = answer.reason ? ` and said: ${answer.reason}` : ''
        return denied('person', `the user refused${said}. Do not try the same in another way.`)
      }
      case 'abort':
        return { ...denied('person', 'the user refused and stopped the turn.'), abort: true }
    }
  }

  return gate
}

const planReason =
  'this is plan mode, which only reads. Describe the change instead; the user can switch with /mode.'

async function answerOf(
  person: Person,
  request: PermissionRequest,
  danger: string | undefined,
  grant: Grant,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  try {
    return await person.permission(request, { danger, grant: grant.text }, signal)
  } catch {
    // A front end that breaks or is interrupted has not allowed anything.
    return undefined
  }
}

function denied(
  by: Extract<Decision, { allow: false }>['by'],
  reason: string,
): Extract<Decision, { allow: false }> {
  return { allow: false, by, reason, abort: false }
}

function refusalOf(request: PermissionRequest): Decision | undefined {
  const reason = request.command === undefined ? undefined : refusedCommand(request.command)
  if (reason !== undefined) return denied('rule', `this command is never run: ${reason}.`)
  if (request.effect !== 'write') return undefined
  for (const path of request.paths) {
    const why = refusedPath(path)
    if (why !== undefined) return denied('rule', `${path} is never written by a tool: ${why}.`)
  }
  return undefined
}

async function dangerOf(request: PermissionRequest): Promise<string | undefined> {
  if (request.command !== undefined) return dangerousCommand(request.command)
  if (request.effect !== 'write') return undefined
  for (const path of request.paths) {
    const reason = dangerousPath(path)
    if (reason !== undefined) return reason
  }
  return linkDanger(request.paths)
}

interface Grant {
  key: string
  /** What "for this session" would allow, in words. */
  text: string
}

function grantOf(request: PermissionRequest): Grant {
  switch (request.effect) {
    case 'write':
      return { key: 'write', text: 'file edits in this workspace' }
    case 'network': {
      const hosts = [...request.hosts].sort().join(', ')
      return { key: `network ${hosts}`, text: `requests to ${hosts}` }
    }
    default:
      return {
        key: `${request.effect} ${request.tool} ${request.cwd ?? ''} ${request.command ?? ''}`,
        text: request.command === undefined ? `calls of ${request.tool}` : 'exactly this command',
      }
  }
}

function nobodyReason(request: PermissionRequest, danger: string | undefined): string {
  const what = danger === undefined ? request.summary : `${request.summary} (${danger})`
  const modes = request.effect === 'write' ? '--mode edit, --mode auto (-y)' : '--mode auto (-y)'
  const how =
    danger === undefined
      ? ` The user can allow it with ${modes}, or by running codi interactively.`
      : ' It is asked for in every mode; the user can run codi interactively to answer.'
  return `nobody is here to allow it: ${what}.${how}`
}
