/**
 * Brings a corpus into the cache directory by npm or apt-get as they are configured; nothing of it is run. Answers
 * where its sources are, or why they cannot be had here.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../../src/base/errors.ts'
import { runProgram } from '../../../src/base/process.ts'
import type { Corpus } from './corpora.ts'

export type Fetched = { directory: string } | { directory: undefined; reason: string }

const timeoutMs = 300_000
const onlySources = /\.(?:[cm]?[jt]sx?|go|rs|py|java|cc|cpp|h|hpp)$/

export async function fetchCorpus(cache: string, corpus: Corpus): Promise<Fetched> {
  const directory = join(cache, 'sources', corpus.name)
  if (existsSync(directory)) return { directory }
  const fresh = join(cache, 'sources', `.${corpus.name}`)
  try {
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh, { recursive: true })
    const unpacked = await unpackedPackage(cache, corpus)
    for (const path of corpus.directories) await copySources(unpacked, path, fresh)
    renameSync(fresh, directory)
    return { directory }
  } catch (thrown) {
    rmSync(fresh, { recursive: true, force: true })
    return { directory: undefined, reason: errorMessage(thrown) }
  }
}

async function unpackedPackage(cache: string, corpus: Corpus): Promise<string> {
  const target = join(cache, 'packages', corpus.spec.replace(/[/=~:]/g, '-'))
  if (existsSync(target)) return target
  const fresh = `${target}.part`
  rmSync(fresh, { recursive: true, force: true })
  const archives = join(fresh, 'archive')
  mkdirSync(archives, { recursive: true })
  const files = join(fresh, 'files')
  mkdirSync(files)
  const only = () => join(archives, readdirSync(archives)[0] ?? '')
  if (corpus.from === 'npm') {
    await run(['npm', 'pack', corpus.spec, '--ignore-scripts', '--loglevel=error'], archives)
    await run(['tar', '-xzf', only(), '--strip-components=1', '-C', files], archives)
  } else {
    await run(['apt-get', 'download', corpus.spec], archives)
    await run(['dpkg-deb', '-x', only(), files], archives)
  }
  renameSync(files, target)
  rmSync(fresh, { recursive: true, force: true })
  return target
}

async function copySources(unpacked: string, path: string, target: string): Promise<void> {
  const [archive, inside] = path.split('!')
  let from = join(unpacked, path)
  if (inside !== undefined && archive !== undefined) {
    const opened = join(unpacked, 'opened')
    await run(['unzip', '-qo', join(unpacked, archive), `${inside}/*`, '-d', opened], unpacked)
    from = join(opened, inside)
  }
  if (!existsSync(from)) throw new Error(`${path} is not in the package`)
  const to = join(target, (inside ?? path).split('/').slice(-2).join('/'))
  // Debian replaces bundled scripts by links to packages that are not here.
  for (const name of readdirSync(from, { recursive: true }).map(String))
    if (onlySources.test(name) && existsSync(join(from, name)))
      cpSync(join(from, name), join(to, name), { dereference: true })
}

async function run(argv: string[], cwd: string): Promise<void> {
  const done = await runProgram(argv, { cwd, timeoutMs })
  if (done.exitCode !== 0)
    throw new Error(`${argv[0]}: ${done.stderr.trim().split('\n').at(-1) ?? done.exitCode}`)
}
