/** "Explain FILE or symbol", "what is X": decides which of the two it is. */

import { closest } from '../../../base/closest.ts'
import { fileText, globPaths, symbolRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { explainDirectory } from './explain-directory.ts'
import { explainFile } from './explain-file.ts'
import { explainSymbol } from './explain-symbol.ts'
import { locate } from './locate.ts'
import { code, listed, paragraphs } from './markdown.ts'
import { exactSymbols } from './named.ts'
import { pickFile } from './subject.ts'

const maxPathChars = 400

export function* explainTarget(asked: Asked): Script {
  const { question, toolkit } = asked
  const path = question.paths[0]?.path
  const bare = question.target.replace(/[`'"]/g, '').trim()
  const word = question.names[0] ?? (/^[\w$.:#-]+$/.test(bare) ? bare : undefined)
  const typed = typedFile(asked, bare)
  if (typed !== undefined) {
    const read: Outcome[] = yield toolkit.read(typed.path, { offset: 1, limit: 1 })
    const known = whatItIs(typed.path, read)
    if (known?.is === 'directory') return yield* explainDirectory(asked, typed.path)
    if (known?.is === 'text') return yield* explainFile(asked, typed.path, typed.line)
    if (known?.is === 'said') return known.text
  }
  if (path === undefined && word === undefined) return yield* locate(asked)
  const named = (path ?? word ?? '').replace(/\/$/, '')
  const base = named.split('/').pop() ?? ''
  const mayBeDirectory = /^[\w@.+/-]+$/.test(named)
  const first: Outcome[] = yield [
    ...toolkit.glob(path === undefined ? `**/${word}.*` : `**/${base}`),
    ...(word === undefined ? [] : toolkit.symbol(word, { limit: 8 })),
    ...(mayBeDirectory ? toolkit.glob(`${named}/**`) : []),
  ]
  const found = globPaths(first)
  const inDirectory = found.filter((file) => file.startsWith(`${named}/`))
  const files = found.filter((file) => !inDirectory.includes(file) || /\.\w+$/.test(base))
  if (path !== undefined) {
    const file = path.endsWith('/') ? undefined : pickFile(path, files)
    if (file !== undefined) return yield* explainFile(asked, file, question.paths[0]?.line)
    if (inDirectory.length > 0) return yield* explainDirectory(asked, named)
  }
  const symbols = exactSymbols(symbolRows(first), word ?? '')
  const [best] = symbols
  if (best) return yield* explainSymbol(asked, best, symbols.slice(1))
  if (inDirectory.length > 0) return yield* explainDirectory(asked, named)
  const [file] = files
  if (path !== undefined) return yield* noSuchFile(asked, path)
  if (file !== undefined) return yield* explainFile(asked, file, undefined)
  if (typed !== undefined && symbols.length === 0 && /\.\w{1,9}$/.test(typed.path))
    return yield* noSuchFile(asked, typed.path)
  return yield* locate(asked)
}

/** What was typed as a path, whatever its ending: `codi explain` takes any file, a question only what looks like one. */
function typedFile(
  { question, recipe }: Asked,
  bare: string,
): { path: string; line: number | undefined } | undefined {
  const [first] = question.paths
  // `codi explain "src/a b.ts"` names one file: a path ends at a blank only within a question.
  const isWhole = first?.path === bare.replace(/^\.\//, '').replace(/:\d+$/, '')
  if (first && (recipe !== 'explain' || isWhole)) return first
  const match = /^(.+?)(?::(\d+))?$/.exec(bare)
  const path = match?.[1] ?? bare
  const looksLikeFile = /^[\w@+-][\w@.+ -]*\.[A-Za-z]\w{0,9}$/.test(path)
  if (path === '' || path.length > maxPathChars) return undefined
  if (recipe !== 'explain' && !looksLikeFile) return undefined
  return { path, line: match?.[2] === undefined ? undefined : Number(match[2]) }
}

type Known = { is: 'text' | 'directory' } | { is: 'said'; text: string }

/** By the answer or the refusal of a read; undefined where there is no such file. */
function whatItIs(path: string, outcomes: readonly Outcome[]): Known | undefined {
  const [read] = outcomes
  if (!read) return undefined
  const said = read.text.split('\n')[0] ?? ''
  if (read.ok) {
    if (/^\[.* is empty\]$/.test(said)) return { is: 'said', text: `${code(path)} is empty.` }
    if (fileText(outcomes, path)) return { is: 'text' }
    return { is: 'said', text: `${code(path)} is an image: without a model I cannot look at it.` }
  }
  if (/ is a directory\b/.test(said)) return { is: 'directory' }
  if (said === '' || said.startsWith(`There is no file ${path}`)) return undefined
  const plain = said.replace(/, which read_file does not show.*$/, '')
  const named = plain.startsWith(`${path} `) ? `${code(path)}${plain.slice(path.length)}` : plain
  return { is: 'said', text: `${named}.` }
}

/** With the files whose names come nearest. */
function* noSuchFile({ toolkit }: Asked, path: string): Script {
  const base = path.replace(/\/$/, '').split('/').pop() ?? path
  const extension = /\.\w+$/.exec(base)?.[0] ?? ''
  const outcomes: Outcome[] = yield [
    ...toolkit.glob(`**/${base.slice(0, 2)}*${extension}`),
    ...toolkit.glob(`**/*${extension}`),
  ]
  const byName = new Map(globPaths(outcomes).map((file) => [file.split('/').pop() ?? file, file]))
  const near = closest(base, byName.keys(), { threshold: 0.5 }).map(
    (name) => byName.get(name) ?? name,
  )
  return paragraphs(
    `There is no file ${code(path)} here.`,
    near.length === 0 ? '' : `The nearest names: ${listed(near.map(code), 3)}.`,
  )
}
