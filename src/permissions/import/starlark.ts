/**
 * The part of Starlark that rule files use: calls with literals, lists, tuples, `+` and names that were assigned before.
 * A statement of any other kind is a problem that names its line; it is never guessed.
 */
export type StarlarkValue = string | number | boolean | null | StarlarkValue[]

export interface StarlarkCall {
  name: string
  line: number
  positional: StarlarkValue[]
  named: Record<string, StarlarkValue>
}

interface Token {
  type: 'name' | 'string' | 'number' | 'sign' | 'end' | 'wrong'
  text: string
  line: number
}

const maxDepth = 50

export function readStarlark(text: string): {
  calls: StarlarkCall[]
  problems: { line: number; what: string }[]
} {
  const tokens = tokensOf(text)
  const calls: StarlarkCall[] = []
  const problems: { line: number; what: string }[] = []
  const names = new Map<string, StarlarkValue>()
  let at = 0
  while (at < tokens.length) {
    const first = tokens[at]
    if (first === undefined) break
    if (first.type === 'end') {
      at++
      continue
    }
    const begin = at
    try {
      statement(first)
    } catch (thrown) {
      problems.push({
        line: first.line,
        what: thrown instanceof Error ? thrown.message : 'not understood',
      })
      at = Math.max(at, begin + 1)
      skipStatement()
    }
  }
  return { calls, problems }

  function statement(first: Token): void {
    if (first.type !== 'name')
      throw new Error(`a call or an assignment was expected, not ${first.text}`)
    const second = tokens[at + 1]
    if (second?.text === '=' && second.type === 'sign') {
      at += 2
      names.set(first.text, expression(0))
    } else if (second?.text === '(' && second.type === 'sign') {
      at += 2
      calls.push({ name: first.text, line: first.line, ...callArguments() })
    } else throw new Error(`only calls and assignments are understood, not ${first.text}`)
    const last = tokens[at]
    if (last !== undefined && last.type !== 'end') throw new Error(`unexpected ${last.text}`)
  }

  function callArguments(): Pick<StarlarkCall, 'positional' | 'named'> {
    const positional: StarlarkValue[] = []
    const named: Record<string, StarlarkValue> = {}
    while (!take(')')) {
      const token = tokens[at]
      if (token?.type === 'name' && tokens[at + 1]?.text === '=') {
        at += 2
        named[token.text] = expression(0)
      } else positional.push(expression(0))
      if (!take(',') && tokens[at]?.text !== ')') throw new Error('a comma or ) is missing')
    }
    return { positional, named }
  }

  function expression(depth: number): StarlarkValue {
    let value = operand(depth)
    while (take('+')) {
      const right = operand(depth)
      if (typeof value === 'string' && typeof right === 'string') value += right
      else if (Array.isArray(value) && Array.isArray(right)) value = [...value, ...right]
      else throw new Error('+ joins two texts or two lists')
    }
    return value
  }

  function operand(depth: number): StarlarkValue {
    if (depth > maxDepth) throw new Error(`more than ${maxDepth} levels`)
    const token = tokens[at++]
    if (token === undefined) throw new Error('a value is missing')
    if (token.type === 'string') {
      let text = token.text
      while (tokens[at]?.type === 'string') text += tokens[at++]?.text ?? ''
      return text
    }
    if (token.type === 'number') return Number(token.text)
    if (token.type === 'name') return nameValue(token.text)
    if (token.text === '[' || token.text === '(') return list(token.text === '[' ? ']' : ')', depth)
    throw new Error(`unexpected ${token.text}`)
  }

  function nameValue(name: string): StarlarkValue {
    if (name === 'True' || name === 'False') return name === 'True'
    if (name === 'None') return null
    const value = names.get(name)
    if (value === undefined) throw new Error(`${name} has no value`)
    return value
  }

  /** A parenthesis around one value is that value. */
  function list(end: string, depth: number): StarlarkValue {
    const items: StarlarkValue[] = []
    let commas = 0
    while (!take(end)) {
      items.push(expression(depth + 1))
      if (take(',')) commas++
      else if (tokens[at]?.text !== end) throw new Error(`a comma or ${end} is missing`)
    }
    const [only] = items
    return end === ')' && items.length === 1 && commas === 0 && only !== undefined ? only : items
  }

  function take(sign: string): boolean {
    const token = tokens[at]
    if (token?.type !== 'sign' || token.text !== sign) return false
    at++
    return true
  }

  /** To the next line that begins at its margin. */
  function skipStatement(): void {
    while (at < tokens.length && tokens[at]?.type !== 'end') at++
  }
}

/** Inside brackets lines do not end; a line that is indented belongs to the statement before it. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const pattern =
    /(?<blank>[ \t\r]+|\\\n|#[^\n]*)|(?<newline>\n)|(?<string>[rb]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'))|(?<number>\d+)|(?<name>[A-Za-z_]\w*)|(?<sign>[\s\S])/gy
  let depth = 0
  let line = 1
  for (const found of text.matchAll(pattern)) {
    const { newline, string, number, name, sign } = found.groups ?? {}
    if (newline !== undefined) {
      const indented = /^[ \t]+[^\s#]/.test(text.slice(found.index + 1, found.index + 200))
      if (depth === 0 && !indented) tokens.push({ type: 'end', text: 'the end of the line', line })
    } else if (string !== undefined)
      tokens.push({ type: 'string', text: stringValue(string), line })
    else if (number !== undefined) tokens.push({ type: 'number', text: number, line })
    else if (name !== undefined) tokens.push({ type: 'name', text: name, line })
    else if (sign !== undefined) {
      if ('([{'.includes(sign)) depth++
      if (')]}'.includes(sign)) depth = Math.max(0, depth - 1)
      tokens.push({ type: /[()[\],=+]/.test(sign) ? 'sign' : 'wrong', text: sign, line })
    }
    line += found[0].split('\n').length - 1
  }
  return tokens
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }

function stringValue(literal: string): string {
  const [, flags = '', body = ''] = /^([rb]*)([\s\S]*)$/.exec(literal) ?? []
  const width = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1
  const inside = body.slice(width, -width)
  if (flags.includes('r')) return inside
  return inside.replace(/\\([\s\S])/g, (_, char: string) => escapes[char] ?? char)
}
