import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withFileLock } from '../../src/base/file-lock.ts'

function lockPath(): Disposable & { path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'codi-lock-'))
  return {
    path: join(directory, 'lock'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** A process that takes the lock, says so, and holds it until it is killed. */
function holder(path: string) {
  const script = `
    import { withFileLock } from ${JSON.stringify(join(import.meta.dir, '../../src/base/file-lock.ts'))}
    await withFileLock(process.argv[1], () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)) })
  `
  return Bun.spawn([process.execPath, '-e', script, path], { stdout: 'pipe' })
}

test('a file lock lets one in at a time, in one process too', async () => {
  using lock = lockPath()
  let inside = 0
  const most: number[] = []
  await Promise.all(
    Array.from({ length: 5 }, () =>
      withFileLock(lock.path, async () => {
        most.push(++inside)
        await Bun.sleep(1)
        inside--
      }),
    ),
  )
  expect(most).toEqual([1, 1, 1, 1, 1])
})

test('a file lock is let go of when its work throws', async () => {
  using lock = lockPath()
  const failing = withFileLock(lock.path, () => Promise.reject(new Error('boom')))
  await expect(failing).rejects.toThrow('boom')
  expect(await withFileLock(lock.path, async () => 'in')).toBe('in')
})

test('a file lock that another process holds is waited for, until it is killed', async () => {
  using lock = lockPath()
  const child = holder(lock.path)
  await child.stdout.getReader().read()
  await expect(withFileLock(lock.path, async () => 'in', { limitMs: 30 })).rejects.toMatchObject({
    kind: 'limit',
  })
  await expect(
    withFileLock(lock.path, async () => 'in', { signal: AbortSignal.timeout(30) }),
  ).rejects.toMatchObject({ kind: 'cancelled' })
  child.kill('SIGKILL')
  expect(await withFileLock(lock.path, async () => 'in')).toBe('in')
})

test('a file lock in a directory that is not there is an error that names it', async () => {
  using lock = lockPath()
  await expect(withFileLock(`${lock.path}/no/lock`, async () => 'in')).rejects.toMatchObject({
    kind: 'io',
    message: expect.stringContaining(lock.path),
  })
})
