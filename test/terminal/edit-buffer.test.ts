import { describe, expect, test } from 'bun:test'
import { openEditBuffer } from '../../src/terminal/edit-buffer.ts'
import { layoutEdit } from '../../src/terminal/edit-rows.ts'

function typed(text: string) {
  const buffer = openEditBuffer()
  for (const char of text) buffer.insert(char)
  return buffer
}

describe('the text being typed', () => {
  test('moves and deletes by user-perceived characters', () => {
    const buffer = typed('a👨‍👩‍👧é')
    buffer.remove('left')
    buffer.remove('left')
    expect(buffer.text).toBe('a')
  })

  test('kills words and lines and yanks them back together', () => {
    const buffer = typed('one two three')
    buffer.remove('blank-left', { kill: true })
    buffer.remove('blank-left', { kill: true })
    expect(buffer.text).toBe('one ')
    buffer.move('line-start')
    buffer.yank()
    expect(buffer.text).toBe('two threeone ')
  })

  test('undo takes back a word at a time and redo brings it again', () => {
    const buffer = typed('one two')
    buffer.undo()
    expect(buffer.text).toBe('one')
    buffer.undo()
    expect(buffer.text).toBe('')
    buffer.redo()
    buffer.redo()
    expect(buffer.text).toBe('one two')
  })

  test('up and down keep their column through shorter lines', () => {
    const buffer = openEditBuffer()
    buffer.set('long line\nab\nlonger line')
    expect(buffer.move('up')).toBe(true)
    expect(buffer.text.slice(0, buffer.cursor)).toBe('long line\nab')
    buffer.move('up')
    expect(buffer.cursor).toBe('long line'.length)
    expect(buffer.move('up')).toBe(false)
  })

  test('a long paste is one mark that is deleted whole and sent in full', () => {
    const buffer = typed('see ')
    const pasted = Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n')
    buffer.paste(pasted)
    expect(buffer.text).toBe('see [pasted 20 lines]')
    expect(buffer.expanded).toBe(`see ${pasted}`)
    buffer.paste(`${pasted}\nmore`)
    buffer.paste(pasted.replace('0', 'x'))
    expect(buffer.text).toBe('see [pasted 20 lines][pasted 21 lines][pasted 20 lines #2]')
    buffer.remove('left')
    buffer.remove('left')
    buffer.remove('left')
    expect(buffer.text).toBe('see ')
  })

  test('a short paste stays text, without its control characters', () => {
    const buffer = openEditBuffer()
    buffer.paste('a\x1b[31mb\nc\td')
    expect(buffer.text).toBe('a[31mb\nc    d')
  })

  test('transpose swaps the characters around the cursor', () => {
    const buffer = typed('ab')
    buffer.transpose()
    expect(buffer.text).toBe('ba')
  })
})

describe('rows of the text being typed', () => {
  test('wraps at the width, with the cursor where it belongs', () => {
    expect(layoutEdit({ text: 'abcdef', cursor: 6 }, { width: 3, height: 9 })).toEqual({
      rows: ['abc', 'def', ''],
      row: 2,
      column: 0,
    })
    expect(layoutEdit({ text: '中文字', cursor: 1 }, { width: 5, height: 9 })).toEqual({
      rows: ['中文', '字'],
      row: 0,
      column: 2,
    })
  })

  test('shows the rows around the cursor when there are more than fit', () => {
    const text = Array.from({ length: 30 }, (_, line) => `l${line}`).join('\n')
    const layout = layoutEdit({ text, cursor: text.length }, { width: 10, height: 4 })
    expect(layout.rows).toEqual(['l26', 'l27', 'l28', 'l29'])
    expect(layout.row).toBe(3)
  })
})
