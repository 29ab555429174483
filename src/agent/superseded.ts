/**
 * Whether a later call makes an earlier result worthless: the same question asked again, or a file that was read or
 * written whole since.
 */
import type { JsonObject } from '../base/json.ts'
import type { CallBlock } from '../contract/message.ts'
import type { AnsweredCall } from './answered-calls.ts'

/** Tools whose newer answer to the same question takes the place of the older one. */
const sameQuestion: ReadonlySet<string> = new Set([
  ...['read_file', 'view_image', 'grep', 'glob', 'list_directory', 'print_tree', 'outline'],
  ...['search_codebase', 'find_symbol', 'find_references', 'goto_definition', 'diagnostics'],
  ...['get_call_graph', 'get_dependency_graph', 'get_inheritance', 'show_impact', 'hover'],
  ...['code_map', 'run_tests', 'recall_result', 'todo'],
])

export function isSuperseded(call: CallBlock, later: readonly AnsweredCall[]): boolean {
  return later.some(({ call: newer, result }) => !result.isError && supersedes(newer, call))
}

function supersedes(newer: CallBlock, older: CallBlock): boolean {
  if (older.name === 'read_file' && newer.input.path === older.input.path) {
    if (newer.name === 'write_file') return true
    if (newer.name === 'read_file' && isWholeRead(newer.input)) return true
  }
  if (newer.name !== older.name || !sameQuestion.has(newer.name)) return false
  return newer.name === 'todo' || sameInput(newer.input, older.input)
}

function isWholeRead({ offset, limit }: JsonObject): boolean {
  return (offset === undefined || offset === 0 || offset === 1) && limit === undefined
}

function sameInput(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a).sort()
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]))
  )
}
