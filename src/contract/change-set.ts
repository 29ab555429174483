/** A set of changed files as people and programs see it: what undo, diff and try show. */
export interface ListedChange {
  /** As it is shown: relative to the workspace where it lies in it, with `/`. */
  path: string
  kind: 'created' | 'changed' | 'deleted' | 'renamed' | 'mode'
  /** Of a renamed file its name before. */
  from?: string
  /** Octal permission bits, where they are others now. */
  mode?: { before: string; after: string }
  binary: boolean
  added: number
  removed: number
  /** What a person must know of it: its content was not kept, a person changed it since. */
  note?: string
}

export interface ChangeSet {
  changes: ListedChange[]
  /** Unified, as `git apply` takes it. */
  diff: string
}

/** As git calls them in a list; `m` is a change of the mode alone. */
export const changeSigns: Readonly<Record<ListedChange['kind'], string>> = {
  created: 'A',
  changed: 'M',
  deleted: 'D',
  renamed: 'R',
  mode: 'm',
}
