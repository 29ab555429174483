/** What a diff did to heads that others rely on: gone, hidden, other parameters, asynchronous now, another result. */
import type { DefinitionChange } from '../changes.ts'
import type { FileDiff } from '../diff.ts'
import { isTest, languageOf } from '../languages.ts'
import {
  closeOfParameters,
  parameterName,
  parametersOf,
  resultOf,
  stillFits,
} from '../parameters.ts'
import { visibilityOf } from './visibility.ts'

export interface Risk {
  change: DefinitionChange
  what: 'gone' | 'hidden' | 'parameters' | 'order' | 'async' | 'result'
}

/** Names looked up in one review. */
const maxNames = 12

/** Each change once, by what breaks most, the riskiest first. */
export function risksOf(changes: readonly DefinitionChange[], files: readonly FileDiff[]): Risk[] {
  const risks = changes.flatMap((change): Risk[] => {
    if (change.name.length < 3 || isTest(change.file) || isOrdinary(change)) return []
    const what = riskOf(change, files)
    return what === undefined ? [] : [{ change, what }]
  })
  return risks.sort((a, b) => weights[b.what] - weights[a.what]).slice(0, maxNames)
}

const weights: Record<Risk['what'], number> = {
  gone: 5,
  hidden: 4,
  parameters: 3,
  order: 3,
  async: 2,
  result: 1,
}

/** A name that every class or package has: nobody can tell whose it is, but by an import that names it. */
function isOrdinary({ name, kind, file }: DefinitionChange): boolean {
  const imported = ['ts', 'python'].includes(languageOf(file)?.fence ?? '')
  return ordinary.has(name) && (kind === 'method' || !imported)
}

const ordinary = new Set(
  'constructor init main run get set new toString close open __init__ __str__ __repr__ setUp tearDown String Error test'.split(
    ' ',
  ),
)

function riskOf(change: DefinitionChange, files: readonly FileDiff[]): Risk['what'] | undefined {
  if (change.change === 'removed') {
    if (staysDefined(change, files))
      return change.exported && isScript(change) ? 'hidden' : undefined
    // What only its own file can use, a compiler misses by itself.
    return change.exported || (isCallable(change) && isUnchecked(change)) ? 'gone' : undefined
  }
  if (change.change !== 'head') return undefined
  const { before, after } = change
  if (visibilityOf(after, change) < visibilityOf(before, change)) return 'hidden'
  if (!isCallable(change)) return undefined
  // A head that the hunk cuts off cannot be compared.
  if (closeOfParameters(before) < 0 || closeOfParameters(after) < 0) return undefined
  if (isReordered(before, after)) return 'order'
  if (!stillFits(before, after)) return 'parameters'
  if (!isAsync(before) && isAsync(after)) return 'async'
  return resultOf(before) === resultOf(after) ? undefined : 'result'
}

function isScript(change: DefinitionChange): boolean {
  return languageOf(change.file)?.fence === 'ts'
}

function isUnchecked(change: DefinitionChange): boolean {
  return ['python', 'ruby', 'php', 'bash'].includes(languageOf(change.file)?.fence ?? '')
}

function isCallable(change: DefinitionChange): boolean {
  return change.kind === 'function' || change.kind === 'method'
}

/** Only the word that made it visible was taken away: the definition is still in the diff, on its new side. */
function staysDefined(change: DefinitionChange, files: readonly FileDiff[]): boolean {
  const file = files.find((entry) => entry.path === change.file || entry.oldPath === change.file)
  if (!file || file.status === 'deleted') return false
  const name = change.name.replace(/\$/g, '\\$')
  const head = new RegExp(
    `\\b(?:const|let|var|function\\*?|class|interface|type|enum|def|fn|func|struct|trait)\\s+${name}(?![\\w$])|^\\s*${name}\\s*=[^=]`,
  )
  return file.hunks.some((hunk) =>
    hunk.lines.some((line) => line.type !== '-' && head.test(line.text)),
  )
}

function isAsync(signature: string): boolean {
  return (
    /\basync\b/.test(signature) || /^:(Promise|Awaitable|Coroutine|Task)</.test(resultOf(signature))
  )
}

/** The same names in another order: every call by position still fits, and means something else. */
function isReordered(before: string, after: string): boolean {
  const old = parametersOf(before).map(parameterName)
  const now = parametersOf(after).map(parameterName)
  if (old.length !== now.length || old.includes('') || old.length < 2) return false
  return old.join() !== now.join() && old.toSorted().join() === now.toSorted().join()
}
