/**
 * From shell text to verdict: the text is read into simple commands, each is judged by the table of known commands and
 * by the rules given, and the strictest counts. What cannot be seen through asks; nothing here throws.
 */
import type { CommandVerdict, PolicyRule } from '../../contract/policy.ts'
import { categoryTexts } from './categories.ts'
import { credentialFinding } from './files.ts'
import { type Finding, type Part, strictest } from './finding.ts'
import { limits, loadGrammar, type ParseShell } from './grammar.ts'
import { hiddenCharacter } from './hidden.ts'
import { bare, judgeCommand } from './judge-command.ts'
import { readPlain } from './plain.ts'
import { openPrograms, type Programs } from './programs.ts'
import { readTree } from './read-text.ts'
import { writesFile } from './redirects.ts'
import { decidePart, matchesPart, ruleName, unjudged } from './rules.ts'
import type { Place } from './scene.ts'
import type { Command, Script } from './script.ts'

export interface JudgeOptions extends Place {
  /** Where the text would run, absolute. */
  cwd: string
  /** Rules with `prefix` or `category`, already valid; their order does not matter. */
  rules: readonly PolicyRule[]
}

export interface Judge {
  command(text: string, options: JudgeOptions): Promise<CommandVerdict>
  /** Names of the built-in categories. */
  readonly categories: readonly string[]
  /** Whether a rule with `prefix` or `category` matches any simple command of the text. */
  matches(rule: PolicyRule, text: string): Promise<boolean>
  /** How `verdict.rule` names a rule that was given. */
  ruleName(rule: PolicyRule): string
}

/** `bash -c 'bash -c …'` */
const maxDepth = 8
const maxCommands = 1_000

export function openJudge(): Judge {
  let grammar: Promise<ParseShell> | undefined
  let programs: Programs | undefined

  async function partsOf(text: string, options: Place & { cwd: string }): Promise<Judged> {
    programs ??= openPrograms()
    const state: State = {
      place: options,
      programs,
      parse: undefined,
      count: 0,
      writes: false,
      needsGrammar: false,
    }
    const parts = judgeText(text, options.cwd, state, 0)
    if (!state.needsGrammar) return { parts, writes: state.writes }
    grammar ??= loadGrammar()
    const parse = await grammar.catch(() => {
      grammar = undefined
      return undefined
    })
    const again: State = { ...state, parse: parse ?? (() => undefined), count: 0, writes: false }
    return { parts: judgeText(text, options.cwd, again, 0), writes: again.writes }
  }

  return {
    categories: Object.keys(categoryTexts),
    ruleName,
    async matches(rule, text) {
      const { parts } = await partsOf(text, { cwd: '/', home: '/root', workspace: ['/'] })
      return parts.some((part) => matchesPart(rule, part))
    },
    async command(text, options) {
      const judged = await partsOf(text, options)
      return verdictOf(judged, options.rules)
    },
  }
}

interface Judged {
  parts: Part[]
  writes: boolean
}

interface State {
  place: Place
  programs: Programs
  parse: ParseShell | undefined
  count: number
  writes: boolean
  needsGrammar: boolean
}

function judgeText(text: string, cwd: string | undefined, state: State, depth: number): Part[] {
  const hidden = hiddenCharacter(text)
  if (hidden !== undefined) return [bare([unjudged(hidden, true)])]
  if (depth > maxDepth) return [bare([unjudged('it is nested too deep to be judged', true)])]
  const script = readScript(text, cwd ?? '/', state)
  if (typeof script === 'string') return [bare([unjudged(script, looksDangerous(text))])]
  const parts: Part[] = []
  const { place, programs } = state
  for (const word of script.loose) {
    const found = credentialFinding(word, { home: place.home, cwd, title: 'word' })
    if (found) parts.push(bare([found]))
  }
  for (const command of script.commands) {
    if (++state.count > maxCommands)
      return [...parts, bare([unjudged('it holds too many commands to be judged', true)])]
    if (writesFile(command, place)) state.writes = true
    parts.push(
      ...judgeCommand(command, {
        place,
        programs,
        functions: script.functions,
        runsText: (inner, from: Command) => judgeText(inner, from.cwd, state, depth + 1),
      }),
    )
  }
  if (script.fault !== undefined) parts.push(bare([unjudged(script.fault, looksDangerous(text))]))
  return parts
}

/** A sentence where it cannot be read at all. */
function readScript(text: string, cwd: string, state: State): Script | string {
  const plain = readPlain(text, cwd)
  if (plain) return plain
  if (text.length > limits.chars) return `it is longer than ${limits.chars} characters`
  if (!state.parse) {
    state.needsGrammar = true
    return 'the grammar is not loaded yet'
  }
  const options = { home: state.place.home, cwd }
  const tree = state.parse(text)
  if (tree?.hasError) {
    // The grammar takes `{rm,-rf,/}` for a group; behind an empty string it is the word that the shell reads.
    const quoted = text.replace(/(^|[;&|(\n])([ \t]*)(?=\{[^\s{};&|()]*,[^\s;&|()]*\})/g, "$1$2''")
    const again = quoted === text ? undefined : state.parse(quoted)
    if (again && !again.hasError) return readTree(again, quoted, options)
  }
  if (!tree) return 'it is too complicated to be judged in time'
  return readTree(tree, text, options)
}

/** Of a text that could not be read: whether it names something that is dangerous. */
function looksDangerous(text: string): boolean {
  return /(?:^|[^\w.-])(?:rm|sudo|doas|su|dd|mkfs\S*|eval|shred|chmod|chown|kill|pkill|killall|curl|wget|ssh|nc|push|reset|clean|base64|xxd|crontab|systemctl|\.git|\.ssh|\.bashrc|tcp|udp)(?:$|[^\w])/.test(
    text,
  )
}

function verdictOf({ parts, writes }: Judged, rules: readonly PolicyRule[]): CommandVerdict {
  const decided = parts.map((part) => ({ part, finding: decidePart(part, rules) }))
  const counts = strictest(decided.map(({ finding }) => finding)) ?? nothing
  const commands = parts.filter((part) => part.argv.length > 0)
  const asked = decided.filter(({ finding }) => finding.decision !== 'allow')
  const remember = asked.map(({ part }) => part.remember)
  const canRemember =
    asked.length > 0 &&
    asked.every(
      ({ part, finding }) =>
        finding.decision === 'ask' && !finding.dangerous && !finding.firm && part.remember,
    )
  const readsOnly = parts.every(
    (part) => (strictest(part.findings) ?? nothing).decision === 'allow',
  )
  return {
    decision: counts.decision,
    dangerous: decided.some(({ finding }) => finding.dangerous),
    risk: counts.risk,
    reason: counts.reason,
    rule: counts.rule,
    commands: commands.map((part) => [...part.argv]),
    redirects: writes,
    remember: canRemember ? unique(remember.flatMap((one) => (one ? [[...one]] : []))) : [],
    categories: [...new Set(parts.flatMap((part) => part.category ?? []))],
    readsOnly,
  }
}

const nothing: Finding = {
  decision: 'allow',
  dangerous: false,
  firm: false,
  risk: 'none',
  reason: 'nothing in it runs',
  rule: 'builtin:nothing',
}

function unique(prefixes: string[][]): string[][] {
  const seen = new Set<string>()
  return prefixes.filter((prefix) => {
    const key = prefix.join('\0')
    return !seen.has(key) && Boolean(seen.add(key))
  })
}
