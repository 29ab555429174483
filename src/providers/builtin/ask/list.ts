/** "List the python files", "which files handle retries", "list files in src/agent". */
import { plural } from '../../../base/text.ts'
import { globPaths } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { locatePlaces } from './locate.ts'
import { code, paragraphs, placeLine } from './markdown.ts'
import { nothingFound } from './nothing.ts'
import type { Place } from './place.ts'
import type { Question } from './question.ts'

const shownFiles = 30

export function* listFiles(asked: Asked): Script {
  const { question, toolkit } = asked
  const pattern = globOf(question)
  if (pattern !== undefined) {
    const outcomes: Outcome[] = yield toolkit.glob(pattern)
    const files = globPaths(outcomes).sort()
    if (files.length === 0) return `No file here fits ${code(pattern)}.`
    const shown = files.slice(0, shownFiles).map((file) => `- ${code(file)}`)
    const rest =
      files.length > shownFiles ? `- … and ${plural(files.length - shownFiles, 'more file')}` : ''
    return paragraphs(
      `${plural(files.length, 'file')}${files.length >= 100 ? ' or more' : ''} (${code(pattern)}):`,
      [...shown, rest].filter((line) => line !== '').join('\n'),
    )
  }
  const places = yield* locatePlaces(asked)
  const worth = places.filter((place) => place.coverage > 0)
  if (worth.length === 0) return yield* nothingFound(asked)
  return paragraphs('The files that fit best:', byFile(worth))
}

const languages: Record<string, string> = {
  python: 'py',
  typescript: '{ts,tsx,mts,cts}',
  javascript: '{js,jsx,mjs,cjs}',
  go: 'go',
  golang: 'go',
  rust: 'rs',
  java: 'java',
  ruby: 'rb',
  php: 'php',
  shell: '{sh,bash}',
  bash: '{sh,bash}',
  markdown: 'md',
  json: 'json',
  yaml: '{yml,yaml}',
  html: '{html,htm}',
  css: '{css,scss,less}',
  sql: 'sql',
  toml: 'toml',
  swift: 'swift',
  kotlin: '{kt,kts}',
  'c++': '{cc,cpp,cxx,hpp,hh}',
}

/** A glob in the question, or what "python files", "test files", "files in src" come to; undefined for a topic. */
function globOf({ text, paths, words: all }: Question): string | undefined {
  const words = all.filter(
    (word) => !/^(list|enumerate|find|show|directory|folder|dir)$/.test(word),
  )
  const typed = /(?:^|\s)(`?)([\w./{},-]*\*[\w./{},*-]*)\1/.exec(text)?.[2]
  if (typed !== undefined)
    return typed.includes('/') || typed.startsWith('**') ? typed : `**/${typed}`
  const extension = /(?:^|\s)\.(\w{1,5})\b/.exec(text)?.[1]
  const language = Object.keys(languages).find((name) =>
    new RegExp(`(^|\\s)${name.replace(/\+/g, '\\+')}\\b`, 'i').test(text),
  )
  const directory = paths.find((row) => !/\.\w+$/.test(row.path))?.path.replace(/\/$/, '')
  const ending = extension ?? (language === undefined ? undefined : languages[language])
  const base = directory === undefined ? '**' : `${directory}/**`
  if (ending !== undefined) return `${base}/*.${ending}`
  if (/\btests?\b/i.test(text) && words.filter((word) => !/^tests?$/.test(word)).length === 0)
    return `${base}/*{test,Test,spec}*`
  if (
    /\b(everything|all files|every file)\b/i.test(text) ||
    (directory !== undefined && words.length === 0)
  )
    return `${base}/*`
  return undefined
}

function byFile(places: readonly Place[]): string {
  const files = Map.groupBy(places, (place) => place.file)
  return [...files.values()]
    .map((group, index) => `${index + 1}. ${placeLine(group[0] as Place)}`)
    .join('\n')
}
