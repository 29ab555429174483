/** Servers that are slow, silent, broken, missing or stubborn, and files that are no source. */
import { afterEach, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { createProject, type Project } from './project.ts'

const opened: Project[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((project) => project.close()))
})

/** One file `a.zig`, and a server of the given behaviour for it. */
function scripted(mode: string): Project {
  const project = createProject({ 'a.zig': 'first\n', 'b.zig': 'other\n' })
  project.script('zls', mode)
  opened.push(project)
  return project
}

describe('what a server says', () => {
  test('of an older version, or about a closed file, does not count', async () => {
    const project = scripted('versions')
    const first = await project.ask(['a.zig'])
    expect(first).toEqual([
      {
        path: 'a.zig',
        server: 'zls',
        state: 'fresh',
        items: [{ severity: 'error', line: 2, column: 5, message: 'first v1', code: '7' }],
      },
    ])
    project.write('a.zig', 'second\n')
    expect((await project.ask(['a.zig']))[0]?.items[0]?.message).toBe('second v2')
    // The same file again: it is closed and opened, and closing it clears it.
    expect((await project.ask(['a.zig']))[0]?.items[0]?.message).toBe('second v3')
  })

  test('in parts, without versions, counts when it is quiet', async () => {
    const [file] = await scripted('parts').ask(['a.zig'])
    expect(file).toMatchObject({ state: 'fresh', items: [{ message: 'the second part' }] })
  })

  test('counts only when its work is done', async () => {
    const [file] = await scripted('progress').ask(['a.zig'])
    expect(file).toMatchObject({ state: 'fresh', items: [{ message: 'after the check' }] })
  })

  test('only when asked, which it tells late, and at the second time', async () => {
    const [file] = await scripted('pull').ask(['a.zig'])
    expect(file).toMatchObject({ state: 'fresh', items: [{ message: 'pulled' }] })
  })

  test('only once about a text stands, but not for another text', async () => {
    const project = scripted('once')
    const said = { state: 'fresh', items: [{ message: 'said once' }] }
    expect(await project.ask(['a.zig'])).toMatchObject([said])
    expect(await project.ask(['a.zig'])).toMatchObject([said])
    project.write('a.zig', 'silent\n')
    expect(await project.ask(['a.zig'], 300)).toMatchObject([{ state: 'timeout' }])
    expect(await project.ask(['a.zig'], 300)).toMatchObject([{ state: 'timeout' }])
  })

  test('may depend on answers of the client', async () => {
    const [file] = await scripted('asks').ask(['a.zig'])
    expect(JSON.parse(file?.items[0]?.message ?? '')).toEqual({
      settings: [null, null],
      folders: 1,
      edit: { applied: false },
      unknown: 'refused',
    })
  })
})

describe('a server that', () => {
  test('says nothing is a timeout', async () => {
    const [file] = await scripted('silent').ask(['a.zig'], 1500)
    expect(file).toMatchObject({ server: 'zls', state: 'timeout', items: [] })
  })

  test('says nothing is left alone when the question is cancelled', async () => {
    const project = scripted('silent')
    await project.ask(['a.zig'], 1500)
    const abort = new AbortController()
    const asking = project.ask(['b.zig'], 40_000, abort.signal).catch((thrown) => thrown)
    await project.connection.ping()
    abort.abort()
    expect(await asking).toMatchObject({ kind: 'cancelled' })
    expect(await project.connection.service.status()).toMatchObject([{ state: 'ready' }])
  })

  test('is not installed is missing, and the note says how to get it', async () => {
    const project = createProject({ 'a.zig': '' })
    opened.push(project)
    const [file] = await project.ask(['a.zig'])
    expect(file).toMatchObject({ server: 'zls', state: 'missing', items: [] })
    expect(file?.note).toContain('install zls')
    expect(await project.connection.service.status()).toMatchObject([
      { server: 'zls', state: 'missing' },
    ])
    // It is found as soon as it is there.
    project.script('zls', 'parts')
    expect(await project.ask(['a.zig'])).toMatchObject([{ state: 'fresh' }])
  })

  test('cannot start has failed with the line of stderr that says why, and is not tried at once for ever', async () => {
    const project = scripted('broken')
    const failed = await project.ask(['a.zig'])
    expect(failed).toMatchObject([{ server: 'zls', state: 'failed', items: [] }])
    expect(failed[0]?.note).toContain('status 2: error: the toolchain is not installed')
    await project.ask(['a.zig'])
    const third = await project.ask(['a.zig'])
    expect(third[0]?.note).toMatch(/started again in \d+ s/)
    expect(project.started()).toHaveLength(2)
  })

  test('crashes fails the question with its last words, and is started again by the next', async () => {
    const project = scripted('crash')
    expect(await project.ask(['a.zig'])).toMatchObject([{ state: 'fresh' }])
    project.write('a.zig', 'crash\n')
    const [file] = await project.ask(['a.zig'])
    expect(file).toMatchObject({ state: 'failed' })
    expect(file?.note).toContain('error: out of stack')
    expect(await project.connection.service.status()).toMatchObject([{ state: 'failed' }])
    project.write('a.zig', 'good again\n')
    expect(await project.ask(['a.zig'])).toMatchObject([{ state: 'fresh' }])
    expect(project.started()).toHaveLength(2)
  })

  test('is asked about several files at once is started once', async () => {
    const project = scripted('parts')
    expect(await project.ask(['a.zig', 'b.zig', 'a.zig'])).toMatchObject([
      { path: 'a.zig', state: 'fresh' },
      { path: 'b.zig', state: 'fresh' },
      { path: 'a.zig', state: 'fresh' },
    ])
    expect(project.started()).toHaveLength(1)
  })
})

describe('the end', () => {
  test('is told to the server in order', async () => {
    const project = scripted('parts')
    await project.ask(['a.zig'])
    await project.connection.close()
    expect(project.started().at(-1)).toBe('shutdown')
    expect(isAlive(Number(project.started()[0]))).toBe(false)
  })

  test('comes for a server that does not listen too', async () => {
    const project = scripted('deaf')
    await project.ask(['a.zig'], 1000)
    const pid = Number(project.started()[0])
    expect(isAlive(pid)).toBe(true)
    await project.connection.close()
    expect(isAlive(pid)).toBe(false)
  })

  test('of the whole program, by process.exit, leaves no server', async () => {
    const project = scripted('deaf')
    const program = `
      import { connectWorker } from ${JSON.stringify(`${import.meta.dir}/../../../src/rpc/connect.ts`)}
      const { service } = connectWorker('lsp', { root: ${JSON.stringify(project.root)} }, { onEvent() {} })
      await service.diagnostics({ paths: ['a.zig'], waitMs: 1000 })
      process.exit(0)`
    const child = Bun.spawn([process.execPath, '-e', program], { stderr: 'inherit' })
    expect(await child.exited).toBe(0)
    expect(await isGone(Number(project.started()[0]))).toBe(true)
  })
})

describe('a file that', () => {
  test.each<[string, string, string | Uint8Array, string]>([
    ['is binary', 'binary.zig', new Uint8Array([1, 0, 2]), 'binary'],
    ['is too big', 'big.zig', 'x'.repeat(3_000_000), 'at most 2.0 MB'],
    ['is not there', 'gone.zig', '', 'No such file'],
  ])('%s is not shown to a server, and the note says why', async (_what, name, content, note) => {
    const project = scripted('parts')
    if (name !== 'gone.zig') project.write(name, content)
    const [file] = await project.ask([name])
    expect(file).toMatchObject({ path: name, state: 'failed', items: [] })
    expect(file?.note).toContain(note)
    expect(project.started()).toHaveLength(0)
  })

  test('no server knows is none', async () => {
    const project = scripted('parts')
    expect(await project.ask(['notes.unknown'])).toEqual([
      { path: 'notes.unknown', server: '', state: 'none', items: [] },
    ])
  })
})

/** Of a process that this one is not the parent of: an ended one may wait as a zombie for whoever is. */
async function isGone(pid: number): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    const state = stateOf(pid)
    if (state === '' || state === 'Z') return true
    await Bun.sleep(20)
  }
  return false
}

/** The letter that the system has for it; empty when it is gone. */
function stateOf(pid: number): string {
  if (process.platform !== 'linux') {
    const { stdout } = Bun.spawnSync(['ps', '-o', 'stat=', '-p', String(pid)])
    return stdout.toString().trim().charAt(0)
  }
  const stat = `/proc/${pid}/stat`
  return existsSync(stat) ? (readFileSync(stat, 'utf8').split(') ').at(-1)?.charAt(0) ?? '') : ''
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
