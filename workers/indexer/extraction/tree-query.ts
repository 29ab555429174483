/**
 * Queries in tree-sitter's own language, compiled and matched here: the library's compiler proves every pattern
 * against every parse state of the grammar, 0.1 to 0.5 s for a language, and this takes a millisecond. Known are
 * nodes, fields, `!field`, `_`, `(_)`, anonymous "tokens", [alternatives], `?`, the anchor `.`, @captures, and the
 * predicates #eq? #not-eq? #any-of? #match? #not-match?. Two are codi's own: `(#not-inside? @x kind…)`, and `(#through!
 * field kind…)` for the whole file: what is asked for in that field is also looked for inside those kinds, unless an
 * anchor stands before it. As in tree-sitter a pattern matches once for each way to fill it.
 */
import type { Language as Grammar } from 'web-tree-sitter'
import { CodiError } from '../../../src/base/errors.ts'
import { type Predicate, predicateOf } from './query-predicate.ts'
import { type Form, readForms } from './query-syntax.ts'
import { errorKind, type SyntaxTree } from './syntax-tree.ts'

export interface TreeQuery {
  /** Capture names by their number. */
  captures: readonly string[]
  /** Calls `found` with the number of each capture and the node it took, for every match in order of the nodes. */
  run(tree: SyntaxTree, found: MatchListener, isOver: () => boolean): void
}

/** The arrays are reused after the call; `count` of their entries are valid. */
export type MatchListener = (
  captures: readonly number[],
  nodes: readonly number[],
  count: number,
) => void

/** One node of a pattern. */
interface Step {
  /** Kind ids; undefined for any node. */
  kinds: ReadonlySet<number> | undefined
  namedOnly: boolean
  captures: number[]
  children: Child[]
  /** Fields that must be absent. */
  without: number[]
  /** The last child of the pattern is the last named one of the node. */
  closed: boolean
}

interface Child {
  /** 0 for any place. */
  field: number
  options: Step[]
  optional: boolean
  /** Directly after the child before it, or the first. */
  anchored: boolean
}

interface Pattern {
  root: Step
  predicates: Predicate[]
}

/** Nodes between two looks at the clock. */
const checkEvery = 2_048

export function compileQuery(grammar: Grammar, source: string): TreeQuery {
  const captures: string[] = []
  const byKind = new Map<number, Pattern[]>()
  const compiler = createCompiler(grammar, captures)
  for (const form of readForms(source)) {
    if (form.type === 'predicate') {
      compiler.through(form)
      continue
    }
    for (const pattern of compiler.patterns(form))
      for (const kind of pattern.root.kinds ?? []) {
        const list = byKind.get(kind)
        if (list) list.push(pattern)
        else byKind.set(kind, [pattern])
      }
  }
  return {
    captures,
    run: (tree, found, isOver) => runQuery(tree, byKind, compiler, found, isOver),
  }
}

interface Compiler {
  isNamed(kind: number): boolean
  /** By field: the kinds to look through. */
  wrappers: ReadonlyMap<number, ReadonlySet<number>>
  patterns(form: Form): Pattern[]
  through(form: Form): void
}

function createCompiler(grammar: Grammar, captureNames: string[]): Compiler {
  const named: boolean[] = []
  const wrappers = new Map<number, ReadonlySet<number>>()
  const isNamed = (kind: number): boolean => {
    if (kind === errorKind) return true
    named[kind] ??= grammar.nodeTypeIsNamed(kind)
    return named[kind] ?? false
  }

  function kindOf(name: string, isNamedKind: boolean): number {
    if (name === 'ERROR') return errorKind
    const id = grammar.idForNodeType(name, isNamedKind)
    if (id === null) throw new CodiError('internal', `The grammar has no node ${name}`)
    return id
  }

  function fieldOf(name: string): number {
    const id = grammar.fieldIdForName(name)
    if (id === null) throw new CodiError('internal', `The grammar has no field ${name}`)
    return id
  }

  function captureOf(name: string): number {
    const known = captureNames.indexOf(name)
    return known >= 0 ? known : captureNames.push(name) - 1
  }

  /** A form as the steps that may stand for it; more than one for alternatives. */
  function stepsOf(form: Form, predicates: Predicate[]): Step[] {
    const own = form.captures.map(captureOf)
    if (form.type === 'choice') {
      const steps = form.items.flatMap((item) => stepsOf(item, predicates))
      for (const step of steps) step.captures = [...own, ...step.captures]
      return steps
    }
    const step: Step = {
      kinds: undefined,
      namedOnly: form.type === 'node',
      captures: own,
      children: [],
      without: [],
      closed: false,
    }
    if (form.type === 'token') step.kinds = new Set([kindOf(form.name, false)])
    else if (form.name !== '_') step.kinds = new Set([kindOf(form.name, true)])
    let anchored = false
    for (const item of form.items) {
      if (item.type === 'anchor') anchored = true
      else if (item.type === 'without') step.without.push(fieldOf(item.name))
      else if (item.type === 'predicate') predicates.push(predicateOf(item, captureOf, kindOf))
      else {
        step.children.push({
          field: item.field === '' ? 0 : fieldOf(item.field),
          options: stepsOf(item, predicates),
          optional: item.optional,
          anchored,
        })
        anchored = false
      }
    }
    step.closed = anchored
    return [step]
  }

  return {
    isNamed,
    wrappers,
    through({ items: [field, ...kinds] }) {
      wrappers.set(
        fieldOf(field?.name ?? ''),
        new Set(kinds.map((item) => kindOf(item.name, true))),
      )
    },
    patterns(form: Form): Pattern[] {
      const predicates: Predicate[] = []
      return stepsOf(form, predicates).map((root) => ({ root, predicates }))
    },
  }
}

function runQuery(
  tree: SyntaxTree,
  byKind: ReadonlyMap<number, Pattern[]>,
  { isNamed, wrappers }: Pick<Compiler, 'isNamed' | 'wrappers'>,
  found: MatchListener,
  isOver: () => boolean,
): void {
  const captures: number[] = []
  const nodes: number[] = []
  let depth = 0
  const { kind, field, parent, next, count } = tree
  const firstChild = (node: number): number =>
    node + 1 < count && parent[node + 1] === node ? node + 1 : 0
  const fits = (step: Step, node: number): boolean =>
    step.kinds ? step.kinds.has(kind[node] ?? 0) : !step.namedOnly || isNamed(kind[node] ?? 0)
  const namedAfter = (node: number): boolean => {
    for (let at = node; at > 0; at = next[at] ?? 0) if (isNamed(kind[at] ?? 0)) return true
    return false
  }

  /** Fits `step` onto `node`, then goes on; true when that led to at least one match. */
  function matchStep(step: Step, node: number, then: () => boolean): boolean {
    for (const absent of step.without)
      for (let at = firstChild(node); at > 0; at = next[at] ?? 0)
        if (field[at] === absent) return false
    const before = depth
    for (const id of step.captures) {
      captures[depth] = id
      nodes[depth++] = node
    }
    const matched =
      step.children.length === 0 && !step.closed
        ? then()
        : matchChildren(step, 0, firstChild(node), then)
    depth = before
    return matched
  }

  function matchChildren(step: Step, index: number, from: number, then: () => boolean): boolean {
    const child = step.children[index]
    if (!child) return step.closed && namedAfter(from) ? false : then()
    let matched = false
    for (let at = from; at > 0; at = next[at] ?? 0) {
      const after = next[at] ?? 0
      if (child.field === 0 || field[at] === child.field)
        matched =
          matchChild(child, at, () => matchChildren(step, index + 1, after, then)) || matched
      if (child.anchored && isNamed(kind[at] ?? 0)) break
    }
    if (!matched && child.optional) return matchChildren(step, index + 1, from, then)
    return matched
  }

  function matchChild(child: Child, node: number, then: () => boolean): boolean {
    let matched = false
    for (const option of child.options)
      if (fits(option, node) && matchStep(option, node, then)) matched = true
    if (matched || child.anchored || !wrappers.get(child.field)?.has(kind[node] ?? 0))
      return matched
    for (let at = firstChild(node); at > 0; at = next[at] ?? 0)
      if (field[at] === child.field || (field[at] === 0 && isNamed(kind[at] ?? 0)))
        matched = matchChild(child, at, then) || matched
    return matched
  }

  for (let node = 0; node < count; node++) {
    if (node % checkEvery === 0 && isOver()) return
    const patterns = byKind.get(kind[node] ?? 0)
    if (!patterns) continue
    for (const { root, predicates } of patterns) {
      depth = 0
      matchStep(root, node, () => {
        if (!predicates.every((test) => test(tree, captures, nodes, depth))) return false
        found(captures, nodes, depth)
        return true
      })
    }
  }
}
