/** A call as people read it: a line that names it, and its parts as text in a language. */
import { unifiedDiff } from '../../base/diff.ts'
import type { JsonObject, JsonValue } from '../../base/json.ts'
import { oneLine } from '../../base/text.ts'
import type { CallBlock, ResultBlock } from '../../contract/message.ts'

export interface CodePart {
  title: string
  /** As a fence names it; `diff` is coloured by line. */
  language: string
  text: string
}

/** Arguments that tell what a call is about, the most telling first. */
const telling = [
  'command',
  'cmd',
  'path',
  'file_path',
  'filePath',
  'pattern',
  'query',
  'url',
  'name',
  'task',
  'description',
] as const

/** `read_file src/a.ts`. */
export function callTitle({ name, input }: CallBlock, maxChars: number): string {
  const found = telling
    .map((key) => textOf(input[key]))
    .find((text) => text !== undefined && text !== '')
  const other = Object.values(input).find((value) => typeof value === 'string')
  return oneLine(`${name} ${found ?? other ?? ''}`, maxChars)
}

/** The two sides of a replacement, as tools of several programs name them. */
const replacements = [
  ['old_string', 'new_string'],
  ['old_str', 'new_str'],
  ['oldText', 'newText'],
] as const
const paths = ['path', 'file_path', 'filePath'] as const
const contents = ['content', 'file_text', 'contents'] as const
const commands = ['command', 'cmd'] as const
const patches = ['patch', 'diff', 'input'] as const

/** What it was asked to do. A path that the title has is not said again. */
export async function callParts({ input, malformed }: CallBlock): Promise<CodePart[]> {
  if (malformed !== undefined)
    return [{ title: 'arguments that are no JSON', language: '', text: malformed }]
  const rest: JsonObject = { ...input }
  const parts: CodePart[] = []
  const take = (key: string) => {
    const value = rest[key]
    delete rest[key]
    return value
  }
  const path = paths.map((key) => textOf(rest[key])).find((text) => text !== undefined) ?? ''
  for (const [before, after] of replacements) {
    const [old, fresh] = [textOf(rest[before]), textOf(rest[after])]
    if (old === undefined || fresh === undefined) continue
    take(before)
    take(after)
    const { diff } = await unifiedDiff(withEnd(old), withEnd(fresh), {
      path: path || 'file',
    })
    parts.push({ title: '', language: 'diff', text: withoutHeader(diff) })
  }
  for (const key of patches) {
    const text = textOf(rest[key])
    if (text !== undefined && isDiff(text))
      parts.push({ title: '', language: 'diff', text: String(take(key)) })
  }
  for (const key of commands) {
    const text = commandText(rest[key])
    if (text === undefined) continue
    take(key)
    parts.push({ title: '', language: 'bash', text })
  }
  for (const key of contents) {
    const text = textOf(rest[key])
    if (text === undefined || path === '') continue
    take(key)
    parts.push({ title: '', language: languageOf(path), text })
  }
  for (const key of paths) take(key)
  if (Object.keys(rest).length > 0)
    parts.push({ title: 'arguments', language: 'json', text: JSON.stringify(rest, null, 2) })
  return parts
}

/** What came of it, as one text; images are for whoever can show them. */
export function resultPart(call: CallBlock, result: ResultBlock): CodePart {
  const text = result.content
    .map((block) =>
      block.type === 'text' ? block.text : `[image ${block.name ?? block.mediaType}]`,
    )
    .join('\n')
  const path = paths.map((key) => textOf(call.input[key])).find((value) => value !== undefined)
  const language = isDiff(text)
    ? 'diff'
    : path !== undefined && /read/i.test(call.name)
      ? languageOf(path)
      : ''
  return { title: result.isError ? 'error' : 'result', language, text: text || '(no output)' }
}

/** A piece of a file has no end of its own: that it lacks one is nothing to tell. */
function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function commandText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value
  const words = Array.isArray(value) && value.every((word) => typeof word === 'string')
  return words ? (value as string[]).join(' ') : undefined
}

function isDiff(text: string): boolean {
  return /^\*\*\* Begin Patch$|^@@ .*@@|^diff --git /m.test(text)
}

function withoutHeader(diff: string): string {
  return diff.replace(/^--- .*\n\+\+\+ .*\n/, '')
}

function languageOf(path: string): string {
  return /\.([a-z0-9]{1,8})$/i.exec(path)?.[1]?.toLowerCase() ?? ''
}
