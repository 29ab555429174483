import { expect, test } from 'bun:test'
import { sharedRun } from '../../src/base/shared-run.ts'

/** A shared run whose work ends when the test says so. */
function work() {
  const begun: { signal: AbortSignal; end: (value: string) => void }[] = []
  const shared = sharedRun((signal) => {
    const { promise, resolve } = Promise.withResolvers<string>()
    begun.push({ signal, end: resolve })
    return promise
  })
  return { shared, begun }
}

test('everybody who asks meanwhile gets the same run, and the next one a new run', async () => {
  const { shared, begun } = work()
  const both = [shared.join(undefined), shared.join(undefined)]
  begun[0]?.end('first')
  expect(await Promise.all(both)).toEqual(['first', 'first'])
  const later = shared.join(undefined)
  begun[1]?.end('second')
  expect(await later).toBe('second')
  expect(begun).toHaveLength(2)
})

test('it stops only when the last one who waits for it has gone', async () => {
  const { shared, begun } = work()
  const [one, two] = [new AbortController(), new AbortController()]
  const joined = [shared.join(one.signal), shared.join(two.signal)]
  one.abort()
  await expect(joined[0]).rejects.toMatchObject({ kind: 'cancelled' })
  expect(begun[0]?.signal.aborted).toBe(false)
  two.abort()
  await expect(joined[1]).rejects.toMatchObject({ kind: 'cancelled' })
  expect(begun[0]?.signal.aborted).toBe(true)
})
