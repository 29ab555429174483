/** What happened to the files since somebody last looked: gathered from events, taken as a whole, given back on failure. */

export interface Changes {
  /** Too much to name, or not known: everything is to be looked at. */
  all: boolean
  /** Files by path: written, made, moved or gone. */
  files: Set<string>
  /** Directories that came or went, or are other ones than before: what is below them is to be listed anew. */
  trees: Set<string>
}

/** More than a branch switch of a big project brings; a full check is then cheaper than so many names. */
const maxNamed = 5_000

export function noChanges(): Changes {
  return { all: false, files: new Set(), trees: new Set() }
}

export function everything(): Changes {
  return { all: true, files: new Set(), trees: new Set() }
}

export function isNothing(changes: Changes): boolean {
  return !changes.all && changes.files.size + changes.trees.size === 0
}

/** Adds `more` to `changes`, which stays small. */
export function addChanges(changes: Changes, more: Changes): void {
  for (const path of more.files) changes.files.add(path)
  for (const path of more.trees) changes.trees.add(path)
  if (more.all) setAll(changes)
  else trim(changes)
}

/** Forgets the names where there are too many. */
export function trim(changes: Changes): void {
  if (changes.all || changes.files.size + changes.trees.size > maxNamed) setAll(changes)
}

function setAll(changes: Changes): void {
  changes.all = true
  changes.files.clear()
  changes.trees.clear()
}
