/** kill -9 at every rename of an application: the next codi finishes it, or takes back what was done. */
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { notePassing } from '../../../../workers/sandbox/tries/intent.ts'
import { noOverlay, openTryBench, treeOf } from './bench.ts'

const files = { a: 'a', b: 'b', 'd/x': 'x', 'd/y': 'y', gone: 'g' }
const script = 'echo 1 > a; echo 2 > b; rm -r d; echo now > d; rm gone; mkdir n; echo n > n/1'

describe.skipIf(noOverlay !== undefined)('killed while it is applied', () => {
  test('at any rename, it is finished by the next codi, and that is told', async () => {
    await using whole = openTryBench(files)
    const wholeId = await whole.tried(script)
    const counted = await applyKilled(join(whole.places, wholeId), 1000)
    const renames = Number(/renames: (\d+)/.exec(counted)?.[1])
    expect(renames).toBeGreaterThanOrEqual(8)
    const expected = treeOf(whole.root)
    for (let number = 0; number < renames; number++) {
      await using bench = openTryBench(files)
      const id = await bench.tried(script)
      expect(await applyKilled(join(bench.places, id), number)).toBe('')
      await bench.restart()
      expect(await bench.service.tries({})).toEqual([])
      expect(treeOf(bench.root)).toEqual(expected)
      expect(bench.notices).toEqual([
        `${id} was being applied when codi ended: that is finished now`,
      ])
    }
  }, 60_000)

  test('where a person wrote since, what was applied is taken back', async () => {
    for (const number of [2, 5]) {
      await using bench = openTryBench(files)
      const id = await bench.tried(script)
      await applyKilled(join(bench.places, id), number)
      writeFileSync(join(bench.root, 'gone'), 'mine')
      await bench.restart()
      expect((await bench.service.tries({})).map((row) => row.id)).toEqual([id])
      expect(treeOf(bench.root)).toEqual({
        '/a': 'file 644 a',
        '/b': 'file 644 b',
        '/d': 'directory 755',
        '/d/x': 'file 644 x',
        '/d/y': 'file 644 y',
        '/gone': 'file 644 mine',
      })
      expect(bench.notices).toEqual([
        `${id} was being applied when codi ended, and files have changed since: what had been applied was taken back`,
      ])
      // It is whole again, and the change of the person stands in its way.
      const { conflicts } = await bench.service.applyTry({ id })
      expect(conflicts.map(({ path }) => path)).toEqual([join(bench.root, 'gone')])
    }
  })

  test('what a person wrote into a directory that was to go, or had come, is not lost', async () => {
    // The renames: d swapped, d put aside, n made, z put aside.
    const rows: [number, string][] = [
      [0, 'd/x'],
      [0, 'd/mine'],
      [3, 'n/1'],
    ]
    for (const [number, path] of rows) {
      await using bench = openTryBench({ ...files, z: 'z' })
      const id = await bench.tried('rm -r d; echo now > d; mkdir n; echo n > n/1; rm z')
      await applyKilled(join(bench.places, id), number)
      expect(existsSync(join(bench.root, dirname(path)))).toBeTrue()
      writeFileSync(join(bench.root, path), 'mine, and longer')
      // Then the rest cannot be done any more.
      if (path === 'n/1') writeFileSync(join(bench.root, 'z'), 'mine, too')
      await bench.restart()
      await bench.service.tries({})
      expect(bench.text(path)).toBe('mine, and longer')
      expect(bench.notices).toHaveLength(1)
    }
  })

  test('it is not thrown away with what stood there before, nor applied twice', async () => {
    for (const act of ['discardTry', 'applyTry'] as const) {
      await using bench = openTryBench(files)
      const id = await bench.tried(script)
      await applyKilled(join(bench.places, id), 3)
      await bench.restart()
      const said = await bench.service[act]({ id }).then(String, String)
      expect(said).toContain(`There is no try ${id}`)
      expect(bench.notices).toEqual([
        `${id} was being applied when codi ended: that is finished now`,
      ])
      expect([bench.text('a'), bench.text('n/1'), bench.exists('gone')]).toEqual([
        '1\n',
        'n\n',
        false,
      ])
    }
  })

  test('before anything is swapped, what was copied beside the files goes', async () => {
    await using bench = openTryBench(files)
    const id = await bench.tried(script)
    const before = treeOf(bench.root)
    const beside = join(bench.root, '.codi-applying-1')
    mkdirSync(beside)
    writeFileSync(join(beside, 'new-0'), 'copied')
    notePassing(join(bench.places, id), [beside])
    await bench.restart()
    expect((await bench.service.tries({})).map((row) => row.id)).toEqual([id])
    expect(treeOf(bench.root)).toEqual(before)
    await bench.service.applyTry({ id })
    expect(bench.text('a')).toBe('1\n')
  })

  test('where a person wrote over what had been applied, that stays, and what stood there is kept', async () => {
    await using bench = openTryBench(files)
    const id = await bench.tried(script)
    await applyKilled(join(bench.places, id), 2)
    expect(bench.text('a')).toBe('1\n')
    writeFileSync(join(bench.root, 'a'), 'mine, and longer')
    writeFileSync(join(bench.root, 'b'), 'mine, too')
    await bench.restart()
    await bench.service.tries({})
    expect([bench.text('a'), bench.text('b'), bench.text('d/x')]).toEqual([
      'mine, and longer',
      'mine, too',
      'x',
    ])
    expect(bench.notices[0]).toMatch(/1 of its changes stand, .* kept in /)
  })
})

async function applyKilled(directory: string, number: number): Promise<string> {
  const script = join(import.meta.dir, 'apply-process.ts')
  const child = Bun.spawn([process.execPath, script, directory, String(number)], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const [said] = await Promise.all([new Response(child.stdout).text(), child.exited])
  return said
}
