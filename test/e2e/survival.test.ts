/**
 * codi killed at any moment of its work, by the built executable: what it had shown is kept but for the line that was
 * being streamed, nothing of it lives on, and the next one takes the conversation up. `CODI_TEST_SEEDS` tries more.
 */
import { describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'
import type { AppEvent } from '../../src/contract/event.ts'
import type { Message } from '../../src/contract/message.ts'
import { openSessionStore } from '../../src/sessions/store.ts'
import { type Bench, binary, call, openBench } from '../support/codi.ts'

const seeds = Number(process.env.CODI_TEST_SEEDS ?? 20)
/** The work below has a few more. */
const eventCount = 75

const said = (turn: number) =>
  Array.from({ length: 8 }, (_, at) => `turn ${turn}, line ${at} of what it says`).join('\n')

const work: JsonObject[] = [
  {
    content: said(1),
    toolCalls: [
      { id: 'c1', name: 'read_file', input: { path: 'a.txt' } },
      { id: 'c2', name: 'write_file', input: { path: 'b.txt', content: 'b\n' } },
    ],
  },
  { ...call('bash', { command: 'echo one; echo two' }), content: said(2) },
  { content: said(3) },
]

interface Killed {
  events: AppEvent[]
  temp: string
}

/** Runs until that many events were seen. */
async function runAndKill(bench: Bench, after: number, signal: 'SIGKILL' | 'SIGHUP') {
  const temp = join(bench.root, '..', 'temp')
  const script = join(bench.root, '..', 'mock.json')
  mkdirSync(temp)
  const config = { streamDelay: 1, streamChunkSize: 11 }
  writeFileSync(script, JSON.stringify({ responses: work, config }))
  const child = Bun.spawn([binary, '-y', '-f', 'jsonl', 'begin'], {
    cwd: bench.root,
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: bench.home, CODI_HOME: bench.home, TMPDIR: temp },
      ...{ CODI_MOCK_FILE: script, CODI_PROVIDER: 'mock' },
    },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const decoder = new TextDecoder()
  let out = ''
  for await (const chunk of child.stdout) {
    out += decoder.decode(chunk, { stream: true })
    if (!child.killed && out.split('\n').length > after) child.kill(signal)
  }
  await child.exited
  const whole = out.split('\n').slice(0, -1)
  return { temp, events: whole.map((line) => JSON.parse(line) as AppEvent) } satisfies Killed
}

/** What was shown of each answer, but for the line it ended in. */
function shownLines(events: readonly AppEvent[]): string[] {
  const answers: string[] = []
  for (const event of events) {
    if (event.type === 'turn_start') answers.push('')
    if (event.type === 'text') answers.push((answers.pop() ?? '') + event.text)
  }
  return answers.flatMap((text) => text.split('\n').slice(0, -1))
}

function textsOf(messages: readonly Message[]): string {
  return messages
    .flatMap(({ content }) =>
      content.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
    )
    .join('\n')
}

function answered(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) =>
    content.flatMap((block) => (block.type === 'result' && !block.isError ? [block.callId] : [])),
  )
}

/** Processes that were started with this home. */
function alive(home: string): number[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const isOurs = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CODI_HOME=${home}\0`)
      return isOurs ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}

/** A process that is being ended has no event to wait for. */
async function untilNoneAlive(home: string): Promise<void> {
  const end = performance.now() + 30_000
  while (alive(home).length > 0) {
    if (performance.now() > end) throw new Error(`${alive(home).join()} still run`)
    await Bun.sleep(20)
  }
}

describe('killed at a random moment, codi has kept what it showed, and goes on', () => {
  for (let seed = 1; seed <= seeds; seed++) {
    // Spread over the whole work, another place each time.
    const after = 1 + Math.floor((((seed * 7919) % 1009) * eventCount) / 1009)
    const signal = seed % 4 === 0 ? 'SIGHUP' : 'SIGKILL'
    test(`${signal} after event ${after} (seed ${seed})`, async () => {
      await using bench = openBench({ 'a.txt': 'a\n' })
      const { events, temp } = await runAndKill(bench, after, signal)
      await untilNoneAlive(bench.home)
      const path = join(bench.home, 'data', 'sessions.db')
      const notices: string[] = []
      const store = openSessionStore({ path, notice: (text) => notices.push(text) })
      const [summary] = existsSync(path) ? store.list() : []
      if (events.some(({ type }) => type === 'turn_start')) {
        const session = store.resume(summary?.id ?? '')
        const messages = session.messages()
        const kept = textsOf(messages)
        for (const line of shownLines(events)) expect(kept).toContain(line)
        const ended = events.flatMap((event) =>
          event.type === 'call_end' && event.ok ? [event.id] : [],
        )
        expect(answered(messages)).toEqual(expect.arrayContaining(ended))
        expect(store.repair()).toMatchObject({ lost: false })
      }
      store.close()
      expect(notices).toEqual([])

      const again = await bench.run([...(summary ? ['-c'] : []), '-y', 'go on'], {
        mock: [{ content: 'On it.' }],
        env: { TMPDIR: temp },
      })
      expect(again).toMatchObject({ exitCode: 0, stdout: 'On it.\n' })
      const later = openSessionStore({ path, notice: (text) => notices.push(text) })
      const [one] = later.list()
      const roles = later
        .open(one?.id ?? '')
        .messages()
        .map(({ role }) => role)
      if (summary) expect(one?.id).toBe(summary.id)
      expect(roles.slice(-2)).toEqual(['user', 'assistant'])
      later.close()
      expect(readdirSync(join(bench.home, 'data', 'leases'))).toEqual([])
      expect(readdirSync(temp)).toEqual([])
      expect(notices).toEqual([])
    })
  }
})

const canMount =
  process.platform === 'linux' &&
  Bun.which('unshare') !== null &&
  Bun.spawnSync(['unshare', '-rm', 'true']).exitCode === 0

describe.skipIf(!canMount)('a home without room (needs user namespaces)', () => {
  for (const { what, prepare } of [
    { what: 'full', prepare: 'dd if=/dev/zero of="$CODI_HOME/fill" bs=1k 2>/dev/null' },
    { what: 'read-only', prepare: 'mount -o remount,bind,ro "$CODI_HOME"' },
  ]) {
    test(`that is ${what} costs the memory of the conversation, not the answers`, async () => {
      await using bench = openBench()
      mkdirSync(bench.home)
      const script = join(bench.root, 'mock.json')
      writeFileSync(
        script,
        JSON.stringify({ responses: [{ content: 'One.' }, { content: 'Two.' }] }),
      )
      const child = Bun.spawn(
        [
          ...['unshare', '-rm', 'sh', '-c'],
          `mount -t tmpfs -o size=600k,mode=700 none "$CODI_HOME" && { ${prepare}; exec "$1" -i; }`,
          ...['sh', binary],
        ],
        {
          cwd: bench.root,
          env: {
            ...{ PATH: process.env.PATH ?? '', HOME: bench.home, CODI_HOME: bench.home },
            ...{ CODI_MOCK_FILE: script, CODI_PROVIDER: 'mock' },
          },
          stdin: new Blob(['first\nsecond\n']),
          ...{ stdout: 'pipe', stderr: 'pipe' },
        },
      )
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      expect({ out, exitCode: await child.exited }).toEqual({ out: 'One.\nTwo.\n', exitCode: 0 })
      const said = err.replace(/\s+/g, ' ')
      expect(said.match(/The conversation is not kept for now/g)).toHaveLength(1)
      expect(said).toContain('Nothing of this conversation could be written: it is lost')
    })
  }
})

test('a session that one codi is in is refused to another, which is told who has it', async () => {
  await using bench = openBench()
  const mock = [{ content: 'One.' }]
  const { child, seen, ended } = bench.start(['-i'], { mock })
  child.stdin.write('first\n')
  await seen('One.')
  const other = await bench.run(['-c', 'second'], { mock })
  expect(other).toMatchObject({ stdout: '', exitCode: 1 })
  expect(other.stderr).toContain(`is being written by another codi (process ${child.pid})`)
  expect(other.stderr).toContain('codi fork')
  const listed = await bench.run(['sessions', '--json'], { mock })
  expect(JSON.parse(listed.stdout)).toMatchObject([{ heldBy: { pid: child.pid } }])
  const copy = await bench.run(['-c', '--fork', 'second'], { mock: [{ content: 'Two.' }] })
  expect(copy).toMatchObject({ stdout: 'Two.\n', exitCode: 0 })
  await child.stdin.end()
  expect((await ended).exitCode).toBe(0)
  expect(readdirSync(join(bench.home, 'data', 'leases'))).toEqual([])
})

describe('a store that lost its end between two turns', () => {
  for (const { argv, exitCode } of [
    { argv: ['sessions'], exitCode: 0 },
    { argv: ['-c', '-f', 'json', 'on'], exitCode: 1 },
    { argv: ['todo'], exitCode: 1 },
  ]) {
    test(`is told of by codi ${argv.join(' ')}, whatever comes of it`, async () => {
      await using bench = openBench()
      const mock = [{ content: 'One.' }]
      await bench.run(['first'], { mock })
      truncateSync(join(bench.home, 'data', 'sessions.db'), 4096)
      const ran = await bench.run(argv, { mock })
      expect(ran.exitCode).toBe(exitCode)
      expect(ran.stderr).toContain('The session store was damaged: it was set aside as')
    })
  }
})
