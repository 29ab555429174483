/**
 * Whether a command can run on a copy here, by one that does what overlays are refused for: it writes, deletes, and
 * replaces a directory; and the directories of the session are laid under it. Nothing less tells.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../../src/base/errors.ts'
import { programPath } from '../../../src/base/program-path.ts'
import { removeTree } from '../../../src/base/remove-tree.ts'
import type { Backend } from '../confine/backend.ts'
import { noLimits } from '../confine/no-limits.ts'
import type { FileCalls } from './calls.ts'
import { checkOwner } from './store.ts'

const limitMs = 5000

/** Undefined when it works with layers kept in `place`. */
export async function whyNoOverlay(
  backend: Backend,
  {
    roots,
    place,
    temporary,
    calls,
  }: { roots: readonly string[]; place: string; temporary: string; calls: FileCalls },
): Promise<string | undefined> {
  let directory: string | undefined
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 })
    checkOwner(place)
    directory = mkdtempSync(join(place, 'probe-'))
    return await tryOut(backend, { roots, directory, temporary, calls })
  } catch (thrown) {
    return errorMessage(thrown)
  } finally {
    if (directory !== undefined) removeTree(directory)
  }
}

async function tryOut(
  backend: Backend,
  of: { roots: readonly string[]; directory: string; temporary: string; calls: FileCalls },
): Promise<string | undefined> {
  const { roots, directory, temporary, calls } = of
  // Beside the layers: a directory in them could not be laid under them.
  const lower = mkdtempSync(join(temporary, 'lower-'))
  mkdirSync(join(lower, 'd'))
  writeFileSync(join(lower, 'd', 'f'), 'old')
  writeFileSync(join(lower, 'gone'), 'old')
  const overlays = [lower, ...roots].map((root, number) => {
    const own = join(directory, String(number))
    for (const path of [own, join(own, 'up'), join(own, 'work')]) mkdirSync(path, { mode: 0o700 })
    return { root, directory: own }
  })
  const script = 'echo new > d/f && rm gone && rm -r d && mkdir d && echo new > d/g'
  const child = await backend.start(
    {
      argv: [programPath('sh') ?? '/bin/sh', '-c', script],
      cwd: lower,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      stdin: 'ignore',
      output: 'pipe',
    },
    {
      writable: overlays.map(({ root }) => root),
      overlays,
      visible: [],
      protected: [],
      watched: [],
      unreadable: [],
      gitWrite: [],
      gitNames: [],
      temporary,
      network: 'off',
      limits: noLimits,
    },
  )
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), limitMs)
  const [said] = await Promise.all([new Response(child.stderr).text(), child.exited])
  clearTimeout(timer)
  const failure = child.ending?.().failure
  const untouched =
    readFileSync(join(lower, 'd', 'f'), 'utf8') === 'old' && existsSync(join(lower, 'gone'))
  const up = join(directory, '0', 'up')
  const isSeen =
    existsSync(join(up, 'd', 'g')) &&
    calls.hasValue(Buffer.from(join(up, 'd')), 'user.overlay.opaque', 'y')
  removeTree(lower)
  if (failure !== undefined) return failure
  if (child.exitCode !== 0) return said.trim() || `a command on a copy ended with ${child.exitCode}`
  if (!untouched) return 'a command on a copy changed the original'
  return isSeen ? undefined : 'what a command changes on a copy cannot be read back'
}
