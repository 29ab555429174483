/** `sed`: its script is read command by command; one that writes, runs or reads files, or is not known, asks. */
import { asks, danger, type Finding, firm } from '../finding.ts'
import { findOption, readArguments } from '../options.ts'
import type { OptionRow } from '../row.ts'
import type { Look } from '../scene.ts'

const values = '-e --expression -f --file -l --line-length'
const options: readonly OptionRow[] = [
  { names: '-i --in-place', text: 'changes the files themselves', act: 'writes' },
  { names: '-I', text: 'changes the files themselves', act: 'writes' },
  { names: '-f --file', text: 'takes its script from a file', act: 'runs' },
]
const rule = 'builtin:sed'
/** Longer scripts are not looked into. */
const maxChars = 4_000

export const sed: Look = (scene) => {
  const { args } = scene
  const findings: Finding[] = []
  for (const word of args) {
    const found = findOption(word, options, '-e -l')
    if (found)
      findings.push(asks(`sed ${found.name} ${found.row.text}`, `${rule} ${found.name}`, 'low'))
    if (word.value === undefined && word.lead === '' && word.many)
      findings.push(
        firm(`${JSON.stringify(word.text)} may become an option of sed`, 'builtin:hidden option'),
      )
  }
  const inPlace = findings.length > 0
  const { operands, values: given } = readArguments(args, values)
  const scripts = given
    .filter(({ option }) => option === '-e' || option === '--expression')
    .map(({ value }) => value)
  for (const word of args) {
    const glued = /^(?:-[nErsuz]*e|--expr[a-z]*=)(.+)$/s.exec(word.value ?? '')
    if (glued && !scripts.includes(word)) scripts.push({ ...word, value: glued[1] ?? '' })
  }
  if (scripts.length === 0 && operands[0]) scripts.push(operands[0])
  for (const script of scripts) {
    const why = script.value === undefined ? hiddenScript : effectOf(script.value)
    if (!why) continue
    findings.push(
      why.runs
        ? danger(`sed ${why.text}`, `${rule} script`)
        : firm(`sed ${why.text}`, `${rule} script`),
    )
  }
  if (!inPlace) return { findings }
  return {
    findings,
    row: { ...scene.row, act: 'writes', text: 'changes files' },
    noCategory: true,
  }
}

interface Effect {
  text: string
  runs: boolean
}

const hiddenScript: Effect = { text: 'has a script that cannot be seen', runs: false }
const unknown: Effect = { text: 'has a script that is not understood', runs: false }

/** What the script does beyond printing; undefined where it does nothing else. */
export function effectOf(script: string): Effect | undefined {
  if (script.length > maxChars) return unknown
  let at = 0
  let steps = 0
  while (at < script.length) {
    if (++steps > 2_000) return unknown
    const rest = script.slice(at)
    const blank = /^[\s;{}]+/.exec(rest)
    if (blank) {
      at += blank[0].length
      continue
    }
    if (rest.startsWith('#')) {
      const end = rest.indexOf('\n')
      if (end < 0) return undefined
      at += end
      continue
    }
    const address = addressOf(rest)
    if (address === undefined) return unknown
    if (address > 0) {
      at += address
      continue
    }
    const command = rest[0] ?? ''
    if (/[=dDgGhHnNpPxlzF]/.test(command)) at++
    else if (/[qQ]/.test(command)) at += /^[qQ]\s*\d*/.exec(rest)?.[0].length ?? 1
    else if (/[:btT]/.test(command)) {
      // GNU sed ends a label at a blank, too, and reads a command behind it.
      const label = /^[:btT][ \t]*[^;\n}\s]*/.exec(rest)?.[0].length ?? 1
      if (!/^[ \t]*(?:[;\n}]|$)/.test(rest.slice(label))) return unknown
      at += label
    } else if (/[aic]/.test(command)) {
      const end = /(?:[^\\\n]|\\[\s\S])*/.exec(rest)?.[0].length ?? rest.length
      at += end
    } else if (command === 's' || command === 'y') {
      const found = substitution(rest)
      if (!found) return unknown
      if (command === 's' && /e/.test(found.flags))
        return { text: 's///e runs commands', runs: true }
      if (command === 's' && /w/.test(found.flags))
        return { text: 's///w writes a file', runs: false }
      at += found.length
    } else if (command === 'e') return { text: 'e runs commands', runs: true }
    else if (/[wW]/.test(command)) return { text: `${command} writes a file`, runs: false }
    else if (/[rR]/.test(command)) return { text: `${command} reads another file`, runs: false }
    else return unknown
  }
  return undefined
}

/** Length of one address, `!` or `,`; 0 where a command begins; undefined where it has no end. */
function addressOf(rest: string): number | undefined {
  const simple = /^(?:\d+(?:~\d+)?|\$|[,!+~]\d*|\s+)/.exec(rest)
  if (simple) return simple[0].length
  const regex = rest.startsWith('/') ? '/' : rest.startsWith('\\') ? rest[1] : undefined
  if (regex === undefined) return 0
  const end = closing(rest, rest.startsWith('/') ? 1 : 2, { mark: regex, inPattern: true })
  if (end === undefined) return undefined
  return end + (/^[IM]*/.exec(rest.slice(end))?.[0].length ?? 0)
}

function substitution(rest: string): { length: number; flags: string } | undefined {
  const mark = rest[1]
  if (mark === undefined || /[\s\\]/.test(mark)) return undefined
  const middle = closing(rest, 2, { mark, inPattern: rest.startsWith('s') })
  const end = middle === undefined ? undefined : closing(rest, middle, { mark, inPattern: false })
  if (end === undefined) return undefined
  const flags = /^[gpiIemMw\d]*/.exec(rest.slice(end))?.[0] ?? ''
  return { length: end + flags.length, flags }
}

/** Behind the next mark that is not escaped. A pattern does not end in brackets; a backslash in them is not read. */
function closing(
  text: string,
  from: number,
  { mark, inPattern }: { mark: string; inPattern: boolean },
): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === mark) return at + 1
    else if (text[at] === '\n') return undefined
    else if (text[at] === '[' && inPattern) {
      const found = bracket(text.slice(at))
      if (found === undefined || /[\\\n]/.test(found)) return undefined
      at += found.length - 1
    }
  }
  return undefined
}

/** `[…]`, in which `]` may come first; undefined without an end. */
function bracket(text: string): string | undefined {
  return /^\[\^?\]?(?:\[[.:=].*?[.:=]\]|[^\]])*\]/s.exec(text)?.[0]
}
