/** A power cut at hundreds of moments of real work: whatever was acknowledged is there, and the store opens unharmed. */
import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSessionStore } from '../../src/sessions/store.ts'
import { buildFaultyIo, type Cut, openDisk, readWrites } from '../support/faulty-disk.ts'
import { about, said, user } from './support.ts'

/** Hundreds of stores are opened: in memory, where there is such a place, flushing them costs nothing. */
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'codi-power-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const library = buildFaultyIo(scratch)

/** Each moment is tried with nothing, all and some of what was not flushed. */
const moments = 150

/** Two conversations over several lives of codi; after each entry a mark says that it was acknowledged. */
const workload = (directory: string) => `
  import { dlopen, FFIType, ptr } from 'bun:ffi'
  import { openSessionStore } from ${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))}
  const faulty = dlopen(process.env.LD_PRELOAD, { faulty_mark: { args: [FFIType.ptr] } })
  const ids = []
  let count = 0
  for (let life = 0; life < 6; life++) {
    const store = openSessionStore({ path: ${JSON.stringify(join(directory, 'sessions.db'))}, notice() {} })
    for (const which of [0, 1]) {
      const session = ids[which] ? store.resume(ids[which]) : store.create(${JSON.stringify(about)})
      ids[which] = session.id
      for (let step = 0; step < 8; step++) {
        const name = 'entry ' + count++
        const body = step % 2 ? ${JSON.stringify(said('TEXT'))} : ${JSON.stringify(user('TEXT'))}
        body.message.content[0].text = name + ' ' + 'x'.repeat((count * 977) % 9000)
        if (step % 2) for (let line = 1; line < 5; line++) {
          session.draft('line\\n')
          await new Promise(setImmediate)
        }
        session.append(body)
        faulty.symbols.faulty_mark(ptr(Buffer.from(name + '\\0')))
      }
      session.close()
    }
    store.close()
  }
`

function* everyEntry(path: string, notices: string[]): Iterable<string> {
  const store = openSessionStore({ path, notice: (text) => notices.push(text) })
  try {
    const { lost } = store.repair()
    if (lost) notices.push('lost')
    for (const { id } of store.list())
      for (const { content } of store.open(id).messages())
        for (const block of content)
          if (block.type === 'text') yield block.text.split(' x')[0]?.trim() ?? ''
  } finally {
    store.close()
  }
}

test.skipIf(library === undefined)(
  'what was acknowledged survives a power cut at any moment (needs a C compiler on Linux)',
  () => {
    const directory = join(scratch, 'work')
    mkdirSync(directory)
    const log = join(scratch, 'log')
    const ran = Bun.spawnSync([process.execPath, '-e', workload(directory)], {
      env: { ...process.env, LD_PRELOAD: library ?? '', FAULTY_DIR: directory, FAULTY_LOG: log },
    })
    expect(ran.stderr.toString()).toBe('')
    const writes = readWrites(readFileSync(log)).filter(({ path }) => !path.includes('/leases'))
    expect(writes.filter(({ op }) => op === 's').length).toBeGreaterThan(96)

    let seed = 3
    const coin = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed > 1073741824
    }
    const cuts: Cut[] = ['nothing', 'all', { part: coin }]
    const disk = openDisk()
    const acknowledged: string[] = []
    const every = Math.max(1, Math.floor(writes.length / moments))
    let tried = 0
    for (const [index, write] of writes.entries()) {
      if (write.op === 'm') acknowledged.push(write.path)
      else disk.apply(write)
      if (index % every !== 0) continue
      for (const cut of cuts) {
        const image = join(scratch, 'image')
        disk.restore(image, cut)
        const notices: string[] = []
        const there = new Set(everyEntry(join(image, 'sessions.db'), notices))
        const missing = acknowledged.filter((name) => !there.has(name))
        expect({ index, cut, missing, notices }).toEqual({ index, cut, missing: [], notices: [] })
        tried++
      }
    }
    expect(acknowledged).toHaveLength(96)
    expect(tried).toBeGreaterThan(400)
  },
  60_000,
)
