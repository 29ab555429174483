/** One index, several processes: one writes, all read, and nobody is lost when one of them dies. */
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createIndexService } from '../../../workers/indexer/service.ts'
import { makeProject, type Project, ripgrep } from './project.ts'

const fileCount = 250
const symbolsEach = 40

function bigProject(): Project {
  const files: Record<string, string> = {}
  for (let index = 0; index < fileCount; index++)
    files[`f${index}.ts`] = Array.from(
      { length: symbolsEach },
      (_, at) => `/** Number ${at}. */\nexport function f${index}_${at}() { return ${at} }`,
    ).join('\n')
  return makeProject(files)
}

/** Another process that indexes the project; `lines` are what it says. */
function startIndexing({ root, database }: Project, shell?: string) {
  const script = join(import.meta.dir, 'update-until-killed.ts')
  const argv = [process.execPath, script, root, database, ripgrep]
  const child = Bun.spawn(shell ? ['bash', '-c', `${shell}; exec "$@"`, '_', ...argv] : argv, {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  return {
    child,
    async line(): Promise<string> {
      while (!rest.includes('\n')) {
        const { value, done } = await lines.read()
        if (done) return rest
        rest += value
      }
      const end = rest.indexOf('\n')
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      return line
    },
  }
}

function storedFiles({ database }: Project): number {
  const opened = new Database(database, { readonly: true })
  try {
    return opened.query<{ n: number }, []>('SELECT count(*) AS n FROM files').get()?.n ?? 0
  } finally {
    opened.close()
  }
}

describe('two processes', () => {
  test('the second waits, reads meanwhile, sees who writes, and does nothing twice', async () => {
    const project = bigProject()
    const other = startIndexing(project)
    expect(await other.line()).toBe('written')
    const update = project.index.update({})
    const status = await project.index.status()
    expect(status.writer).toBe(other.child.pid)
    expect(status.files).toBeGreaterThan(0)
    expect(
      await project.index.findSymbols({ name: 'f0_1', match: 'exact', limit: 1 }),
    ).toHaveLength(1)
    const ours = await update
    const theirs: { parsed: number } = JSON.parse(await other.line())
    expect(theirs.parsed + ours.parsed).toBe(fileCount)
    expect(ours).toMatchObject({ files: fileCount, parsed: 0 })
    expect(project.events.some((event) => event.type === 'progress')).toBe(true)
    expect((await project.index.status()).writer).toBeUndefined()
  })

  test('when the one that writes is killed, the other takes over and parses only the rest', async () => {
    const project = bigProject()
    const other = startIndexing(project)
    expect(await other.line()).toBe('written')
    const update = project.index.update({})
    other.child.kill('SIGKILL')
    await other.child.exited
    const before = storedFiles(project)
    const report = await update
    expect(report.files).toBe(fileCount)
    expect(report.parsed).toBeLessThanOrEqual(fileCount - before + 1)
    expect(report.parsed).toBeGreaterThan(0)
  })

  test('one that waits can be called off', async () => {
    const project = bigProject()
    const other = startIndexing(project)
    expect(await other.line()).toBe('written')
    const controller = new AbortController()
    const update = project.index.update({}, controller.signal)
    controller.abort()
    await expect(update).rejects.toMatchObject({ kind: 'cancelled' })
    other.child.kill('SIGKILL')
    await other.child.exited
  })

  test('what another one rebuilds, a watching one checks anew', async () => {
    const project = makeProject({ 'a.ts': 'export const a = 1' })
    await project.index.watch({})
    const other = project.another()
    expect(await other.update({ rebuild: true })).toMatchObject({ parsed: 1, files: 1 })
    other.close()
    expect(await project.index.update({})).toMatchObject({ files: 1, symbols: 1 })
    project.write('a.ts', 'export const b = 1')
    expect(await project.index.update({})).toMatchObject({ parsed: 1 })
  })
})

describe('files that go under a running process', () => {
  test('the whole directory of the index: it is built again', async () => {
    const project = makeProject({ 'a.ts': 'export const a = 1' })
    await project.index.watch({})
    rmSync(dirname(project.database), { recursive: true })
    expect(await project.index.update({})).toMatchObject({ parsed: 1, files: 1 })
    expect(statSync(project.database).size).toBeGreaterThan(0)
    project.write('a.ts', 'export const b = 1')
    expect(await project.index.update({})).toMatchObject({ parsed: 1, files: 1 })
    rmSync(dirname(project.database), { recursive: true })
    expect((await project.index.status()).files).toBe(0)
    expect(await project.index.update({})).toMatchObject({ parsed: 1, files: 1 })
  })

  test('the journal alone: nothing is lost for good, and others see what is written next', async () => {
    const project = makeProject({ 'a.ts': 'export const a = 1' })
    await project.index.update({})
    for (const suffix of ['-wal', '-shm']) rmSync(project.database + suffix)
    project.write('a.ts', 'export const b = 1')
    await project.index.update({})
    const other = project.another()
    const rows = await other.findSymbols({ name: '', match: 'exact', limit: 9 })
    other.close()
    expect(rows.map((row) => row.name)).toEqual(['b'])
  })

  test('in the middle of an update: it goes on with a new one', async () => {
    const project = bigProject()
    const first = project.nextEvent((event) => event.type === 'progress' && event.done > 0)
    const update = project.index.update({})
    await first
    rmSync(dirname(project.database), { recursive: true })
    expect(await update).toMatchObject({ files: fileCount, symbols: fileCount * symbolsEach })
  })
})

test('an index inside the project is no part of it, and does not wake itself', async () => {
  const project = makeProject({ 'a.ts': 'export const a = 1' })
  const database = join(project.root, '.cache/index/index.db')
  const index = createIndexService({ root: project.root, database, ripgrep }, () => {})
  try {
    await index.watch({})
    expect(await index.update({})).toMatchObject({ files: 1, skipped: [] })
    project.write('a.ts', 'export const b = 1')
    expect(await index.update({})).toMatchObject({ parsed: 1 })
    const { updatedAt } = await index.status()
    expect(await index.update({})).toMatchObject({ files: 1, skipped: [] })
    expect((await index.status()).updatedAt).toBe(updatedAt ?? 0)
  } finally {
    index.close()
  }
})

// A limit on the size of files stands for a full disk: both refuse the next byte. macOS has no `ulimit -f` of this kind.
test.skipIf(process.platform !== 'linux')(
  'where the disk takes no more, it is said so, and what was written stays',
  async () => {
    const project = bigProject()
    const other = startIndexing(project, 'ulimit -f 600')
    let last = await other.line()
    if (last === 'written') last = await other.line()
    expect(JSON.parse(last).error).toContain('cannot be written: the disk is full')
    await other.child.exited
    const before = storedFiles(project)
    expect(before).toBeGreaterThan(0)
    expect(await project.index.update({})).toMatchObject({
      files: fileCount,
      parsed: fileCount - before,
    })
  },
)
