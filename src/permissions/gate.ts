/**
 * The one gate: every effect of every tool passes `check`. Order: hard rules, deny rules, ask rules, allow rules, the
 * mode, what was granted for the session, the person, and without an answer: deny.
 */
import type {
  Answer,
  Decision,
  Gate,
  Mode,
  PermissionOffer,
  PermissionRequest,
  Person,
} from '../contract/permission.ts'
import type { RuleOffer } from '../contract/policy.ts'
import type { SandboxMode } from '../contract/sandbox-service.ts'
import { assess } from './assess.ts'
import type { Assessment, Facts } from './assessment.ts'
import type { Judge } from './exec/judge.ts'
import { openGrants } from './grants.ts'
import { openLazyJudge } from './lazy-judge.ts'
import { openPathJudge, type PathJudge } from './path-judge.ts'
import type { RuleBook, RulesInForce } from './rule-book.ts'
import { homeOf } from './rule-match.ts'
import { addCommand, ruleLine, ruleText } from './rule-words.ts'
import { mayTry, reviewed } from './tried.ts'

export interface GateOptions {
  mode: Mode
  /** Asked at the time of the question, since it may change with the front end. */
  person(): Person | undefined
  /** Without it there are no rules but the built-in ones. */
  rules?: RuleBook
  judge?: Judge
  paths?: PathJudge
  /** The workspace and added directories, real. Without them every path counts as inside. */
  roots?: readonly string[]
  allowHosts?: readonly string[]
  sandboxMode?: SandboxMode
  /** What confines commands here; without it all is taken to hold. A failure counts as nothing. */
  sandbox?(): ReturnType<Facts['sandbox']>
  /** Commands reach the network without being asked. */
  networkIsOpen?: boolean
  /** See Facts. */
  closesInside?: boolean
  /** Something that the person should know: a rule that could not be stored. */
  notice?(text: string): void
}

const noRules: RulesInForce = { rules: [], ignored: [], problems: [], strict: false }

export function openGate(options: GateOptions): Gate {
  const grants = openGrants()
  const judge = options.judge ?? openLazyJudge()
  const home = options.rules?.home ?? homeOf(process.env)
  const paths =
    options.paths ??
    openPathJudge({ home, roots: options.roots ?? [], own: [], unreadable: [], readable: [] })
  // Questions are put one after another, so that two never share the screen.
  let questions: Promise<unknown> = Promise.resolve()

  const gate: Gate = {
    mode: options.mode,
    async check(request, signal) {
      try {
        const assessed = await judged(request)
        if (assessed.outcome !== 'ask') return decisionOf(assessed)
        if (request.typed) return { allow: true, by: 'person' }
        const answer = questions.then(() => ask(request, signal))
        questions = answer.catch(() => undefined)
        return await answer
      } catch (thrown) {
        // Whatever cannot be judged has not been allowed.
        return denied('nobody', `it could not be judged (${String(thrown)})`)
      }
    },
  }

  async function judged(request: PermissionRequest): Promise<Assessment> {
    const assessed = await assess(request, await facts())
    if (request.ofTry) return reviewed(assessed)
    const covered =
      assessed.outcome === 'ask' &&
      assessed.danger === undefined &&
      grants.covers(assessed.grant, request)
    return covered ? { ...assessed, outcome: 'allow', by: 'session' } : assessed
  }

  async function facts(): Promise<Facts> {
    return {
      mode: gate.mode,
      home,
      project: options.rules?.project ?? options.roots?.[0] ?? '/',
      rules: (await options.rules?.current()) ?? noRules,
      sessionRules: grants.rules,
      judge,
      paths,
      roots: options.roots,
      allowHosts: options.allowHosts ?? [],
      sandboxMode: options.sandboxMode ?? 'workspace',
      sandbox: confinement,
      closesInside: options.closesInside ?? false,
      networkIsOpen: options.networkIsOpen ?? false,
    }
  }

  async function confinement(): ReturnType<Facts['sandbox']> {
    if (!options.sandbox) return { holds: 'full' as const, guarantees: [], ownTmp: true }
    return options
      .sandbox()
      .catch(() => ({ holds: 'nothing' as const, guarantees: [], ownTmp: false }))
  }

  async function ask(request: PermissionRequest, signal: AbortSignal): Promise<Decision> {
    if (signal.aborted) return denied('nobody', 'the user interrupted')
    // The answer to an earlier question, or a rule stored by another process, may have settled this one.
    const assessed = await judged(request)
    if (assessed.outcome !== 'ask') return decisionOf(assessed)
    const person = options.person()
    if (!person) return denied('nobody', nobodyReason(request, assessed, gate.mode))
    const canTry = mayTry(request, assessed) && (await confinement()).overlay?.works
    const offer: PermissionOffer = {
      ...offerOf(assessed),
      ...(canTry ? { canTry } : {}),
      ...(request.ofTry ? { ofTry: true } : {}),
    }
    const answer = await answerOf(person, request, offer, signal)
    if (answer === 'failed') return denied('nobody', 'the question was not answered')
    if (answer !== undefined) return decide(answer, assessed)
    if (signal.aborted) return denied('nobody', 'the user interrupted')
    return denied('nobody', nobodyReason(request, assessed, gate.mode))
  }

  async function decide(answer: Answer, assessed: Assessment): Promise<Decision> {
    const allowed: Decision = {
      allow: true,
      by: 'person',
      ...(assessed.access ? { access: assessed.access } : {}),
      ...(assessed.danger === undefined ? {} : { danger: assessed.danger }),
    }
    switch (answer.answer) {
      case 'session':
        // What is dangerous is asked for each time.
        if (assessed.danger === undefined && assessed.grant) grants.add(assessed.grant)
        return allowed
      case 'project':
      case 'user':
        if (assessed.danger === undefined) await learn(assessed, answer.answer)
        return allowed
      case 'once':
        return allowed
      case 'try':
        return { ...allowed, access: { ...assessed.access, tried: true } }
      case 'deny': {
        const said = answer.reason ? ` and said: ${answer.reason}` : ''
        return denied('person', `the user refused${said}. Do not try the same in another way.`)
      }
      case 'abort':
        return { ...denied('person', 'the user refused and stopped the turn.'), abort: true }
    }
  }

  async function learn(assessed: Assessment, scope: 'project' | 'user'): Promise<void> {
    if (!assessed.learn?.scopes.includes(scope)) return
    try {
      for (const rule of assessed.learn.rules) await options.rules?.learn(rule, scope)
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      options.notice?.(`The rule was not stored, it is allowed this once: ${why}`)
    }
  }

  function offerOf(assessed: Assessment): PermissionOffer {
    const rule = ruleOffer(assessed)
    return {
      danger: assessed.danger,
      grant: assessed.danger === undefined ? (assessed.grant?.text ?? '') : '',
      ...(assessed.reason === undefined || assessed.reason === assessed.danger
        ? {}
        : { why: assessed.reason }),
      ...(assessed.verdict ? { verdict: assessed.verdict } : {}),
      ...(rule ? { rule } : {}),
    }
  }

  function ruleOffer({ learn, danger }: Assessment): RuleOffer | undefined {
    const book = options.rules
    const [rule] = learn?.rules ?? []
    if (!rule || !learn || !book || danger !== undefined) return undefined
    const { rules, scopes } = learn
    const stored = { user: rules, project: rules.map((one) => ({ ...one, project: book.project })) }
    return {
      rule,
      text: rules.map(ruleText).join('; '),
      files: book.files,
      lines: Object.fromEntries(scopes.map((scope) => [scope, stored[scope].map(ruleLine)])),
    }
  }

  return gate
}

function decisionOf(assessed: Assessment): Decision {
  const rule = assessed.rule === undefined ? {} : { rule: assessed.rule }
  if (assessed.outcome === 'allow') {
    const access = assessed.access ? { access: assessed.access } : {}
    return { allow: true, by: assessed.by, ...rule, ...access }
  }
  const by = assessed.by === 'mode' ? 'mode' : 'rule'
  return { ...denied(by, assessed.reason ?? 'it is not allowed'), ...rule }
}

async function answerOf(
  person: Person,
  request: PermissionRequest,
  offer: PermissionOffer,
  signal: AbortSignal,
): Promise<Answer | 'failed' | undefined> {
  try {
    return await person.permission(request, offer, signal)
  } catch {
    // A front end that breaks or is interrupted has not allowed anything.
    return 'failed'
  }
}

function denied(
  by: Extract<Decision, { allow: false }>['by'],
  reason: string,
): Extract<Decision, { allow: false }> {
  return { allow: false, by, reason, abort: false }
}

function nobodyReason(request: PermissionRequest, assessed: Assessment, mode: Mode): string {
  const why = assessed.reason === undefined ? '' : ` (${assessed.reason})`
  const what = `nobody is here to allow it${why}.`
  const rules = assessed.danger === undefined ? (assessed.learn?.rules ?? []) : []
  const stored = rules.length === 0 ? '' : ` with a rule (${rules.map(addCommand).join('; ')}), or`
  const inEveryMode =
    assessed.danger !== undefined ||
    request.widening ||
    request.ofCommand ||
    request.effect === 'read'
  if (inEveryMode)
    return `${what} It is asked for in every mode; the user can allow it${stored} by running codi interactively.`
  if (mode === 'auto')
    return `${what} The user can allow it${stored} by running codi interactively.`
  const modes = request.effect === 'write' ? '--mode edit, --mode auto (-y)' : '--mode auto (-y)'
  return `${what} The user can allow it with ${modes},${stored === '' ? ' or' : stored} by running codi interactively.`
}
