/**
 * `codi policy import codex|claude|opencode [FILE]`: shows the rules as they would be stored and what could not be
 * translated, and stores them with --apply or after a yes.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exitCodes } from '../../app/exit-code.ts'
import { CodiError, errorMessage } from '../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../base/json.ts'
import { jsonOf, parseJsonc } from '../../base/jsonc.ts'
import { readSmallFile } from '../../base/small-file.ts'
import { neutralize, plural } from '../../base/text.ts'
import type { PolicyRule } from '../../contract/policy.ts'
import { importClaude } from '../../permissions/import/claude.ts'
import { importCodex } from '../../permissions/import/codex.ts'
import type { Imported, Untranslated } from '../../permissions/import/imported.ts'
import { importOpencode } from '../../permissions/import/opencode.ts'
import { storeRule } from '../../permissions/rule-store.ts'
import { ruleLine } from '../../permissions/rule-words.ts'
import { has, usage } from '../args.ts'
import { printJson } from '../code/command.ts'
import { checkedRule } from './change.ts'
import type { OpenPolicy } from './open.ts'

const maxFileBytes = 1024 * 1024

interface Agent {
  read(text: string): Imported
  /** Where its rules lie, those of a project marked. */
  files(policy: OpenPolicy): { file: string; project: boolean }[]
}

const agents: Readonly<Record<string, Agent>> = {
  codex: {
    read: importCodex,
    files: ({ home, project }) => [
      ...ruleFiles(join(home, '.codex', 'rules'), false),
      ...ruleFiles(join(project, '.codex', 'rules'), true),
    ],
  },
  claude: {
    read: (text) => importClaude(objectOf(text)),
    files: ({ home, project }) => [
      { file: join(home, '.claude', 'settings.json'), project: false },
      { file: join(project, '.claude', 'settings.json'), project: true },
      { file: join(project, '.claude', 'settings.local.json'), project: true },
    ],
  },
  opencode: {
    read: (text) => importOpencode(objectOf(text)),
    files: ({ home, project }) =>
      ['opencode.json', 'opencode.jsonc'].flatMap((name) => [
        { file: join(home, '.config', 'opencode', name), project: false },
        { file: join(project, name), project: true },
      ]),
  },
}

interface Translated {
  rules: PolicyRule[]
  left: (Untranslated & { file: string })[]
  files: string[]
}

export async function importRules(policy: OpenPolicy, words: readonly string[]): Promise<number> {
  const { args, output, paths } = policy
  const [name = '', given] = words
  const agent = agents[name]
  if (!agent)
    throw usage(`codi policy import wants ${Object.keys(agents).join(', ')}, not "${name}"`)
  const translated = await translate(policy, agent, { name, given })
  const target = join(paths.config, 'rules.json')
  const apply = has(args, 'apply')
  if (!has(args, 'json')) show(policy, translated, target)
  const wanted = apply || (translated.rules.length > 0 && (await saysYes(policy)))
  let added = 0
  if (wanted) for (const rule of translated.rules) if (await storeRule(target, rule)) added++
  if (has(args, 'json')) {
    const { rules, left, files } = translated
    printJson(output, { files, rules, untranslated: left, file: target, applied: wanted, added })
  } else if (wanted) output.out(`Stored ${plural(added, 'rule')} in ${target}.\n`)
  else if (translated.rules.length > 0) output.out('Nothing is stored yet; --apply stores them.\n')
  return exitCodes.done
}

async function translate(
  policy: OpenPolicy,
  agent: Agent,
  { name, given }: { name: string; given: string | undefined },
): Promise<Translated> {
  const found =
    given === undefined
      ? agent.files(policy).filter(({ file }) => existsSync(file))
      : [{ file: resolve(policy.cwd, given), project: has(policy.args, 'project') }]
  if (found.length === 0)
    throw new CodiError(
      'not_found',
      `There are no rules of ${name} here; name the file: codi policy import ${name} FILE`,
    )
  const result: Translated = { rules: [], left: [], files: found.map(({ file }) => file) }
  for (const { file, project } of found) {
    let imported: Imported
    try {
      imported = agent.read(readSmallFile(file, maxFileBytes))
    } catch (thrown) {
      throw new CodiError(
        'invalid',
        `${file} cannot be read as rules of ${name}: ${errorMessage(thrown)}`,
        { cause: thrown },
      )
    }
    result.left.push(...imported.left.map((row) => ({ ...row, file })))
    for (const rule of imported.rules) {
      const here = project ? { ...rule, project: policy.project } : rule
      try {
        result.rules.push(await checkedRule(policy, here, file))
      } catch (thrown) {
        const forbids = rule.decision !== 'allow'
        result.left.push({ what: ruleLine(rule), why: errorMessage(thrown), forbids, file })
      }
    }
  }
  return result
}

function show({ output }: OpenPolicy, { rules, left, files }: Translated, target: string): void {
  output.out(`From ${neutralize(files.join(', '))} into ${neutralize(target)}:\n`)
  for (const rule of rules) output.out(`  ${neutralize(ruleLine(rule))}\n`)
  if (rules.length === 0) output.out('  (no rule)\n')
  if (left.length === 0) return
  output.out('Not translated:\n')
  for (const { what, why, forbids } of left)
    output.out(
      `  ${neutralize(what)}: ${neutralize(why)}${forbids ? ' [it forbade or asked]' : ''}\n`,
    )
}

async function saysYes({ output, args, signal }: OpenPolicy): Promise<boolean> {
  const person = output.stderrIsTerminal && process.stdin.isTTY === true
  if (!person || has(args, 'json') || has(args, 'quiet')) return false
  const { terminalPerson } = await import('../../terminal/person.ts')
  const question = { text: 'Store these rules?', choices: ['yes', 'no'] }
  return (await terminalPerson(output).question(question, signal)) === 'yes'
}

function ruleFiles(directory: string, project: boolean): { file: string; project: boolean }[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.rules'))
    .sort()
    .map((name) => ({ file: join(directory, name), project }))
}

function objectOf(text: string): JsonObject {
  const value = jsonOf(parseJsonc(text))
  if (isJsonObject(value)) return value
  throw new CodiError('invalid', 'it must hold one object')
}
