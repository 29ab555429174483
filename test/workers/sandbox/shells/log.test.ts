/** What is kept of a long output, and where it can be read again. */
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '../../../../workers/sandbox/shells/log.ts'

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-log-')))
const path = () => join(directory, 'sub', `${crypto.randomUUID()}.log`)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('whatever comes is read again byte by byte, but for what the limits dropped', () => {
  const random = openRandom(7)
  for (let round = 0; round < 300; round++) {
    const memoryBytes = 1 + random(64)
    const fileBytes = random(200)
    const log = openLog(path(), { memoryBytes, fileBytes })
    const pieces = Array.from({ length: random(30) }, () =>
      Buffer.from(Array.from({ length: random(40) }, () => random(256))),
    )
    for (const piece of pieces) log.add(piece)
    const all = Buffer.concat(pieces)
    expect(log.totalBytes).toBe(all.length)
    for (const from of [0, random(all.length + 1), random(all.length + 1), all.length]) {
      const { bytes, from: at } = log.read(from, 50)
      expect([...bytes]).toEqual([...all.subarray(at, at + bytes.length)])
      const inFile = all.length > memoryBytes ? fileBytes : 0
      const isKept = from < inFile || from >= all.length - memoryBytes
      expect(at).toBe(isKept ? from : all.length - memoryBytes)
      expect(bytes.length > 0).toBe(at < all.length)
    }
    log.close()
  }
})

/** Numbers below a limit, the same ones in every run. */
function openRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return Math.floor((state / 0x8000_0000) * limit)
  }
}

test('its file has no name: nothing of it is left, whatever ends this process', () => {
  const log = openLog(path(), { memoryBytes: 4, fileBytes: 100 })
  log.add(Buffer.from('0123456789'))
  expect(Buffer.from(log.read(0, 100).bytes).toString()).toBe('0123456789')
  expect(readdirSync(join(directory, 'sub'))).toEqual([])
  log.close()
  expect(log.read(0, 100).bytes.length).toBe(0)
})

test('a place that cannot be written costs all but the end', () => {
  const log = openLog('/dev/null/impossible/x.log', { memoryBytes: 4, fileBytes: 100 })
  log.add(Buffer.from('0123456789'))
  const { bytes, from } = log.read(0, 100)
  expect([Buffer.from(bytes).toString(), from]).toEqual(['6789', 6])
})

test('what nobody kept is a gap', () => {
  const log = openLog(path(), { memoryBytes: 8, fileBytes: 100 })
  log.add(Buffer.from('head'))
  log.miss(1000)
  log.add(Buffer.from('tail'))
  expect(log.totalBytes).toBe(1008)
  const read = (from: number) => {
    const { bytes, from: at } = log.read(from, 100)
    return [Buffer.from(bytes).toString(), at]
  }
  expect([read(0), read(4), read(1004)]).toEqual([
    ['head', 0],
    ['tail', 1004],
    ['tail', 1004],
  ])
  log.close()
})
