/**
 * Here-documents. Where one ends is found again by lines, as the shell does it, and must be where the grammar thinks:
 * a document that ends early would hide commands, one that ends late would show text as commands.
 */
import { expansionTypes, readExpansion } from './expansions.ts'
import type { Node } from './grammar.ts'
import { fault, type Reader, sourceOf } from './reader.ts'
import type { Input } from './script.ts'

export interface Heredoc {
  input: Input
  /** Further words and redirections of the command. */
  rest: Node[]
  /** Statements behind it on the line. */
  after: Node[]
}

const delimiter = /^(?:([\w.-]+)|'([\w.-]+)'|"([\w.-]+)"|\\([\w.-]+))$/

export function readHeredoc(reader: Reader, node: Node): Heredoc {
  const { text } = reader
  const part = (type: string) => node.children.find((child) => child.type === type)
  const start = part('heredoc_start')
  const body = part('heredoc_body')
  const end = part('heredoc_end')
  const others = node.children.filter(
    (child) => !/^(?:<<-?|heredoc_\w+|file_descriptor)$/.test(child.type),
  )
  const isStatement = (child: Node) =>
    /^(?:pipeline|list|command|redirected_statement|subshell)$/.test(child.type)
  const found: Heredoc = {
    input: { kind: 'unseen' },
    rest: others.filter(
      (child) => !isStatement(child) && child.type !== '&&' && child.type !== '||',
    ),
    after: others.filter(isStatement),
  }
  const named = start && delimiter.exec(sourceOf(reader, start))
  const firstLine = start ? text.indexOf('\n', start.end) : -1
  const bad = (): Heredoc => {
    fault(reader, 'a here-document was not understood')
    return found
  }
  if (!start || !named || firstLine < 0 || !end) return bad()
  const name = named.slice(1).find((one) => one !== undefined) ?? ''
  const stripsTabs = node.children.some((child) => child.type === '<<-')
  const contents = linesUntil(text, firstLine + 1, name, stripsTabs)
  // The whole line after the start, and nothing of it below the first newline.
  const line = text.slice(start.end, firstLine)
  const fits =
    contents !== undefined &&
    end.start >= contents.end &&
    text.slice(contents.end, end.start).trim() === '' &&
    sourceOf(reader, end).trim() === name &&
    (body === undefined || body.start >= firstLine) &&
    others.every((child) => child.end <= firstLine) &&
    !/<</.test(line) &&
    !/\\$/.test(line)
  // Even where the grammar lost its way, what the document holds may show a danger.
  if (contents && named[1] === undefined) {
    found.input = { kind: 'text', text: text.slice(firstLine + 1, contents.end) }
    found.rest = found.rest.filter((child) => child.start < firstLine)
  }
  if (!contents || !fits) return bad()
  const raw = text.slice(firstLine + 1, contents.end)
  if (named[1] === undefined) return { ...found, input: { kind: 'text', text: raw } }
  return { ...found, input: readBody(reader, body, raw) }
}

/** Where the line is that ends it. */
function linesUntil(
  text: string,
  from: number,
  name: string,
  stripsTabs: boolean,
): { end: number } | undefined {
  for (let at = from; at <= text.length; ) {
    const next = text.indexOf('\n', at)
    const lineEnd = next < 0 ? text.length : next
    const line = text.slice(at, lineEnd)
    if ((stripsTabs ? line.replace(/^\t+/, '') : line) === name) return { end: at }
    if (next < 0) return undefined
    at = next + 1
  }
  return undefined
}

/** Without quotes round its name the text has expansions; with any of them it is not known. */
function readBody(reader: Reader, body: Node | undefined, raw: string): Input {
  if (/\\\n/.test(raw)) fault(reader, 'a here-document with joined lines')
  if (!body) {
    if (/[$`]/.test(raw)) fault(reader, 'a here-document was not understood')
    return { kind: 'text', text: raw }
  }
  const nested = body.children.filter((child) => expansionTypes.has(child.type))
  for (const child of nested) readExpansion(reader, child)
  let rest = sourceOf(reader, body)
  for (const child of [...nested].reverse())
    rest = rest.slice(0, child.start - body.start) + rest.slice(child.end - body.start)
  if (/(?<!\\)(?:`|\$[\w({@*#?!$-])/.test(rest)) fault(reader, 'a here-document was not understood')
  // A backslash before a dollar or a backtick is taken away by the shell: such a text is not what stands here.
  if (nested.length > 0 || /\\[$`\\]/.test(rest)) return { kind: 'unseen' }
  return { kind: 'text', text: raw }
}
