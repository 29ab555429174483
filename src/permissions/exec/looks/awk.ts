/** `awk`: a program that starts commands, writes files or reads others than it is given asks. */
import { danger, type Finding, firm } from '../finding.ts'
import { readArguments } from '../options.ts'
import type { Look } from '../scene.ts'

const values =
  '-F --field-separator -v --assign -f --file -i --include -l --load -E --exec -e --source'
const safeOptions =
  /^(?:-F.*|-v.*|--field-separator=.*|--assign=.*|-[brPSctnNO]|--(?:posix|traditional|re-interval|sandbox|csv|lint|bignum)|-M|-k)$/s
const rule = 'builtin:awk'

export const awk: Look = (scene) => {
  const findings: Finding[] = []
  const { options, operands, values: given } = readArguments(scene.args, values)
  for (const word of options) {
    const text = word.value
    if (text !== undefined && (safeOptions.test(text) || /^(?:-e|--source)$/.test(text))) continue
    findings.push(
      firm(`awk ${word.text} takes a program that cannot be seen`, `${rule} ${word.text}`),
    )
  }
  const sources = given
    .filter(({ option }) => option === '-e' || option === '--source')
    .map(({ value }) => value)
  const [first] = operands
  if (sources.length === 0 && first) sources.push(first)
  for (const word of sources) {
    const found = word.value === undefined ? undefined : effectOf(word.value)
    if (word.value === undefined) findings.push(firm('awk has a program that cannot be seen', rule))
    else if (found)
      findings.push(
        found.runs ? danger(`awk ${found.text}`, rule) : firm(`awk ${found.text}`, rule),
      )
  }
  // Assignments among the operands are values, not files; `-v` values may hold anything.
  if (
    scene.args.some(
      (word) =>
        word.value === undefined && word.lead === '' && word.many && operands.indexOf(word) <= 0,
    )
  )
    findings.push(firm('which option awk gets cannot be seen', 'builtin:hidden option'))
  return { findings }
}

interface Effect {
  text: string
  runs: boolean
}

/** Behind these a slash begins a pattern, and behind those it divides; behind anything else it could do either. */
const beforePattern = /(?:^|[({;,!~&|\n}?:]|\b(?:return|print))\s*$/
const beforeDivision = /[\w\]]\s*$/
/** Words that only some versions know, and those that a pattern may stand behind. */
const unclear = /(?:case|else|do|in|printf?|return|exit|getline|delete|not)\s*$/
/** Longer programs are not looked into. */
const maxChars = 4_000

/** What the program does beyond printing to its output; undefined where it does nothing else. */
export function effectOf(program: string): Effect | undefined {
  const bare = program.length > maxChars ? undefined : withoutLiterals(program)
  if (bare === undefined) return { text: 'has a program that is not understood', runs: false }
  // `1system(…)` is a number and a call: no blank stands before a name.
  if (/system\b/.test(bare)) return { text: 'system() runs commands', runs: true }
  if (/@/.test(bare)) return { text: 'loads or calls what cannot be seen', runs: true }
  if (/\|/.test(bare.replace(/\|\|/g, ''))) return { text: 'pipes to or from commands', runs: true }
  if (/getline\b|ARGV\b/.test(bare))
    return { text: 'reads other files than those it is given', runs: false }
  if (/(?:ENVIRON|PROCINFO|SYMTAB)\b/.test(bare))
    return { text: 'shows variables of the environment, which may hold secrets', runs: false }
  for (const statement of bare.split(/[;{}\n]/))
    if (/printf?\b.*>/.test(statement)) return { text: 'print > writes a file', runs: false }
  if (/printf?\b[^;{}]*>/.test(bare)) return { text: 'print > writes a file', runs: false }
  return undefined
}

/** The program with its strings, patterns and comments emptied; undefined where one has no end. */
function withoutLiterals(program: string): string | undefined {
  let bare = ''
  let at = 0
  while (at < program.length) {
    const char = program[at] ?? ''
    if (char === '#') {
      const end = program.indexOf('\n', at)
      at = end < 0 ? program.length : end
    } else if (char === '/' && isUnclear(bare.slice(-40))) {
      // Read in one of the two ways it could hide what it does in the other.
      return bare + program.slice(at)
    } else if (char === '"' || (char === '/' && beforePattern.test(bare.slice(-40)))) {
      const end = literalEnd(program, at + 1, char)
      if (end === undefined) return undefined
      // Whether a slash in brackets ends the pattern is for each version to say.
      if (char === '/' && /\[[^\]]*$/.test(program.slice(at, end))) return bare + program.slice(at)
      bare += char === '"' ? '""' : '0'
      at = end
    } else if (char === '\\') {
      // A joined line; anything else is not awk.
      if (program[at + 1] !== '\n') return undefined
      bare += ' '
      at += 2
    } else {
      bare += char
      at++
    }
  }
  return bare
}

function isUnclear(before: string): boolean {
  if (beforePattern.test(before)) return false
  return unclear.test(before) || !beforeDivision.test(before)
}

function literalEnd(program: string, from: number, mark: string): number | undefined {
  for (let at = from; at < program.length; at++) {
    const char = program[at]
    if (char === '\\') at++
    else if (char === '\n') return undefined
    else if (char === mark) return at + 1
  }
  return undefined
}
