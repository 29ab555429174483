/** Simple commands, with their assignments and redirections, and the tests `[ … ]` and `[[ … ]]`. */
import { readArithmetic } from './expansions.ts'
import type { Node } from './grammar.ts'
import { readHeredoc } from './heredoc.ts'
import { checkEdges, checkGap, fault, followDirectory, type Reader, sourceOf } from './reader.ts'
import {
  type Assignment,
  type Command,
  type Input,
  literal,
  type Redirect,
  type Word,
} from './script.ts'
import { readTestWords } from './tests.ts'
import { readOneWord, readWords, wordTypes } from './tree-words.ts'

/** Words that mean something where a command begins: there, unquoted, they show a tree that is wrong. */
const reserved =
  /^(?:if|then|else|elif|fi|do|done|case|esac|while|until|for|select|function|in|[{}!]|\[\[|\]\])$/

interface Draft {
  words: Word[]
  assignments: Assignment[]
  redirects: Redirect[]
  input: Input
  /** A statement that the redirections belong to, where it is not a simple command. */
  body: Node | undefined
  /** What follows a here-document's start on its line: `| sh`, `&& x`. */
  after: Node[]
}

/** A command, or a statement with redirections. */
export function readSimple(reader: Reader, node: Node): void {
  const draft: Draft = {
    words: [],
    assignments: [],
    redirects: [],
    input: reader.input,
    body: undefined,
    after: [],
  }
  collect(reader, draft, [node])
  const isCommand = draft.words.length + draft.assignments.length + draft.redirects.length > 0
  const before = reader.commands.length
  if (draft.body) {
    const { input } = reader
    reader.input = draft.input
    reader.readStatement(reader, draft.body)
    reader.input = input
  }
  // Words behind the redirections of a pipeline are a command that the grammar did not see.
  if (draft.body && draft.words.length > 0) fault(reader, 'words behind a redirection')
  if (isCommand) emit(reader, draft)
  const from = reader.commands.slice(before)
  for (const next of draft.after) {
    const { input } = reader
    reader.input = { kind: 'pipe', from }
    readAfter(reader, next)
    reader.input = input
  }
}

/** `| sh` behind `<<EOF` is a pipeline whose first part is missing; `&& x` stands as it is. */
function readAfter(reader: Reader, node: Node): void {
  const children = node.children.filter((child) => child.named)
  const start = children[0]?.start ?? node.start
  node.children.forEach((child, index) => {
    const previous = node.children[index - 1]
    if (previous) checkGap(reader, previous.end, child.start, true)
  })
  if (node.type !== 'pipeline') reader.readStatement(reader, node)
  else reader.readStatement(reader, { ...node, start, children })
}

function emit(reader: Reader, draft: Draft): void {
  const { words, assignments, redirects } = draft
  const command: Command = {
    words,
    assignments,
    redirects,
    input: draft.input,
    cwd: reader.cwd,
    within: reader.within,
    concurrent: reader.concurrent,
  }
  reader.commands.push(command)
  followDirectory(reader, words)
}

function collect(reader: Reader, draft: Draft, nodes: readonly Node[]): void {
  let pending: Node[] = []
  const flush = (): void => {
    if (pending.length > 0) draft.words.push(...readWords(reader, pending))
    pending = []
  }
  nodes.forEach((node, index) => {
    const previous = nodes[index - 1]
    if (previous) checkGap(reader, previous.end, node.start, false)
    // What touches is one word, whatever the grammar makes of a backslash in it.
    if (
      node.type === 'file_redirect' &&
      previous?.end === node.start &&
      givesVariable(reader, node)
    )
      fault(reader, 'a redirection that sets a variable')
    const isWhole =
      /^(?:command_name|variable_assignment|export|declare|typeset|local|readonly|unset|unsetenv)$/.test(
        previous?.type ?? '',
      )
    if (isWhole && previous?.end === node.start && !node.type.endsWith('redirect'))
      fault(reader, 'a word whose quotes were not understood')
    if (wordTypes.has(node.type)) {
      pending.push(node)
      return
    }
    flush()
    if (node.broken) fault(reader, 'its syntax was not understood')
    switch (node.type) {
      case 'command':
      case 'redirected_statement':
      case 'declaration_command':
      case 'unset_command':
      case 'variable_assignments':
        checkEdges(reader, node)
        collect(reader, draft, node.children)
        break
      case 'command_name':
        readName(reader, draft, node)
        break
      case 'variable_assignment':
        readAssignment(reader, draft, node)
        break
      case 'file_redirect':
        readRedirect(reader, draft, node)
        break
      case 'herestring_redirect':
        readHerestring(reader, draft, node)
        break
      case 'heredoc_redirect': {
        const found = readHeredoc(reader, node)
        draft.input = found.input
        collect(reader, draft, found.rest)
        draft.after.push(...found.after)
        break
      }
      case 'export':
      case 'declare':
      case 'typeset':
      case 'local':
      case 'readonly':
      case 'unset':
      case 'unsetenv':
        draft.words.push(literal(node.type))
        break
      default:
        if (node.named && !draft.body && draft.words.length === 0) draft.body = node
        else fault(reader, 'its syntax was not understood')
    }
  })
  flush()
}

/** `{NAME}>file` gives the variable a number: `PATH`, too. */
function givesVariable(reader: Reader, node: Node): boolean {
  return /\{\w+\}$/.test(reader.text.slice(0, node.start))
}

function readName(reader: Reader, draft: Draft, node: Node): void {
  const source = sourceOf(reader, node)
  if (reserved.test(source)) fault(reader, `"${source}" where a command begins`)
  // `((…))` is taken for a command by the grammar.
  const [inner] = node.children
  if (inner?.type === 'arithmetic_expansion' && source.startsWith('((')) {
    readArithmetic(reader, inner)
    draft.words.push(literal('(('))
    return
  }
  draft.words.push(...readWords(reader, node.children.length > 0 ? node.children : [node]))
}

function readAssignment(reader: Reader, draft: Draft, node: Node): void {
  const [target, operator, value, ...rest] = node.children
  const source = target ? sourceOf(reader, target) : ''
  const name = /^\w+/.exec(source)?.[0] ?? ''
  const isPlain = target?.type === 'variable_name' && operator?.type === '='
  if (!isPlain && !(target?.type === 'variable_name' && operator?.type === '+='))
    fault(reader, 'an assignment to an element of an array')
  // `x= ls` gives `x` nothing and runs `ls`; behind a joined line the grammar takes `ls` for the value.
  const touches = target?.end === operator?.start && (!value || operator?.end === value.start)
  if (!touches) fault(reader, 'an assignment that is not written in one piece')
  if (value?.type === 'array') {
    const inner = value.children.filter((child) => child.named)
    reader.loose.push(...readWords(reader, inner))
    reader.variables.set(name, { value: undefined, origin: 'unseen' })
    draft.assignments.push({ name, value: undefined, compound: true })
    return
  }
  const word = value ? readOneWord(reader, [value, ...rest]) : literal('')
  // Outside of a function `local` fails, and the variable stays what it was.
  const isLocal = draft.words[0]?.value === 'local'
  if (isLocal && reader.within.length === 0) fault(reader, 'local outside of a function')
  const isConstant = isPlain && reader.assigned.get(name) === 1 && !word?.many
  const constant = isConstant || (isPlain && reader.assigned.get(name) === 1 && word?.glob)
  reader.variables.set(name, {
    value: constant ? word?.value : undefined,
    origin: isPlain && reader.assigned.get(name) === 1 ? (word?.origin ?? 'unseen') : 'unseen',
  })
  if (word) reader.loose.push(word)
  draft.assignments.push({ name, value: word, compound: !isPlain })
}

function readRedirect(reader: Reader, draft: Draft, node: Node): void {
  const children = node.children.filter((child) => child.type !== 'file_descriptor')
  const [sign, ...targets] = children
  const operator = sign?.type ?? ''
  node.children.forEach((child, index) => {
    const previous = node.children[index - 1]
    if (previous) checkGap(reader, previous.end, child.start, false)
    const isBroken =
      child.broken || (child.type === 'file_descriptor' && !/^\d+$/.test(sourceOf(reader, child)))
    if (isBroken) fault(reader, 'a redirection was not understood')
  })
  if (!/^(?:<|>|>>|>\||&>|&>>|<&|>&|<&-|>&-|<>)$/.test(operator))
    fault(reader, 'a redirection was not understood')
  if (operator.endsWith('-')) {
    if (targets.length > 0) draft.words.push(...readWords(reader, targets))
    return
  }
  const [target, ...extra] = readWords(reader, targets)
  // What follows the target on the line are words of the command.
  draft.words.push(...extra)
  const isDescriptor = /&$/.test(operator) && /^\d+-?$/.test(target?.value ?? '')
  if (isDescriptor) return
  const writes = operator.includes('>')
  if (!writes) draft.input = { kind: 'unseen' }
  draft.redirects.push({ operator, target, writes })
}

function readHerestring(reader: Reader, draft: Draft, node: Node): void {
  const [sign, ...targets] = node.children
  const [target, ...extra] = readWords(reader, targets)
  if (sign?.type !== '<<<') fault(reader, 'a redirection was not understood')
  draft.words.push(...extra)
  if (target) reader.loose.push(target)
  draft.input =
    target?.value === undefined ? { kind: 'unseen' } : { kind: 'text', text: target.value }
}

export function readTest(reader: Reader, node: Node): void {
  reader.commands.push({
    words: readTestWords(reader, node),
    assignments: [],
    redirects: [],
    input: reader.input,
    cwd: reader.cwd,
    within: reader.within,
    concurrent: reader.concurrent,
  })
}
