/** Changed heads and removed names whose users the diff did not touch. */
import { oneLine, plural } from '../../../base/text.ts'
import type { Finding } from '../../../contract/review.ts'
import { type DefinitionChange, stillFits } from '../changes.ts'
import { parametersOf, shortHead } from '../definitions.ts'
import type { FileDiff } from '../diff.ts'
import { isImport } from '../import-line.ts'
import { isCode, isTest, keywords, languageOf } from '../languages.ts'
import { type UseRow, useRows } from '../results.ts'
import type { Outcome } from '../script.ts'

/** Names looked up in one review. */
const maxNames = 8
/** More users than this says that the name is too common to tell whose it is. */
const tooManyUses = 40
const shownUses = 4
const headChars = 160

/** The changes whose users are worth looking for, the riskiest first. */
export function riskyChanges(changes: readonly DefinitionChange[]): DefinitionChange[] {
  const risky = changes.filter((change) => {
    if (change.name.length < 3 || isTest(change.file) || ordinary.has(change.name)) return false
    if (change.change === 'removed') return change.exported || change.kind !== 'value'
    if (change.change !== 'head') return false
    if (change.kind !== 'function' && change.kind !== 'method') return false
    // A compiler finds the callers that a changed type breaks; within one file nobody is surprised.
    if (
      !change.exported &&
      compiled.has(languageOf(change.file)?.fence ?? '') &&
      !countChanged(change)
    )
      return false
    return headMatters(change)
  })
  const weight = (change: DefinitionChange): number =>
    (change.change === 'removed' ? 2 : 0) + (change.exported ? 1 : 0)
  return risky.sort((a, b) => weight(b) - weight(a)).slice(0, maxNames)
}

const compiled = new Set(['ts', 'go', 'rust', 'java', 'c'])

/** Names that every class has: grep cannot tell whose they are. */
const ordinary = new Set(
  'constructor init main run get set new toString close open __init__ __str__ __repr__ setUp tearDown String Error test'.split(
    ' ',
  ),
)

function headMatters(change: DefinitionChange): boolean {
  return (
    !stillFits(change.before, change.after) || resultOf(change.before) !== resultOf(change.after)
  )
}

function resultOf(signature: string): string {
  const parameters = parametersOf(signature)
  const last = parameters.at(-1)
  const at =
    last === undefined
      ? signature.indexOf(')')
      : signature.indexOf(')', signature.lastIndexOf(last) + last.length)
  return signature.slice(at + 1).replace(/\s+/g, '')
}

export function callerFindings(
  risky: readonly DefinitionChange[],
  outcomes: readonly Outcome[],
  files: readonly FileDiff[],
): Finding[] {
  return risky.flatMap((change) => {
    const asked = outcomes.filter((outcome) => asksFor(outcome, change.name))
    const rows = useRows(asked)
    const importers = new Set(rows.filter(importsIt).map((use) => use.file))
    const uses = rows.filter((use) => isUse(use, change, files) && mayMean(use, change, importers))
    if (uses.length === 0) return []
    return [describe(change, uses)]
  })
}

function importsIt(use: UseRow): boolean {
  return use.kind === 'import' || isImport(use)
}

/** Another file can only mean this name when it is visible there, and by an import where the language has them. */
function mayMean(use: UseRow, change: DefinitionChange, importers: ReadonlySet<string>): boolean {
  if (use.file === change.file) return true
  if (change.kind === 'method') return true
  const fence = languageOf(change.file)?.fence
  if (!change.exported) return sharesPrivate(fence, use.file, change.file)
  if (fence !== 'ts' && fence !== 'python') return true
  return importers.has(use.file) || use.text.includes(`.${change.name}`)
}

/** A package of Go sees its small letters, a crate what is not `pub`; a module of TypeScript keeps to itself. */
function sharesPrivate(fence: string | undefined, user: string, file: string): boolean {
  const directory = (path: string): string => path.split('/').slice(0, -1).join('/')
  if (fence === 'go') return directory(user) === directory(file)
  return fence === 'rust' && directory(user).startsWith(directory(file))
}

function asksFor(outcome: Outcome, name: string): boolean {
  const asked = outcome.input.name ?? outcome.input.pattern
  return typeof asked === 'string' && (asked === name || asked.replace(/\\b/g, '') === name)
}

function isUse(use: UseRow, change: DefinitionChange, files: readonly FileDiff[]): boolean {
  if (!isCode(use.file) || languageOf(use.file)?.fence !== languageOf(change.file)?.fence)
    return false
  if (languageOf(use.file)?.comment.test(use.text) || touched(use, files)) return false
  const importing = importsIt(use)
  if (change.change === 'removed') return !isDefinition(use.text, change.name)
  if (importing || isDefinition(use.text, change.name)) return false
  return use.kind === 'call' || callOf(change.name).test(use.text)
}

function callOf(name: string): RegExp {
  return new RegExp(
    `(^|[^\\w$])${name.replace(/[$?!]/g, '\\$&')}\\s*(<[^<>()]*>|::<[^<>]*>)?\\s*\\(`,
  )
}

/** The same name defined again is another thing, not a use. */
function isDefinition(text: string, name: string): boolean {
  const head = new RegExp(
    `\\b(function\\*?|def|fn|func|class|interface|struct|enum|trait|type|const|let|var)\\s+(\\([^)]*\\)\\s*)?${name.replace(/[$?!]/g, '\\$&')}(?![\\w$])`,
  )
  if (head.test(text)) return true
  const method = new RegExp(
    `^\\s*((public|private|protected|static|async|override)\\s+)*${name.replace(/[$?!]/g, '\\$&')}\\s*\\([^)]*\\)[^;=]*\\{\\s*$`,
  )
  return method.test(text) && !keywords.has(name)
}

/** The diff changed this very line, or brought it (a review of a commit that is not checked out shifts line numbers). */
function touched(use: UseRow, files: readonly FileDiff[]): boolean {
  const file = files.find((entry) => entry.path === use.file || entry.oldPath === use.file)
  if (!file) return false
  if (file.status === 'deleted') return true
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  return lines.some(
    (line) =>
      line.type !== ' ' &&
      ((line.type === '+' && line.newLine === use.line) ||
        (use.text !== '' && line.text.trim() === use.text.trim())),
  )
}

function describe(change: DefinitionChange, uses: UseRow[]): Finding {
  const places = [...uses].sort((a, b) => Number(isTest(a.file)) - Number(isTest(b.file)))
  const shown = places.slice(0, shownUses).map((use) => `\`${use.file}:${use.line}\``)
  const rest =
    places.length > shownUses ? ` and ${plural(places.length - shownUses, 'more place')}` : ''
  const where = `${shown.join(', ')}${rest}`
  const common = uses.length > tooManyUses
  const at = { file: change.file, line: change.line }
  if (change.change === 'removed') {
    return {
      ...at,
      severity: common || change.kind === 'method' ? 'warning' : 'error',
      title: `\`${change.name}\` was removed and is still used`,
      detail: `Used by ${where}. Update these, or keep the name.`,
    }
  }
  return {
    ...at,
    severity: common || change.kind === 'method' || !countChanged(change) ? 'info' : 'warning',
    title: `\`${change.name}\` changed and ${plural(uses.length, 'call')} did not`,
    detail: `${whatChanged(change)}; called at ${where}, which the diff does not touch. Check that they still fit.`,
  }
}

/** The number of arguments tells more than a type that got another name. */
function countChanged(change: DefinitionChange): boolean {
  return parametersOf(change.before).length !== parametersOf(change.after).length
}

function whatChanged(change: DefinitionChange): string {
  const before = parametersOf(change.before).length
  const after = parametersOf(change.after).length
  if (before !== after) {
    return `It takes ${plural(after, 'parameter')}, before ${before}: now \`${shortHead(change.after)}\``
  }
  return `It is now \`${oneLine(change.after, headChars)}\`, before \`${oneLine(change.before, headChars)}\``
}
