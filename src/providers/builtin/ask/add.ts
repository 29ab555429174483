/**
 * "How do I add a command": what the documents say of it, the function that adds one, and where the ones that are
 * there live: a directory of siblings, and the file that names them all.
 */
import { plural } from '../../../base/text.ts'
import { isCode, isProse, isTest } from '../languages.ts'
import { fileText, globPaths, symbolRows, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { escapePattern } from '../toolkit.ts'
import { firstSentence, holds, stem, stemsOf } from '../words.ts'
import type { Asked } from './asked.ts'
import { realUses } from './connections.ts'
import { locate, locatePlaces } from './locate.ts'
import { at, code, fileDoc, listed, paragraphs, placeLine } from './markdown.ts'
import { type Place, placeOfSymbol } from './place.ts'
import { isForeign } from './place-files.ts'
import type { Question } from './question.ts'
import { useLines } from './use-lines.ts'

const asks =
  /\bhow (?:do|can|could|would|should|to)\b.*?\b(?:add|register|define|create|write|introduce|plug in|implement)\s+(?:a|an|another|my own|my|new|some|custom|one more)\s+(?:new\s+|own\s+|custom\s+)?(?<thing>[\w -]+?)\s*(?:\b(?:to|in|into|for|here)\b.*)?[?.!]*$/i
const shownLines = 5
const sampled = 3
const shownTables = 4
/** Not one of the siblings, though beside them. */
const entryFile = /(^|\/)(__init__|index|mod|lib|main|base|common|types)\.\w+$/

export function thingToAdd(question: Question): string | undefined {
  if (question.paths.length > 0) return undefined
  return asks.exec(question.text)?.groups?.thing?.trim()
}

export function* howToAdd(asked: Asked, thing: string): Script {
  const { toolkit } = asked
  const word = (thing.split(/[\s-]+/).pop() ?? thing).toLowerCase().replace(/s$/, '')
  const joined = thing.replace(/[\s-]+(\w)/g, (_, first: string) => first.toUpperCase())
  const name = joined.charAt(0).toUpperCase() + joined.slice(1)
  const verbs = ['add', 'register']
  const first: Outcome[] = yield [
    ...toolkit.glob(`**/{${word},${word}s,${word.slice(0, 3)}s}/*`),
    ...toolkit.glob(`**/{${word},${word}s,${word}-table,${word}_table,registry}.*`),
    ...verbs.flatMap((verb) => toolkit.symbol(`${verb}${name}`, { limit: 6 })),
    ...toolkit.grep(docPattern(word), {
      ignoreCase: true,
      filePattern: '*.{md,mdx,rst,adoc,txt}',
      limit: 40,
    }),
  ]
  const docs = useRows(first)
    .filter((use) => isProse(use.file) && !/(^|\/)CHANGE\w*(\.\w+)?$/i.test(use.file))
    .sort((a, b) => docWeight(a) - docWeight(b))
  const adders = addersIn(first, word)
  const siblings = siblingsIn(first)
  const tables = [...new Set(globPaths(first))].filter((file) => isNamedFor(file, word, siblings))
  if (docs.length + adders.length + siblings.length + tables.length === 0)
    return yield* locate(asked)
  const samples = siblings.filter((file) => !entryFile.test(file)).slice(0, sampled)
  const [adder] = adders
  const second: Outcome[] = yield [
    ...samples.flatMap((file) => toolkit.grep(siblingPattern(file), { limit: 60 })),
    ...(adder ? toolkit.uses(adder.name) : []),
    ...tables.slice(0, shownTables).flatMap((file) => toolkit.read(file, { offset: 1, limit: 30 })),
  ]
  const places = yield* locatePlaces(asked)
  const registry = registryOf(siblings, samples, second)
  return paragraphs(
    docs.length === 0 ? '' : `What the documents say:\n${useLines(docs, shownLines)}`,
    adder ? adderText(adder, second) : '',
    siblings.length === 0 ? '' : siblingText(siblings, registry),
    tableText(tables.slice(0, shownTables), second),
    seeAlso(places, adder),
  )
}

function docPattern(word: string): string {
  return `^#+ .*\\b(add(ing)?|extend(ing)?)\\b|\\b(add(ing|s)?|regist(er|ering)|creat(e|ing)|writ(e|ing)|defin(e|ing)|new|how to)\\b[^.]{0,60}\\b${escapePattern(word)}|^\\s*(an? |- )?${escapePattern(word)}: `
}

/** `AddCommand`, `registerTool`: functions whose name is a verb of adding and the thing. */
function addersIn(outcomes: readonly Outcome[], word: string): Place[] {
  const seen = new Set<string>()
  return symbolRows(outcomes)
    .filter((row) => {
      const key = `${row.file}:${row.line}`
      const stems = stemsOf(row.name)
      const acting = ['function', 'method'].includes(row.kind)
      const fits =
        acting &&
        holds(stems, stem(word)) &&
        (stems.has(stem('add')) || stems.has(stem('register')))
      if (!fits || seen.has(key) || isTest(row.file) || isForeign(row.file)) return false
      seen.add(key)
      return true
    })
    .map(placeOfSymbol)
    .sort((a, b) => a.name.length - b.name.length)
}

/** Code files of the one directory named for the thing that has most of them. */
function siblingsIn(outcomes: readonly Outcome[]): string[] {
  const files = globPaths(outcomes).filter(
    (file) => isCode(file) && !isTest(file) && !isForeign(file),
  )
  const groups = [...Map.groupBy(files, (file) => file.split('/').slice(0, -1).join('/')).values()]
  const [largest] = groups.sort((a, b) => b.length - a.length)
  if (!largest || largest.length < 2) return []
  return largest.sort()
}

function siblingPattern(file: string): string {
  const stem = (file.split('/').pop() ?? file).replace(/\.\w+$/, '')
  return `['"\\s./:]${escapePattern(stem)}(\\.\\w+)?['"\\s.;,:)]`
}

/** The file that names every sampled sibling, nearest to them. */
function registryOf(
  siblings: readonly string[],
  samples: readonly string[],
  outcomes: readonly Outcome[],
): UseRow | undefined {
  const greps = outcomes.filter((outcome) => outcome.name === 'grep')
  const lists = greps.map((outcome) =>
    useRows([outcome]).filter(
      (use) => isCode(use.file) && !isTest(use.file) && !samples.includes(use.file),
    ),
  )
  const [first, ...rest] = lists
  if (!first || lists.length < 2) return undefined
  const directory = siblings[0]?.split('/').slice(0, -1).join('/') ?? ''
  const common = first.filter((use) =>
    rest.every((list) => list.some((other) => other.file === use.file)),
  )
  const near = (use: UseRow): number => (use.file.startsWith(`${directory}/`) ? 0 : 1)
  const imports = (use: UseRow): number => (/import|require|use |mod |['"]/.test(use.text) ? 0 : 1)
  return common.sort((a, b) => near(a) - near(b) || imports(a) - imports(b))[0]
}

function adderText(adder: Place, outcomes: readonly Outcome[]): string {
  const references = outcomes.filter(
    (outcome) => outcome.name === 'find_references' || outcome.input.pattern !== undefined,
  )
  const uses = realUses(adder, useRows(references)).filter((use) =>
    new RegExp(`\\b${escapePattern(adder.name)}\\b`).test(use.text),
  )
  const inCode = uses.filter((use) => !isTest(use.file))
  const shown = inCode.length > 0 ? inCode : uses
  const lines = shown.length === 0 ? '' : `\n\nOthers do it here:\n${useLines(shown, shownLines)}`
  return `One is added by ${placeLine(adder)}${lines}`
}

function siblingText(siblings: readonly string[], registry: UseRow | undefined): string {
  const directory = siblings[0]?.split('/').slice(0, -1).join('/') ?? ''
  const names = siblings.map((file) => code(file.slice(directory.length + 1)))
  const listing = registry
    ? ` ${at(registry.file, registry.line)} names them: ${code(registry.text.slice(0, 120))}`
    : ''
  return `The ones that are there live in ${code(`${directory}/`)}, ${plural(siblings.length, 'file')}: ${listed(names, 8)}.${listing}`
}

/** `commands.ts`; a `registry.ts` only where the siblings are. */
function isNamedFor(file: string, word: string, siblings: readonly string[]): boolean {
  if (!isCode(file) || isTest(file)) return false
  const base = file.split('/').pop() ?? file
  if (new RegExp(`^${escapePattern(word)}s?([-_]table)?\\.\\w+$`).test(base)) return true
  return base.startsWith('registry.') && siblings.includes(file)
}

function tableText(files: readonly string[], outcomes: readonly Outcome[]): string {
  const lines = files.map((file) => {
    const said = firstSentence(fileDoc(fileText(outcomes, file), file))
    return `- ${code(file)}${said === '' ? '' : `: ${said}`}`
  })
  return lines.length === 0 ? '' : `Files named for it:\n${lines.join('\n')}`
}

/** A heading says that it is told here; a line of an example says the least. */
function docWeight(use: UseRow): number {
  if (/^#/.test(use.text)) return 0
  return /^\s*[$`]|^\s*codi |"/.test(use.text) ? 2 : 1
}

function seeAlso(places: readonly Place[], adder: Place | undefined): string {
  const more = places
    .filter(
      (place) =>
        !(place.file === adder?.file && place.line === adder.line) && place.coverage >= 0.9,
    )
    .slice(0, 3)
  if (more.length === 0) return ''
  return `See also:\n${more.map((place, index) => `${index + 1}. ${placeLine(place)}`).join('\n')}`
}
