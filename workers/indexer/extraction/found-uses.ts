/** Uses and bases as a match gives them; where two patterns take one name, the more telling kind stays. */
import type { ReferenceKind } from '../../../src/contract/index-service.ts'
import { maxNameChars } from './drafts.ts'
import type { BaseKind, Found } from './found.ts'
import { receiverOf } from './receiver.ts'
import type { SyntaxTree } from './syntax-tree.ts'

const referenceRank: Record<ReferenceKind, number> = {
  inherit: 5,
  import: 4,
  call: 3,
  type: 2,
  use: 1,
}

export function addReference(
  tree: SyntaxTree,
  node: number,
  kind: ReferenceKind,
  receiver: number | undefined,
  found: Found,
): void {
  const start = tree.start[node] ?? 0
  const before = found.references.get(start)
  if (before) {
    if (receiver !== undefined && before.receiver === '')
      before.receiver = receiverOf(tree.textOf(receiver))
    if (referenceRank[before.kind] < referenceRank[kind]) before.kind = kind
    return
  }
  const name = tree.textOf(node)
  if (name === '' || name.length > maxNameChars) return
  found.references.set(start, {
    name,
    kind,
    start,
    receiver: receiver === undefined ? '' : receiverOf(tree.textOf(receiver)),
  })
}

/** `events.Emitter<Item>` as a base: the name is `Emitter`, and stands where that word stands. */
export function addBase(
  tree: SyntaxTree,
  base: { node: number; more: string },
  { inside, subject }: { inside: boolean; subject: number | undefined },
  found: Found,
): void {
  const kind = base.more as BaseKind
  const text = tree.textOf(base.node)
  const head = (/^[^<([{]+/.exec(text)?.[0] ?? '').trimEnd()
  const name = /[\p{L}\p{N}_$]+$/u.exec(head)?.[0]
  if (name === undefined || name.length > maxNameChars) return
  const nodeStart = tree.start[base.node] ?? 0
  const start = nodeStart + head.length - name.length
  const before = head.slice(0, head.length - name.length)
  const holder = receiverOf(before)
  found.bases.push({
    name,
    holder,
    kind,
    start,
    inside,
    subject: subject === undefined ? '' : tree.textOf(subject),
  })
  found.references.set(start, { name, kind: 'inherit', start, receiver: holder })
}
