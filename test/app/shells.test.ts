/** Who hears of a background shell that ended, on the real worker. */
import { afterEach, expect, test } from 'bun:test'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { openBus } from '../../src/app/bus.ts'
import { openShells, type Shells } from '../../src/app/shells.ts'
import type { SandboxService } from '../../src/contract/sandbox-service.ts'
import { connectWorker, type WorkerConnection } from '../../src/rpc/connect.ts'
import { sandboxOptions } from '../support/sandbox-options.ts'

const cwd = realpathSync(tmpdir())
const opened: WorkerConnection<'sandbox'>[] = []
afterEach(() => Promise.all(opened.splice(0).map((worker) => worker.close())))

test('the model gets one note and the person one notice when a shell ends by itself', async () => {
  const { shells, notices, start, noticed } = openBench()
  expect(await start('echo "<b>"; sleep 0.3; exit 2')).toBe('sh_1')
  expect(shells.running).toBe(1)
  await noticed
  expect(shells.running).toBe(0)
  const [note, ...more] = shells.takeNotes()
  expect(more).toEqual([])
  expect(note).toMatch(
    /^<background-shell>sh_1 ended with exit code 2 after \d+ ms \(echo "‹b>"; sleep 0.3; exit 2\); it wrote 4 B in all; bash_output reads what you have not seen<\/background-shell>$/,
  )
  expect(shells.takeNotes()).toEqual([])
  expect(notices).toEqual([expect.stringMatching(/^warning: sh_1 ended with exit code 2 after/)])
})

test('a model that has read the end needs no note', async () => {
  const { shells, start } = openBench()
  await start('sleep 0.3')
  await shells.service.shellOutput({ id: 'sh_1', maxBytes: 100, waitMs: 20_000 })
  expect(shells.takeNotes()).toEqual([])
})

test('whoever ends a shell needs no notice, and a model that did not is told', async () => {
  const { shells, notices, start } = openBench()
  await start('sleep 300')
  await shells.service.killShell({ id: 'sh_1' })
  expect(notices).toEqual([])
  expect(shells.takeNotes()).toEqual([expect.stringContaining('sh_1 was killed after')])
})

test('with the conversation they end, and nobody hears of it', async () => {
  const { shells, notices, start } = openBench()
  await start('sleep 300')
  await start('sleep 300')
  await shells.endAll()
  expect(shells.running).toBe(0)
  expect([shells.takeNotes(), notices]).toEqual([[], []])
})

test('the next conversation hears nothing of them, not even while they still end', async () => {
  const { shells, notices, start } = openBench()
  await start('sleep 300')
  await start('sleep 0.3')
  const ended = shells.endAll()
  expect([shells.running, shells.takeNotes()]).toEqual([0, []])
  await ended
  expect([shells.takeNotes(), notices]).toEqual([[], []])
})

test('a worker that is lost takes its shells with it; numbers are not given twice', async () => {
  const { shells, notices, start, crash } = openBench()
  await start('sleep 300')
  await crash('The sandbox worker stopped (no reason given)')
  expect(notices).toEqual([
    'warning: sh_1 was lost (The sandbox worker stopped (no reason given)): sleep 300',
  ])
  expect(shells.takeNotes()).toEqual([expect.stringContaining('sh_1 was lost')])
  const lost = shells.service.shellOutput({ id: 'sh_1', maxBytes: 100, waitMs: 0 })
  expect(await lost.catch(String)).toContain(
    'sh_1 ended when The sandbox worker stopped (no reason given), and its output is lost; start it again: sleep 300',
  )
  expect(await start('sleep 300')).toBe('sh_2')
  expect((await shells.service.shells({})).map(({ id, status }) => [id, status])).toEqual([
    ['sh_1', 'killed'],
    ['sh_2', 'running'],
  ])
})

test('asking for shells starts no worker', async () => {
  const { shells, started } = openBench()
  expect(await shells.service.shells({})).toEqual([])
  expect(started()).toBe(0)
})

function openBench() {
  const bus = openBus()
  const notices: string[] = []
  const noticed = Promise.withResolvers<void>()
  bus.subscribe((event) => {
    if (event.type !== 'notice') return
    notices.push(`${event.level}: ${event.text}`)
    noticed.resolve()
  })
  let worker: WorkerConnection<'sandbox'> | undefined
  let started = 0
  function current(): WorkerConnection<'sandbox'> {
    if (worker) return worker
    started++
    worker = connectWorker('sandbox', sandboxOptions(), {
      onEvent: (event) => event.type === 'shell_ended' && listening && shells.ended(event.state),
    })
    opened.push(worker)
    return worker
  }
  let listening = true
  const service = new Proxy({} as SandboxService, {
    get: (_, name) => current().service[name as keyof SandboxService],
  })
  const shells: Shells = openShells(service, bus)
  return {
    shells,
    notices,
    noticed: noticed.promise,
    started: () => started,
    async start(command: string) {
      const result = await shells.service.run({
        id: 'call',
        command,
        cwd,
        timeoutMs: 20_000,
        maxOutputBytes: 1000,
        background: { afterMs: 100 },
      })
      return result.shell
    },
    /** As a crash looks from here: the worker is gone without a word of its shells, and the next call has a new one. */
    async crash(reason: string) {
      listening = false
      await worker?.close()
      worker = undefined
      listening = true
      shells.lost(reason)
    },
  }
}
