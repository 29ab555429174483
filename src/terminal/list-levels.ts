/** The lists that a line of Markdown stands in, by its indentation, and the column where their text stands. */

export interface ListLevel {
  markerIndent: number
  /** Columns of the text on the screen. */
  textColumn: number
}

export interface Lists {
  readonly isOpen: boolean
  /** Where text of the innermost list begins on the screen; 0 outside of lists. */
  readonly column: number
  enter(level: ListLevel): void
  /** Ends the lists that text at this indentation is no longer part of. */
  leave(indent: number): void
  clear(): void
}

export function openLists(): Lists {
  const levels: ListLevel[] = []
  return {
    get isOpen() {
      return levels.length > 0
    },
    get column() {
      return levels.at(-1)?.textColumn ?? 0
    },
    enter(level) {
      levels.push(level)
    },
    leave(indent) {
      // Models indent by two, three or four: two more than the marker is enough to be inside.
      while (levels.length > 0 && indent < (levels.at(-1)?.markerIndent ?? 0) + 2) levels.pop()
    },
    clear() {
      levels.length = 0
    },
  }
}
