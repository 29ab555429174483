/**
 * Marks of masked secrets in what a model wants to write. It never saw the secret behind a mark: written back, the mark
 * would destroy it; as text to look for, it matches nothing. A mark that truly stands in the file is text like any other.
 */
import type { JsonObject } from '../base/json.ts'
import { readSmallFile } from '../base/small-file.ts'
import type { Workspace } from '../contract/tool.ts'

const mark = /\[masked: [^\]\n]{1,80}\]/g
const maxFileBytes = 16 * 1024 * 1024

interface MarkRow {
  /** Parameters whose text lands in a file. */
  written: readonly string[]
  /** Parameters that must be found in a file. */
  sought: readonly string[]
  /** The files it is about. */
  paths(input: JsonObject): string[]
}

const onePath = (input: JsonObject) => [String(input.path ?? '')]

const rows: Readonly<Record<string, MarkRow>> = {
  write_file: { written: ['content'], sought: [], paths: onePath },
  edit_file: { written: ['new_string'], sought: ['old_string'], paths: onePath },
  insert_line: { written: ['content'], sought: [], paths: onePath },
  apply_patch: { written: ['patch'], sought: [], paths: patchPaths },
  bash: { written: ['command'], sought: [], paths: () => [] },
}

/** Why the call must not be made; undefined where nothing speaks against it. */
export async function markRefusal(
  tool: string,
  input: JsonObject,
  workspace: Workspace,
): Promise<string | undefined> {
  const row = rows[tool]
  if (!row) return undefined
  const text = (names: readonly string[]) =>
    names.map((name) => String(input[name] ?? '')).join('\n')
  const written = marksIn(text(row.written))
  const sought = marksIn(text(row.sought))
  if (written.length + sought.length === 0) return undefined
  if (tool === 'bash' && !writesFiles(text(row.written))) return undefined
  const there = await marksInFiles(row.paths(input), workspace)
  const lost = written.find((one) => !there.has(one))
  if (lost !== undefined)
    return `Refused: the text to write holds ${lost}, which stands for a secret that you were not shown: the secret would be lost. Change the lines around it and leave its line as it is (edit_file with an old_string that ends before the mark or begins after it); for a new file, use a reference such as an environment variable instead.`
  const unmatched = sought.find((one) => !there.has(one))
  if (unmatched !== undefined)
    return `Refused: old_string holds ${unmatched}, which stands for a secret that you were not shown, so it cannot be matched. Take an old_string that ends before the mark or begins after it; to replace the secret itself, ask the user to do it.`
  return undefined
}

function marksIn(text: string): string[] {
  return text.includes('[masked: ') ? [...new Set(text.match(mark) ?? [])] : []
}

/** A command that only looks for a mark is harmless; one that writes may put it where the secret was. */
function writesFiles(command: string): boolean {
  return /(?:^|[^0-9<&-])>{1,2}(?!&)|\btee\b|\bsed\b.*\s-[a-z]*i|\bperl\b.*\s-[a-z]*i|\bpatch\b|\bgit\s+apply\b/.test(
    command,
  )
}

function patchPaths(input: JsonObject): string[] {
  const patch = String(input.patch ?? '')
  const headers = /^(?:\*\*\* (?:Update|Add|Delete) File: |(?:---|\+\+\+) (?:[ab]\/)?)(.+)$/gm
  return [...patch.matchAll(headers)].map((match) => (match[1] ?? '').replace(/\t.*$/, '').trim())
}

async function marksInFiles(paths: string[], workspace: Workspace): Promise<Set<string>> {
  const found = new Set<string>()
  for (const path of paths) {
    try {
      const text = readSmallFile(await workspace.resolve(path), maxFileBytes)
      for (const one of marksIn(text)) found.add(one)
    } catch {
      // No such file, or none that may be read: then no mark stands in it.
    }
  }
  return found
}
