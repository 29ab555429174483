/** Who uses a name, of those the diff left alone: code of the same language that can see it and means it. */
import type { DefinitionChange } from '../changes.ts'
import type { FileDiff } from '../diff.ts'
import { graphOf, linksTo } from '../graph-results.ts'
import { isImport } from '../import-line.ts'
import { isCode, keywords, languageOf } from '../languages.ts'
import { argumentsOf } from '../parameters.ts'
import { symbolRows, type UseRow, useRows } from '../results.ts'
import type { Call, Outcome } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import type { Risk } from './risks.ts'

/** A call whose arguments stand on several lines is looked at so far. */
const callLines = 8

export function userCalls({ change }: Risk, toolkit: Toolkit): Call[] {
  return [
    ...toolkit.uses(change.name),
    // What is gone is in no graph any more; another of its name may be what is meant.
    ...(change.change === 'removed'
      ? toolkit.symbol(change.name, { exact: true, limit: 12 })
      : toolkit.callGraph(change.name, { path: change.file, direction: 'in' })),
  ]
}

/** Lines that use the changed name and that the diff neither changed nor brought. */
export function untouchedUses(
  risk: Risk,
  outcomes: readonly Outcome[],
  files: readonly FileDiff[],
): UseRow[] {
  const { change } = risk
  const rows = useRows(outcomes.filter((outcome) => asksFor(outcome, change.name)))
  const others = symbolRows(outcomes).some(
    (row) => row.name === change.name && row.file !== change.file,
  )
  const importers = new Set(
    rows
      .filter((use) => importsIt(use) && (!others || namesFile(use.text, change.file)))
      .map((use) => use.file),
  )
  const graph = graphOf(outcomes, 'get_call_graph', change.name)
  const links = graph ? linksTo(graph, change.file) : []
  return rows.filter((use) => {
    if (!isUse(use, risk) || touched(use, files, change.name)) return false
    if (isAnotherMember(use, change)) return false
    if (use.file === change.file && change.kind !== 'method') return true
    // The index resolved the call: nothing else has to be guessed.
    const known = links.find(
      ({ from }) => from.file === use.file && from.line <= use.line && from.end >= use.line,
    )
    if (known) return known.sure
    // A method is anybody's by its name alone.
    if (change.kind === 'method') return false
    // Where the name is defined elsewhere too, only who imports this file means this one.
    if (others && change.change === 'removed') return importers.has(use.file)
    return mayMean(use, change, importers)
  })
}

/** An import line that says where it imports from, and means this file or its directory. */
function namesFile(text: string, file: string): boolean {
  const parts = file.replace(/\.\w+$/, '').split('/')
  const last = parts.at(-1) ?? ''
  const stem = /^(index|mod|__init__|lib|main)$/.test(last) ? (parts.at(-2) ?? last) : last
  const from = /\bfrom\b\s*(.+)$|\b(?:import|use|require)\b\W*(.+)$/.exec(text)
  return new RegExp(`\\b${stem.replace(/\W/g, '\\$&')}\\b`).test(from?.[1] ?? from?.[2] ?? '')
}

/** `pool.load(x)` is not the function `load` of a module that is imported by its names. */
function isAnotherMember(use: UseRow, change: DefinitionChange): boolean {
  const fence = languageOf(use.file)?.fence
  if (change.kind === 'method' || (fence !== 'ts' && use.file !== change.file)) return false
  const name = change.name.replace(/\$/g, '\\$')
  return !new RegExp(`(^|[^.\\w$])${name}(?![\\w$])`).test(use.text)
}

export function importsIt(use: UseRow): boolean {
  return use.kind === 'import' || isImport(use)
}

/** Another file can only mean this name when it is visible there, and by an import where the language has them. */
function mayMean(use: UseRow, change: DefinitionChange, importers: ReadonlySet<string>): boolean {
  const fence = languageOf(change.file)?.fence
  if (!change.exported) return sharesPrivate(fence, use.file, change.file)
  if (fence !== 'ts' && fence !== 'python') return true
  return importers.has(use.file)
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

function isUse(use: UseRow, { change, what }: Risk): boolean {
  const language = languageOf(use.file)
  if (!isCode(use.file) || language?.fence !== languageOf(change.file)?.fence) return false
  if (language?.comment.test(use.text) || isDefinition(use.text, change.name)) return false
  if (what === 'gone') return true
  if (what === 'hidden') return use.file !== change.file
  return !importsIt(use) && (use.kind === 'call' || callOf(change.name).test(use.text))
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

/**
 * The diff changed this very line, or brought it (a review of a commit that is not checked out shifts line numbers), or
 * changed the lines on which its call goes on.
 */
function touched(use: UseRow, files: readonly FileDiff[], name: string): boolean {
  const file = files.find((entry) => entry.path === use.file || entry.oldPath === use.file)
  if (!file) return false
  if (file.status === 'deleted') return true
  const last = argumentsOf(use.text, name) === 'open' ? use.line + callLines : use.line
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  return lines.some(
    (line) =>
      line.type !== ' ' &&
      ((line.type === '+' && line.newLine >= use.line && line.newLine <= last) ||
        (use.text !== '' && line.text.trim() === use.text.trim())),
  )
}
