/** A native addon that the build packed is loaded, and its unpacked copy does not stay. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadAddon } from '../../src/base/addon.ts'

/** Without a C++ compiler there is none. */
const built = resolve(import.meta.dir, '../../dist/native/hnsw.node')

const own = process.env.TMPDIR
let directory = ''
let scratch = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'codi-addon-test-'))
  scratch = mkdtempSync(join(directory, 'tmp-'))
  process.env.TMPDIR = scratch
})
afterEach(() => {
  if (own === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = own
  rmSync(directory, { recursive: true })
})

test.skipIf(!existsSync(built))('A packed addon answers, and nothing of it stays on disk', () => {
  const packed = join(directory, 'packed')
  writeFileSync(packed, Bun.zstdCompressSync(readFileSync(built), { level: 3 }))
  expect(loadAddon(packed)).toHaveProperty('HierarchicalNSW')
  expect(readdirSync(scratch)).toEqual([])
})

test('What is no addon is an error, and nothing of it stays on disk', () => {
  const packed = join(directory, 'packed')
  writeFileSync(packed, Bun.zstdCompressSync('no addon'))
  expect(() => loadAddon(packed)).toThrow()
  expect(readdirSync(scratch)).toEqual([])
})
