/** The whole way, once for each wire: the executable, a model host on loopback, a real edit and a real command. */
import { describe, expect, test } from 'bun:test'
import type { RunResult } from '../../src/contract/event.ts'
import { openBench } from '../support/codi.ts'
import { startModelServer } from '../support/model-server.ts'

interface Wire {
  argv: string[]
  env: (url: string) => Record<string, string>
}

const wires: Record<string, Wire> = {
  anthropic: {
    argv: ['-m', 'anthropic/claude-test'],
    env: (url) => ({ ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: url }),
  },
  openai: {
    argv: ['-m', 'openai/gpt-test'],
    env: (url) => ({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${url}/v1` }),
  },
  'openai-compatible': {
    argv: ['-p', 'openai-compatible', '-m', 'any-model'],
    env: (url) => ({ CODI_BASE_URL: `${url}/v1` }),
  },
  ollama: {
    argv: ['-m', 'ollama/qwen-test'],
    env: (url) => ({ OLLAMA_HOST: url }),
  },
}

for (const [name, wire] of Object.entries(wires)) {
  describe(name, () => {
    test('reads, edits, runs and answers', async () => {
      using server = disposable(startModelServer())
      await using bench = openBench({ 'add.js': 'console.log(1 + 1)\n' })
      server.script(
        {
          thinking: 'I read first.',
          text: 'Looking.',
          calls: [{ name: 'read_file', input: { path: 'add.js' } }],
        },
        {
          calls: [
            {
              name: 'edit_file',
              input: { path: 'add.js', old_string: '1 + 1', new_string: '2 + 3' },
            },
            { name: 'bash', input: { command: 'cat add.js' } },
          ],
          fault: 'bytes',
        },
        { text: 'It now adds 2 and 3. Grüße 👋', fault: 'bytes' },
      )
      const ran = await bench.run([...wire.argv, '-y', '-f', 'json', 'make it five'], {
        env: wire.env(server.url),
      })
      const result = JSON.parse(ran.stdout) as RunResult
      expect(result.error).toBeNull()
      expect(result).toMatchObject({ ok: true, text: 'It now adds 2 and 3. Grüße 👋', turns: 3 })
      expect(result.calls.map((call) => [call.name, call.ok])).toEqual([
        ['read_file', true],
        ['edit_file', true],
        ['bash', true],
      ])
      expect(bench.text('add.js')).toBe('console.log(2 + 3)\n')
      expect(JSON.stringify(server.requests[2]?.body)).toContain('console.log(2 + 3)')
    })

    test('goes on after a stream that was cut off, without running a tool twice', async () => {
      using server = disposable(startModelServer())
      await using bench = openBench()
      const append = { name: 'bash', input: { command: 'echo once >> log.txt' } }
      server.script(
        { calls: [append] },
        { text: 'this is cut off here', fault: 'reset' },
        { text: 'Done.' },
      )
      const ran = await bench.run([...wire.argv, '-y', 'log it'], { env: wire.env(server.url) })
      expect(ran).toMatchObject({ stdout: 'Done.\n', exitCode: 0 })
      expect(bench.text('log.txt')).toBe('once\n')
    })

    test('exits with 5 when the key is refused, and does not show it', async () => {
      using server = disposable(startModelServer())
      await using bench = openBench()
      server.fallback = {
        status: 401,
        body: { error: { message: 'invalid x-api-key', type: 'authentication_error' } },
      }
      const ran = await bench.run([...wire.argv, 'hi'], { env: wire.env(server.url) })
      expect(ran).toMatchObject({ stdout: '', exitCode: 5 })
      expect(server.requests).toHaveLength(1)
    })
  })
}

function disposable<T extends { close(): void }>(server: T): T & Disposable {
  return Object.assign(server, { [Symbol.dispose]: () => server.close() })
}

test('codi models pull downloads a model to Ollama, and says when it cannot', async () => {
  using server = disposable(startModelServer())
  await using bench = openBench()
  const steps = [{ status: 'pulling manifest' }, { status: 'success' }]
  server.answers.set('/api/pull', { body: steps.map((step) => JSON.stringify(step)).join('\n') })
  const pull = () => bench.run(['models', 'pull', 'qwen3'], { env: { OLLAMA_HOST: server.url } })
  const done = await pull()
  expect(done).toMatchObject({ exitCode: 0, stdout: '' })
  expect(done.stderr).toContain('qwen3 is ready')
  server.answers.set('/api/pull', { body: { error: 'file does not exist' } })
  expect(await pull()).toMatchObject({ exitCode: 1 })
})
