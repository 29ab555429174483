/** "What calls X", "is X used", "who imports FILE": the definition, then every use of it, the sure ones first. */
import { plural } from '../../../base/text.ts'
import {
  type Graph,
  type GraphLink,
  graphOf,
  type ImpactAnswer,
  impactOf,
  linksTo,
} from '../graph-results.ts'
import { isImport } from '../import-line.ts'
import { isTest } from '../languages.ts'
import { type SymbolEntry, symbolRows, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { escapePattern } from '../toolkit.ts'
import type { Asked } from './asked.ts'
import { realUses } from './connections.ts'
import { importersOf } from './importers.ts'
import { locate } from './locate.ts'
import { at, code, paragraphs, placeLine } from './markdown.ts'
import { exactSymbols } from './named.ts'
import { lastPart, placeOfSymbol } from './place.ts'
import { nameIn, notThere, qualified } from './subject.ts'
import { useLine, useLines } from './use-lines.ts'

const shownUses = 12
const shownUnsure = 6
const shownDefinitions = 3

export function* callersOf(asked: Asked): Script {
  const { question, toolkit } = asked
  const path = question.paths[0]?.path
  if (path !== undefined && question.names.length === 0) return yield* importersOf(asked, path)
  const target = nameIn(question.target)
  const [written] = question.names
  const name = question.intent === 'used' ? (target ?? written) : (written ?? target)
  if (name === undefined) return yield* locate(asked)
  const bare = lastPart(name)
  const first: Outcome[] = yield [...toolkit.symbol(name, { limit: 12 }), ...toolkit.uses(bare)]
  const rows = symbolRows(first)
  const definitions = exactSymbols(rows, name)
  const [meant, ...others] = definitions
  const about = meant && { name: qualified(meant), path: meant.file }
  const second: Outcome[] = yield about
    ? [
        ...toolkit.callGraph(bare, { direction: 'in' }),
        ...(others.length > 0 ? toolkit.impact(about, 1) : []),
      ]
    : []
  const graph = graphOf(second, 'get_call_graph', bare)
  const reached = about && impactOf(second, about)
  const uses = usesOf(definitions, useRows(first), bare)
  if (definitions.length === 0 && uses.length === 0) return notThere(bare, rows)
  const { sure, unsure, ofOthers } = byMeaning(uses, definitions, { graph, reached })
  return paragraphs(
    question.intent === 'used' ? verdict(bare, { sure, unsure, ofOthers }) : '',
    definitionText(definitions, bare, graph !== undefined),
    usesText(sure, bare, { indexed: toolkit.has('find_references'), alone: unsure.length === 0 }),
    ...others.flatMap((row) => {
      const own = ofOthers.get(row) ?? []
      if (own.length === 0) return []
      return [`The one at ${at(row.file, row.line)} is used in:\n${useLines(own, shownUnsure)}`]
    }),
    unsure.length === 0
      ? ''
      : `By the name alone, so perhaps another ${code(bare)}:\n${useLines(unsure, shownUnsure)}`,
  )
}

/** In the languages of any of the definitions, which are themselves no uses. */
function usesOf(definitions: SymbolEntry[], found: UseRow[], name: string): UseRow[] {
  const word = new RegExp(`(^|[^\\w$])${escapePattern(name)}`)
  const uses = found.filter((use) => word.test(use.text) || use.kind !== '')
  if (definitions.length === 0) return uses
  const real = new Set(definitions.flatMap((row) => realUses(row, uses)))
  return uses.filter(
    (use) =>
      real.has(use) && !definitions.some((row) => row.file === use.file && row.line === use.line),
  )
}

interface Meanings {
  /** Of the first definition, for certain or because there is no other. */
  sure: UseRow[]
  ofOthers: Map<SymbolEntry, UseRow[]>
  unsure: UseRow[]
}

/** Each use by the definition that it means, as far as the index can say. */
function byMeaning(
  uses: readonly UseRow[],
  definitions: readonly SymbolEntry[],
  known: { graph: Graph | undefined; reached: ImpactAnswer | undefined },
): Meanings {
  const found: Meanings = { sure: [], ofOthers: new Map(), unsure: [] }
  const [meant, ...others] = definitions
  const links = known.graph ? linksTo(known.graph) : []
  const files = new Set(known.reached?.affected.flatMap((row) => (row.sure ? row.file : [])))
  const mayMean = (use: UseRow): boolean => {
    // Where nothing was resolved, or nothing else has the name, there is no doubt to speak of.
    if (!known.graph || (use.kind === 'call' && links.length === 0 && others.length === 0))
      return true
    if (use.kind === 'call') return false
    return others.length === 0 || !known.reached || use.file === meant?.file || files.has(use.file)
  }
  for (const use of uses) {
    const row = meaningOf(use, links, definitions)
    if (row !== undefined && row !== meant)
      found.ofOthers.set(row, [...(found.ofOthers.get(row) ?? []), use])
    else if (row === meant || mayMean(use)) found.sure.push(use)
    else found.unsure.push(use)
  }
  return found
}

function meaningOf(
  use: UseRow,
  links: readonly GraphLink[],
  definitions: readonly SymbolEntry[],
): SymbolEntry | undefined {
  if (use.kind !== 'call') return undefined
  const link = links.find(
    ({ from, sure }) =>
      sure &&
      from.file === use.file &&
      (from.line === 0 || (from.line <= use.line && from.end >= use.line)),
  )
  return definitions.find((row) => row.file === link?.to.file && row.line === link.to.line)
}

/** Yes or no, first of all. */
function verdict(name: string, { sure, unsure, ofOthers }: Meanings): string {
  const code_ = sure.filter((use) => !isTest(use.file))
  const acting = code_.filter((use) => use.kind !== 'import' && !isImport(use))
  if (acting.length > 0) return `Yes, ${code(name)} is used.`
  if (code_.length > 0) return `${code(name)} is only imported.`
  if (sure.length > 0) return `Only tests use ${code(name)}.`
  if (ofOthers.size > 0) return `This ${code(name)} is not used, but another of that name is.`
  if (unsure.length > 0) return `Perhaps: only calls of the same name were found.`
  return `No, nothing here uses ${code(name)}, as far as the code says by name.`
}

function definitionText(definitions: SymbolEntry[], name: string, resolved: boolean): string {
  const [first, ...others] = definitions
  if (!first) return `${code(name)} is not defined here, but it is used.`
  if (others.length === 0) return `Defined at ${placeLine(placeOfSymbol(first))}`
  const places = others.slice(0, shownDefinitions).map((row) => at(row.file, row.line))
  const more = others.length - places.length
  if (resolved)
    return `Defined at ${placeLine(placeOfSymbol(first))}\nOthers of that name: ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
  const lines = definitions
    .slice(0, shownDefinitions)
    .map((row) => `- ${placeLine(placeOfSymbol(row))}`)
  return `${code(name)} is defined in ${plural(definitions.length, 'place')}; the uses below may be of any of them:\n${lines.join('\n')}${more > 0 ? `\n- … and ${more} more` : ''}`
}

function usesText(
  uses: readonly UseRow[],
  name: string,
  { indexed, alone }: { indexed: boolean; alone: boolean },
): string {
  const calls = uses.filter((use) => use.kind !== 'import' && !isImport(use))
  const imports = uses.filter((use) => !calls.includes(use))
  const code_ = calls.filter((use) => !isTest(use.file))
  const tests = calls.filter((use) => isTest(use.file))
  if (calls.length === 0) {
    if (imports.length > 0)
      return `${alone ? `Nothing calls ${code(name)}, but it` : `No call of ${code(name)} is certain; it`} is imported:\n${imports.slice(0, shownUses).map(useLine).join('\n')}`
    return alone ? `Nothing here uses ${code(name)}${indexed ? '' : ' by that name'}.` : ''
  }
  return paragraphs(
    code_.length === 0
      ? 'Only tests use it.'
      : `Used in ${plural(code_.length, 'place')}${inFiles(code_)}:\n${useLines(code_, shownUses)}`,
    tests.length === 0
      ? ''
      : `In tests, ${plural(tests.length, 'place')}${inFiles(tests)}:\n${useLines(tests, code_.length === 0 ? shownUses : 3)}`,
  )
}

function inFiles(uses: readonly UseRow[]): string {
  const count = new Set(uses.map((use) => use.file)).size
  return count > 1 ? ` of ${plural(count, 'file')}` : ''
}
