/** What an import gives: rules as codi would store them, and what could not be said in its rules. Nothing is loosened by a guess. */
import type { PolicyRule, RuleDecision } from '../../contract/policy.ts'

export interface Imported {
  rules: PolicyRule[]
  left: Untranslated[]
}

export interface Untranslated {
  /** As it stands in the file. */
  what: string
  why: string
  /** True where it forbade or asked: without it codi is looser than the other agent was. */
  forbids: boolean
}

/** How a pattern of words ends: nothing may follow, words may, or the last word may go on. */
type End = 'exact' | 'words' | 'open'

/**
 * A pattern over the text of a command (`npm run test:*`, `git push *`, `ls*`) as a rule about its first words.
 * An allow rule never matches more than the pattern, one that asks or denies never less.
 */
export function commandRule(
  pattern: string,
  decision: RuleDecision,
): { rule: PolicyRule } | { why: string } {
  const { words, end } = splitPattern(pattern)
  const text = words.join(' ')
  if (words.length === 0) return { rule: { tool: 'bash', decision } }
  if (/[*?]/.test(text))
    return { why: 'it has a wildcard in its middle, codi compares first words' }
  if (/["'\\`$|&;<>(){}]/.test(text))
    return { why: 'it has quotes or other signs of the shell, codi compares single words' }
  if (decision === 'allow' && end === 'exact')
    return {
      why: `it allows exactly this command, a rule of codi also what follows it; codi policy add --allow -- ${text} adds that`,
    }
  if (decision !== 'allow' && end === 'open')
    return {
      why: `it also means words that begin with "${words.at(-1)}", codi compares whole words`,
    }
  return { rule: { prefix: words, decision } }
}

function splitPattern(pattern: string): { words: string[]; end: End } {
  const text = pattern.trim()
  const isOpen = /[^\s:]\*$/.test(text)
  const bare = text.replace(/(?::|\s+|^)?\*$/, '')
  const words = bare.split(/\s+/).filter((word) => word !== '')
  return { words, end: isOpen ? 'open' : bare === text ? 'exact' : 'words' }
}

export function forbids(decision: RuleDecision): boolean {
  return decision !== 'allow'
}
