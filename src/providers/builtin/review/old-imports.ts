/** Which files import a path at which there is no file any more: read from import lines, since no index has it. */

import { isImport } from '../import-line.ts'
import { filePatternOf, languageOf } from '../languages.ts'
import type { UseRow } from '../results.ts'
import type { Call } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { escapePattern } from '../toolkit.ts'

/** Looks for the import lines that `importsOf` sifts. */
export function importCalls(path: string, toolkit: Toolkit): Call[] {
  const filePattern = filePatternOf(path)
  return toolkit.grep(importPattern(path), {
    limit: 200,
    ...(filePattern === undefined ? {} : { filePattern }),
  })
}

/** Import lines that name the stem (or, for an index file or a package, its directory). */
function importPattern(path: string): string {
  const parts = path.replace(/\.\w+$/, '').split('/')
  const last = parts.at(-1) ?? ''
  const entry =
    /^(index|mod|__init__|lib|main)$/.test(last) && parts.length > 1
      ? (parts.at(-2) as string)
      : last
  return `(\\b(import|from|require|use|mod|include|export)\\b).*\\b${escapePattern(entry)}\\b`
}

/** Of the lines that `importPattern` finds those that can mean this file: same language, an import, not the file itself. */
export function importsOf(file: string, uses: readonly UseRow[]): UseRow[] {
  const language = languageOf(file)?.fence
  const seen = new Set<string>()
  return uses.filter((use) => {
    if (use.file === file || seen.has(use.file)) return false
    if (languageOf(use.file)?.fence !== language) return false
    const importing = isImport(use) || /^\s*(pub\s+)?mod\s|\bimport\(/.test(use.text)
    if (!importing || !pathFits(file, use)) return false
    seen.add(use.file)
    return true
  })
}

/** A relative specifier must lead to the file. */
function pathFits(file: string, use: UseRow): boolean {
  const specifier = /['"](\.{1,2}\/[^'"]+)['"]/.exec(use.text)?.[1]
  if (specifier === undefined) return true
  const target = resolveFrom(use.file, specifier)
  const bare = file.replace(/\.\w+$/, '')
  return target === file || target.replace(/\.\w+$/, '') === bare || `${target}/index` === bare
}

function resolveFrom(file: string, specifier: string): string {
  const parts = file.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
