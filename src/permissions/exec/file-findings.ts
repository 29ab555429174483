/** What the words of one command add by the files they name, by what the command does with them. */
import { credentialFinding, secretFinding, treeFinding, writeFinding } from './files.ts'
import { asks, danger, type Finding } from './finding.ts'
import { findOption, readArguments } from './options.ts'
import type { Act, Row, Special } from './row.ts'
import type { Place } from './scene.ts'
import type { Command, Word } from './script.ts'

interface FileScene {
  act: Act
  title: string
  command: Command
  place: Place
  row?: Row
  special?: Special | undefined
}

/** These print their words; they read no file of that name. */
const speakers = /^(?:echo|printf|test|\[|\[\[|true|false|:)$/
const secretName = /(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL)/i

export function fileFindings(args: readonly Word[], scene: FileScene): Finding[] {
  const { act, title, command, place, row } = scene
  const context = { home: place.home, cwd: command.cwd, title }
  const found: (Finding | undefined)[] = []
  const isSpeaker = speakers.test(title)
  // What is only printed is a name; in a pipe or a substitution another command gets it.
  const looksAtNames = !isSpeaker || command.concurrent
  const patterns = row?.operands === 'pattern' ? patternWords(args, row) : new Set<Word>()
  const isText = row?.operands === 'text'
  for (const word of args) {
    if (word.variables.some((name) => secretName.test(name)) && (isSpeaker || act === 'network'))
      found.push(danger(`${word.text} may hold a secret`, 'builtin:credentials'))
    if (patterns.has(word) || isInlineText(word)) continue
    if (looksAtNames && !isText) found.push(credentialFinding(word, context))
    if (showsContents(scene)) found.push(secretFinding(word, context))
    if (act !== 'reads' && writesWhere(scene))
      found.push(writeFinding(word, context, act === 'writes'))
    if (act === 'reads' && readsTrees(row, args)) found.push(treeFinding(word, context))
  }
  if (act === 'reads') found.push(hiddenOperand(args, scene, patterns))
  return found.filter((one) => one !== undefined)
}

function showsContents({ act, row, title }: FileScene): boolean {
  if (/^(?:rm|rmdir|touch|mkdir|chmod|chown|ls)$/.test(title) || title.startsWith('git ')) {
    if (
      !/^git (?:show|diff|log|stash show|whatchanged|cat-file|grep|blame|annotate|archive)$/.test(
        title,
      )
    )
      return false
  }
  return act !== 'reads' || row?.operands === 'contents' || row?.operands === 'pattern'
}

/** Runners and git write where their own rules say; tools that write what they are told are looked at. */
function writesWhere({ act, title, row }: FileScene): boolean {
  if (title.startsWith('git ')) return false
  return act === 'writes' || act === 'system' || row === undefined
}

function readsTrees(row: Row | undefined, args: readonly Word[]): boolean {
  const by = row?.recursive
  if (by === undefined) return row?.operands === 'contents' && args.some((word) => word.glob)
  if (by === true) return true
  return args.some((word) => findOption(word, [{ names: by, text: '' }], row?.values))
}

/** Text that is no name of a file: it has lines. */
function isInlineText(word: Word): boolean {
  return word.value?.includes('\n') === true
}

/** The pattern of `grep`: the first operand, or what its option is given. */
function patternWords(args: readonly Word[], row: Row): Set<Word> {
  const { operands, values } = readArguments(args, row.values)
  const byOption = values.filter(({ option }) =>
    /^(?:-e|--regexp|--exclude|-r|--replace)$/.test(option),
  )
  const given = values.some(({ option }) => option === '-e' || option === '--regexp')
  const first = operands[0]
  return new Set([...byOption.map(({ value }) => value), ...(given || !first ? [] : [first])])
}

/** A file whose name comes from nowhere that can be seen: it may be any. */
function hiddenOperand(
  args: readonly Word[],
  { row, title }: FileScene,
  patterns: ReadonlySet<Word>,
): Finding | undefined {
  if (row?.operands !== 'contents' && row?.operands !== 'pattern') return undefined
  const hidden = args.find(
    (word) =>
      word.value === undefined &&
      word.origin === 'unseen' &&
      !patterns.has(word) &&
      !(title.startsWith('git ') && word.lead.startsWith('-')),
  )
  if (!hidden || hidden.text.startsWith('<(')) return undefined
  return asks(`which file ${title} reads by ${hidden.text} cannot be seen`, 'builtin:hidden file')
}
