/**
 * Fills rows with words as they arrive, append-only: a word is placed once it is complete, and nothing placed moves.
 * The result depends on the text alone, not on how it was cut into calls.
 */
import type { Paint } from './style.ts'
import { graphemes, textWidth } from './width.ts'

export interface Wrapper {
  /** Begins a block: its first row starts with `first`, each further one with `rest`. */
  begin(prefixes: { first: string; rest: string }): void
  /** Text without newlines; consecutive calls with one `paint` are one text. */
  text(text: string, paint: Paint | undefined): void
  lineBreak(): void
  /** Ends the block with a newline. */
  finish(): void
}

interface Piece {
  text: string
  paint: Paint | undefined
}

/** A run without spaces (Chinese, a very long path) is placed in steps of this many characters. */
const runStepChars = 24

/** These never begin a row: they stay with the character before. */
const closing = /^[\p{Pe}\p{Pf}、。，．：；！？…ー々]/u

export function openWrapper(options: {
  columns: () => number
  write: (text: string) => void
}): Wrapper {
  const { write } = options
  let first = ''
  let rest = ''
  let restWidth = 0
  let column = 0
  let rowIsEmpty = true
  let rowStarted = false
  let space: Piece | undefined
  let word: Piece[] = []
  let wordWidth = 0
  let endsWide = false
  let run: Piece | undefined
  /** Painted text of this row that its neighbour may join, so that a phrase is painted once. */
  let painted: Piece | undefined
  return { begin, text, lineBreak, finish }

  function begin(prefixes: { first: string; rest: string }): void {
    first = prefixes.first
    rest = prefixes.rest
    restWidth = textWidth(rest)
    rowStarted = false
    rowIsEmpty = true
    space = undefined
  }

  function text(added: string, paint: Paint | undefined): void {
    if (run && run.paint !== paint) flushRun()
    run ??= { text: '', paint }
    run.text += added
    consumeRun()
  }

  /** Takes from the run whatever can no longer change by what follows. */
  function consumeRun(): void {
    if (!run) return
    let at = 0
    const whole = run.text
    while (at < whole.length) {
      const spaceAt = indexOfSpace(whole, at)
      if (spaceAt === at) {
        placeWord()
        let end = at + 1
        while (end < whole.length && isSpace(whole.charCodeAt(end))) end++
        space = { text: (space?.text ?? '') + ' '.repeat(end - at), paint: run.paint }
        at = end
        continue
      }
      if (spaceAt > 0) {
        addToWord(whole.slice(at, spaceAt), run.paint)
        at = spaceAt
        continue
      }
      const cut = runCut(whole, at)
      if (cut === undefined) break
      addToWord(whole.slice(at, cut), run.paint)
      at = cut
    }
    run.text = whole.slice(at)
  }

  function flushRun(): void {
    if (!run) return
    if (run.text !== '') addToWord(run.text, run.paint)
    run = undefined
  }

  function addToWord(added: string, paint: Paint | undefined): void {
    const width = textWidth(added)
    if (width === added.length && !endsWide) {
      push(added, width, paint)
      return
    }
    for (const grapheme of graphemes(added)) {
      const graphemeWidth = textWidth(grapheme)
      const wide = graphemeWidth > 1
      if ((wide || endsWide) && !closing.test(grapheme)) placeWord()
      push(grapheme, graphemeWidth, paint)
      endsWide = wide
    }
  }

  function push(added: string, width: number, paint: Paint | undefined): void {
    const last = word[word.length - 1]
    if (last && last.paint === paint) last.text += added
    else word.push({ text: added, paint })
    wordWidth += width
  }

  function placeWord(): void {
    if (word.length === 0) return
    const columns = Math.max(options.columns(), restWidth + 4)
    startRow()
    const gap = rowIsEmpty ? 0 : (space?.text.length ?? 0)
    if (!rowIsEmpty && column + gap + wordWidth > columns) {
      newRow()
    } else if (gap > 0 && space) {
      emit(space)
      column += gap
    }
    space = undefined
    if (column + wordWidth <= columns) {
      for (const piece of word) emit(piece)
      column += wordWidth
    } else {
      for (const piece of word) placeSplit(piece, columns)
    }
    rowIsEmpty = false
    word = []
    wordWidth = 0
    endsWide = false
  }

  /** A word wider than a row: filled up to the edge, character by character. */
  function placeSplit(piece: Piece, columns: number): void {
    let part = ''
    for (const grapheme of graphemes(piece.text)) {
      const width = textWidth(grapheme)
      if (column + width > columns) {
        if (part) emit({ text: part, paint: piece.paint })
        part = ''
        newRow()
      }
      part += grapheme
      column += width
    }
    if (part) emit({ text: part, paint: piece.paint })
  }

  function startRow(): void {
    if (rowStarted) return
    write(first)
    column = textWidth(first)
    rowStarted = true
  }

  function emit(piece: Piece): void {
    if (painted && painted.paint === piece.paint) {
      painted.text += piece.text
      return
    }
    flushPainted()
    if (piece.paint) painted = { ...piece }
    else write(piece.text)
  }

  function flushPainted(): void {
    if (painted?.paint) write(painted.paint(painted.text))
    painted = undefined
  }

  function newRow(): void {
    flushPainted()
    write(`\n${rest}`)
    column = restWidth
    rowIsEmpty = true
  }

  function lineBreak(): void {
    flushRun()
    placeWord()
    space = undefined
    startRow()
    newRow()
  }

  function finish(): void {
    flushRun()
    placeWord()
    space = undefined
    startRow()
    flushPainted()
    write('\n')
    rowStarted = false
  }
}

/** A complete text wrapped at once; its own line ends stay. */
export function wrapText(
  text: string,
  options: { columns: number; first: string; rest: string; paint?: Paint },
): string[] {
  let wrapped = ''
  const wrapper = openWrapper({
    columns: () => options.columns,
    write: (part) => {
      wrapped += part
    },
  })
  wrapper.begin(options)
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) wrapper.lineBreak()
    wrapper.text(line, options.paint)
  }
  wrapper.finish()
  return wrapped.slice(0, -1).split('\n')
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function indexOfSpace(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    if (isSpace(text.charCodeAt(index))) return index
  }
  return -1
}

/** Where a long run may be cut: after a full step, and not before a mark that belongs to its character. */
function runCut(text: string, from: number): number | undefined {
  for (let cut = from + runStepChars; cut < text.length; cut++) {
    const before = text.charCodeAt(cut - 1)
    if (before >= 0xd800 && before <= 0xdbff) continue
    if (before === 0x200d || joins.test(text.slice(cut, cut + 2))) continue
    return cut
  }
  return undefined
}

const joins = /^(?:\p{M}|\u200d|[\ufe00-\ufe0f]|\ud83c[\udffb-\udfff])/u
