/**
 * JSON with comments and trailing commas as a tree that knows its offsets: messages can name a line, and an element
 * can be added or taken out with everything else left as it was written.
 */
import { CodiError } from './errors.ts'
import type { JsonValue } from './json.ts'

export type JsoncNode = { start: number; end: number } & (
  | { type: 'object'; members: JsoncMember[] }
  | { type: 'array'; items: JsoncNode[] }
  | { type: 'scalar'; value: string | number | boolean | null }
)

export interface JsoncMember {
  key: string
  keyStart: number
  value: JsoncNode
}

export type JsoncArray = Extract<JsoncNode, { type: 'array' }>

const maxDepth = 100

/** Throws a CodiError of kind `invalid` whose message begins with the line: `line 3: …`. */
export function parseJsonc(text: string): JsoncNode {
  let at = text.startsWith('\ufeff') ? 1 : 0
  const root = value(0)
  skip()
  if (at < text.length) throw wrong('nothing may follow the value')
  return root

  function value(depth: number): JsoncNode {
    skip()
    if (depth > maxDepth) throw wrong(`more than ${maxDepth} levels`)
    const start = at
    const char = text[at]
    if (char === '{') return object(start, depth)
    if (char === '[') return array(start, depth)
    if (char === '"') return { type: 'scalar', start, value: string(), end: at }
    const word = /[^\s,:{}[\]"/]*/y
    word.lastIndex = at
    const found = word.exec(text)?.[0] ?? ''
    at += found.length
    if (found === '') throw wrong(char === undefined ? 'a value is missing' : `unexpected ${char}`)
    try {
      return { type: 'scalar', start, value: JSON.parse(found) as number, end: at }
    } catch {
      at = start
      throw wrong(`"${found.slice(0, 40)}" is no value; texts stand in double quotes`)
    }
  }

  function object(start: number, depth: number): JsoncNode {
    const members: JsoncMember[] = []
    at++
    for (;;) {
      skip()
      if (take('}')) return { type: 'object', start, members, end: at }
      const keyStart = at
      if (text[at] !== '"') throw wrong('a key in double quotes or } is missing')
      const key = string()
      skip()
      if (!take(':')) throw wrong('a colon is missing')
      members.push({ key, keyStart, value: value(depth + 1) })
      skip()
      if (!take(',') && text[at] !== '}') throw wrong('a comma or } is missing')
    }
  }

  function array(start: number, depth: number): JsoncNode {
    const items: JsoncNode[] = []
    at++
    for (;;) {
      skip()
      if (take(']')) return { type: 'array', start, items, end: at }
      items.push(value(depth + 1))
      skip()
      if (!take(',') && text[at] !== ']') throw wrong('a comma or ] is missing')
    }
  }

  function string(): string {
    const quoted = /"(?:[^"\\\n]|\\.)*"/y
    quoted.lastIndex = at
    const found = quoted.exec(text)?.[0]
    if (found === undefined) throw wrong('a text has no end on its line')
    try {
      const read = JSON.parse(found) as string
      at += found.length
      return read
    } catch {
      throw wrong(`${found.slice(0, 40)} is no valid text`)
    }
  }

  function take(char: string): boolean {
    if (text[at] !== char) return false
    at++
    return true
  }

  function skip(): void {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
    blank.lastIndex = at
    at += blank.exec(text)?.[0].length ?? 0
  }

  function wrong(what: string): CodiError {
    return new CodiError('invalid', `line ${lineAt(text, at)}: ${what}`)
  }
}

/** 1-based. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

export function jsonOf(node: JsoncNode): JsonValue {
  switch (node.type) {
    case 'scalar':
      return node.value
    case 'array':
      return node.items.map(jsonOf)
    case 'object':
      return Object.fromEntries(node.members.map(({ key, value }) => [key, jsonOf(value)]))
  }
}

/** The text with one element more at the end of the array; comments and everything else stay. */
export function withItem(text: string, array: JsoncArray, item: string): string {
  const last = array.items.at(-1)
  if (!last) {
    const inside = text.slice(array.start + 1, array.end - 1)
    const kept = inside.trim() === '' ? '' : inside.trimEnd()
    return `${text.slice(0, array.start + 1)}${kept}\n    ${item}\n  ${text.slice(array.end - 1)}`
  }
  const comma = commaAfter(text, last.end, array.end)
  const indent = /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, last.start))?.[1] ?? '    '
  // What stands on the line of the last element, a comment, stays with it.
  const line = text.slice(comma ?? last.end, array.end - 1)
  const tail = /^[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/)?[ \t]*(?=\n)/.exec(line)?.[0] ?? ''
  const at = (comma ?? last.end) + tail.length
  return `${text.slice(0, last.end)},${text.slice(comma ?? last.end, at)}\n${indent}${item}${text.slice(at)}`
}

/** The text without the element, and without the lines that it leaves empty. */
export function withoutItem(text: string, array: JsoncArray, index: number): string {
  const item = array.items[index]
  if (!item) return text
  const next = commaAfter(text, item.end, array.end)
  const previous = array.items[index - 1]
  const isLast = index === array.items.length - 1
  let start = item.start
  const end = next ?? item.end
  // The comma before the last one goes with it, where no comma follows.
  let before = text.slice(0, start)
  if (isLast && next === undefined && previous) {
    const comma = commaAfter(text, previous.end, item.start)
    if (comma !== undefined) before = text.slice(0, comma - 1) + text.slice(comma, start)
  }
  start = before.length
  const after = text.slice(end)
  const emptyLine = /\n[ \t]*$/.exec(before)
  if (emptyLine && /^[ \t]*\n/.test(after)) return before.slice(0, emptyLine.index) + after
  return before.slice(0, start) + after
}

/** Offset behind the comma that follows, comments skipped; undefined where none does. */
function commaAfter(text: string, from: number, to: number): number | undefined {
  const found = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/.exec(text.slice(from, to))
  return found ? from + found[0].length : undefined
}
