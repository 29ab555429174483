/**
 * The path of a ripgrep that can be executed: the copy inside the executable, extracted once to the cache directory,
 * else the one of node_modules (from source), else the one on PATH. Any number of processes may extract at once.
 */
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CodiError, errorMessage } from '../../base/errors.ts'
import { readPacked, unpackedSize } from '../../base/packed.ts'
import { programPath } from '../../base/program-path.ts'
import { embeddedRipgrep } from './ripgrep-embedded.ts'

/** Version of the pinned package `@vscode/ripgrep`; names the extracted file, so that an update extracts anew. */
export const ripgrepVersion = '1.18.0'

export interface RipgrepOptions {
  cacheDirectory: string
  env: Record<string, string | undefined>
  /** The copy to use; the one of this build unless told. */
  embedded?: string | undefined
  /** Whether `embedded` lies inside a compiled executable, from where it cannot be executed. */
  standalone?: boolean
}

/** Throws a CodiError of kind `not_found` that says what to install when there is none. */
export async function ripgrepPath(options: RipgrepOptions): Promise<string> {
  const embedded = 'embedded' in options ? options.embedded : embeddedRipgrep
  const standalone = options.standalone ?? Bun.isStandaloneExecutable
  if (embedded !== undefined && !standalone) return embedded
  let problem = 'this build of codi carries none'
  if (embedded !== undefined) {
    try {
      return await extract(embedded, options.cacheDirectory)
    } catch (thrown) {
      problem = `it could not be extracted to ${options.cacheDirectory} (${errorMessage(thrown)})`
    }
  }
  const onPath = programPath('rg', { path: options.env.PATH ?? '' })
  if (onPath) return onPath
  throw new CodiError(
    'not_found',
    `ripgrep is needed to search files: ${problem}, and there is no rg on PATH; install ripgrep`,
  )
}

async function extract(embedded: string, cacheDirectory: string): Promise<string> {
  const size = await unpackedSize(embedded)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const target = join(cacheDirectory, `rg-${ripgrepVersion}${suffix}`)
  if (await isWhole(target, size)) return target
  await mkdir(cacheDirectory, { recursive: true })
  const partial = `${target}.${crypto.randomUUID()}`
  try {
    await Bun.write(partial, await readPacked(embedded))
    await chmod(partial, 0o755)
    await rename(partial, target)
  } catch (thrown) {
    await rm(partial, { force: true })
    throw thrown
  }
  return target
}

/** A file cut short by a full disk or a crash has another size; one that lost its mode cannot be run. */
async function isWhole(path: string, size: number): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size === size && (found.mode & 0o111) !== 0
  } catch {
    return false
  }
}
