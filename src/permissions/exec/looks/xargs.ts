/** `xargs` and `parallel`: the command they run is judged with words behind it that come from elsewhere. */
import { credentialFinding, secretFinding } from '../files.ts'
import { danger, type Finding } from '../finding.ts'
import { printsPaths } from '../printed.ts'
import type { Closer, Look, Scene } from '../scene.ts'
import { type Command, literal, unknownMark, unseen, type Word } from '../script.ts'
import { unwrap } from './wrapper.ts'

const values =
  '-a --arg-file -d --delimiter -E -I -L -n --max-args -P --max-procs -s --max-chars --process-slot-var -J -R -S --max-lines --replace'
const flags =
  /^(?:-[0rtpxo]+|-[ile].*|--(?:null|no-run-if-empty|verbose|interactive|exit|open-tty|show-limits|replace|max-lines|eof)|--)$/

export const xargs: Look = (scene) => {
  const inner = unwrap(scene.args, { values, before: 0, flags })
  if (inner === undefined)
    return { findings: [danger('what xargs runs cannot be seen', 'builtin:hidden command')] }
  const own = scene.args.slice(0, scene.args.length - inner.length)
  const words = inner.length > 0 ? inner : [literal('echo')]
  const fromFile = own.some((word) => /^(?:-a|--arg)/.test(word.lead))
  const read = fromFile ? [unseen('…')] : piped(scene)
  const isKnown = read.every((word) => word.value !== undefined)
  // What it reads is taken apart at blanks, or by these in other ways.
  const splits = own.some((word) => /^(?:-[dEe]|-\w*0|--[dne])/.test(word.lead))
  const byLine = own.some((word) => /^(?:-[IiJL]|--re)/.test(word.lead)) && read.length > 1
  const added = isKnown && (splits || byLine) ? [unseen('…')] : read
  const mark = markOf(own)
  const filled =
    mark === undefined
      ? [...words, ...added]
      : words.map((word) => (word.text.includes(mark) ? filledWord(word, mark, added) : word))
  const closer = runs(scene, filled, words)
  const shows = !onlyNames.test(words[0]?.value ?? '')
  const piping = shows && scene.command.input.kind === 'pipe' ? scene.command.input.from : []
  const found = [...ownFindings(own, scene), ...piping.flatMap((one) => secretNames(one, scene))]
  return { ...closer, findings: [...(closer.findings ?? []), ...found] }
}

/** These do not show what is in the files whose names they get. */
const onlyNames = /^(?:echo|printf|ls|basename|dirname|realpath|readlink|stat|file|du|wc|test)$/

/** `find -name .env | xargs cat` */
function secretNames(from: Command, { place }: Scene): Finding[] {
  const context = { home: place.home, cwd: from.cwd, title: 'xargs' }
  return from.words.slice(1).flatMap((word) => secretFinding(word, context) ?? [])
}

/** A file that it reads its words from, and a variable that it sets. */
function ownFindings(own: readonly Word[], { command, place }: Scene): Finding[] {
  const context = { home: place.home, cwd: command.cwd, title: 'xargs' }
  const sets = own.some((word) => /^--p/.test(word.lead))
  return [
    ...own.flatMap((word) => credentialFinding(word, context) ?? []),
    ...own.flatMap((word) => secretFinding(word, context) ?? []),
    ...(sets ? [danger('xargs sets a variable for what it runs', 'builtin:xargs')] : []),
  ]
}

const parallelFlags = /^(?:--[a-z-]+|-[0kqvtX]+|-j\d+|-n\d+|-P\d+)$/

export const parallel: Look = (scene) => {
  const inner = unwrap(scene.args, {
    values: '-j --jobs -n -N -P -I -a -S --sshlogin --colsep -d',
    before: 0,
    flags: parallelFlags,
  })
  if (inner === undefined || inner.length === 0)
    return { findings: [danger('what parallel runs cannot be seen', 'builtin:hidden command')] }
  const end = inner.findIndex((word) => /^:{3,4}\+?$/.test(word.value ?? ''))
  const words = end < 0 ? inner : inner.slice(0, end)
  // It puts the words together and gives them to a shell.
  const text = words.map((word) => word.value ?? word.text).join(' ')
  const given = [...words, ...(end < 0 ? piped(scene) : inner.slice(end + 1))]
  const byShell = words.length === 0 ? [] : scene.runsText(text)
  return { ...runs(scene, given, words), parts: [...byShell, ...scene.runs(given)] }
}

function runs(scene: Scene, filled: readonly Word[], words: readonly Word[]): Closer {
  const parts = scene.runs(filled)
  const name = words[0]?.value?.replace(/^.*\//, '') ?? ''
  if (!/^(?:rm|rmdir|unlink|shred|mv|chmod|chown)$/.test(name)) return { parts }
  return {
    parts,
    findings: [
      danger(`${scene.title} ${name} changes whatever is piped in`, `builtin:${scene.title}`),
    ],
  }
}

/** Quotes and backslashes mean something to it, too. */
function wordsIn(text: string): Word[] {
  if (/["'\\]/.test(text)) return [unseen('…')]
  return text.split(/\s+/).filter(Boolean).map(literal)
}

/** What stands for the piped words: `{}` after `-I{}`. */
function markOf(own: readonly Word[]): string | undefined {
  for (const [index, word] of own.entries()) {
    const text = word.value ?? ''
    if (text === '-I' || text === '-J') return own[index + 1]?.value ?? '{}'
    const found = /^-[IJ](.+)$|^--replace=(.+)$|^-i(.+)$/.exec(text)
    if (found) return found[1] ?? found[2] ?? found[3]
    if (text === '-i' || text === '--replace') return '{}'
  }
  return undefined
}

function filledWord(word: Word, mark: string, added: readonly Word[]): Word {
  const [only] = added
  if (word.value !== undefined && added.length === 1 && only?.value !== undefined)
    return literal(word.value.replaceAll(mark, only.value))
  const lead = word.text.slice(0, word.text.indexOf(mark))
  const origin = only?.origin ?? 'unseen'
  // What is filled in whole may be anything that the pipe brings; then it may begin like an option.
  const shape = word.text.replaceAll(mark, unknownMark)
  return { ...unseen(word.text, origin), shape, lead: lead === '' ? (only?.lead ?? '') : lead }
}

/** The words that come by the pipe: known where `echo` prints them, paths where such a command does. */
function piped({ command: { input }, place }: Scene): Word[] {
  if (input.kind === 'text') return wordsIn(input.text)
  if (input.kind !== 'pipe') return [unseen('…')]
  const [only, ...more] = input.from
  const name = only?.words[0]?.value
  const printed = only?.words.slice(1) ?? []
  if (only && more.length === 0 && (name === 'echo' || name === 'printf')) {
    const isPlain = printed.every(
      (word) => word.value !== undefined && !word.glob && !/%/.test(word.value),
    )
    return isPlain ? wordsIn(printed.map((word) => word.value).join(' ')) : [unseen('…')]
  }
  const origin = printsPaths(input.from, place.home) ? 'paths' : 'unseen'
  // What `find` prints begins with the directory that it was given.
  const isFind = name === 'find' && input.from.every((one) => one.words[0]?.value !== 'sed')
  return [{ ...unseen('…', origin), lead: isFind && origin === 'paths' ? './' : '' }]
}
