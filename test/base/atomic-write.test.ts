import { describe, expect, test } from 'bun:test'
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stageWrite, writeAtomic } from '../../src/base/atomic-write.ts'
import { CodiError } from '../../src/base/errors.ts'
import { runProgram } from '../../src/base/process.ts'

const isRoot = process.getuid?.() === 0

interface Folder extends AsyncDisposable {
  path(name: string): string
  names(): Promise<string[]>
}

async function folder(): Promise<Folder> {
  const directory = await mkdtemp(join(tmpdir(), 'codi-atomic-'))
  return {
    path: (name) => join(directory, name),
    names: async () => (await readdir(directory)).sort(),
    [Symbol.asyncDispose]: async () => {
      await chmod(directory, 0o700)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const bytes = (text: string): Uint8Array => Buffer.from(text)
const text = (path: string): Promise<string> => readFile(path, 'utf8')

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (thrown instanceof CodiError) return thrown
  throw thrown
}

describe('writeAtomic', () => {
  test('replaces the file by a new one, keeps its mode and leaves nothing beside it', async () => {
    await using at = await folder()
    await writeFile(at.path('a'), 'old')
    await chmod(at.path('a'), 0o640)
    const before = await stat(at.path('a'))
    await writeAtomic(at.path('a'), bytes('new'))
    const after = await stat(at.path('a'))
    expect(await text(at.path('a'))).toBe('new')
    expect(after.mode & 0o777).toBe(0o640)
    expect(after.ino).not.toBe(before.ino)
    expect(await at.names()).toEqual(['a'])
  })

  test('sets the mode that is asked for', async () => {
    await using at = await folder()
    await writeAtomic(at.path('a'), bytes('x'), { mode: 0o755 })
    expect((await stat(at.path('a'))).mode & 0o777).toBe(0o755)
  })

  test('writes in place where hard links would part', async () => {
    await using at = await folder()
    await writeFile(at.path('a'), 'a longer old text')
    await link(at.path('a'), at.path('b'))
    await writeAtomic(at.path('a'), bytes('new'))
    expect(await text(at.path('b'))).toBe('new')
    expect(await at.names()).toEqual(['a', 'b'])
  })

  test('refuses read-only files, directories and pipes by name', async () => {
    await using at = await folder()
    await writeFile(at.path('ro'), 'x')
    await chmod(at.path('ro'), 0o400)
    await mkdir(at.path('dir'))
    await runProgram(['mkfifo', at.path('pipe')])
    for (const [name, word] of [
      ['ro', 'read-only (mode 400)'],
      ['dir', 'is a directory'],
      ['pipe', 'no regular file'],
    ] as const) {
      const error = await failure(writeAtomic(at.path(name), bytes('y')))
      expect(error.message).toContain(at.path(name))
      expect(error.message).toContain(word)
    }
    expect(await at.names()).toEqual(['dir', 'pipe', 'ro'])
  })

  test('a directory that is missing is an io error and changes nothing', async () => {
    await using at = await folder()
    const error = await failure(writeAtomic(at.path('no/a'), bytes('x')))
    expect(error.kind).toBe('io')
    expect(await at.names()).toEqual([])
  })

  test('mustBeNew fails where someone took the name between staging and commit', async () => {
    await using at = await folder()
    const staged = await stageWrite(at.path('a'), bytes('mine'), { mustBeNew: true })
    await writeFile(at.path('a'), 'theirs')
    await failure(staged.commit())
    expect(await text(at.path('a'))).toBe('theirs')
    expect(await at.names()).toEqual(['a'])
  })

  test('a staged write that is discarded leaves no trace', async () => {
    await using at = await folder()
    await writeFile(at.path('a'), 'old')
    const staged = await stageWrite(at.path('a'), bytes('new'))
    expect((await at.names()).length).toBe(2)
    await staged.discard()
    expect(await at.names()).toEqual(['a'])
    expect(await text(at.path('a'))).toBe('old')
  })

  test('when the disk takes no more, the old file stays and no part of the new one', async () => {
    await using at = await folder()
    await writeFile(at.path('a'), 'old')
    await writeFile(at.path('linked'), 'old too')
    await link(at.path('linked'), at.path('other'))
    const script = `
      import { writeAtomic } from ${JSON.stringify(join(import.meta.dir, '../../src/base/atomic-write.ts'))}
      for (const path of process.argv.slice(1)) {
        await writeAtomic(path, new Uint8Array(4_000_000)).catch((error) => console.log(error.message))
      }`
    // A limit on file size makes write() fail part way, as a full disk does.
    const shell = `trap '' XFSZ; ulimit -f 1000; exec "$0" -e "$1" "$2" "$3"`
    const argv = ['bash', '-c', shell, process.execPath, script, at.path('a'), at.path('linked')]
    const { stdout } = await runProgram(argv, { env: { BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' } })
    expect(stdout).toContain(`Cannot write ${at.path('a')}; it is as it was before`)
    expect(stdout).toContain(`Cannot write ${at.path('linked')}; it is as it was before`)
    expect(await text(at.path('a'))).toBe('old')
    expect(await text(at.path('other'))).toBe('old too')
    expect(await at.names()).toEqual(['a', 'linked', 'other'])
  })

  // Root may write anywhere, so that neither refusal can happen to it.
  test.skipIf(isRoot)('writes in place where the directory takes no new file', async () => {
    await using at = await folder()
    await writeFile(at.path('a'), 'old')
    await chmod(at.path('.'), 0o500)
    await writeAtomic(at.path('a'), bytes('new'))
    expect(await text(at.path('a'))).toBe('new')
    await failure(writeAtomic(at.path('b'), bytes('new')))
  })
})
