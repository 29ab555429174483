/**
 * `bun test/bench/symbols.ts [--lang ID] [--show] DIRECTORY…`: the definitions that codi finds in real code beside
 * those of universal-ctags, by language and kind: found by both, only by ctags, only by codi. A definition is the same
 * when name and line agree (within a line: the two differ in where a decorated one begins). Known classes of difference
 * are counted apart and named below the table; `--show` prints examples of what is left.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readableText } from '../../workers/indexer/exclude.ts'
import type { Definition } from '../../workers/indexer/extraction/extraction.ts'
import { languageOf } from '../../workers/indexer/extraction/languages.ts'
import { createCodeParser } from '../../workers/indexer/extraction/parse.ts'
import { type Explanation, explanations } from './symbol-differences.ts'

interface Tag {
  name: string
  path: string
  line: number
  kind: string
  scope: string
  scopeKind: string
  text: string
  indent: number
}

interface Counts {
  both: number
  onlyCtags: number
  explained: number
  onlyCodi: number
  examples: string[]
}

const maxFiles = 1_500
const maxExamples = 12
const ctagsLanguages: Readonly<Record<string, string>> = {
  typescript: 'TypeScript',
  tsx: 'TypeScript',
  javascript: 'JavaScript',
  python: 'Python',
  go: 'Go',
  rust: 'Rust',
  java: 'Java',
  cpp: 'C++',
  csharp: 'C#',
  ruby: 'Ruby',
  php: 'PHP',
  bash: 'Sh',
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lang: { type: 'string' }, show: { type: 'boolean', default: false } },
})
if (!Bun.which('ctags')) throw new Error('universal-ctags is not on PATH')
if (positionals.length === 0) throw new Error('Give one or more directories with source code')

const files = positionals.flatMap((path) => sourceFiles(path)).slice(0, maxFiles)
const parser = createCodeParser()
const results = new Map<string, Counts>()
const reasons = new Map<string, number>()
const byLanguage = Map.groupBy(files, (file) => file.language)
let codiMs = 0
let ctagsMs = 0
for (const [language, group] of byLanguage)
  await compare(
    language,
    group.map((file) => file.path),
  )
print()

async function compare(language: string, paths: string[]): Promise<void> {
  let start = performance.now()
  const tags = Map.groupBy(readTags(language, paths), (tag) => tag.path)
  ctagsMs += performance.now() - start
  for (const path of paths) {
    const text = readFileSync(path, 'utf8')
    const row = languageOf(path, text.slice(0, 200).split('\n')[0])
    if (!row) continue
    const loaded = await parser.load(row)
    start = performance.now()
    const definitions = loaded.parse(text)?.definitions ?? []
    codiMs += performance.now() - start
    compareFile(language, path, text.split('\n'), { definitions, tags: tags.get(path) ?? [] })
  }
}

function compareFile(
  language: string,
  path: string,
  lines: string[],
  found: { definitions: Definition[]; tags: Tag[] },
): void {
  const left = new Set(found.definitions)
  const names = Map.groupBy(found.definitions, (row) => plainName(row.name))
  for (const tag of found.tags) {
    const same = (names.get(plainName(tag.name)) ?? [])
      .filter((row) => Math.abs(row.nameLine - tag.line) <= 1 || Math.abs(row.line - tag.line) <= 1)
      .sort((a, b) => Number(left.has(b)) - Number(left.has(a)))[0]
    if (same) {
      left.delete(same)
      count(language, tag.kind).both++
      continue
    }
    const line = lines[tag.line - 1] ?? ''
    const text = line.trim()
    const why = explain(language, { ...tag, text, indent: line.search(/\S|$/) })
    const counts = count(language, tag.kind)
    if (why) {
      counts.explained++
      reasons.set(`${language}: ${why}`, (reasons.get(`${language}: ${why}`) ?? 0) + 1)
      continue
    }
    counts.onlyCtags++
    if (counts.examples.length < maxExamples)
      counts.examples.push(`- ${path}:${tag.line} ${tag.name} | ${text.slice(0, 90)}`)
  }
  for (const row of left) {
    const counts = count(language, `codi ${row.kind}`)
    counts.onlyCodi++
    if (counts.examples.length < maxExamples)
      counts.examples.push(
        `+ ${path}:${row.line} ${row.container}.${row.name} | ${lines[row.nameLine - 1]?.trim().slice(0, 90)}`,
      )
  }
}

function explain(language: string, tag: Tag): string | undefined {
  const rules: readonly Explanation[] = explanations[language] ?? []
  return rules.find((rule) => rule.applies(tag))?.why
}

function count(language: string, kind: string): Counts {
  const key = `${language} ${kind}`
  let counts = results.get(key)
  if (!counts) {
    counts = { both: 0, onlyCtags: 0, explained: 0, onlyCodi: 0, examples: [] }
    results.set(key, counts)
  }
  return counts
}

/** Both write operators, quotes and qualified names in their own way. */
function plainName(name: string): string {
  return name
    .replace(/^.*(?:::|\\)/, '')
    .replace(/^["'`#$]|["'`]$/g, '')
    .replace(/\s+/g, '')
}

function readTags(language: string, paths: string[]): Tag[] {
  const name = ctagsLanguages[language]
  const run = Bun.spawnSync(
    [
      'ctags',
      `--language-force=${name}`,
      '--output-format=json',
      '--fields=+nKsZ',
      '--kinds-C++=+p',
      '-L',
      '-',
      '-f',
      '-',
    ],
    { stdin: Buffer.from(paths.join('\n')), maxBuffer: 1024 * 1024 * 1024 },
  )
  return run.stdout
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((tag) => tag._type === 'tag')
    .map((tag) => ({
      ...tag,
      scope: tag.scope ?? '',
      scopeKind: tag.scopeKind ?? '',
      text: '',
      indent: 0,
    }))
}

function sourceFiles(path: string): { path: string; language: string }[] {
  if (statSync(path).isFile()) return sourceFile(path)
  // Not recursive: a loop of symbolic links would end that listing.
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = join(path, entry.name)
      if (entry.isDirectory()) return sourceFiles(inside)
      return entry.isFile() ? sourceFile(inside) : []
    })
}

function sourceFile(path: string): { path: string; language: string }[] {
  const bytes = readFileSync(path)
  if (bytes.length > 1024 * 1024 || 'reason' in readableText(bytes)) return []
  const language = languageOf(path, bytes.subarray(0, 200).toString().split('\n')[0])
  return language && (values.lang === undefined || language.id === values.lang)
    ? [{ path, language: language.id }]
    : []
}

function print(): void {
  console.log(`${'language and kind'.padEnd(30)}    both  ctags  known   codi`)
  for (const [key, row] of [...results].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const cells = [row.both, row.onlyCtags, row.explained, row.onlyCodi]
    console.log(key.padEnd(30) + cells.map((cell) => String(cell).padStart(7)).join(''))
    if (values.show) for (const example of row.examples) console.log(`    ${example}`)
  }
  for (const language of byLanguage.keys()) {
    const rows = [...results]
      .filter(([key]) => key.startsWith(`${language} `))
      .map(([, row]) => row)
    const both = rows.reduce((sum, row) => sum + row.both, 0)
    const missed = rows.reduce((sum, row) => sum + row.onlyCtags, 0)
    const share = both + missed === 0 ? 100 : (100 * both) / (both + missed)
    console.log(`${language}: ${share.toFixed(2)} % of what ctags finds, known differences apart`)
  }
  for (const [why, times] of [...reasons].sort()) console.log(`known: ${why} (${times})`)
  console.log(`${files.length} files; ctags ${ctagsMs.toFixed(0)} ms, codi ${codiMs.toFixed(0)} ms`)
}
