/** Which variables a text gives a value to, and how often: one that has only one value is a constant. */
import type { Node } from './grammar.ts'

/** Builtins whose words are names of variables that get a value nobody can see. */
const readers = new Set(['read', 'mapfile', 'readarray', 'getopts', 'printf', 'wait'])

export function assignedNames(root: Node, text: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>()
  const add = (name: string, times: number) => names.set(name, (names.get(name) ?? 0) + times)
  const pending = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const name = nameOf(node, text)
    if (name !== undefined) add(name, 1)
    if (node.type === 'command' && readers.has(commandName(node, text))) {
      for (const child of node.children) {
        const word = text.slice(child.start, child.end)
        const found = /^(?:-v|-a|-p)?(\w+)$/.exec(word.replace(/["']/g, ''))
        if (found) add(found[1] ?? '', 2)
      }
    }
    if (node.type === 'unset_command')
      for (const child of node.children) add(text.slice(child.start, child.end), 2)
    for (const child of node.children) pending.push(child)
  }
  return names
}

function nameOf(node: Node, text: string): string | undefined {
  const source = text.slice(node.start, node.end)
  if (node.type === 'variable_assignment') return /^\w+/.exec(source)?.[0]
  if (node.type !== 'for_statement') return undefined
  return /^(?:for|select)\s+(\w+)/.exec(source)?.[1]
}

function commandName(node: Node, text: string): string {
  const name = node.children.find((child) => child.type === 'command_name')
  return name ? text.slice(name.start, name.end).replace(/[\\"']/g, '') : ''
}
