/** Where the sockets of proxies lie: each in a directory of its own, which only its user may enter. */
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodiError, errorCode, errorMessage } from '../../../src/base/errors.ts'

/** `sockaddr_un` has 108 bytes, of BSD 104, with a zero at the end. */
const maxSocketPathBytes = 100
const staleMs = 24 * 60 * 60_000

/** Throws a CodiError of kind `io` where there is no place for it. */
export async function listenPrivately(
  server: Server,
  wanted: string,
): Promise<{ directory: string; socketPath: string }> {
  const fits = Buffer.byteLength(join(wanted, `net-${process.pid}-XXXXXX/s`)) <= maxSocketPathBytes
  const parent = fits ? wanted : shortTemporary()
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 })
    // Another codi may sweep at the same moment; what it leaves goes the next time.
    if (fits) await sweep(parent).catch(() => {})
    const directory = await mkdtemp(join(parent, `net-${process.pid}-`))
    const socketPath = join(directory, 's')
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socketPath, () => resolve())
    })
    await chmod(socketPath, 0o600)
    return { directory, socketPath }
  } catch (thrown) {
    throw new CodiError(
      'io',
      `Cannot open the proxy of the sandbox in ${parent}: ${errorMessage(thrown)}`,
      {
        cause: thrown,
      },
    )
  }
}

/** What a codi left behind that was killed; another machine may share the directory, so that only what is old goes. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(/^net-(\d+)-/.exec(name)?.[1])
    if (!pid || isAlive(pid)) continue
    const directory = join(parent, name)
    const { mtimeMs } = await stat(directory)
    if (Date.now() - mtimeMs > staleMs) await rm(directory, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errorCode(thrown) !== 'ESRCH'
  }
}

function shortTemporary(): string {
  const directory = tmpdir()
  return Buffer.byteLength(directory) <= maxSocketPathBytes - 20 ? directory : '/tmp'
}
