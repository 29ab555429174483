/** codi index as people and programs call it, and the REPL that follows the files behind its prompt. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBench } from '../support/codi.ts'
import { keys } from '../support/pty.ts'

const files = {
  'src/a.ts': 'export function alpha() {}\n',
  'src/b.py': 'def beta():\n    pass\n',
  'vendor/c.go': 'package c\n',
  'notes.md': '# Notes\n',
}

describe('codi index', () => {
  test('indexes, says what it did, and does nothing the second time', async () => {
    await using bench = openBench(files)
    const first = await bench.run(['index'])
    expect(first.stdout).toContain('3 files, ')
    expect(first.stdout).toContain('; 3 parsed now, in ')
    expect(first.stdout).toContain('1 path left out: codi index --status says which and why')
    // A pipe hears nothing of the progress.
    expect(first.stderr).toBe('')
    expect((await bench.run(['index'])).stdout).toContain('; 0 parsed now, in ')
  })

  test('an interrupt leaves nothing behind on the line of progress', async () => {
    // Seconds of work on any machine: the line appears only when it takes long.
    const long = 'export function sum(a: number, b: number) {\n  return a + b\n}\n'.repeat(1_600)
    const many = Array.from({ length: 200 }, (_, n) => [`src/f${n}.ts`, `// ${n}\n${long}`])
    await using bench = openBench(Object.fromEntries(many))
    const pty = bench.terminal(['index'])
    await pty.waitFor('codi: reading the code: ')
    pty.type(keys.ctrl('c'))
    expect(await pty.exited).toBe(130)
    expect(pty.text).not.toContain('reading the code')
  })

  test('--json has figures of every part', async () => {
    await using bench = openBench(files)
    const { index, vectors } = JSON.parse((await bench.run(['index', '--json'])).stdout)
    expect(index).toMatchObject({ files: 3, parsed: 3, removed: 0, renamed: 0 })
    expect(index.skipped).toEqual([{ path: 'vendor/', reason: 'vendored' }])
    expect(vectors.chunks).toBeGreaterThan(1)
  })

  test('--status says what is indexed, what is left out and who watches', async () => {
    await using bench = openBench(files)
    expect((await bench.run(['index', '--status'])).stdout).toContain('never: codi index does it')
    await bench.run(['index'])
    const { stdout, exitCode } = await bench.run(['index', '--status'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('files    3 (')
    expect(stdout).toContain('typescript 1')
    expect(stdout).toContain('watched  while codi runs interactively')
    expect(stdout).toContain('left out 1 path (vendored 1)\n  vendor/: vendored')
    const { index } = JSON.parse((await bench.run(['index', '--status', '--json'])).stdout)
    expect(index).toMatchObject({ files: 3, watching: false })
    expect(index.databaseBytes).toBeGreaterThan(0)
  })

  test('a long list of what is left out is cut for people and whole for programs', async () => {
    await using bench = openBench(files)
    for (let at = 0; at < 30; at++) bench.write(`images/${at}.png`, 'no image')
    await bench.run(['index'])
    const { stdout } = await bench.run(['index', '--status'])
    expect(stdout).toContain('left out 31 paths (binary 30, vendored 1)')
    expect(stdout).toContain('  and 11 more: --json lists all')
    const { index } = JSON.parse((await bench.run(['index', '--status', '--json'])).stdout)
    expect(index.skipped).toHaveLength(31)
  })

  test('--rebuild parses everything again; with --status it is a mistake', async () => {
    await using bench = openBench(files)
    await bench.run(['index'])
    expect((await bench.run(['index', '--rebuild'])).stdout).toContain('; 3 parsed now, in ')
    const wrong = await bench.run(['index', '--status', '--rebuild'])
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stderr).toContain('--status or --rebuild')
  })

  test('where the index cannot be kept it is made for this once, and that is said', async () => {
    await using bench = openBench(files)
    mkdirSync(join(bench.home, 'cache'), { recursive: true })
    writeFileSync(join(bench.home, 'cache/index'), 'a file where the indexes of all projects go')
    const { stdout, stderr, exitCode } = await bench.run(['symbols', '--name', 'alpha'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('src/a.ts:1')
    expect(stderr).toMatch(/^codi: \S+ cannot be written: what is indexed now is not kept\n$/)
  })

  test('an index that was deleted is built again', async () => {
    await using bench = openBench(files)
    await bench.run(['index'])
    rmSync(join(bench.home, 'cache/index'), { recursive: true })
    expect((await bench.run(['symbols', '--name', 'alpha'])).stdout).toContain('src/a.ts:1')
  })
})

describe('the REPL', () => {
  test('indexes behind its prompt and follows the files by itself', async () => {
    await using bench = openBench(files)
    const pty = bench.terminal(['--provider', 'builtin'])
    await pty.waitFor('builtin')
    const status = async () =>
      JSON.parse((await bench.run(['index', '--status', '--json'])).stdout).index
    const symbolsBecome = async (count: number) => {
      for (;;) if ((await status()).symbols === count) return
    }
    await symbolsBecome(2)
    bench.write('src/new/d.ts', 'export function delta() {}\n')
    await symbolsBecome(3)
    pty.type('/exit\r')
    expect(await pty.exited).toBe(0)
    await pty.close()
  })

  test('without an index nothing is read', async () => {
    await using bench = openBench(files)
    const pty = bench.terminal(['--provider', 'builtin', '--no-index'])
    await pty.waitFor('builtin')
    pty.type('/exit\r')
    expect(await pty.exited).toBe(0)
    await pty.close()
    expect((await bench.run(['index', '--status', '--json'])).stdout).toContain('"symbols":0')
  })

  test('a home directory is not indexed unasked', async () => {
    await using bench = openBench(files)
    const pty = bench.terminal(['--provider', 'builtin'], { env: { HOME: bench.root } })
    await pty.waitFor('builtin')
    pty.type('/exit\r')
    expect(await pty.exited).toBe(0)
    await pty.close()
    expect(bench.exists('../home/cache/index')).toBe(false)
  })
})
