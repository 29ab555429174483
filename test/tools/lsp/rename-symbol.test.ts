/** Renaming by real and by unkind servers: what is written, and what is refused. */
import { describe, expect, test } from 'bun:test'
import { utimes } from 'node:fs/promises'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { hover } from '../../../src/tools/lsp/hover.ts'
import { renameSymbol } from '../../../src/tools/lsp/rename-symbol.ts'
import { contentText } from '../../support/tool-context.ts'
import { openScriptedBench, openTypeScriptBench } from './server-bench.ts'

const files = {
  'src/math.ts': '/** Adds. */\nexport function add(a: number): number {\r\n  return a\r\n}\r\n',
  'src/use.ts': "import { add } from './math'\nexport const both = { add, two: add(2) } // add\n",
  'src/box.ts': 'export class Box {\n  open() {}\n}\nexport class Door {\n  open() {}\n}\n',
}

describe('rename_symbol', () => {
  test('by name changes every use and nothing else, and keeps line ends', async () => {
    await using bench = await openTypeScriptBench(files)
    const input = { name: 'add', new_name: 'sum' }
    const shown = await bench.say(renameSymbol, { ...input, dry_run: true })
    expect(shown).toStartWith('Would change 2 files (+3 -3); nothing was written\n--- a/src/')
    expect(await bench.text('src/math.ts')).toBe(files['src/math.ts'])

    const request = await renameSymbol.request?.(input, bench.context)
    expect(request).toMatchObject({ summary: 'rename add to sum in 2 files', hosts: [] })
    expect(request?.paths.toSorted()).toEqual([bench.path('src/math.ts'), bench.path('src/use.ts')])
    expect(request?.preview).toContain('+export function sum(')

    const result = await bench.run(renameSymbol, input)
    expect(contentText(result)).toStartWith(
      'Renamed add to sum: 4 places in 2 files (+3 -3)\n--- a/',
    )
    expect(await bench.text('src/math.ts')).toBe(files['src/math.ts'].replace('add(', 'sum('))
    expect(await bench.text('src/use.ts')).toBe(
      "import { sum } from './math'\nexport const both = { add: sum, two: sum(2) } // add\n",
    )
    expect(bench.context.ledger.get(bench.path('src/use.ts'))).toBeDefined()
  }, 60_000)

  test('counts no byte order mark as a column, and a preview is a read', async () => {
    const marked = '\uFEFFexport const first = "😀"\r\nexport const s = "😀" + first\r\n'
    await using bench = await openTypeScriptBench({ 'src/marked.ts': marked })
    const input = { name: 'first', new_name: 'primary' }
    const preview = await renameSymbol.request?.({ ...input, dry_run: true }, bench.context)
    expect(preview).toMatchObject({ effect: 'read', paths: [] })
    await bench.run(renameSymbol, input)
    const written = Buffer.from(await Bun.file(bench.path('src/marked.ts')).bytes())
    expect(written).toEqual(Buffer.from(marked.replaceAll('first', 'primary')))
  }, 60_000)

  test('at a use renames the definition too; by line its only definition', async () => {
    await using bench = await openTypeScriptBench(files)
    const place = { path: 'src/use.ts', line: 2, column: 34 }
    expect(await bench.say(renameSymbol, { ...place, new_name: 'sum' })).toContain('in 2 files')
    expect(await bench.text('src/math.ts')).toContain('function sum(')
    const line = { path: 'src/box.ts', line: 4, new_name: 'Gate' }
    expect(await bench.say(renameSymbol, line)).toContain('Renamed Door to Gate: 1 place in 1 file')
    const member = { name: 'Gate.open', new_name: 'swing' }
    expect(await bench.say(renameSymbol, member)).toContain('Renamed open to swing')
    expect(await bench.text('src/box.ts')).toContain('class Box {\n  open()')
  }, 60_000)

  test('refuses what is ambiguous, unknown, no name, or where nothing stands', async () => {
    await using bench = await openTypeScriptBench(files)
    const refusals: [object, string][] = [
      [{ name: 'open', new_name: 'shut' }, 'defined in 2 places: src/box.ts:2, src/box.ts:5'],
      [{ name: 'nowhere', new_name: 'x' }, 'No definition named nowhere'],
      [{ name: 'add', new_name: 'two words' }, '"two words" is no name'],
      [{ name: 'add', new_name: 'class' }, 'would break the code'],
      [{ name: 'add', new_name: 'add' }, 'named add already'],
      [{ new_name: 'x' }, 'Give name, or path and line'],
      [{ path: 'src/use.ts', line: 1, new_name: 'x' }, 'several names'],
      [{ path: 'src/use.ts', line: 99, new_name: 'x' }, 'no line 99'],
      [{ path: 'src/use.ts', line: 1, column: 99, new_name: 'x' }, 'no column 99'],
      [{ path: 'src/use.ts', line: 1, column: 2, new_name: 'x' }, 'sees src/use.ts otherwise'],
      [{ path: 'src/use.ts', line: 1, name: 'zzz', new_name: 'x' }, 'zzz does not stand in'],
      [{ path: 'src', line: 1, new_name: 'x' }, 'is a directory'],
    ]
    for (const [input, message] of refusals)
      await expect(bench.run(renameSymbol, input)).rejects.toThrow(message)
    for (const [name, text] of Object.entries(files)) expect(await bench.text(name)).toBe(text)
  }, 60_000)

  test('refuses a file that changed since the model read it', async () => {
    await using bench = await openTypeScriptBench(files)
    await bench.run(readFile, { path: 'src/use.ts' })
    await bench.write('src/use.ts', `// by another\n${files['src/use.ts']}`)
    const asked = bench.run(renameSymbol, { name: 'add', new_name: 'sum' })
    await expect(asked).rejects.toMatchObject({ kind: 'stale' })
    expect(await bench.text('src/math.ts')).toBe(files['src/math.ts'])
  }, 60_000)
})

describe('rename_symbol with a server that', () => {
  const zig = { 'a.zig': 'first b\n', 'b.zig': 'other\n', 'node_modules/x/a.zig': 'first\n' }
  const place = { path: 'a.zig', line: 1, column: 1, new_name: 'other' }

  test.each([
    ['outside', 'outside the workspace'],
    ['installed', 'is an installed package'],
    ['elsewhere', 'sees a.zig otherwise than it is: at line 1 stands "b"'],
    ['overlap', 'overlap'],
    ['version', 'version 99'],
    ['nothing', 'does not know first as a name'],
  ])('would do wrong (%s) changes nothing', async (mode, message) => {
    await using bench = await openScriptedBench(mode, zig)
    await expect(bench.run(renameSymbol, place)).rejects.toThrow(message)
    expect(await bench.text('a.zig')).toBe(zig['a.zig'])
  })

  test('creates, moves and deletes files is followed, all or nothing', async () => {
    await using bench = await openScriptedBench('operations', zig)
    expect(await bench.say(renameSymbol, place)).toStartWith('Renamed first to other: 2 places')
    expect(await bench.text('moved.zig')).toBe('other b\n')
    expect(await bench.text('new.zig')).toBe('fresh\n')
    expect([await bench.exists('a.zig'), await bench.exists('b.zig')]).toEqual([false, false])
  })

  test('is not there renames nothing, and says how to get it', async () => {
    await using bench = await openScriptedBench('operations', {
      ...zig,
      'c.rb': 'def first; end\n',
    })
    const input = { path: 'c.rb', line: 1, column: 5, new_name: 'x' }
    await expect(bench.run(renameSymbol, input, {})).rejects.toThrow(
      'needs the language server ruby-lsp, which is not installed: gem install ruby-lsp',
    )
  })
})

test('hover says type and documentation, of several definitions each', async () => {
  await using bench = await openTypeScriptBench(files)
  const said = await bench.say(hover, { name: 'add' })
  expect(said).toStartWith('src/math.ts:2 add\n')
  expect(said).toContain('function add(a: number): number')
  expect(said).toContain('Adds.')
  const both = await bench.run(hover, { name: 'open' })
  expect(contentText(both)).toContain('Box.open')
  expect(contentText(both)).toContain('Door.open')
  expect(both.data).toMatchObject([{ file: 'src/box.ts', line: 2 }, { line: 5 }])
  // A file from the future is no reason to refuse.
  await utimes(bench.path('src/box.ts'), new Date(), new Date(Date.now() + 3_600_000))
  expect(await bench.say(renameSymbol, { name: 'Box', new_name: 'Case' })).toContain('1 file')
  await bench.write('notes.txt', 'plain\n')
  await expect(bench.run(hover, { path: 'notes.txt', line: 1 })).rejects.toThrow(
    'No language server knows notes.txt',
  )
}, 60_000)
