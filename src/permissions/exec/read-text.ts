/**
 * A shell text to its script, by the tree of the grammar. Strict: every part of the tree must be of a kind that is
 * known here, and every word is read a second time by its own scan; what does not fit is a fault, and what was found
 * so far stays.
 */
import { assignedNames } from './assigned.ts'
import type { Node, ShellTree } from './grammar.ts'
import {
  checkCounted,
  checkEdges,
  checkGap,
  fault,
  forget,
  forgetting,
  openReader,
  type Reader,
  scoped,
  sourceOf,
} from './reader.ts'
import type { Script } from './script.ts'
import { readSimple, readTest } from './simple.ts'
import { readWords } from './tree-words.ts'

export function readTree(
  { root, hasError }: ShellTree,
  text: string,
  options: { home: string; cwd: string },
): Script {
  const assigned = assignedNames(root, text)
  const reader = openReader(text, { ...options, assigned, readStatement, readStatements })
  checkGap(reader, 0, root.start, true)
  checkGap(reader, root.end, text.length, true)
  readStatement(reader, root)
  checkCounted(reader)
  if (hasError) fault(reader, 'its syntax was not understood')
  const { commands, loose, functions } = reader
  return { commands, loose, functions, fault: reader.fault }
}

/** Kinds that only hold statements, and the tokens that may stand between them. */
const holders: ReadonlyMap<string, RegExp> = new Map([
  ['program', /^(?:;|&|\n)$/],
  ['compound_statement', /^(?:[{};&]|\n)$/],
  ['do_group', /^(?:do|done|;|&|\n)$/],
  ['if_statement', /^(?:if|then|fi|;|&|\n)$/],
  ['elif_clause', /^(?:elif|then|;|&|\n)$/],
  ['else_clause', /^(?:else|;|&|\n)$/],
  ['while_statement', /^(?:while|until|;|&|\n)$/],
  ['negated_command', /^!$/],
])

/** Kinds with a reader of their own. */
const readers: Record<string, (reader: Reader, node: Node) => void> = {
  command: readSimple,
  redirected_statement: readSimple,
  declaration_command: readSimple,
  unset_command: readSimple,
  variable_assignment: readSimple,
  variable_assignments: readSimple,
  test_command: readTest,
  pipeline: readPipeline,
  subshell: (reader, node) => scoped(reader, {}, () => readParts(reader, node, /^(?:[();&]|\n)$/)),
  function_definition: readFunction,
  for_statement: readFor,
  c_style_for_statement: readCountingFor,
  case_statement: readCase,
  comment: readComment,
}

export function readStatement(reader: Reader, node: Node): void {
  if (node.broken) {
    fault(reader, 'its syntax was not understood')
    readLeniently(reader, node)
    return
  }
  const holder = holders.get(node.type)
  const own = Object.hasOwn(readers, node.type) ? readers[node.type] : undefined
  checkEdges(reader, node)
  if (node.type === 'compound_statement' && !/\s/.test(reader.text[node.start + 1] ?? ''))
    fault(reader, '"{" that is part of a word')
  if (node.type === 'negated_command' && !/\s/.test(reader.text[node.start + 1] ?? ''))
    fault(reader, '"!" that is part of a word')
  if (node.type === 'list') readList(reader, node)
  else if (branches.test(node.type)) {
    forgetting(reader, () => {
      if (holder) readParts(reader, node, holder)
      else own?.(reader, node)
    })
  } else if (holder) readParts(reader, node, holder)
  else if (own) own(reader, node)
  else {
    fault(reader, `a part of the shell that is not judged (${node.type.replaceAll('_', ' ')})`)
    readLeniently(reader, node)
  }
}

/** What may run never, once or often. */
const branches = /^(?:(?:if|while|for|c_style_for|case)_statement|el(?:if|se)_clause)$/

/** Behind `&&` all that stands before it ran; behind `||` that is not known. */
function readList(reader: Reader, node: Node): void {
  const [left] = node.children
  const before = new Map(reader.variables)
  const isAnd = node.children.some(({ type }) => type === '&&')
  const isKept = reader.chain === node
  if (isAnd && left) reader.chain = left
  const tokens = /^(?:&&|\|\|)$/
  if (isAnd) readParts(reader, node, tokens)
  else readStatements(reader, node.children, tokens, () => forget(reader, before))
  if (!isKept) forget(reader, before)
}

/** What can still be found in a part that is not understood: it may show a danger. */
function readLeniently(reader: Reader, node: Node): void {
  for (const child of node.children)
    if (child.broken || Object.hasOwn(readers, child.type) || holders.has(child.type))
      readStatement(reader, child)
}

function readParts(reader: Reader, node: Node, tokens: RegExp): void {
  readStatements(reader, node.children, tokens)
}

/** Statements and the tokens between them; without a pattern the common separators. */
function readStatements(
  reader: Reader,
  nodes: readonly Node[],
  tokens: RegExp = /^(?:;|&|\n)$/,
  behindEach?: () => void,
): void {
  const outer = reader.concurrent
  const start = new Map(reader.variables)
  nodes.forEach((node, index) => {
    const previous = nodes[index - 1]
    if (previous) checkGap(reader, previous.end, node.start, true)
    // `else"x"` is one word.
    const isKeyword = previous?.named === false && /^[a-z]+$/.test(previous.type)
    const isGlued = isKeyword && previous.end === node.start
    if (isGlued && !/[\s;&|<>(]/.test(reader.text[node.start] ?? ''))
      fault(reader, 'a word of the shell that is part of another')
    if (!node.named) {
      if (node.broken || !tokens.test(sourceOf(reader, node).trim() || '\n'))
        fault(reader, 'its syntax was not understood')
      return
    }
    if (node.type === 'file_redirect') {
      // `$(<file)`
      readSimple(reader, { ...node, type: 'redirected_statement', children: [node] })
      return
    }
    const isBackground = nodes[index + 1]?.type === '&'
    const { cwd } = reader
    reader.concurrent = outer || isBackground
    const isBranch = /^el(?:if|se)_clause$/.test(node.type)
    if (isBranch) forget(reader, start)
    if (isBackground) forgetting(reader, () => readStatement(reader, node))
    else readStatement(reader, node)
    behindEach?.()
    if (isBackground) reader.cwd = cwd
  })
  reader.concurrent = outer
}

function readPipeline(reader: Reader, node: Node): void {
  scoped(reader, { concurrent: true }, () => {
    node.children.forEach((child, index) => {
      const previous = node.children[index - 1]
      if (previous) checkGap(reader, previous.end, child.start, true)
      if (!child.named) {
        if (!/^\|&?$/.test(child.type)) fault(reader, 'its syntax was not understood')
        return
      }
      const before = reader.commands.length
      forgetting(reader, () => readStatement(reader, child))
      reader.input = { kind: 'pipe', from: reader.commands.slice(before) }
    })
  })
}

function readFunction(reader: Reader, node: Node): void {
  const name = node.children.find((child) => child.type === 'word')
  const body = node.children.at(-1)
  if (!name || !body || name === body) {
    fault(reader, 'a function was not understood')
    return
  }
  const written = sourceOf(reader, name)
  if (!/^[\w:.-]+$/.test(written)) fault(reader, 'a function with an unusual name')
  reader.functions.add(written)
  const between = node.children.filter((child) => child !== name && child !== body)
  if (between.some((child) => child.named || !/^(?:function|\(|\))$/.test(child.type)))
    fault(reader, 'a function was not understood')
  // Where it is called is not known, once the directory changes.
  const moves = /\b(?:cd|pushd|popd)\b/.test(reader.text)
  const change = { within: [...reader.within, written], cwd: moves ? undefined : reader.cwd }
  scoped(reader, change, () => readStatement(reader, body))
}

/** `for NAME in WORDS` and `select`. */
function readFor(reader: Reader, node: Node): void {
  const name = node.children.find((child) => child.type === 'variable_name')
  const body = node.children.find(
    (child) => child.type === 'do_group' || child.type === 'compound_statement',
  )
  const words = readWords(
    reader,
    node.children.filter((child) => child.named && child !== name && child !== body),
  )
  reader.loose.push(...words)
  if (!name || !body) {
    fault(reader, 'a loop was not understood')
    return
  }
  const origins = words.map((word) => word.origin)
  const listed = node.children.some((child) => child.type === 'in')
  const origin =
    !listed || origins.includes('unseen') || words.some((word) => word.lead.startsWith('-'))
      ? 'unseen'
      : origins.includes('paths')
        ? 'paths'
        : 'seen'
  const only = words.length === 1 && !words[0]?.many ? words[0]?.value : undefined
  const counts =
    reader.assigned.get(sourceOf(reader, name)) === 1 &&
    words.length > 0 &&
    words.every((word) => /^-?\d+$/.test(word.value ?? ''))
  reader.variables.set(sourceOf(reader, name), { value: only, origin, counts })
  // A loop gives the variable its values, too.
  reader.commands.push({
    words: [],
    assignments: [{ name: sourceOf(reader, name), value: undefined, compound: false }],
    redirects: [],
    input: reader.input,
    cwd: reader.cwd,
    within: reader.within,
    concurrent: reader.concurrent,
  })
  readStatement(reader, body)
}

function readCountingFor(reader: Reader, node: Node): void {
  const body = node.children.find(
    (child) => child.type === 'do_group' || child.type === 'compound_statement',
  )
  const head = reader.text.slice(node.start, body?.start ?? node.end)
  // Only the plain counting loop; what it counts by is then a number.
  const plain =
    /^for\s*\(\(\s*([a-z_]\w*)\s*=\s*\d+\s*;\s*\1\s*(?:[<>]=?|!=)\s*\d+\s*;\s*(?:\1(?:\+\+|--|[+-]=\d+)|(?:\+\+|--)\1)\s*\)\)\s*;?\s*$/
  const name = plain.exec(head)?.[1]
  if (name === undefined || (reader.assigned.get(name) ?? 0) > 1)
    fault(reader, 'arithmetic with something that may be more than a number')
  else reader.variables.set(name, { value: undefined, origin: 'seen' })
  if (body) readStatement(reader, body)
}

function readCase(reader: Reader, node: Node): void {
  const [, subject, ...rest] = node.children
  if (subject) reader.loose.push(...readWords(reader, [subject]))
  for (const child of rest) {
    if (child.type === 'case_item') readCaseItem(reader, child)
    else if (child.named || !/^(?:in|esac|;|\n)$/.test(sourceOf(reader, child).trim() || '\n'))
      fault(reader, 'its syntax was not understood')
  }
}

function readCaseItem(reader: Reader, node: Node): void {
  const end = node.children.findIndex((child) => child.type === ')')
  const patterns = reader.text.slice(node.start, node.children[end]?.start ?? node.end)
  // A pattern can hold a substitution, too.
  if (end < 0 || !/^\(?[\w\s"'.*?|/:@%+,=[\]!^-]*$/.test(patterns))
    fault(reader, 'a pattern of case that is not judged')
  forgetting(reader, () =>
    readStatements(reader, node.children.slice(end + 1), /^(?:;|&|;;|;&|;;&|\n)$/),
  )
}

function readComment(reader: Reader, node: Node): void {
  const before = reader.text[node.start - 1] ?? '\n'
  // Behind `x=(a b)` it would still be a part of the word.
  const isComment = /[\s;&|(]/.test(before) && reader.text[node.start - 2] !== '\\'
  if (!isComment || sourceOf(reader, node).includes('\n') || reader.depth > 0)
    fault(reader, 'a comment where the shell may see none')
}
