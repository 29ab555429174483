/** A disk that is full, one that takes no writes, and one that fails: the conversation goes on, and is kept when that goes again. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildFaultyIo } from '../support/faulty-disk.ts'
import { openStoreBench } from './support.ts'

/** Prepares what the test does with a small disk of its own, mounted where only it sees it. */
const program = (directory: string, steps: string) => `
  import { readdirSync, rmSync, writeFileSync } from 'node:fs'
  import { openSessionStore } from ${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))}
  import { about, said, texts, user } from ${JSON.stringify(join(import.meta.dir, 'support.ts'))}
  const directory = ${JSON.stringify(directory)}
  const path = directory + '/sessions.db'
  const notices = []
  const open = () => openSessionStore({ path, notice: (text) => notices.push(text) })
  function fill() {
    for (let size = 65536; size >= 256; ) {
      try { writeFileSync(directory + '/filler' + size + '-' + readdirSync(directory).length, 'x'.repeat(size)) } catch { size = size / 2 }
    }
  }
  function empty() {
    for (const name of readdirSync(directory)) if (name.startsWith('filler')) rmSync(directory + '/' + name)
  }
  ${steps}
`

interface Answer {
  [name: string]: unknown
}

const canMount =
  process.platform === 'linux' &&
  Bun.which('unshare') !== null &&
  Bun.spawnSync(['unshare', '-rm', 'true']).exitCode === 0

async function onSmallDisk(directory: string, steps: string): Promise<Answer> {
  mkdirSync(directory, { recursive: true })
  const child = Bun.spawn(
    [
      ...['unshare', '-rm', 'sh', '-c'],
      'mount -t tmpfs -o size=1m,mode=700 none "$1" && exec "$2" -e "$3"',
      ...['sh', directory, process.execPath, program(directory, steps)],
    ],
    { stdout: 'pipe', stderr: 'pipe' },
  )
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  expect(err).toBe('')
  return JSON.parse(out) as Answer
}

describe.skipIf(!canMount)('a full disk (needs user namespaces)', () => {
  test('costs nothing of the conversation, is said once, and what was not kept is written then', async () => {
    using bench = openStoreBench()
    const answer = await onSmallDisk(
      join(bench.directory, 'disk'),
      `
      const store = open()
      const session = store.create(about)
      session.append(user('first'))
      fill()
      const wanted = ['first']
      for (let step = 0; step < 12; step++) {
        const text = 'step ' + step + ' ' + 'z'.repeat(5000)
        wanted.push(text)
        session.append(step % 2 ? said(text) : user(text))
        session.draft('streaming\\nand on')
        await new Promise(setImmediate)
      }
      const told = [...notices]
      const unkept = session.unkept
      const during = texts(session).join() === wanted.join()
      const last = session.last('message').id === session.head
      empty()
      session.append(said('room again'))
      wanted.push('room again')
      const after = session.unkept
      store.close()
      const again = open()
      console.log(JSON.stringify({ told, unkept, during, last, after, notices,
        whole: texts(again.open(session.id)).join() === wanted.join(), repair: again.repair().lost }))
      `,
    )
    expect(answer).toMatchObject({ during: true, last: true, after: 0, whole: true, repair: false })
    expect(answer.unkept).toBeGreaterThan(0)
    expect(answer.told).toEqual([expect.stringContaining('The conversation is not kept for now: ')])
    expect(answer.notices).toEqual([
      expect.stringContaining('it goes on in memory'),
      'The conversation is kept again; nothing of it is missing',
    ])
  })

  test('before the store exists is no reason to stop; it is made when there is room', async () => {
    using bench = openStoreBench()
    const answer = await onSmallDisk(
      join(bench.directory, 'disk'),
      `
      fill()
      const store = open()
      const session = store.create(about)
      const before = session.kept
      session.append(user('one'))
      session.append(said('two'))
      const during = [texts(session), session.kept]
      empty()
      session.append(user('three'))
      session.close()
      console.log(JSON.stringify({ before, during, notices, after: texts(open().open(session.id)), kept: session.kept }))
      `,
    )
    expect(answer).toMatchObject({
      during: [['one', 'two'], false],
      after: ['one', 'two', 'three'],
      kept: true,
    })
    expect(answer.notices).toHaveLength(2)
  })

  test('leaves a session that is resumed readable, and other ones as they were', async () => {
    using bench = openStoreBench()
    const answer = await onSmallDisk(
      join(bench.directory, 'disk'),
      `
      const first = open()
      const session = first.create(about)
      session.append(user('kept'))
      first.close()
      fill()
      const store = open()
      const again = store.resume(session.id)
      again.append(user('more ' + 'y'.repeat(20000)))
      console.log(JSON.stringify({ texts: texts(again).map((text) => text.slice(0, 4)), list: store.list().length, notices }))
      `,
    )
    expect(answer).toMatchObject({ texts: ['kept', 'more'], list: 1 })
    expect(answer.notices).toHaveLength(1)
  })

  test('made read-only in the middle is the same', async () => {
    using bench = openStoreBench()
    const disk = join(bench.directory, 'disk')
    const answer = await onSmallDisk(
      disk,
      `
      const mount = (how) => Bun.spawnSync(['mount', '-o', 'remount,bind,' + how, directory]).exitCode
      const first = open()
      const old = first.create(about)
      old.append(user('old'))
      first.close()
      const remounted = mount('ro')
      const store = open()
      const session = store.resume(old.id)
      session.append(user('new'))
      const during = [texts(session), store.list().length, notices.length]
      const writable = mount('rw')
      session.append(user('newer'))
      console.log(JSON.stringify({ remounted, writable, during, after: texts(open().open(old.id)), notices }))
      `,
    )
    expect(answer).toMatchObject({ remounted: 0, writable: 0 })
    expect(answer.during).toEqual([['old', 'new'], 1, 1])
    expect(answer.after).toEqual(['old', 'new', 'newer'])
  })
})

const scratch = mkdtempSync(join(tmpdir(), 'codi-faulty-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const library = buildFaultyIo(scratch)

test.skipIf(library === undefined)(
  'a disk that fails for a while costs nothing of the conversation (needs a C compiler on Linux)',
  () => {
    using bench = openStoreBench()
    const bad = join(scratch, 'bad')
    const steps = `
      const store = open()
      const session = store.create(about)
      session.append(user('one'))
      writeFileSync(${JSON.stringify(bad)}, '')
      session.append(said('two'))
      session.append(user('three'))
      const during = [texts(session), session.unkept > 0, notices.length]
      rmSync(${JSON.stringify(bad)})
      session.append(said('four'))
      store.close()
      const again = open()
      console.log(JSON.stringify({ during, notices, after: texts(again.open(session.id)), lost: again.repair().lost }))
    `
    const ran = Bun.spawnSync([process.execPath, '-e', program(bench.directory, steps)], {
      env: {
        ...process.env,
        ...{ LD_PRELOAD: library ?? '', FAULTY_DIR: bench.directory, FAULTY_EIO: bad },
      },
    })
    expect(ran.stderr.toString()).toBe('')
    const answer = JSON.parse(ran.stdout.toString()) as Answer
    expect(answer.during).toEqual([['one', 'two', 'three'], true, 1])
    expect(answer).toMatchObject({ after: ['one', 'two', 'three', 'four'], lost: false })
    expect(answer.notices).toHaveLength(2)
  },
)
