/** What was done, what failed and what is open, from the calls themselves. */
import { isJsonObject, type JsonObject } from '../../base/json.ts'
import { oneLine, plural } from '../../base/text.ts'
import type { Spoken } from './summary-spoken.ts'

const failureLine =
  /(\berrors?\b|\bfail(ed|ure|ing)?\b|\bexception\b|\bpanic(ked)?\b|traceback|\bcannot\b|\bundefined\b|✗|✘|\bFAIL\b|\bE\d{3,4}\b|\bTS\d{4}\b|expected .* (received|got|but))/i
/** Results of these are texts of files: an error in them is somebody's source. */
const readers: ReadonlySet<string> = new Set([
  'read_file',
  'grep',
  'search_codebase',
  'outline',
  'git_log',
])
const maxFailuresOfOne = 4
const maxChars = 300

const changing: ReadonlySet<string> = new Set(['write_file', 'edit_file', 'insert_line'])

export function changedFiles({ calls }: Spoken): string[] {
  const changes = new Map<string, { count: number; why: string }>()
  for (const { call, result, why } of calls) {
    if (!result || result.isError) continue
    for (const path of changedPaths(call.name, call.input)) {
      const before = changes.get(path)
      changes.delete(path)
      changes.set(path, { count: (before?.count ?? 0) + 1, why: why || (before?.why ?? '') })
    }
  }
  return [...changes].map(([path, { count, why }]) => {
    const times = count > 1 ? ` (${plural(count, 'change')})` : ''
    return `\`${path}\`${times}${why === '' ? '' : `: ${oneLine(why, maxChars)}`}`
  })
}

function changedPaths(name: string, input: JsonObject): string[] {
  if (changing.has(name)) return typeof input.path === 'string' ? [input.path] : []
  if (name !== 'apply_patch' || typeof input.patch !== 'string') return []
  const heads = input.patch.matchAll(
    /^(?:\*\*\* (?:Add|Update|Delete) File: |\+\+\+ (?:b\/)?)(\S.*)$/gm,
  )
  return [...heads].map((match) => (match[1] ?? '').trim()).filter((path) => path !== '/dev/null')
}

export function failures({ calls }: Spoken): string[] {
  return calls.flatMap(({ call, result, text }) => {
    if (!result) return []
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    if (readers.has(call.name) && !result.isError) return []
    const telling = lines.filter(
      (line) => failureLine.test(line) && !/\b0 (errors?|fail)/i.test(line),
    )
    const found = telling.length === 0 && result.isError ? lines.slice(0, 1) : telling
    return found.slice(0, maxFailuresOfOne).map((line) => oneLine(line, maxChars))
  })
}

export function openTodo({ calls }: Spoken): string[] {
  const last = calls.findLast(({ call }) => call.name === 'todo' && Array.isArray(call.input.items))
  const items = Array.isArray(last?.call.input.items) ? last.call.input.items : []
  return items.flatMap((item) => {
    if (!isJsonObject(item)) return []
    const text = item.text ?? item.content ?? item.title
    return typeof text === 'string' ? [`[${String(item.status ?? 'pending')}] ${text}`] : []
  })
}

const nextWords = /\b(next|now i|i(['’]ll| will)|going to|remaining|then|still|todo)\b/i

export function nextStep({ agent, lastSaid, calls }: Spoken): string[] {
  const said = agent.findLast((sentence) => nextWords.test(sentence)) ?? oneLine(lastSaid, maxChars)
  const last = calls.at(-1)
  const doing = last
    ? [`last call: ${last.call.name} ${oneLine(JSON.stringify(last.call.input), 160)}`]
    : []
  return [...(said === '' ? [] : [said]), ...doing]
}
