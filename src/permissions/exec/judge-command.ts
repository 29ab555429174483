/** One simple command to its parts: what it is by the table, what its words, assignments and redirections add. */
import { judgeAssignments } from './assignments.ts'
import { fileFindings } from './file-findings.ts'
import { allowed, asks, danger, type Finding, firm, type Part, refused } from './finding.ts'
import { lookOf } from './looks.ts'
import { findOption, optionsEnd, readArguments } from './options.ts'
import { forRules, mayBecomeOption, prefixOf } from './prefix.ts'
import { findProgram, type Programs } from './programs.ts'
import { judgeRedirects } from './redirects.ts'
import type { Act, Row } from './row.ts'
import type { Place, Scene } from './scene.ts'
import type { Command, Word } from './script.ts'

export interface CommandContext {
  place: Place
  programs: Programs
  /** Names of functions that the text defines. */
  functions: ReadonlySet<string>
  runsText(text: string, command: Command): Part[]
  /** How many commands stand around this one: `nice nohup env …`. */
  depth?: number
}

const maxDepth = 16
const maxWords = 4_000

export function judgeCommand(command: Command, context: CommandContext): Part[] {
  const around = [
    ...judgeAssignments(command, context.place),
    ...judgeRedirects(command, context.place),
  ]
  if (command.words.length > maxWords)
    return [bare([...around, danger(`it has more than ${maxWords} words`, 'unparsed')])]
  const parts = command.words.length > 0 ? judgeWords(command.words, command, context) : []
  return around.length > 0 ? [bare(around), ...parts] : parts
}

export function bare(findings: readonly Finding[]): Part {
  return { argv: [], forRules: [], findings, category: undefined, remember: undefined }
}

function judgeWords(words: readonly Word[], command: Command, context: CommandContext): Part[] {
  const argv = words.map((word) => word.text)
  const [first, ...rest] = words
  if (!first) return []
  const nothing = { argv, forRules: [argv], category: undefined, remember: undefined }
  if ((context.depth ?? 0) > maxDepth) {
    const reason = 'it is wrapped too deep to be judged'
    return [{ ...nothing, findings: [danger(reason, 'unparsed')] }]
  }
  if (first.value === undefined || first.glob) {
    const reason = `which program ${JSON.stringify(first.text)} runs cannot be seen`
    return [{ ...nothing, findings: [danger(reason, 'builtin:hidden command')] }]
  }
  if (first.value === '')
    return [{ ...nothing, findings: [asks('a command without a name', 'default')] }]
  if (first.value === '((')
    return [{ ...nothing, findings: [allowed('it only counts', 'builtin:((')] }]
  if (!/^[\x21-\x7e]+$/.test(first.value)) {
    const reason = `${JSON.stringify(first.value)} is not the name of a program, though it may look like one`
    return [{ ...nothing, findings: [danger(reason, 'builtin:look-alike')] }]
  }
  const found = findProgram(context.programs, first.value)
  const isFunction = context.functions.has(first.value)
  const isBomb = isFunction && command.within.includes(first.value) && command.concurrent
  if (isBomb) return [{ ...nothing, findings: [refused('it is a fork bomb', 'builtin:fork bomb')] }]
  if (!found) {
    if (isFunction) {
      const reason = `${first.value} is a function of this text, judged by what it holds`
      return [{ ...nothing, findings: [allowed(reason, 'builtin:function')] }]
    }
    return [unknown(words, command, context)]
  }
  const parts = judgeRow(found.row, { words, args: rest, title: found.name, command, context })
  const [own, ...inner] = parts
  if (!own || !(found.isElsewhere || found.isOtherCase)) return parts
  const reason = `${first.value} is a program of its own, not the ${found.name} of the system`
  if (found.isOtherCase) {
    const findings = [...own.findings, firm(reason, 'builtin:look-alike')]
    return [{ ...own, findings, category: undefined, remember: undefined }, ...inner]
  }
  const findings = [...own.findings, asks(reason, 'default')]
  // A rule about the system's program says nothing of this one.
  return [{ ...own, findings, forRules: [own.argv], category: undefined }, ...inner]
}

function unknown(words: readonly Word[], command: Command, context: CommandContext): Part {
  const argv = words.map((word) => word.text)
  const name = argv[0] ?? ''
  const where = name.includes('/')
    ? 'is a program that is not known'
    : 'is not in the table of known commands'
  const findings = [
    asks(`${name} ${where}`, 'default'),
    ...fileFindings(words.slice(1), { act: 'runs', title: name, command, place: context.place }),
  ]
  return {
    argv,
    forRules: [argv],
    findings,
    category: undefined,
    remember: prefixOf(words, undefined),
  }
}

interface Judged {
  words: readonly Word[]
  args: readonly Word[]
  title: string
  command: Command
  context: CommandContext
  /** Words before the subcommand that take no part in rules. */
  skipped?: number
}

const risks: Record<Act, Finding['risk']> = {
  reads: 'none',
  writes: 'low',
  runs: 'medium',
  network: 'medium',
  system: 'high',
}

function judgeRow(row: Row, judged: Judged): Part[] {
  const { words, args, title, command, context } = judged
  if (row.sub && !isAboutItself(row, args)) {
    const sub = judgeSub(row, row.sub, judged)
    if (sub) return sub
  }
  const argv = words.map((word) => word.text)
  const name = `builtin:${title}`
  if (isAboutItself(row, args))
    return [part(words, title, [allowed(`${title} ${args[0]?.text} only shows text`, name)], row)]
  const scene: Scene = {
    ...{ words, args, title, row, command, place: context.place },
    runs: (inner, change) =>
      judgeWords(inner, { ...command, ...change }, { ...context, depth: (context.depth ?? 0) + 1 }),
    runsText: (text, change) => context.runsText(text, { ...command, ...change }),
  }
  const closer = row.special ? lookOf(row.special)(scene) : {}
  const effective = closer.row ?? row
  const findings: Finding[] = [...(closer.findings ?? [])]
  const own = effective.danger
    ? danger(`${title} ${effective.text}`, name)
    : effective.act === 'reads'
      ? allowed(`${title} ${effective.text}`, name)
      : asks(`${title} ${effective.text}`, name, risks[effective.act])
  let act: Act = effective.act
  let marked = effective.danger === true || closer.noCategory === true
  for (const word of args) {
    const option = findOption(word, effective.options ?? [], effective.values)
    if (!option) continue
    const { row: optionRow } = option
    const reason = `${title} ${option.name} ${optionRow.text}`
    const optionAct = optionRow.act ?? 'runs'
    const rule = `${name} ${option.name}`
    if (optionRow.danger) {
      findings.push(danger(reason, rule))
      marked = true
    } else if (optionAct === 'reads') findings.push(allowed(reason, rule))
    else {
      findings.push(asks(reason, rule, risks[optionAct]))
      if (act === 'reads') act = optionAct
      marked = true
    }
  }
  const { operands } = readArguments(args, effective.values)
  // A pattern can become any number of words.
  const isMany = operands.some((word) => word.many) && (effective.most?.operands ?? 0) > 0
  if (effective.most && (isMany || operands.length > effective.most.operands)) {
    act = effective.most.act ?? 'writes'
    findings.push(asks(`${title} ${effective.most.text}`, name, risks[act]))
    marked = true
  }
  if (act === 'reads' && (effective.options || effective.special === 'find')) {
    const hidden = args.slice(0, optionsEnd(args, effective.values)).find(mayBecomeOption)
    if (hidden)
      findings.push(
        firm(
          `${JSON.stringify(hidden.text)} may become an option of ${title}`,
          'builtin:hidden option',
        ),
      )
  }
  findings.push(
    own,
    ...fileFindings(args, {
      act,
      title,
      command,
      place: context.place,
      row: effective,
      special: row.special,
    }),
  )
  const category = marked ? undefined : effective.category
  const canRemember = !findings.some((one) => one.dangerous || one.firm)
  const remembered =
    closer.remember === 'none'
      ? undefined
      : (closer.remember ??
        (effective.remember === 0 ? undefined : prefixOf(words, effective, judged.skipped)))
  return [
    {
      argv,
      forRules: forRules(words, title, judged.skipped),
      findings,
      category,
      remember: canRemember ? remembered : undefined,
    },
    ...(closer.parts ?? []),
  ]
}

/** `npm --version`, `cargo --help`: every known program only shows text then. */
function isAboutItself(row: Row, args: readonly Word[]): boolean {
  if (row.danger || row.runsProject) return false
  return args.length === 1 && /^--(?:version|help)$/.test(args[0]?.value ?? '')
}

/** Undefined where no subcommand is given: then the row itself says what it is. */
function judgeSub(row: Row, family: NonNullable<Row['sub']>, judged: Judged): Part[] | undefined {
  const { words, args, title } = judged
  const globals = new Set((row.globals ?? '').split(' '))
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at]
    if (!word?.lead.startsWith('-')) break
    // `dpkg -l`, `rpm -qa`
    if (word.value !== undefined && subRow(family, word.value)) break
    if (word.value !== undefined && globals.has(word.value)) at++
  }
  const sub = args[at]
  if (!sub) return undefined
  const before = args.slice(0, at)
  const name = sub.value
  const given = name === undefined || sub.glob ? undefined : subRow(family, name)
  const found: Row | undefined =
    given && row.runsProject && given.act === 'reads'
      ? { ...given, act: 'runs', text: 'runs code of the project' }
      : given
  const own = judgeGlobals(row, before, judged)
  if (!found || name === undefined) {
    const reason =
      name === undefined
        ? `what ${title} is told to do cannot be seen`
        : `${title} ${name} is not in the table of known commands`
    const finding =
      name === undefined
        ? (row.danger ? danger : firm)(reason, 'builtin:hidden option')
        : row.danger
          ? danger(`${title} ${name} ${row.text}`, `builtin:${title}`)
          : asks(reason, 'default')
    const files = fileFindings(args, {
      act: 'runs',
      title,
      command: judged.command,
      place: judged.context.place,
    })
    const unknownSub = part(words, title, [finding, ...own, ...files], row, before.length)
    // A rule about the program alone would allow all of its subcommands.
    const isNamed = (unknownSub.remember?.length ?? 0) > title.split(' ').length
    return [isNamed ? unknownSub : { ...unknownSub, remember: undefined }]
  }
  const [first, ...rest] = judgeRow(found, {
    ...judged,
    title: `${title} ${name}`,
    args: args.slice(at + 1),
    skipped: (judged.skipped ?? 0) + before.length,
  })
  if (!first) return undefined
  const marks = own.some((one) => one.decision !== 'allow')
  return [
    {
      ...first,
      findings: [...first.findings, ...own],
      ...(marks ? { category: undefined, remember: undefined } : {}),
    },
    ...rest,
  ]
}

/** Options before a subcommand that change nothing about what it does. */
const plainGlobal =
  /^(?:--?|-[qvrsP]|--(?:no-pager|quiet|silent|verbose|json|no-color|color(?:=.*)?|literal-pathspecs|no-optional-locks|bare|no-replace-objects|offline|locked|frozen|workspaces?|recursive|parallel|if-present|help|version)|\+[\w.-]+)$/

function isKnownGlobal(word: Word, row: Row): boolean {
  if (word.value === undefined) return false
  const name = word.value.replace(/=.*$/s, '')
  return plainGlobal.test(word.value) || (row.globals ?? '').split(' ').includes(name)
}

function judgeGlobals(
  row: Row,
  before: readonly Word[],
  { title, command, context }: Judged,
): Finding[] {
  const found: Finding[] = []
  const takers = (row.globals ?? '').split(' ')
  for (const [index, word] of before.entries()) {
    // The value of the option before it; one that may be several words would hide an option.
    if (takers.includes(before[index - 1]?.value ?? '-') && !word.many) continue
    const option = findOption(word, row.options ?? [], row.globals)
    if (option) {
      const reason = `${title} ${option.name} ${option.row.text}`
      const rule = `builtin:${title} ${option.name}`
      found.push(option.row.danger ? danger(reason, rule) : firm(reason, rule))
    } else if (!isKnownGlobal(word, row))
      found.push(
        firm(
          `${JSON.stringify(word.text)} may become an option of ${title}`,
          'builtin:hidden option',
        ),
      )
  }
  return [...found, ...fileFindings(before, { act: 'reads', title, command, place: context.place })]
}

function subRow(family: NonNullable<Row['sub']>, name: string): Row | undefined {
  for (const [names, row] of Object.entries(family)) if (names.split(' ').includes(name)) return row
  return undefined
}

function part(
  words: readonly Word[],
  title: string,
  findings: readonly Finding[],
  row: Row,
  skipped = 0,
): Part {
  const isClean = !findings.some((one) => one.dangerous || one.firm)
  return {
    argv: words.map((word) => word.text),
    forRules: forRules(words, title, skipped),
    findings,
    category: undefined,
    remember: isClean && row.remember !== 0 ? prefixOf(words, row) : undefined,
  }
}
