/**
 * Turns the matches of a language's query into definitions, references, bases and imports. The captures mean:
 *   @def.KIND with @name, @body, @container   a definition; the same node may give several names
 *   @own                                      the part of a shared declaration that is this definition
 *   @minor.KIND                               a definition only when it has at least three lines
 *   @member.KIND                              a definition inside a method that belongs to the type around it
 *   @rest.KIND                                a definition that holds all that follows it (namespace x;)
 *   @scope, .public, .hidden with @name       names the container of what is inside, but is no definition itself
 *   @exported, @exported.name                 the declaration at this place, or of this name, is exported
 *   @access with @target, @target.name        `private` and its like: for what follows, for a definition, for a name
 *   @documented with @doc                     a doc text inside the definition (docstring)
 *   @comment, @attribute                      what may stand above a definition
 *   @ref.KIND with @receiver                  a use of the captured name, and what stands before its dot
 *   @base.KIND, @embed.KIND with @subject     what a type extends, implements or mixes in: said in its head, in its
 *                                             body (embed), or elsewhere for @subject; also a reference
 *   @import with @import.name, .alias, .default, .all, .star, .none, .relative, .prefix and @reexport
 *                                             where an import takes from, what, and whether it is given on
 */
import { basesOf } from './base-rows.ts'
import { collectMatches } from './collect.ts'
import type { Extraction } from './extraction.ts'
import { importsOf } from './import-rows.ts'
import type { Language } from './languages.ts'
import { nest } from './nest.ts'
import { referencesOf } from './references.ts'
import type { SyntaxTree } from './syntax-tree.ts'
import type { TreeQuery } from './tree-query.ts'

/** Undefined when it took too long. */
export function extract(
  language: Language,
  tree: SyntaxTree,
  query: TreeQuery,
  isOver: () => boolean,
): Extraction | undefined {
  const found = collectMatches(tree, query, isOver)
  if (!found) return undefined
  const nested = nest(language, tree, found)
  return {
    definitions: nested.rows,
    references: referencesOf(language, tree, found, nested),
    bases: [...nested.bases, ...basesOf(language, tree, found, nested)],
    imports: importsOf(language, found),
  }
}
