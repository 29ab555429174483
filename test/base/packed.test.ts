/** Files that build.ts packed and files it did not are read the same way. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPacked, unpackedSize } from '../../src/base/packed.ts'

const directory = mkdtempSync(join(tmpdir(), 'codi-packed-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('A file', () => {
  // The sizes at which the head of a zstd frame takes another form.
  for (const size of [0, 1, 255, 256, 65_535, 65_792, 65_793, 3_000_000]) {
    test(`of ${size} bytes is read whole, packed or not, and its size is known before`, async () => {
      const bytes = new Uint8Array(size).map((_, index) => (index * 31) % 251)
      const plain = join(directory, `${size}`)
      const packed = join(directory, `${size}.packed`)
      writeFileSync(plain, bytes)
      writeFileSync(packed, Bun.zstdCompressSync(bytes, { level: 19 }))
      for (const path of [plain, packed]) {
        expect(await unpackedSize(path)).toBe(size)
        expect(Bun.hash(await readPacked(path))).toBe(Bun.hash(bytes))
      }
    })
  }
})
