/** Rules about commands against the parts of a text: deny over ask over allow, whatever their order. */
import type { PolicyRule } from '../../contract/policy.ts'
import { allowed, asks, type Finding, firm, type Part, refused, strictest } from './finding.ts'

/** How `verdict.rule` names a rule that was given. */
export function ruleName(rule: PolicyRule): string {
  if (rule.category !== undefined) return `category ${rule.category}`
  return (rule.prefix ?? [])
    .map((word) => (typeof word === 'string' ? word : word.join('|')))
    .join(' ')
}

export function matchesPart(rule: PolicyRule, part: Part): boolean {
  if (part.argv.length === 0) return false
  if (rule.category !== undefined) return part.category === rule.category
  const { prefix } = rule
  if (!prefix || prefix.length === 0) return false
  return part.forRules.some(
    (argv) =>
      argv.length >= prefix.length &&
      prefix.every((wanted, index) => {
        const words = typeof wanted === 'string' ? [wanted] : wanted
        const word = argv[index] ?? ''
        return words.includes(word) || (index === 0 && isCalled(rule, words, word))
      }),
  )
}

/** What forbids or asks means the program in any directory, and in any case of letters: some file systems know none. */
function isCalled({ decision }: PolicyRule, names: readonly string[], word: string): boolean {
  if (decision === 'allow') return false
  const name = word.slice(word.lastIndexOf('/') + 1).toLowerCase()
  return names.some((one) => one.toLowerCase() === name)
}

/** What counts for this part, after the rules. */
export function decidePart(part: Part, rules: readonly PolicyRule[]): Finding {
  const own = strictest(part.findings) ?? allowed('nothing in it runs', 'builtin:nothing')
  const matching = rules.filter((rule) => matchesPart(rule, part))
  const deny = matching.find((rule) => rule.decision === 'deny')
  const ask = matching.find((rule) => rule.decision === 'ask')
  const allow = matching.find((rule) => rule.decision === 'allow')
  if (own.decision === 'deny') return own
  if (deny) return { ...refused(reasonOf(deny, part), ruleName(deny)), dangerous: own.dangerous }
  if (ask)
    return { ...firm(reasonOf(ask, part), ruleName(ask), own.risk), dangerous: own.dangerous }
  if (allow && own.decision === 'ask' && !own.dangerous && !own.firm)
    return allowed(reasonOf(allow, part), ruleName(allow))
  if (allow && own.decision === 'allow') return allowed(reasonOf(allow, part), ruleName(allow))
  return own
}

function reasonOf(rule: PolicyRule, part: Part): string {
  return (
    rule.reason ??
    `the rule ${JSON.stringify(ruleName(rule))} is about ${part.argv.slice(0, 4).join(' ')}`
  )
}

export function unjudged(reason: string, isDangerous: boolean): Finding {
  const finding = { ...asks(reason, 'unparsed'), firm: true }
  return isDangerous ? { ...finding, dangerous: true, risk: 'high' } : finding
}
