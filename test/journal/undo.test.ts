/** Undo and redo on real files: what comes back, what is merged, what is asked about, what stays. */
import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { openJournalBench } from './journal-bench.ts'

describe('Undo', () => {
  test('gives back content, mode, links, removed files and binary ones', async () => {
    using bench = openJournalBench()
    bench.write('text', 'one\r\ntwo')
    bench.write('binary', new Uint8Array([0, 255, 1, 254]))
    bench.write('script', '#!/bin/sh\n')
    chmodSync(bench.path('script'), 0o755)
    symlinkSync('text', bench.path('link'))
    bench.write('dir/deep/file', 'x')
    const before = bench.tree()
    const names = [
      'text',
      'binary',
      'script',
      'link',
      'dir/deep/file',
      'dir/deep',
      'dir',
      'new/a/b',
    ]
    await bench.step(names, () => {
      bench.write('text', 'changed')
      bench.write('binary', new Uint8Array([7]))
      chmodSync(bench.path('script'), 0o600)
      unlinkSync(bench.path('link'))
      symlinkSync('elsewhere', bench.path('link'))
      rmSync(bench.path('dir'), { recursive: true })
      bench.write('new/a/b', 'created')
    })
    const after = bench.tree()
    await bench.undo()
    expect(bench.tree()).toEqual(before)
    await bench.redo()
    expect(bench.tree()).toEqual(after)
    await bench.undo()
    expect(bench.tree()).toEqual(before)
  })

  test('of several steps goes to before the oldest, in one step that redo takes back', async () => {
    using bench = openJournalBench()
    bench.write('a', '1')
    await bench.step(['a'], () => bench.write('a', '2'))
    await bench.step(['a', 'b'], () => {
      bench.write('a', '3')
      bench.write('b', 'b')
    })
    await bench.undo(2)
    expect(bench.text('a')).toBe('1')
    expect(existsSync(bench.path('b'))).toBe(false)
    await bench.redo()
    expect([bench.text('a'), bench.text('b')]).toEqual(['3', 'b'])
    await bench.undo(1)
    expect(bench.text('a')).toBe('2')
    await bench.undo(1)
    expect(bench.text('a')).toBe('1')
  })

  test('writes into directories that the step closed, and closes those again that were', async () => {
    using bench = openJournalBench()
    bench.write('d/file', 'one')
    const before = bench.tree()
    await bench.step(['d', 'd/file', 'd/new', 'made', 'made/x'], () => {
      bench.write('d/file', 'two')
      bench.write('d/new', 'new')
      bench.write('made/x', 'x')
      chmodSync(bench.path('d'), 0o555)
      chmodSync(bench.path('made'), 0o500)
    })
    const after = bench.tree()
    await bench.undo()
    expect(bench.tree()).toEqual(before)
    await bench.redo()
    expect(bench.tree()).toEqual(after)
    await bench.undo()
    expect(bench.tree()).toEqual(before)
  })

  test('leaves nothing to redo after the next step', async () => {
    using bench = openJournalBench()
    bench.write('a', '1')
    await bench.step(['a'], () => bench.write('a', '2'))
    await bench.undo()
    await bench.step(['a'], () => bench.write('a', '4'))
    await expect(bench.redo()).rejects.toThrow('nothing to redo')
  })

  test('merges with what a person changed elsewhere in the file, line ends and all', async () => {
    using bench = openJournalBench()
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}\r\n`)
    bench.write('a', `\ufeff${lines.join('')}`)
    await bench.step(['a'], () => bench.write('a', bench.text('a').replace('line 3', 'by codi')))
    bench.write('a', bench.text('a').replace('line 15', 'by the person'))
    const [row] = await bench.undo()
    expect(row?.outcome).toBe('merge')
    expect(bench.text('a')).toBe(`\ufeff${lines.join('').replace('line 15', 'by the person')}`)
  })

  test('never writes over what a person did to the same lines', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one\n')
    await bench.step(['a', 'new'], () => {
      bench.write('a', 'two\n')
      bench.write('new', 'by codi')
    })
    bench.write('a', 'three\n')
    bench.write('new', 'by the person')
    const { rows } = await bench.plan()
    expect(rows.map((row) => row.outcome)).toEqual(['conflict', 'conflict'])
    await bench.undo(1, 'old')
    expect(bench.text('a')).toBe('one\n')
    expect(existsSync(bench.path('new'))).toBe(false)
  })

  test('keeps a mode that the person set, and a directory that they put something into', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one\n')
    await bench.step(['a', 'made/file'], () => {
      bench.write('a', 'two\n')
      bench.write('made/file', 'x')
    })
    chmodSync(bench.path('a'), 0o640)
    bench.write('made/mine', 'y')
    await bench.undo()
    expect(bench.text('a')).toBe('one\n')
    expect(lstatSync(bench.path('a')).mode & 0o777).toBe(0o640)
    expect(bench.tree().filter((row) => row.startsWith('made'))).toHaveLength(2)
  })

  test('restores files that have become directories, and directories that have become files', async () => {
    using bench = openJournalBench()
    bench.write('file', 'x')
    bench.write('dir/inner/a', 'a')
    const before = bench.tree()
    await bench.step(['file', 'file/now', 'dir', 'dir/inner', 'dir/inner/a'], () => {
      rmSync(bench.path('file'))
      bench.write('file/now', 'y')
      rmSync(bench.path('dir'), { recursive: true })
      bench.write('dir', 'z')
    })
    const after = bench.tree()
    await bench.undo()
    expect(bench.tree()).toEqual(before)
    await bench.redo()
    expect(bench.tree()).toEqual(after)
  })

  test('writes through all names of a file with hard links', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    linkSync(bench.path('a'), bench.path('b'))
    await bench.step(['a'], () => bench.write('a', 'two'))
    await bench.undo()
    expect([bench.text('a'), bench.text('b')]).toEqual(['one', 'one'])
    expect(statSync(bench.path('a')).nlink).toBe(2)
  })

  test('never goes through a link that was put in its way', async () => {
    using bench = openJournalBench()
    bench.write('dir/a', 'one')
    await bench.step(['dir/a'], () => bench.write('dir/a', 'two'))
    renameSync(bench.path('dir'), bench.path('moved'))
    symlinkSync('moved', bench.path('dir'))
    const { rows } = await bench.plan()
    expect(rows.map((row) => [row.outcome, row.why])).toEqual([
      ['blocked', 'a link stands on the way to it'],
    ])
    expect(bench.text('moved/a')).toBe('two')
  })

  test('names what was there and is no longer kept, and takes back the rest', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    bench.write('b', 'uno')
    const state = await bench.journal.open()
    await bench.step(['a', 'b'], () => {
      bench.write('a', 'two')
      bench.write('b', 'due')
    })
    const [change] = state.store.changes({ root: bench.root })
    if (change?.before.kind === 'file') state.objects.remove(change.before.sha)
    const rows = await bench.undo()
    expect(rows.map((row) => row.outcome)).toEqual(['lost', 'restore'])
    expect([bench.text('a'), bench.text('b')]).toEqual(['two', 'uno'])
  })

  test('names a content that is damaged, which is kept anew when it comes again', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    bench.write('b', 'uno')
    await bench.step(['a', 'b'], () => {
      bench.write('a', 'two')
      bench.write('b', 'due')
    })
    const { store } = await bench.journal.open()
    const [, change] = store.changes({ root: bench.root })
    const sha = change?.before.kind === 'file' ? change.before.sha : ''
    const object = join(bench.journal.directory, 'objects', sha.slice(0, 2), sha.slice(2))
    await Bun.write(object, 'rubbish')
    const rows = await bench.undo()
    expect(rows.map((row) => row.outcome)).toEqual(['restore', 'lost'])
    expect([bench.text('a'), bench.text('b')]).toEqual(['one', 'due'])
    bench.write('b', 'uno')
    await bench.step(['b'], () => bench.write('b', 'tre'))
    await bench.undo()
    expect(bench.text('b')).toBe('uno')
  })

  test('is refused whole when a file changes between preview and answer', async () => {
    using bench = openJournalBench()
    bench.write('a', 'one')
    bench.write('b', 'uno')
    await bench.step(['a', 'b'], () => {
      bench.write('a', 'two')
      bench.write('b', 'due')
    })
    const { rows } = await bench.plan()
    bench.write('b', 'meanwhile')
    const todo = rows.flatMap((row) => (row.result ? [{ ...row, result: row.result }] : []))
    const scope = { session: null, entry: null, kind: 'undo', label: '' } as const
    await expect(bench.journal.carryOut(todo, scope)).rejects.toThrow(
      'changed while you were asked',
    )
    expect([bench.text('a'), bench.text('b')]).toEqual(['two', 'meanwhile'])
  })

  test.skipIf(process.geteuid?.() === 0 && !existsSync('/proc/self/fd'))(
    'leaves everything as it was when a later file cannot be put back',
    async () => {
      using bench = openJournalBench()
      bench.write('a', 'one')
      bench.write('deep/b', 'uno')
      await bench.step(['a', 'deep/b', 'deep'], () => {
        bench.write('a', 'two')
        rmSync(bench.path('deep'), { recursive: true })
      })
      const { rows } = await bench.plan()
      // Something that nobody foresaw stands where the directory has to come.
      mkdirSync(bench.path('deep'))
      rmSync(bench.path('deep'), { recursive: true })
      symlinkSync(bench.path('a'), bench.path('deep'))
      const todo = rows.flatMap((row) => (row.result ? [{ ...row, result: row.result }] : []))
      const scope = { session: null, entry: null, kind: 'undo', label: '' } as const
      await expect(bench.journal.carryOut(todo, scope)).rejects.toThrow()
      expect(bench.text('a')).toBe('two')
      expect(bench.tree().filter((row) => row.includes('.tmp'))).toEqual([])
    },
  )

  test('gives back every tree, whatever was done to it', async () => {
    const name = fc.constantFrom('a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a')
    const operation = fc.record({
      what: fc.constantFrom('write', 'remove', 'mkdir', 'link', 'mode', 'rename'),
      name,
      other: name,
      text: fc.string({ maxLength: 12 }),
    })
    const names = ['a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a']
    const quietly = (work: () => void) => {
      try {
        work()
      } catch {
        // The file system refuses it: then nothing was done.
      }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { maxLength: 6 }),
        fc.array(operation, { minLength: 1, maxLength: 8 }),
        async (start, done) => {
          using bench = openJournalBench()
          const perform = (list: typeof start) => {
            for (const { what, name: at, other, text } of list)
              quietly(() => {
                const path = bench.path(at)
                if (what === 'write') bench.write(at, text)
                else if (what === 'remove') rmSync(path, { recursive: true })
                else if (what === 'mkdir') mkdirSync(path)
                else if (what === 'link') symlinkSync(`nowhere/${other}`, path)
                else if (what === 'mode') chmodSync(path, text.length % 2 === 0 ? 0o700 : 0o755)
                else if (!lstatSync(path).isDirectory()) renameSync(path, bench.path(other))
              })
          }
          perform(start)
          const before = bench.tree()
          await bench.step(names, () => perform(done))
          const after = bench.tree()
          if (before.join() === after.join()) return
          await bench.undo()
          expect(bench.tree()).toEqual(before)
          await bench.redo()
          expect(bench.tree()).toEqual(after)
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)
})
