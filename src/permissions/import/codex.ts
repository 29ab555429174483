/** Codex's `.rules` files: `prefix_rule`, `network_rule` and `host_executable` in a small part of Starlark. */
import type { PolicyRule, RuleDecision } from '../../contract/policy.ts'
import { forbids, type Imported } from './imported.ts'
import { readStarlark, type StarlarkCall, type StarlarkValue } from './starlark.ts'

const decisions: Readonly<Record<string, RuleDecision>> = {
  allow: 'allow',
  prompt: 'ask',
  ask: 'ask',
  forbidden: 'deny',
  deny: 'deny',
}

export function importCodex(text: string): Imported {
  const { calls, problems } = readStarlark(text)
  const result: Imported = {
    rules: [],
    // What was not understood may have been a rule that forbids.
    left: problems.map(({ line, what }) => ({ what: `line ${line}`, why: what, forbids: true })),
  }
  for (const call of calls) {
    const read = readers[call.name]?.(call) ?? { why: `codi knows no ${call.name}` }
    if ('rule' in read) result.rules.push(read.rule)
    else {
      const decision = decisionOf(call)
      const what = `line ${call.line}: ${call.name}(${shown(call)})`
      result.left.push({
        what,
        why: read.why,
        forbids: decision === undefined || forbids(decision),
      })
    }
  }
  return result
}

type Read = { rule: PolicyRule } | { why: string }

const readers: Readonly<Record<string, (call: StarlarkCall) => Read>> = {
  prefix_rule(call) {
    const decision = decisionOf(call)
    if (decision === undefined) return { why: 'its decision is not allow, prompt or forbidden' }
    const pattern = call.named.pattern ?? call.positional[0]
    const prefix = prefixOf(pattern)
    if (prefix === undefined) return { why: 'its pattern is not a list of words and alternatives' }
    const reason = call.named.justification
    const match = examplesOf(call.named.match)
    const notMatch = examplesOf(call.named.not_match)
    return {
      rule: {
        prefix,
        decision,
        ...(typeof reason === 'string' && reason.trim() !== '' ? { reason } : {}),
        ...(match ? { match } : {}),
        ...(notMatch ? { notMatch } : {}),
      },
    }
  },
  network_rule(call) {
    const decision = decisionOf(call)
    const host = call.named.host ?? call.positional[0]
    const protocol = call.named.protocol ?? call.positional[1]
    if (decision === undefined) return { why: 'its decision is not allow, prompt or deny' }
    if (typeof host !== 'string') return { why: 'it names no host' }
    const ports: Record<string, string> = { https: ':443', http: ':80' }
    if (decision !== 'allow') return { rule: { host, decision } }
    const port = typeof protocol === 'string' ? ports[protocol] : undefined
    if (port === undefined) return { why: 'it allows a protocol other than http and https' }
    return { rule: { host: /:\d+$/.test(host) ? host : `${host}${port}`, decision } }
  },
  host_executable: () => ({
    why: 'codi judges a program by its name, and asks before one that is called by a path it does not know',
  }),
}

function decisionOf(call: StarlarkCall): RuleDecision | undefined {
  const { decision } = call.named
  if (decision === undefined) return 'allow'
  return typeof decision === 'string' ? decisions[decision] : undefined
}

function prefixOf(value: StarlarkValue | undefined): PolicyRule['prefix'] {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const parts: (string | string[])[] = []
  for (const part of value) {
    if (typeof part === 'string' && part !== '') parts.push(part)
    else if (
      Array.isArray(part) &&
      part.length > 0 &&
      part.every((word) => typeof word === 'string')
    )
      parts.push(part as string[])
    else return undefined
  }
  return parts
}

/** Examples are texts, or lists of words. */
function examplesOf(value: StarlarkValue | undefined): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.map((example) =>
    Array.isArray(example)
      ? example.map((word) => quoted(String(word))).join(' ')
      : String(example),
  )
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function shown(call: StarlarkCall): string {
  const text = [...call.positional, ...Object.values(call.named)].map((value) =>
    JSON.stringify(value),
  )
  return text.join(', ').slice(0, 120)
}
