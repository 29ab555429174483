/** Answers of models to a review, as models really write them. */
import { expect, test } from 'bun:test'
import { parseReview } from '../../../src/app/recipes/review-answer.ts'

const finding = { severity: 'error', file: 'a.ts', line: 3, title: 'Bug', detail: 'Why' }
const json = JSON.stringify({ summary: 'S', findings: [finding] })

test.each([
  ['plain JSON', json],
  ['a fenced block in prose', `Here is my review:\n\n\`\`\`json\n${json}\n\`\`\`\nHope it helps!`],
  ['prose around it', `I looked. ${json} Done.`],
  [
    'single quotes and trailing commas',
    `{summary: 'S', findings: [{severity: 'error', file: 'a.ts', line: 3, title: 'Bug', detail: 'Why',},],}`,
  ],
])('%s is understood', async (_name, text) => {
  const { review, structured } = await parseReview(text)
  expect(structured).toBe(true)
  expect(review.findings).toEqual([finding as never])
})

test('an answer that was cut off keeps the findings it has', async () => {
  const { review } = await parseReview(json.slice(0, -4))
  expect(review.findings[0]).toMatchObject({ file: 'a.ts', line: 3, title: 'Bug' })
})

test('other words for a severity, a line in the path and a line as text are read', async () => {
  const findings = [
    { level: 'critical', path: './src/a.ts:12', message: 'Boom' },
    { severity: 'Medium', file: 'b.ts', line: '7-9', title: 'Hm', description: 'Long' },
    { severity: 'nit', file: 'c.ts', line: null, title: 'Nit' },
    'not an object',
    { severity: 'error', file: 'd.ts' },
  ]
  const { review } = await parseReview(JSON.stringify(findings))
  expect(review.findings).toEqual([
    { severity: 'error', file: 'src/a.ts', line: 12, title: 'Boom', detail: '' },
    { severity: 'warning', file: 'b.ts', line: 7, title: 'Hm', detail: 'Long' },
    { severity: 'info', file: 'c.ts', line: 0, title: 'Nit', detail: '' },
  ])
})

test('text without findings stays text', async () => {
  for (const text of ['All fine.', '{"name": "x"}', '', '{"summary": "no list"}']) {
    expect(await parseReview(text)).toEqual({
      review: { summary: text, findings: [] },
      structured: false,
    })
  }
})
