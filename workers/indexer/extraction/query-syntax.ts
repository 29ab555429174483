/** Reads the text of a query into forms: the part of tree-sitter's query language that tree-query.ts matches. */
import { CodiError } from '../../../src/base/errors.ts'

export interface Form {
  type:
    | 'node'
    | 'token'
    | 'any'
    | 'choice'
    | 'anchor'
    | 'without'
    | 'predicate'
    | 'capture'
    | 'word'
  /** Of the node, token, field, predicate, capture or word. */
  name: string
  items: Form[]
  captures: string[]
  /** The field of the parent that it fills; '' for any place. */
  field: string
  optional: boolean
}

/** A string, a bracket, `@name`, `!name`, `#name?`, `name:`, `?`, `.` or a name. */
const token = /\s+|;[^\n]*|"(?:[^"\\]|\\.)*"|[()[\]]|@[\w.-]+|![\w.]+|#[\w-]+[?!]|[\w]+:|[?.]|\w+/y

export function readForms(source: string): Form[] {
  const tokens = tokenize(source)
  const forms: Form[] = []
  let at = 0

  function readForm(): Form {
    const text = tokens[at++]
    if (text === undefined) throw wrong('its end')
    if (text.endsWith(':') && !text.startsWith('"')) {
      const form = readForm()
      form.field = text.slice(0, -1)
      return form
    }
    if (text === '.') return makeForm('anchor', text)
    if (text.startsWith('!')) return makeForm('without', text.slice(1))
    return withSuffix(readPlain(text))
  }

  function readPlain(text: string): Form {
    if (text.startsWith('"')) return makeForm('token', unquote(text))
    if (text === '_') return makeForm('any', text)
    if (text === '[') return { ...makeForm('choice', ''), items: readUntil(']') }
    if (text !== '(') throw wrong(text)
    const head = tokens[at++] ?? ''
    if (head.startsWith('#')) return readPredicate(head.slice(1))
    if (!/^\w+$/.test(head)) throw wrong(head)
    return { ...makeForm('node', head), items: readUntil(')') }
  }

  function readPredicate(name: string): Form {
    const form = makeForm('predicate', name)
    for (let text = tokens[at++]; text !== ')'; text = tokens[at++]) {
      if (text === undefined) throw wrong('its end')
      form.items.push(
        text.startsWith('@')
          ? makeForm('capture', text.slice(1))
          : makeForm('word', text.startsWith('"') ? unquote(text) : text),
      )
    }
    return form
  }

  function readUntil(end: string): Form[] {
    const items: Form[] = []
    while (tokens[at] !== end) items.push(readForm())
    at++
    return items
  }

  function withSuffix(form: Form): Form {
    for (; at < tokens.length; at++) {
      const text = tokens[at] ?? ''
      if (text === '?') form.optional = true
      else if (text.startsWith('@')) form.captures.push(text.slice(1))
      else break
    }
    return form
  }

  while (at < tokens.length) forms.push(readForm())
  return forms
}

function tokenize(source: string): string[] {
  const tokens: string[] = []
  token.lastIndex = 0
  for (let at = 0; at < source.length; at = token.lastIndex) {
    token.lastIndex = at
    const text = token.exec(source)?.[0]
    if (text === undefined) throw wrong(source.slice(at, at + 20))
    if (!/^[\s;]/.test(text)) tokens.push(text)
  }
  return tokens
}

function makeForm(type: Form['type'], name: string): Form {
  return { type, name, items: [], captures: [], field: '', optional: false }
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}

function wrong(near: string): CodiError {
  return new CodiError('internal', `A query cannot be read near ${near}`)
}
