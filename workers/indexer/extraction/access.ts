/** Which `private`, `protected` or `public` holds for a definition where the word stands beside it (Ruby, C++). */
import type { Access, Draft } from './found.ts'
import type { SyntaxTree } from './syntax-tree.ts'

/** A definition may be wrapped once or twice (template, decorator) below the body that has the sections. */
const maxClimb = 3

export function accessOf(
  tree: SyntaxTree,
  accesses: readonly Access[],
): (draft: Draft) => string | undefined {
  if (accesses.length === 0) return () => undefined
  const sections = new Map<number, Access[]>()
  const byName = new Map<string, string>()
  const byStart = new Map<number, string>()
  for (const access of accesses) {
    if (access.definition >= 0) byStart.set(access.definition, access.word)
    else if (access.names.length > 0) {
      // `private :name` is a call: the body is above it.
      for (const name of access.names)
        byName.set(`${tree.parent[access.parent]} ${name}`, access.word)
    } else {
      const list = sections.get(access.parent)
      if (list) list.push(access)
      else sections.set(access.parent, [access])
    }
  }
  return (draft) => {
    const direct = byStart.get(draft.start)
    if (direct !== undefined) return direct
    let body = tree.parent[draft.node] ?? -1
    for (let climb = 0; climb < maxClimb && body >= 0; climb++) {
      const named = byName.get(`${body} ${draft.name}`)
      if (named !== undefined) return named
      const section = sections.get(body)?.findLast((access) => access.start < draft.start)
      if (section) return section.word
      if (sections.has(body)) return undefined
      body = tree.parent[body] ?? -1
    }
    return undefined
  }
}
