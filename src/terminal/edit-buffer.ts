/**
 * The text being typed: cursor, motions by character, word and line, kill and yank, undo. Pure: it knows neither keys
 * nor the terminal. A folded paste stands in the text as a mark that moves and dies as one character and becomes its
 * whole text in `expanded`.
 */
import { plural } from '../base/text.ts'
import { graphemes } from './width.ts'

export interface EditBuffer {
  readonly text: string
  readonly cursor: number
  /** The text with folded pastes in full. */
  readonly expanded: string
  insert(text: string): void
  paste(text: string): void
  /** Replaces everything; the cursor goes to the end. */
  set(text: string): void
  /** Replaces a part and puts the cursor behind it. */
  replace(start: number, end: number, text: string): void
  /** Moves; false when there was nowhere to go. */
  move(to: Motion): boolean
  /** Deletes from the cursor to where the motion would go; `kill` keeps it for `yank`. */
  remove(to: Motion, options?: { kill: boolean }): void
  transpose(): void
  yank(): void
  undo(): void
  redo(): void
  /** Empties everything, also what undo and folded pastes remember. */
  reset(): void
}

export type Motion =
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  /** Back to white space, as a shell's Ctrl+W. */
  | 'blank-left'
  | 'line-start'
  | 'line-end'
  | 'start'
  | 'end'
  | 'up'
  | 'down'

interface State {
  text: string
  cursor: number
}

const maxUndo = 300
const foldLines = 8
const foldChars = 800

export function openEditBuffer(): EditBuffer {
  let text = ''
  let cursor = 0
  let past: State[] = []
  let future: State[] = []
  let typing = false
  let killing = false
  let killed = ''
  /** The column that `up` and `down` try to keep. */
  let goal: number | undefined
  const folds = new Map<string, string>()
  return {
    get text() {
      return text
    },
    get cursor() {
      return cursor
    },
    get expanded() {
      let whole = text
      for (const [mark, content] of folds) whole = whole.replaceAll(mark, () => content)
      return whole
    },
    insert,
    paste(pasted) {
      const clean = pasted.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '').replaceAll('\t', '    ')
      const lines = clean.split('\n').length
      const isLong = lines > foldLines || clean.length > foldChars
      edit(cursor, cursor, isLong ? fold(clean, lines) : clean)
    },
    set(next) {
      edit(0, text.length, next)
    },
    replace: edit,
    move,
    remove,
    transpose() {
      const left = previous(cursor)
      const right = cursor < text.length ? next(cursor) : cursor
      const from = right === cursor ? previous(left) : left
      const middle = right === cursor ? left : cursor
      if (from === middle || middle === right) return
      edit(from, right, text.slice(middle, right) + text.slice(from, middle))
    },
    yank() {
      edit(cursor, cursor, killed)
    },
    undo: () => restore(past, future),
    redo: () => restore(future, past),
    reset() {
      text = ''
      cursor = 0
      past = []
      future = []
      typing = false
      killing = false
      goal = undefined
      folds.clear()
    },
  }

  function insert(added: string): void {
    // One step of undo takes back a word, not a letter.
    if (!typing || /\s/.test(added)) remember()
    typing = true
    killing = false
    goal = undefined
    text = text.slice(0, cursor) + added + text.slice(cursor)
    cursor += added.length
  }

  function edit(start: number, end: number, replacement: string): void {
    remember()
    typing = false
    killing = false
    goal = undefined
    text = text.slice(0, start) + replacement + text.slice(end)
    cursor = start + replacement.length
  }

  function remember(): void {
    past.push({ text, cursor })
    if (past.length > maxUndo) past = past.slice(-maxUndo)
    future = []
  }

  function restore(from: State[], to: State[]): void {
    const state = from.pop()
    if (!state) return
    to.push({ text, cursor })
    text = state.text
    cursor = state.cursor
    typing = false
    killing = false
  }

  function fold(content: string, lines: number): string {
    const what = lines > 1 ? plural(lines, 'line') : `${content.length} characters`
    let mark = `[pasted ${what}]`
    for (let count = 2; folds.has(mark) && folds.get(mark) !== content; count++) {
      mark = `[pasted ${what} #${count}]`
    }
    folds.set(mark, content)
    return mark
  }

  function move(to: Motion): boolean {
    typing = false
    killing = false
    const target = destination(to)
    if (target === undefined || target === cursor) return false
    cursor = target
    return true
  }

  function remove(to: Motion, options?: { kill: boolean }): void {
    const target = destination(to)
    if (target === undefined || target === cursor) return
    const start = Math.min(target, cursor)
    const end = Math.max(target, cursor)
    const part = text.slice(start, end)
    const chained = killing
    edit(start, end, '')
    if (!options?.kill) return
    // Kills in a row are yanked back together.
    if (!chained) killed = part
    else killed = start === target ? part + killed : killed + part
    killing = true
  }

  function destination(to: Motion): number | undefined {
    if (to !== 'up' && to !== 'down') goal = undefined
    switch (to) {
      case 'left':
        return previous(cursor)
      case 'right':
        return next(cursor)
      case 'word-left':
        return wordStart(/[\p{L}\p{N}_]/u)
      case 'blank-left':
        return wordStart(/\S/)
      case 'word-right':
        return wordEnd()
      case 'line-start':
        return lineStart(cursor)
      case 'line-end':
        return lineEnd(cursor)
      case 'start':
        return 0
      case 'end':
        return text.length
      default:
        return otherLine(to === 'up')
    }
  }

  function otherLine(isUp: boolean): number | undefined {
    const start = lineStart(cursor)
    const column = goal ?? cursor - start
    goal = column
    if (isUp) {
      if (start === 0) return undefined
      const above = lineStart(start - 1)
      return onCharacter(Math.min(above + column, start - 1))
    }
    const end = lineEnd(cursor)
    if (end === text.length) return undefined
    return onCharacter(Math.min(end + 1 + column, lineEnd(end + 1)))
  }

  /** Not in the middle of a folded paste or of a character made of several. */
  function onCharacter(index: number): number {
    const mark = markAround(index)
    if (mark) return mark.start
    const start = lineStart(index)
    let at = start
    while (at < index) {
      const after = next(at)
      if (after > index) return at
      at = after
    }
    return at
  }

  function previous(index: number): number {
    if (index === 0) return 0
    for (const mark of folds.keys()) {
      if (text.endsWith(mark, index)) return index - mark.length
    }
    const from = Math.max(0, index - 64)
    const last = graphemes(text.slice(from, index)).at(-1)
    return index - (last?.length ?? 1)
  }

  function next(index: number): number {
    if (index >= text.length) return text.length
    for (const mark of folds.keys()) {
      if (text.startsWith(mark, index)) return index + mark.length
    }
    const first = graphemes(text.slice(index, index + 64))[0]
    return index + (first?.length ?? 1)
  }

  function markAround(index: number): { start: number } | undefined {
    for (const mark of folds.keys()) {
      const start = text.lastIndexOf(mark, index)
      if (start >= 0 && start < index && index < start + mark.length) return { start }
    }
    return undefined
  }

  function wordStart(inWord: RegExp): number {
    let at = cursor
    while (at > 0 && !inWord.test(text.slice(previous(at), at))) at = previous(at)
    while (at > 0 && inWord.test(text.slice(previous(at), at))) at = previous(at)
    return at
  }

  function wordEnd(): number {
    const inWord = /[\p{L}\p{N}_]/u
    let at = cursor
    while (at < text.length && !inWord.test(text.slice(at, next(at)))) at = next(at)
    while (at < text.length && inWord.test(text.slice(at, next(at)))) at = next(at)
    return at
  }

  function lineStart(index: number): number {
    return index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1
  }

  function lineEnd(index: number): number {
    const end = text.indexOf('\n', index)
    return end < 0 ? text.length : end
  }
}
