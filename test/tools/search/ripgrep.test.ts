import { expect, test } from 'bun:test'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import manifest from '../../../package.json'
import { runProgram } from '../../../src/base/process.ts'
import { ripgrepPath, ripgrepVersion } from '../../../src/tools/search/ripgrep.ts'
import { embeddedRipgrep } from '../../../src/tools/search/ripgrep-embedded.ts'

async function openCache() {
  const directory = await mkdtemp(join(tmpdir(), 'codi-rg-'))
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

const standalone = { embedded: embeddedRipgrep, standalone: true, env: {} }

test('from source the binary of the npm package is used as it lies', async () => {
  const path = await ripgrepPath({ cacheDirectory: '/nonexistent', env: {} })
  expect((await runProgram([path, '--version'])).stdout).toContain('ripgrep')
})

test('the version that names the extracted file is the pinned one', () => {
  expect(manifest.dependencies['@vscode/ripgrep']).toBe(ripgrepVersion)
})

test('many extractions at once give one file that runs and leave nothing else', async () => {
  await using cache = await openCache()
  const cacheDirectory = join(cache.directory, 'deep')
  const paths = await Promise.all(
    Array.from({ length: 8 }, () => ripgrepPath({ ...standalone, cacheDirectory })),
  )
  expect(new Set(paths).size).toBe(1)
  expect(await readdir(cacheDirectory)).toEqual([`rg-${ripgrepVersion}`])
  expect((await runProgram([paths[0] ?? '', '--version'])).exitCode).toBe(0)
})

test('a file that is cut short or cannot be executed is extracted anew', async () => {
  await using cache = await openCache()
  const options = { ...standalone, cacheDirectory: cache.directory }
  const path = await ripgrepPath(options)
  await truncate(path, 1000)
  await ripgrepPath(options)
  expect((await runProgram([path, '--version'])).exitCode).toBe(0)
  await chmod(path, 0o600)
  await ripgrepPath(options)
  expect((await runProgram([path, '--version'])).exitCode).toBe(0)
})

test('without an embedded copy, or where it cannot be extracted, the one on PATH is used', async () => {
  await using cache = await openCache()
  const bin = join(cache.directory, 'bin')
  await mkdir(bin)
  await symlink(embeddedRipgrep ?? '', join(bin, 'rg'))
  const env = { PATH: bin }
  const none = { embedded: undefined, standalone: true, env }
  expect(await ripgrepPath({ ...none, cacheDirectory: cache.directory })).toBe(join(bin, 'rg'))
  const blocked = join(dirname(bin), 'file')
  await Bun.write(blocked, '')
  expect(await ripgrepPath({ ...standalone, env, cacheDirectory: blocked })).toBe(join(bin, 'rg'))
})

test('with none at all the error says what to install', async () => {
  const none = { embedded: undefined, standalone: true, env: { PATH: '' }, cacheDirectory: '/x' }
  await expect(ripgrepPath(none)).rejects.toThrow('install ripgrep')
})
