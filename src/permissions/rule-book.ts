/**
 * The rules in force: the person's own file and the project's, read again when one changed. A project's allow rules
 * count once the person has trusted it; its ask and deny rules always do. New rules go into the person's own file.
 */
import { statSync } from 'node:fs'
import { errorCode, errorMessage } from '../base/errors.ts'
import { readSmallFile } from '../base/small-file.ts'
import type { PolicyRule, RuleScope } from '../contract/policy.ts'
import type { Judge } from './exec/judge.ts'
import { failingExamples } from './rule-examples.ts'
import { broken, parseRuleFile, type RuleFile, type StoredRule } from './rule-file.ts'
import { holdsIn, pathMatcher } from './rule-match.ts'
import { storeRule } from './rule-store.ts'
import { shortName } from './rule-words.ts'

export interface RulesInForce {
  /** Those that hold in this project. */
  rules: StoredRule[]
  /** Allow rules of a project that is not trusted. */
  ignored: StoredRule[]
  problems: string[]
  /** Something could not be understood: everything but reading is asked for. */
  strict: boolean
}

export interface RuleBook {
  readonly project: string
  readonly home: string
  /** The file that a scope is stored in. */
  readonly files: Record<RuleScope, string>
  current(): Promise<RulesInForce>
  /** The same, before anybody listens to problems. */
  atStart(): Promise<RulesInForce>
  /** Stores a rule for this project or for every one; in force with the next `current`. */
  learn(rule: PolicyRule, scope: RuleScope): Promise<void>
}

export interface RuleBookOptions {
  /** Absolute; need not exist. */
  userFile: string
  projectFile: string
  /** Absolute, real: the project's directory. */
  project: string
  home: string
  judge: Judge
  /** The project's file as the person has trusted it, by its content. Without it it is not trusted. */
  trust?(): { trusted: boolean; text?: string }
  /** Told when other rules are in force than before, the first time with the first. */
  changed?(rules: RulesInForce): void
  /** Told once for each problem. */
  problem?(text: string): void
}

const maxFileBytes = 1024 * 1024

export function openRuleBook(options: RuleBookOptions): RuleBook {
  const { userFile, projectFile, project, home, judge } = options
  const told = new Set<string>()
  let last: { stamp: string; rules: Promise<RulesInForce> } | undefined

  return {
    project,
    home,
    files: { user: userFile, project: userFile },

    async current() {
      const rules = await latest()
      for (const problem of rules.problems) {
        if (told.has(problem)) continue
        told.add(problem)
        options.problem?.(problem)
      }
      return rules
    },

    atStart: latest,

    async learn(rule, scope) {
      await storeRule(userFile, scope === 'project' ? { ...rule, project } : rule)
    },
  }

  function latest(): Promise<RulesInForce> {
    const trust = existsAs(projectFile) === '' ? undefined : options.trust?.()
    const stamp = `${existsAs(userFile)} ${existsAs(projectFile)} ${trust?.trusted}`
    if (last?.stamp !== stamp) last = { stamp, rules: load(trust) }
    return last.rules
  }

  async function load(trust: { trusted: boolean; text?: string } | undefined) {
    const own = readRules(userFile, 'user')
    const theirs = readRules(projectFile, 'project', trust?.trusted ? trust.text : undefined)
    const result: RulesInForce = {
      rules: [],
      ignored: [],
      problems: [...own.problems, ...theirs.problems],
      strict: own.strict || theirs.strict,
    }
    for (const read of [...own.rules, ...theirs.rules]) {
      if (!holdsIn(read.rule, project)) continue
      const meansPath = pathMatcher(read.rule, { home, project })
      const stored = read.rule.path === undefined ? read : { ...read, meansPath }
      if (stored.scope === 'project' && stored.rule.decision === 'allow' && !trust?.trusted) {
        result.ignored.push(stored)
      } else await take(stored, result)
    }
    options.changed?.(result)
    return result
  }

  /** An allow rule whose examples fail is not used; one that forbids holds for what it matches, and everything is asked for. */
  async function take(stored: StoredRule, result: RulesInForce): Promise<void> {
    const failing = await failingExamples(stored.rule, { judge, home, project })
    const where = `${stored.file}:${stored.line}`
    const name = shortName(stored.rule)
    if (failing.length === 0 || stored.rule.decision !== 'allow') result.rules.push(stored)
    if (failing.length === 0) return
    if (stored.rule.decision === 'allow') {
      result.problems.push(`${where}: ${failing.join('; ')}; the rule ${name} is not used`)
      return
    }
    result.strict = true
    result.problems.push(
      `${where}: ${failing.join('; ')}; the rule ${name} (${stored.rule.decision}) may forbid less than was meant: until it is corrected, everything but reading is asked for`,
    )
  }

  function readRules(file: string, scope: RuleScope, text?: string): RuleFile {
    const source = { file, scope, categories: judge.categories }
    try {
      return parseRuleFile(text ?? readSmallFile(file, maxFileBytes), source)
    } catch (thrown) {
      const empty: RuleFile = { rules: [], problems: [], strict: false }
      const code = errorCode(thrown)
      if (code === 'ENOENT' || code === 'ENOTDIR') return empty
      return broken(empty, file, errorMessage(thrown))
    }
  }
}

/** What tells one state of a file from another; empty where there is none. */
function existsAs(file: string): string {
  try {
    const info = statSync(file, { bigint: true })
    return `${info.ino}:${info.size}:${info.mtimeNs}:${info.ctimeNs}`
  } catch {
    return ''
  }
}
