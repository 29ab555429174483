import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openMarkdown } from '../../src/terminal/markdown.ts'
import { glyphsFor, openStyle } from '../../src/terminal/style.ts'

const sample = readFileSync(join(import.meta.dir, 'sample.txt'), 'utf8')

function open(columns: number, color: boolean, unicode = true) {
  return openMarkdown({
    columns: () => columns,
    style: openStyle(color ? 1 : 0),
    glyphs: glyphsFor(unicode),
    color,
  })
}

function render(text: string, columns = 80, color = false, unicode = true): string {
  const stream = open(columns, color, unicode)
  return stream.push(text) + stream.end()
}

describe('Markdown on a terminal', () => {
  for (const [name, columns, color, unicode] of [
    ['wide-color', 80, true, true],
    ['narrow-plain', 20, false, true],
    ['medium-ascii', 48, false, false],
  ] as const) {
    // CODI_GOLDEN=1 writes the files anew: look at the difference before it is committed.
    test(`the sample document looks as in golden/${name}.txt`, async () => {
      const file = Bun.file(join(import.meta.dir, 'golden', `${name}.txt`))
      const rendered = render(sample, columns, color, unicode)
      if (process.env.CODI_GOLDEN) await Bun.write(file, rendered)
      expect(rendered).toBe(await file.text())
    })
  }

  test('a document cut in two at any place looks as the whole', () => {
    const whole = render(sample, 60, true)
    for (let cut = 0; cut <= sample.length; cut++) {
      const stream = open(60, true)
      const parts = stream.push(sample.slice(0, cut)) + stream.push(sample.slice(cut))
      expect(parts + stream.end()).toBe(whole)
    }
  })

  test('a document that arrives character by character looks as the whole', () => {
    const stream = open(33, true)
    let parts = ''
    for (let at = 0; at < sample.length; at++) parts += stream.push(sample[at] as string)
    expect(parts + stream.end()).toBe(render(sample, 33, true))
  })

  test('random soup of marks looks the same however it is cut', () => {
    const pieces = [
      '*',
      '**',
      '_',
      '`',
      '``',
      '```\n',
      '[',
      '](',
      ')',
      '|',
      '\n',
      '\n\n',
      '- ',
      '> ',
      '#',
      ' ',
      'word',
      '中文',
      '1. ',
      '---',
      '\\',
      '&amp;',
      '<a>',
      '~~',
      '=',
      '    ',
    ]
    let seed = 42
    const next = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % below
    }
    for (let round = 0; round < 400; round++) {
      let text = ''
      for (let count = 0; count < 60; count++) text += pieces[next(pieces.length)]
      const whole = render(text, 30, true)
      const stream = open(30, true)
      let parts = ''
      for (let at = 0; at < text.length; ) {
        const step = 1 + next(5)
        parts += stream.push(text.slice(at, at + step))
        at += step
      }
      expect(parts + stream.end()).toBe(whole)
    }
  })

  test('no line is wider than the terminal, whatever the width', () => {
    const prose = sample.replace(/^( *)```[\s\S]*?^\1```/gm, '').replace(/^ {4}.*/gm, '')
    for (const columns of [20, 31, 47, 80, 200]) {
      for (const line of render(prose, columns).split('\n')) {
        expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns)
      }
    }
  })

  test('text appears before its paragraph is complete', () => {
    const stream = open(80, false)
    expect(stream.push('The first words of a long ')).toContain('The first words of a')
  })

  test('escape sequences, control characters and bidirectional marks are made harmless', () => {
    const rendered = render(
      'a \x1b[31mred\x1b]0;title\x07 \u202egnp.exe\n\n```\n\x1b[2J\n```\n',
      80,
      false,
    )
    expect(rendered).not.toMatch(/[\x1b\x07\u202e]/)
    expect(rendered).toContain('red')
  })

  test('marks that never close are only characters', () => {
    expect(render('2 * 3 ** 4 and snake_case and `tick and [bracket')).toBe(
      '2 * 3 ** 4 and snake_case and `tick and [bracket\n',
    )
  })

  test('a link shows its address, a picture its description', () => {
    expect(render('[docs](https://example.com/x) ![a cat](cat.png)')).toBe(
      'docs (https://example.com/x) [image: a cat] (cat.png)\n',
    )
  })

  test('code keeps its lines and its spaces', () => {
    expect(render('```py\nif x:\n    y  =  1\n```\n')).toBe('  if x:\n      y  =  1\n')
  })

  test('nothing at all prints nothing', () => {
    expect(render('')).toBe('')
    expect(render('\n\n')).toBe('')
  })

  test('work grows with the text, not with its square', () => {
    const unkind = [
      '*a ',
      '`',
      '[',
      '[a](',
      '**',
      '_a',
      '<a',
      '&a',
      '> ',
      '|a|b|\n|-|-|\n',
      '`a ``b ',
    ]
    for (const piece of unkind) {
      // A quadratic renderer needs minutes for this; the test's own time limit is the judge.
      const stream = open(80, true)
      for (let count = 0; count < 60_000 / piece.length; count++) stream.push(piece)
      expect(typeof stream.end()).toBe('string')
    }
  })
})
