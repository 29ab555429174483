/**
 * Renames a symbol in every file, as the language server says: its edits are worked out against the files as they are,
 * shown to the gate, and written all or nothing. Without a server nothing is renamed: text that looks like the name is
 * not the name.
 */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { oneLine, plural } from '../../base/text.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { type CodePlace, findCodePlace } from '../code/code-place.ts'
import { askService } from '../code/search-services.ts'
import { changeTool } from '../files/change-tool.ts'
import { type PlannedChange, requestFor, wholeDiff } from '../files/file-preview.ts'
import { answerValue } from './lsp-answer.ts'
import { planLspEdits } from './lsp-edits.ts'
import text from './rename-symbol.md' with { type: 'text' }

const input = Type.Object({
  name: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  new_name: Type.String(),
  dry_run: Type.Optional(Type.Boolean()),
})
type Input = Static<typeof input>

const waitMs = 30_000
const instead = 'find_references lists the uses, edit them instead'
const maxNameChars = 200

/** Its servers take any name; those of other languages refuse what is none. */
const javascript = /\.[cm]?[jt]sx?$/
const identifier = /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const reserved = new Set([
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete'],
  ...['do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if'],
  ...['import', 'in', 'instanceof', 'new', 'null', 'return', 'super', 'switch', 'this', 'throw'],
  ...['true', 'try', 'typeof', 'var', 'void', 'while', 'with'],
])

const renaming = changeTool({ name: 'rename_symbol', text, input, plan })

export const renameSymbol: Tool<typeof input> = {
  ...renaming,
  async request(given, context) {
    // It shows what would change and touches nothing.
    if (given.dry_run) {
      const summary = `show the rename to ${oneLine(given.new_name, 60)}`
      return { effect: 'read', summary, paths: [], hosts: [] }
    }
    return requestFor(await plan(given, context), context)
  },
  async run(given, context) {
    if (!given.dry_run) return renaming.run(given, context)
    const planned = await plan(given, context)
    const { diff, added, removed } = await wholeDiff(planned, context)
    const files = planned.changes.map((change) => context.workspace.display(change.path))
    const head = `Would change ${plural(files.length, 'file')} (+${added} -${removed}); nothing was written`
    return { content: `${head}\n${diff}`, data: { files, added, removed, diff } }
  },
}

async function plan(given: Input, context: ToolContext): Promise<PlannedChange> {
  const newName = given.new_name.trim()
  if (!isName(newName)) throw noName(given.new_name, 'new_name is one word')
  const place = await atDefinition(await findCodePlace(context, given), context)
  if (javascript.test(place.path) && (!identifier.test(newName) || reserved.has(newName)))
    throw noName(newName, 'it would break the code there')
  if (place.word === newName)
    throw new CodiError('invalid', `It is named ${newName} already; nothing was changed`)
  const askedAt = Date.now()
  const { path, line, column } = place
  const answer = await askService(
    () => context.services.lsp.rename({ path, line, column, newName, waitMs }, context.signal),
    { what: 'The language server', instead },
  )
  const edits = answerValue(answer, 'renaming', path)
  if (edits.length === 0) {
    const what = place.word === '' ? 'a name that it can rename' : `${place.word} as a name`
    throw new CodiError(
      'not_found',
      `The language server ${answer.server} does not know ${what} at ${path}:${line}:${column}; nothing was changed`,
    )
  }
  const planned = await planLspEdits(edits, context, {
    askedAt,
    expect: expectation(place, newName),
  })
  const places = edits.reduce((sum, file) => sum + file.edits.length, 0)
  const names = `${place.word || `the name at ${path}:${line}`} to ${newName}`
  const files = plural(planned.changes.length, 'file')
  return {
    ...planned,
    summary: `rename ${names} in ${files}`,
    done: `Renamed ${names}: ${plural(places, 'place')} in ${files}`,
    showDiff: true,
  }
}

/** Where a name is imported, these servers rename it there only: the name itself is renamed where it is defined. */
async function atDefinition(place: CodePlace, context: ToolContext): Promise<CodePlace> {
  if (!javascript.test(place.path) || place.word === '') return place
  const { path, line, column } = place
  const request = { path, line, column, waitMs }
  const { value } = await askService(
    () => context.services.lsp.definition(request, context.signal),
    { what: 'The language server', instead },
  )
  const [found] = value
  if (
    !found ||
    value.length > 1 ||
    found.path.startsWith('/') ||
    found.path.includes('node_modules')
  )
    return place
  // An alias is a name of its own.
  const isSame = found.text.includes(place.word) && found.endLine === found.line
  const isWord = isSame && found.endColumn - found.column === place.word.length
  return isWord ? { ...found, word: place.word } : place
}

function isName(name: string): boolean {
  return name !== '' && name.length <= maxNameChars && !/[\s\p{Cc}]/u.test(name)
}

function noName(given: string, why: string): CodiError {
  return new CodiError('invalid', `"${oneLine(given, 60)}" is no name, ${why}; nothing was changed`)
}

/** Where the new name goes, the old one stands, or the server did not see the file as it is. */
function expectation({ word }: CodePlace, newName: string) {
  return (replaced: string, newText: string): boolean =>
    word === '' || newText !== newName || replaced.toLowerCase().includes(word.toLowerCase())
}
