/** docs/events.md against what `-f jsonl` prints: no event and no field that is not told there. */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '../../src/base/json.ts'
import { call, openBench } from '../support/codi.ts'

const text = readFileSync(join(import.meta.dir, '../../docs/events.md'), 'utf8')

/** The rows of the table of events by type, and of the table of the result. */
function documented(type: string): string {
  const [result = '', events = ''] = text.split('## Events')
  if (type === 'result') return result
  return events.split('\n').find((row) => row.includes(`\`${type}\``)) ?? ''
}

test('every event and field of a run is documented', async () => {
  await using bench = openBench({ 'a.txt': 'one\n' })
  const mock = [
    { content: 'I read.', toolCalls: [{ id: 'r', name: 'read_file', input: { path: 'a.txt' } }] },
    call('write_file', { path: 'b.txt', content: 'two\n' }),
    call('bash', { command: 'echo hi' }),
    call('bash', { command: 'git commit -m x' }),
    call('bash', { command: 'make', escalate: { reason: 'it wants more', unsandboxed: true } }),
    call('bash', { command: 'sleep 300', background: true }),
    call('kill_shell', { id: 'sh_1' }),
    { content: 'The end.' },
  ]
  const { stdout } = await bench.run(['-y', '-f', 'jsonl', 'go'], { mock })
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject)
  const types = new Set(events.map((event) => String(event.type)))
  expect(types).toContain('permission')
  for (const event of events) {
    const row = documented(String(event.type))
    const fields = [event, event.request, event.decision].flatMap((part) =>
      isJsonObject(part) ? Object.keys(part) : [],
    )
    for (const field of fields.filter((name) => name !== 'type'))
      expect(`${event.type}: ${row}`).toMatch(new RegExp(`\\b${field}\\b`))
  }
})
