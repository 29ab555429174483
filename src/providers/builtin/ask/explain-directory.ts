/** One directory: its files, each with what it says of itself. */
import { plural } from '../../../base/text.ts'
import { isCode, isTest } from '../languages.ts'
import { fileText, globPaths, mapFiles } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { firstSentence } from '../words.ts'
import type { Asked } from './asked.ts'
import { code, fileDoc, paragraphs } from './markdown.ts'

const shownFiles = 14
const headLines = 30

export function* explainDirectory({ toolkit }: Asked, path: string): Script {
  const directory = path.replace(/\/$/, '')
  const listed: Outcome[] = yield [
    ...toolkit.glob(directory === '.' ? '**/*' : `${directory}/**/*`),
    ...toolkit.tree(directory, 1),
    ...toolkit.outline(directory),
  ]
  const files = globPaths(listed)
  if (files.length === 0) return nothingIn(directory, listed)
  const depth = Math.min(...files.map((file) => file.split('/').length))
  const important = mapFiles(listed)
  const rank = (file: string): number => weightOf(file, { depth, important })
  const own = files
    .filter((file) => isCode(file) && !isTest(file))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const shown = own.slice(0, shownFiles)
  const heads: Outcome[] = yield shown.flatMap((file) =>
    toolkit.read(file, { offset: 1, limit: headLines }),
  )
  const lines = shown.map((file) => {
    const said = firstSentence(fileDoc(fileText(heads, file), file))
    return `- ${code(file)}${said === '' ? '' : `: ${said}`}`
  })
  const left = files.length - shown.length
  const count = files.length >= 100 ? `${files.length} or more files` : plural(files.length, 'file')
  return paragraphs(
    `${code(`${directory}/`)}: ${count}.`,
    lines.join('\n') ||
      files
        .slice(0, shownFiles)
        .map((file) => `- ${code(file)}`)
        .join('\n'),
    left > 0 && lines.length > 0 ? `And ${plural(left, 'more file')}.` : '',
  )
}

function nothingIn(directory: string, outcomes: readonly Outcome[]): string {
  const tree = outcomes.find((outcome) => outcome.name === 'print_tree')
  if (tree?.ok === true && /\bis empty\b/.test(tree.text))
    return `${code(`${directory}/`)} is empty.`
  if (tree?.ok === false)
    return tree.text.split('\n')[0] || `There is no directory ${code(directory)}.`
  return `Everything in ${code(`${directory}/`)} is ignored or hidden; name one of its files to see it.`
}

/** Entry points and shallow files first, then what the rest relies on. */
function weightOf(
  file: string,
  { depth, important }: { depth: number; important: readonly string[] },
): number {
  const entry = /(^|\/)(index|main|mod|lib|__init__|app)\.\w+$/.test(file) ? 0 : 1
  const at = important.indexOf(file)
  return (file.split('/').length - depth) * 2 + entry + (at < 0 ? 1 : at / important.length)
}
