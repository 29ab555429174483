/**
 * A file of rules: `{ "rules": [ … ] }` in JSON with comments. Every rule is checked on its own, and what is wrong
 * names file and line. Nothing is loosened by a mistake: a wrong allow rule is left out, a wrong ask or deny rule, or
 * a file that cannot be read, makes everything asked for (`strict`).
 */
import { closest } from '../base/closest.ts'
import { errorMessage } from '../base/errors.ts'
import { hostName } from '../base/host-rule.ts'
import { type JsoncNode, jsonOf, lineAt, parseJsonc } from '../base/jsonc.ts'
import type { PolicyRule, RuleDecision, RuleScope } from '../contract/policy.ts'
import { ruleKeys, subjectKeys } from './rule-words.ts'

export interface StoredRule {
  rule: PolicyRule
  file: string
  line: number
  scope: RuleScope
  /** Its place in the array of the file. */
  index: number
  /** Of a rule in force about a path: whether it means this one. */
  meansPath?(path: string): boolean
}

export interface RuleFile {
  rules: StoredRule[]
  /** `FILE:LINE: what is wrong; what to do`. */
  problems: string[]
  /** What could not be understood may have been meant to forbid: until it is corrected everything is asked for. */
  strict: boolean
}

const decisions: readonly RuleDecision[] = ['allow', 'ask', 'deny']
const maxRules = 5000

export interface RuleFileSource {
  file: string
  scope: RuleScope
  /** Names of built-in categories, for a rule that names one. */
  categories: readonly string[]
}

export function parseRuleFile(text: string, source: RuleFileSource): RuleFile {
  const result: RuleFile = { rules: [], problems: [], strict: false }
  let root: JsoncNode
  try {
    root = parseJsonc(text)
  } catch (thrown) {
    return broken(result, source.file, errorMessage(thrown))
  }
  const list =
    root.type === 'object' ? root.members.find(({ key }) => key === 'rules')?.value : undefined
  if (list === undefined && root.type === 'object' && root.members.length === 0) return result
  if (list?.type !== 'array') return broken(result, source.file, 'it must hold { "rules": [ … ] }')
  if (list.items.length > maxRules)
    return broken(result, source.file, `it holds more than ${maxRules} rules`)
  for (const [index, node] of list.items.entries()) {
    const line = lineAt(text, node.start)
    const problem = (what: string) => result.problems.push(`${source.file}:${line}: ${what}`)
    const read = readRule(node, source)
    for (const what of read.problems) problem(what)
    if (read.rule) {
      result.rules.push({ rule: read.rule, file: source.file, line, scope: source.scope, index })
    } else if (read.decision !== 'allow') {
      problem(
        'it may have been meant to forbid: until it is corrected, everything but reading is asked for',
      )
      result.strict = true
    }
  }
  return result
}

/** The rules of a file that could not be read at all. */
export function broken(result: RuleFile, file: string, what: string): RuleFile {
  result.problems.push(
    `${file}: ${what}; none of its rules is used, and until it is corrected everything but reading is asked for`,
  )
  result.strict = true
  return result
}

interface ReadRule {
  rule?: PolicyRule
  /** Where the rule itself cannot be used, as far as it can be told. */
  decision: RuleDecision | undefined
  problems: string[]
}

/** A rule as it came from outside (a file, an import), checked. */
export function readRule(node: JsoncNode, source: RuleFileSource): ReadRule {
  const problems: string[] = []
  if (node.type !== 'object')
    return { decision: undefined, problems: ['a rule must be an object; it is not used'] }
  const value = jsonOf(node) as Record<string, unknown>
  const decision = decisions.find((known) => known === value.decision)
  let usable = true
  const refuse = (what: string) => {
    problems.push(`${what}; the rule is not used`)
    usable = false
  }
  for (const key of Object.keys(value)) {
    if ((ruleKeys as readonly string[]).includes(key)) continue
    const near = closest(key, ruleKeys, { limit: 1 })[0]
    const hint = near === undefined ? '' : `, did you mean "${near}"?`
    // What a rule that forbids does not say cannot make it forbid too little; one that allows could allow too much.
    if (decision === 'allow') refuse(`unknown key "${key}"${hint}`)
    else problems.push(`unknown key "${key}"${hint}`)
  }
  if (decision === undefined)
    refuse(`"decision" must be allow, ask or deny, not ${JSON.stringify(value.decision ?? null)}`)
  const subjects = subjectKeys.filter((key) => value[key] !== undefined)
  if (subjects.length !== 1)
    refuse(
      `a rule has exactly one of ${subjectKeys.join(', ')}, this one ${subjects.length === 0 ? 'none' : subjects.join(' and ')}`,
    )
  for (const check of checks) {
    const what = check(value, source)
    if (what !== undefined) refuse(what)
  }
  if (!usable) return { decision, problems }
  const rule = Object.fromEntries(
    ruleKeys.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])),
  ) as unknown as PolicyRule
  return { rule, decision, problems }
}

type Check = (value: Record<string, unknown>, source: RuleFileSource) => string | undefined

const checks: readonly Check[] = [
  ({ prefix }) =>
    prefix === undefined || isPrefix(prefix)
      ? undefined
      : '"prefix" must be a list of words, each a text or a list of texts, none of them empty',
  ({ category }, { categories }) => {
    if (category === undefined || categories.includes(String(category))) return undefined
    const near = closest(String(category), categories, { limit: 1 })[0]
    const hint =
      near === undefined ? `they are ${categories.join(', ')}` : `did you mean "${near}"?`
    return `there is no category ${JSON.stringify(category)}, ${hint}`
  },
  ({ path }) => (path === undefined || isText(path) ? undefined : '"path" must be a glob'),
  ({ host }) => {
    if (host === undefined) return undefined
    const name = String(host).replace(/^(\[.*\]|[^:]*):\d{1,5}$/, '$1')
    const plain = name.replace(/^\*\./, '')
    return typeof host === 'string' && (name === '*' || hostName(plain) !== undefined)
      ? undefined
      : `"host" must be a host name such as example.org, *.example.org or localhost:8080, not ${JSON.stringify(host)}`
  },
  ({ tool }) =>
    tool === undefined || isText(tool) ? undefined : '"tool" must be the name of a tool',
  ({ effect, path }) => {
    if (effect === undefined) return undefined
    if (path === undefined) return '"effect" belongs to a rule about a path'
    return effect === 'read' || effect === 'write' ? undefined : '"effect" must be read or write'
  },
  ({ reason }) => (reason === undefined || isText(reason) ? undefined : '"reason" must be a text'),
  ({ match }) =>
    match === undefined || isTexts(match) ? undefined : '"match" must be a list of texts',
  ({ notMatch }) =>
    notMatch === undefined || isTexts(notMatch) ? undefined : '"notMatch" must be a list of texts',
  ({ project }, { scope }) => {
    if (project === undefined) return undefined
    if (scope === 'project')
      return `"project" is only read from your own rules, not from a project's`
    return isText(project) && project.startsWith('/')
      ? undefined
      : '"project" must be an absolute directory'
  },
]

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\0')
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string')
}

function isPrefix(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part) => isText(part) || (isTexts(part) && part.length > 0 && part.every(isText)))
  )
}
