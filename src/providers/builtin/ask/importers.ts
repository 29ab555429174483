/** "Who imports FILE". */
import { plural } from '../../../base/text.ts'
import { isTest } from '../languages.ts'
import { globPaths, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { importCalls, importsOf } from './imports.ts'
import { code, paragraphs } from './markdown.ts'
import { useLines } from './use-lines.ts'

/** Files whose import lines name the file: every language writes its stem there. */
export function* importersOf({ toolkit, question }: Asked, path: string): Script {
  const base = path.split('/').pop() ?? path
  const stem = base.replace(/\.\w+$/, '')
  const found: Outcome[] = yield [...toolkit.glob(`**/${base}`), ...importCalls(path, toolkit)]
  const files = globPaths(found)
  const file =
    files.find((entry) => entry === path) ??
    files.find((entry) => entry.endsWith(`/${path}`)) ??
    files[0]
  if (file === undefined) {
    return paragraphs(
      `There is no file ${code(path)} here.`,
      `Ask about a name in it instead: \`what calls ${question.words[0] ?? 'parseConfig'}?\``,
    )
  }
  const uses = importsOf(file, useRows(found))
  if (uses.length === 0) return `No file here imports ${code(file)} by its name.`
  const tests = uses.filter((use) => isTest(use.file))
  const rest = uses.filter((use) => !isTest(use.file))
  return paragraphs(
    `${code(file)} is imported by ${plural(rest.length, 'file')}${tests.length > 0 ? ` and ${plural(tests.length, 'test')}` : ''}:`,
    useLines([...rest, ...tests], 20),
    files.length > 1
      ? `Other files named ${code(stem)}: ${files
          .filter((entry) => entry !== file)
          .slice(0, 4)
          .map(code)
          .join(', ')}.`
      : '',
  )
}
