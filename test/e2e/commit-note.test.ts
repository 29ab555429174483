/** What the author says of a staged change reaches the message, also without a model. */
import { expect, test } from 'bun:test'
import { openBench } from '../support/codi.ts'

test('codi commit NOTE puts the note into the body of the message', async () => {
  await using bench = openBench({ 'a.ts': 'export const one = 1\n' })
  bench.git('init', '-q')
  bench.git('add', 'a.ts')
  const ran = await bench.run(['-p', 'builtin', 'commit', 'closes #12,', 'the first of many'])
  expect(ran.exitCode).toBe(0)
  expect(ran.stdout).toMatch(/^feat: .+\n\ncloses #12, the first of many\n/)
})
