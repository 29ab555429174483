/** A bus that listens and says nothing must not hold codi: the keyring's library would wait on the main thread. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sessionBusAnswers } from '../../src/auth/session-bus.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'codi-bus-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function openBus(answer: string | undefined) {
  const path = join(directory, 'bus')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => answer !== undefined && socket.write(answer))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path},guid=00` },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a bus that answers, or is not there, is left to the library', async () => {
  await using bus = await openBus('REJECTED EXTERNAL\r\n')
  expect(await sessionBusAnswers(bus.env)).toBe(true)
  expect(await sessionBusAnswers({ XDG_RUNTIME_DIR: directory })).toBe(true)
  expect(await sessionBusAnswers({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${directory}/no` })).toBe(
    true,
  )
  expect(await sessionBusAnswers({})).toBe(true)
})

test('a bus that says nothing is found out', async () => {
  await using bus = await openBus(undefined)
  expect(await sessionBusAnswers(bus.env, 50)).toBe(false)
  expect(await sessionBusAnswers({ XDG_RUNTIME_DIR: directory }, 50)).toBe(false)
})
