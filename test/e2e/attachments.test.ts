import { expect, test } from 'bun:test'
import { openBench } from '../support/codi.ts'

test('--file, --prompt and --image go with a recipe as with a plain prompt', async () => {
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  await using bench = openBench({ 'a.txt': 'apple\n' })
  bench.write('dot.png', Buffer.from(pixel, 'base64'))
  const argv = ['ask', '--file', 'a.txt', '--image', 'dot.png', '--prompt', 'which fruit?']
  const ran = await bench.run(argv, { mock: [{ content: 'an apple' }] })
  expect(ran).toMatchObject({ stdout: 'an apple\n', exitCode: 0 })
  const asked = JSON.stringify(bench.requests()[0])
  expect(asked).toContain('which fruit?\\n\\n<file path=\\"a.txt\\">\\napple\\n</file>')
  expect(asked).toContain('"mediaType":"image/png"')
})

test('a recipe with an answer of its own form takes no --output-schema', async () => {
  await using bench = openBench({ 'schema.json': '{"type": "object"}' })
  const ran = await bench.run(['review', '--output-schema', 'schema.json'])
  expect(ran).toMatchObject({ stdout: '', exitCode: 2 })
  expect(ran.stderr).toContain('leave --output-schema out')
})

test.each(['--file', '--image', '--output', '--output-schema'])(
  'the REPL refuses %s instead of losing it',
  async (flag) => {
    await using bench = openBench()
    const ran = await bench.run(['-i', flag, 'a.txt'], { stdin: '/exit\n' })
    expect(ran).toMatchObject({ stdout: '', exitCode: 2 })
    expect(ran.stderr).toContain(`${flag} belongs to a run with a prompt`)
  },
)
