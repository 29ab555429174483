/** The examples of a rule (`match`, `notMatch`), tried as requests would be: a rule that does not do what it says is found when it is loaded. */
import { isAbsolute, join } from 'node:path'
import type { PolicyRule } from '../contract/policy.ts'
import type { Judge } from './exec/judge.ts'
import { type MatchPlace, matchesHostRule, matchesPath, matchesTool } from './rule-match.ts'

export interface ExampleContext extends MatchPlace {
  judge: Judge
}

/** One sentence for each example that fails. */
export async function failingExamples(
  rule: PolicyRule,
  context: ExampleContext,
): Promise<string[]> {
  const failing: string[] = []
  for (const example of rule.match ?? []) {
    if (!(await matches(rule, example, context)))
      failing.push(`the example ${JSON.stringify(example)} is not matched by its rule`)
  }
  for (const example of rule.notMatch ?? []) {
    if (await matches(rule, example, context))
      failing.push(`the example ${JSON.stringify(example)} must not be matched by its rule, but is`)
  }
  return failing
}

async function matches(
  rule: PolicyRule,
  example: string,
  context: ExampleContext,
): Promise<boolean> {
  if (rule.path !== undefined) {
    const path = isAbsolute(example)
      ? example
      : join(example.startsWith('~/') ? context.home : context.project, example.replace(/^~\//, ''))
    return matchesPath(rule, path, context)
  }
  if (rule.host !== undefined) return matchesHostRule(rule, example)
  if (rule.tool !== undefined) return matchesTool(rule, example)
  return context.judge.matches(rule, example)
}
