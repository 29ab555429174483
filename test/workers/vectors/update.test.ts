/** How the search index follows the symbol index, and what it survives. */
import { describe, expect, test } from 'bun:test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vectorsSelfTest } from '../../../workers/vectors/self-test.ts'
import { createVectorService } from '../../../workers/vectors/service.ts'
import { ripgrep } from '../indexer/project.ts'
import { hnsw, makeSearchable, type Searchable } from './searchable.ts'

const nouns = ['apple', 'bridge', 'candle', 'desert', 'engine', 'forest', 'garden', 'harbor']
const verbs = ['paint', 'carry', 'freeze', 'count', 'launch', 'repair', 'whistle', 'borrow']

const capital = (word: string) => word[0]?.toUpperCase() + word.slice(1)

/** 64 functions in eight files, each with words of its own. */
function village(): Record<string, string> {
  return Object.fromEntries(
    nouns.map((noun) => [
      `src/${noun}.ts`,
      verbs
        .map(
          (verb) =>
            `export function ${verb}${capital(noun)}() {\n  return '${verb} the ${noun}'\n}\n`,
        )
        .join('\n'),
    ]),
  )
}

async function firstPath(project: Searchable, text: string): Promise<string | undefined> {
  return (await project.search(text))[0]?.path
}

test('only changed files are embedded again; nothing to do is nothing', async () => {
  const project = makeSearchable(village())
  const first = await project.update()
  expect(first).toMatchObject({ chunks: 64, embedded: 64, removed: 0 })
  expect(await project.update()).toMatchObject({ chunks: 64, embedded: 0, removed: 0 })
  project.write('src/apple.ts', 'export function peelApple() {\n  return 1\n}\n')
  expect(await project.update()).toMatchObject({ chunks: 57, embedded: 1, removed: 8 })
  expect(await firstPath(project, 'peel the apple')).toBe('src/apple.ts')
  expect((await project.search('freeze apple'))[0]?.symbol).not.toBe('freezeApple')
})

test('a deleted file leaves no chunk, no word and no vector behind', async () => {
  const project = makeSearchable(village())
  await project.update()
  project.remove('src/harbor.ts')
  expect(await project.update()).toMatchObject({ chunks: 56, removed: 8 })
  expect((await project.search('launch harbor')).map((hit) => hit.path)).not.toContain(
    'src/harbor.ts',
  )
})

test('without the symbol index the update says what to do', async () => {
  const project = makeSearchable({})
  await expect(project.vectors.update({})).rejects.toMatchObject({
    kind: 'not_found',
    message: expect.stringContaining('update the index first'),
  })
  expect(await project.search('anything')).toEqual([])
})

describe('what is broken is built again', () => {
  test('a database that is none', async () => {
    const project = makeSearchable(village())
    await project.update()
    project.vectors.close()
    writeFileSync(join(project.directory, 'search.db'), 'not a database '.repeat(1000))
    for (const suffix of ['-wal', '-shm'])
      rmSync(join(project.directory, `search.db${suffix}`), { force: true })
    project.reopen()
    expect(await project.update()).toMatchObject({ chunks: 64, embedded: 64 })
    expect((await project.search('count bridge'))[0]?.symbol).toBe('countBridge')
  })

  test('an update killed in the middle is taken up where it was', async () => {
    const files: Record<string, string> = {}
    for (let index = 0; index < 300; index++)
      files[`f${index}.ts`] = Array.from(
        { length: 12 },
        (_, at) =>
          `export function work${index}_${at}(input: string) {\n  return input + ${at}\n}\n`,
      ).join('\n')
    const project = makeSearchable(files)
    await project.index.update({})
    const child = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, 'embed-until-killed.ts'),
        project.root,
        project.database,
        project.directory,
        ripgrep,
      ],
      { stdout: 'pipe', stderr: 'inherit' },
    )
    for await (const chunk of child.stdout) if (chunk.length > 0) break
    child.kill('SIGKILL')
    await child.exited
    const report = await project.update()
    expect(report.chunks).toBe(300 * 12)
    expect(report.embedded).toBeLessThan(300 * 12)
    expect((await project.search('work123_7'))[0]?.symbol).toBe('work123_7')
  })
})

test('overlapping updates share one run, and an abort of one leaves the other', async () => {
  const project = makeSearchable(village())
  await project.index.update({})
  const controller = new AbortController()
  const gone = project.vectors.update({}, controller.signal)
  const stays = project.vectors.update({})
  controller.abort()
  await expect(gone).rejects.toMatchObject({ kind: 'cancelled' })
  expect(await stays).toMatchObject({ chunks: 64, embedded: 64 })
  expect(project.vectorEvents.filter((event) => event.type === 'progress').at(-1)).toEqual({
    type: 'progress',
    what: 'vectors',
    done: 8,
    total: 8,
  })
})

test('two processes may update one search index at a time', async () => {
  const project = makeSearchable(village())
  await project.index.update({})
  const other = createVectorService(
    { root: project.root, indexDatabase: project.database, directory: project.directory },
    () => {},
  )
  await Promise.all([project.vectors.update({}), other.update({})])
  expect((await other.status()).chunks).toBe(64)
  project.write('src/apple.ts', 'export function biteApple() {\n  return 1\n}\n')
  await project.update()
  const [hit] = await other.search({ text: 'bite apple', limit: 1 })
  expect(hit?.symbol).toBe('biteApple')
  other.close()
})

test('a directory that cannot be written is told in one sentence', async () => {
  const project = makeSearchable(village())
  await project.index.update({})
  const blocked = createVectorService(
    {
      root: project.root,
      indexDatabase: project.database,
      directory: join(project.root, 'src/apple.ts/vectors'),
    },
    () => {},
  )
  await expect(blocked.status()).rejects.toMatchObject({
    kind: 'io',
    message: expect.stringContaining('Cannot open the search index'),
  })
})

test('the self-test says whether the native addon answers', async () => {
  const [result] = await vectorsSelfTest()
  expect(result).toMatchObject({ name: 'hnsw', ok: true })
  expect(result?.note).toContain(hnsw ? 'native addon' : 'exact')
})
