/** A rule in words, as one line of JSON, and the short name by which decisions refer to it. */
import type { PolicyRule } from '../contract/policy.ts'

/** Keys in the order in which a rule is written. */
export const ruleKeys = [
  'prefix',
  'category',
  'path',
  'host',
  'tool',
  'effect',
  'decision',
  'reason',
  'match',
  'notMatch',
  'project',
] as const satisfies readonly (keyof PolicyRule)[]

export const subjectKeys = ['prefix', 'category', 'path', 'host', 'tool'] as const

const verbs = { allow: 'allow', ask: 'ask before', deny: 'deny' } as const

/** `allow commands that start with npm test, in /home/a/project`. */
export function ruleText(rule: PolicyRule): string {
  const where = rule.project === undefined ? '' : `, in ${rule.project}`
  return `${verbs[rule.decision]} ${subjectText(rule)}${where}`
}

function subjectText(rule: PolicyRule): string {
  if (rule.prefix) return `commands that start with ${prefixText(rule.prefix)}`
  if (rule.category !== undefined) return `commands of the category ${rule.category}`
  if (rule.path !== undefined) {
    const what =
      rule.effect === undefined
        ? 'reading and writing'
        : rule.effect === 'read'
          ? 'reading'
          : 'writing'
    return `${what} ${rule.path}`
  }
  if (rule.host !== undefined) return `requests to ${rule.host}`
  return `calls of ${rule.tool ?? ''}`
}

/** As a shell would take them. */
export function prefixWords(words: readonly string[]): string {
  return words.map(wordText).join(' ')
}

/** `npm (test|t)`. */
function prefixText(prefix: NonNullable<PolicyRule['prefix']>): string {
  return prefix
    .map((part) =>
      typeof part === 'string' ? wordText(part) : `(${part.map(wordText).join('|')})`,
    )
    .join(' ')
}

function wordText(word: string): string {
  return /^[^\s'"\\$`|&;<>()*?]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The name of a rule in decisions: `path src/**`. */
export function shortName(rule: PolicyRule): string {
  if (rule.prefix) return prefixText(rule.prefix)
  const key = subjectKeys.find((subject) => rule[subject] !== undefined) ?? 'tool'
  return `${key} ${String(rule[key])}`
}

/** The command that stores an allow rule for every project. */
export function addCommand(rule: PolicyRule): string {
  const begin = 'codi policy add --allow'
  if (rule.prefix)
    return `${begin} -- ${rule.prefix.map((part) => wordText(String(part))).join(' ')}`
  const key = subjectKeys.find((subject) => rule[subject] !== undefined) ?? 'tool'
  const effect = rule.effect === undefined ? '' : ` --effect ${rule.effect}`
  return `${begin} --${key} ${wordText(String(rule[key]))}${effect}`
}

/** One line, as it stands in the file. */
export function ruleLine(rule: PolicyRule): string {
  const parts = ruleKeys.flatMap((key) =>
    rule[key] === undefined ? [] : [`${JSON.stringify(key)}: ${spaced(rule[key])}`],
  )
  return `{ ${parts.join(', ')} }`
}

function spaced(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(spaced).join(', ')}]` : JSON.stringify(value)
}

/** Two rules that say the same, whatever their reasons and examples. */
export function sameRule(a: PolicyRule, b: PolicyRule): boolean {
  const essence = ({ reason: _, match: _m, notMatch: _n, ...rest }: PolicyRule) =>
    JSON.stringify(ruleKeys.map((key) => (rest as PolicyRule)[key] ?? null))
  return essence(a) === essence(b)
}
