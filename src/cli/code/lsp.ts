/** codi lsp: what language servers know of a place in code, and which of them there are. */
import { exitCodes } from '../../app/exit-code.ts'
import { closest } from '../../base/closest.ts'
import type { JsonObject } from '../../base/json.ts'
import { neutralize } from '../../base/text.ts'
import type { LspAnswer, LspLocation, LspPosition, LspService } from '../../contract/lsp-service.ts'
import { answerValue } from '../../tools/lsp/lsp-answer.ts'
import { has, usage } from '../args.ts'
import { type CodeCommand, printJson, printRows } from './command.ts'
import { lspRename } from './lsp-rename.ts'
import { lspStatus } from './lsp-status.ts'
import { lspSymbols } from './lsp-symbols.ts'
import { placeOf, waitOf } from './place.ts'

const questions: Record<
  string,
  (command: CodeCommand, words: readonly string[]) => Promise<number>
> = {
  definition: locations('definition'),
  implementation: locations('implementation'),
  references: locations('references'),
  hover,
  symbols: lspSymbols,
  calls,
  rename: lspRename,
  actions,
  status: lspStatus,
}

export async function lsp(command: CodeCommand): Promise<number> {
  const [what = '', ...words] = command.args.words
  const question = Object.hasOwn(questions, what) ? questions[what] : undefined
  if (question) {
    const most = what === 'rename' ? 2 : what === 'status' ? 0 : 1
    const extra = words[most]
    if (extra !== undefined) throw usage(`codi lsp ${what}: "${extra}" is too much`)
    if (has(command.args, 'apply') && what !== 'rename')
      throw usage(`--apply belongs to codi lsp rename, not to ${what}`)
    return question(command, words)
  }
  const names = Object.keys(questions)
  const near = what === '' ? undefined : closest(what, names, { limit: 1 })[0]
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  throw usage(
    `codi lsp wants one of ${names.join(', ')}${what === '' ? '' : `, not "${what}"`}.${hint}`,
  )
}

type LocationQuestion = 'definition' | 'implementation' | 'references'

function locations(what: LocationQuestion) {
  return async (command: CodeCommand, words: readonly string[]): Promise<number> => {
    const answer = await ask(command, words[0], (lsp, at) => lsp[what](at, command.signal))
    const rows = answerValue(answer.answer, what, answer.at.path)
    printRows(command, { rows, data: locationData }, locationText)
    return found(command, rows.length, `no ${what}`)
  }
}

async function hover(command: CodeCommand, words: readonly string[]): Promise<number> {
  const { answer, at } = await ask(command, words[0], (lsp, at) => lsp.hover(at, command.signal))
  const text = answerValue(answer, 'hover', at.path)
  if (has(command.args, 'json')) printJson(command.output, { ...positionData(at), text })
  else if (text !== '') command.output.out(`${neutralize(text)}\n`)
  return found(command, text.length, 'nothing is known of it')
}

async function calls(command: CodeCommand, words: readonly string[]): Promise<number> {
  const { signal, output } = command
  const incoming = await ask(command, words[0], (lsp, at) =>
    lsp.callHierarchy({ ...at, direction: 'in' }, signal),
  )
  const { path } = incoming.at
  const outgoing = await command.app.services.lsp.callHierarchy(
    { ...incoming.at, direction: 'out' },
    signal,
  )
  const callers = answerValue(incoming.answer, 'callers', path)
  // Some servers know only who calls.
  const callees = outgoing.state === 'unsupported' ? [] : answerValue(outgoing, 'calls', path)
  const data = (rows: typeof callers) =>
    rows.map(({ path: file, ...rest }): JsonObject => ({ file, ...rest }))
  if (has(command.args, 'json')) printJson(output, { in: data(callers), out: data(callees) })
  else {
    const lines = [
      ...callers.map(
        (row) => `<- ${row.path}:${row.line} ${row.kind} ${row.name}, calls at ${row.calls}`,
      ),
      ...callees.map(
        (row) => `-> ${row.path}:${row.line} ${row.kind} ${row.name}, called at ${row.calls}`,
      ),
    ]
    output.out(lines.map((line) => `${neutralize(line)}\n`).join(''))
  }
  return found(command, callers.length + callees.length, 'no calls')
}

async function actions(command: CodeCommand, words: readonly string[]): Promise<number> {
  const { answer, at } = await ask(command, words[0], (lsp, at) =>
    lsp.codeActions(at, command.signal),
  )
  const rows = answerValue(answer, 'code actions', at.path).map((action) => ({
    title: action.title,
    kind: action.kind,
    preferred: action.preferred,
    files: action.edits?.map(({ path }) => path) ?? null,
  }))
  printRows(command, { rows, data: (row) => row }, (row) => {
    const what = row.files === null ? 'a command of the server' : row.files.join(', ')
    return `${row.preferred ? '* ' : '  '}${row.title}  [${row.kind || 'command'}]  ${what}`
  })
  return found(command, rows.length, 'no actions')
}

/** The answer about a place that was typed. */
async function ask<T>(
  command: CodeCommand,
  typed: string | undefined,
  question: (lsp: LspService, at: LspPosition) => Promise<LspAnswer<T>>,
): Promise<{ at: LspPosition; answer: LspAnswer<T> }> {
  const what = command.args.words[0]
  if (typed === undefined) throw usage(`codi lsp ${what} wants FILE:LINE:COLUMN, or a NAME`)
  const { path, line, column } = await placeOf(command, typed)
  const at = { path, line, column, waitMs: waitOf(command) }
  const answer = await question(command.app.services.lsp, at)
  if (answer.state === 'ok' && answer.note !== undefined)
    command.output.err(`codi: ${neutralize(answer.note)}\n`)
  return { at, answer }
}

function found({ output }: CodeCommand, count: number, none: string): number {
  if (count > 0) return exitCodes.done
  output.err(`codi: ${none}\n`)
  return exitCodes.failed
}

function positionData({ path, line, column }: LspPosition): JsonObject {
  return { file: path, line, column }
}

function locationData({ path, ...rest }: LspLocation): JsonObject {
  return { file: path, ...rest }
}

function locationText({ path, line, column, text }: LspLocation): string {
  return `${path}:${line}:${column}  ${text}`
}
