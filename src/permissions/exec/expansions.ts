/**
 * What `$…`, `${…}`, `$(…)`, `` `…` ``, `$((…))`, `<(…)` inside a word stand for. What runs inside them is read as
 * statements of its own; a form that can run code by what a variable holds is a fault.
 */

import type { Expansion } from './atom.ts'
import type { Node } from './grammar.ts'
import { printsNumber, printsPaths, printsRevision } from './printed.ts'
import { checkGap, fault, holdsNumber, type Reader, scoped, sourceOf } from './reader.ts'
import type { Command } from './script.ts'

export const expansionTypes: ReadonlySet<string> = new Set([
  'simple_expansion',
  'expansion',
  'command_substitution',
  'process_substitution',
  'arithmetic_expansion',
])

/** Without operators, or with those that only take a part, a default or a change of case. */
const plainExpansion = /^\$\{(#?)([A-Za-z_]\w*)(?:\[(?:\d+|[@*])\])?\}$/
const operatorExpansion =
  /^\$\{([A-Za-z_]\w*)(?:\[(?:\d+|[@*])\])?(?::?[-+?]|##?|%%?|\/[/#%]?|\^\^?|,,?|:\d+(?::\d+)?(?=\}))[^`$\\<>@!]*\}$/
const positionalExpansion = /^\$\{(?:[#@*?\d]|#?\d+|[@*]:\d+)\}$/

export function readExpansion(reader: Reader, node: Node): Expansion {
  switch (node.type) {
    case 'simple_expansion':
      return variable(reader, node, sourceOf(reader, node).slice(1))
    case 'expansion':
      return braced(reader, node)
    case 'arithmetic_expansion':
      readArithmetic(reader, node)
      return { end: node.end, value: undefined, origin: 'seen', many: 'never' }
    case 'process_substitution':
      substitution(reader, node)
      // A name below /dev/fd; what it holds comes from commands that are judged.
      return { end: node.end, value: undefined, origin: 'seen', many: 'never' }
    default: {
      const inside = substitution(reader, node)
      if (printsRevision(inside))
        return { end: node.end, value: undefined, origin: 'seen', many: 'never' }
      const origin = printsPaths(inside, reader.home) ? 'paths' : 'unseen'
      return { end: node.end, value: undefined, origin, many: 'unquoted' }
    }
  }
}

function variable(reader: Reader, node: Node, name: string): Expansion {
  const { end } = node
  if (/^[#?$!]$/.test(name)) return { end, value: undefined, origin: 'seen', many: 'never' }
  if (name === '@' || name === '*')
    return { end, value: undefined, origin: 'unseen', many: 'always' }
  const known = lookUp(reader, name)
  return { end, ...known, many: 'unquoted', variable: name }
}

/** What the shell gives these itself: an assignment changes nothing, or not for long. */
const own =
  /^(?:_|FUNCNAME|GROUPS|DIRSTACK|BASH\w*|S?RANDOM|SECONDS|LINENO|E?UID|PPID|EPOCH\w*|HIST\w*|COMP_\w*|PIPESTATUS|SHELLOPTS|OPT\w+|REPLY|MAPFILE|COPROC\w*)$/

function lookUp(reader: Reader, name: string): Pick<Expansion, 'value' | 'origin'> {
  if (own.test(name)) return { value: undefined, origin: 'unseen' }
  const given = reader.variables.get(name)
  if (given?.value !== undefined) reader.counted.add(name)
  if (given) return given
  const isFree = !reader.assigned.has(name)
  if (isFree && name === 'HOME') return { value: reader.home, origin: 'seen' }
  if (isFree && name === 'PWD' && reader.cwd !== undefined)
    return { value: reader.cwd, origin: 'seen' }
  return { value: undefined, origin: 'unseen' }
}

function braced(reader: Reader, node: Node): Expansion {
  const { end } = node
  const source = sourceOf(reader, node)
  const plain = plainExpansion.exec(source)
  if (plain?.[1] === '#') return { end, value: undefined, origin: 'seen', many: 'never' }
  if (plain && /\[[@*]\]/.test(source))
    return { end, value: undefined, origin: 'unseen', many: 'always' }
  if (plain && !source.includes('[')) return variable(reader, node, plain[2] ?? '')
  // Substitutions inside are read; what is left must be one of the harmless forms.
  const unseen: Expansion = { end, value: undefined, origin: 'unseen', many: 'always' }
  let bare = source
  for (const child of nested(node).reverse()) {
    readExpansion(reader, child)
    const from = child.start - node.start
    bare = bare.slice(0, from) + bare.slice(from + (child.end - child.start))
  }
  if (
    !operatorExpansion.test(bare) &&
    !positionalExpansion.test(bare) &&
    !plainExpansion.test(bare)
  )
    fault(reader, 'an expansion of a variable that can run code or hides what it becomes')
  const name = operatorExpansion.exec(bare)?.[1]
  return name === undefined ? unseen : { ...unseen, variable: name }
}

function nested(node: Node): Node[] {
  return node.children.flatMap((child) =>
    expansionTypes.has(child.type) ? [child] : nested(child),
  )
}

function substitution(reader: Reader, node: Node): readonly Command[] {
  const before = reader.commands.length
  const [open, ...rest] = node.children
  const close = rest.pop()
  const isBacktick = reader.text[node.start] === '`'
  const text = sourceOf(reader, node)
  if (!open || !close || open === close) fault(reader, 'a substitution was not understood')
  // Inside backticks a backslash is read twice, and a comment ends elsewhere than the grammar thinks.
  else if (isBacktick && /[\\#]/.test(text)) fault(reader, 'backticks with a backslash inside')
  else {
    const inner = rest
    checkGap(reader, open.end, inner[0]?.start ?? close.start, true)
    checkGap(reader, inner.at(-1)?.end ?? open.end, close.start, true)
    scoped(
      reader,
      {
        depth: reader.depth + 1,
        concurrent: true,
        input: node.type === 'process_substitution' ? { kind: 'unseen' } : reader.input,
      },
      () => reader.readStatements(reader, inner),
    )
  }
  return reader.commands.slice(before)
}

const arithmeticText = /^[\w\s+\-*/%<>=!&|^~?:,()[\]]*$/

/**
 * Arithmetic evaluates what its variables hold, subscripts with substitutions included: only numbers, and variables
 * that the text gives no other value than numbers, are let through.
 */
export function readArithmetic(reader: Reader, node: Node): void {
  let bare = sourceOf(reader, node)
  for (const child of nested(node).reverse()) {
    const from = child.start - node.start
    bare = bare.slice(0, from) + bare.slice(from + (child.end - child.start))
    const before = reader.commands.length
    const found = readExpansion(reader, child)
    const inside = reader.commands.slice(before)
    const isNumber =
      child.type === 'arithmetic_expansion' ||
      (inside.length > 0
        ? printsNumber(inside)
        : found.variable === undefined
          ? /^\$[#?$!]$/.test(sourceOf(reader, child))
          : holdsNumber(reader, found.variable))
    if (!isNumber) fault(reader, 'arithmetic with something that may be more than a number')
  }
  const inner = bare.replace(/^\$?\(\(|\)\)$|^\$\[|\]$/g, '')
  const isHarmless =
    arithmeticText.test(inner) &&
    !/\[/.test(inner) &&
    (inner.match(/[A-Za-z_]\w*/g) ?? []).every((name) => holdsNumber(reader, name))
  if (!isHarmless) fault(reader, 'arithmetic with something that may be more than a number')
}
