/** What goes out: text stays text in every format, secrets stay here, and a long session needs no more memory. */
import { expect, test } from 'bun:test'
import { htmlHighlight } from '../../../src/app/html-highlight.ts'
import { openMasker } from '../../../src/base/mask/masker.ts'
import { writeHtml } from '../../../src/sessions/transfer/write-html.ts'
import { type SessionExport, writeJson } from '../../../src/sessions/transfer/write-json.ts'
import { writeMarkdown } from '../../../src/sessions/transfer/write-markdown.ts'
import { claudeSession } from './foreign-sessions.ts'
import { attackSummary, hostileSession, longSession, sessionOf } from './hostile-session.ts'
import { take } from './reading.ts'

const { mask } = openMasker({ env: {} })

const hidden = /[\u0000-\u0008\u001b\u200b\u202a-\u202e]/

async function textOf(pieces: AsyncIterable<string> | Iterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

const html = (session: SessionExport) =>
  textOf(writeHtml(session, { mask, highlight: htmlHighlight }))
const markdown = (session: SessionExport) => textOf(writeMarkdown(session, mask))

test('nothing in a session becomes markup of the page, a link that runs, or a character that hides', async () => {
  const page = await html(hostileSession)
  const tags = new Set([...page.matchAll(/<\/?([a-z][a-z0-9]*)/g)].map(([, name]) => name))
  const known =
    'html head meta title style body a div header h1 h2 h3 h4 fieldset legend label input dl dt dd nav details summary ol ul li main section article p time pre code span img footer table thead tbody tr th td blockquote strong'
  expect([...tags].filter((name) => !known.split(' ').includes(name ?? ''))).toEqual([])
  expect(/<[^>]*\son[a-z]+=/.test(page.replace(/"[^"]*"/g, ''))).toBe(false)
  const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to?.slice(0, 20))
  expect(
    links.filter((to) => !/^(?:#|https:\/\/example\.org|data:image\/png;base)/.test(to ?? '')),
  ).toEqual([])
  expect(hidden.test(page)).toBe(false)
  expect(page.match(/<style>/g)).toHaveLength(1)
  expect(page).toContain("default-src 'none'; style-src 'sha256-")
})

test('Markdown keeps its shape: what is folded stays folded, raw HTML and pictures from elsewhere are words', async () => {
  const text = await markdown(hostileSession)
  const outside = text.replace(/^(`{3,})[\s\S]*?^\1$/gm, '').replace(/`[^`\n]*`/g, '')
  expect(outside.match(/<details>/g)?.length).toBe(outside.match(/<\/details>/g)?.length as number)
  const tags = new Set([...outside.matchAll(/(?<!\\)<\/?([a-z]+)/gi)].map(([, name]) => name))
  expect([...tags].sort()).toEqual(['details', 'https', 'summary'].filter((name) => tags.has(name)))
  expect(outside).not.toMatch(/\]\(\s*(?:javascript|data):/i)
  expect(outside).not.toMatch(/!\[/)
  expect(hidden.test(text)).toBe(false)
})

test('the formats say the same: prompts, answers, calls with their results, what it took', async () => {
  const { path } = await take(claudeSession)
  const session = sessionOf(() => path, { ...attackSummary, label: 'Find the rounding error' })
  const [page, text] = [await html(session), await markdown(session)]
  for (const said of [
    'Find the rounding error',
    'Why is the total wrong?',
    'Look at the cart first.',
    'It is rounded twice.',
    '1 failed',
    'Mend it.',
    '155,025 tokens',
    '12,345 in',
  ])
    expect([said, page.includes(said), text.includes(said)]).toEqual([said, true, true])
  expect(page).toContain('<a href="#p2">Mend it.</a>')
  expect(page).toContain(
    '<span class="line removed">-a\n</span><span class="line added">+b\n</span>',
  )
  expect(text).toContain('```diff\n@@ -1 +1 @@\n-a\n+b\n```')
})

test('secrets are masked in every format, split over lines or blocks of code or not', async () => {
  const secret = `sk-ant-api03-${'Zx9'.repeat(31)}AA`
  const session = sessionOf(function* () {
    yield {
      type: 'message',
      id: 1,
      parent: null,
      at: 1,
      message: { role: 'user', content: [{ type: 'text', text: `key ${secret}` }] },
    }
    yield {
      type: 'message',
      id: 2,
      parent: 1,
      at: 2,
      message: {
        role: 'assistant',
        content: [
          {
            type: 'call',
            id: 'c',
            name: 'bash',
            input: { command: `curl -H "x-api-key: ${secret}"` },
          },
        ],
      },
    }
    yield {
      type: 'result',
      id: 3,
      parent: 2,
      at: 3,
      result: {
        type: 'result',
        callId: 'c',
        name: 'bash',
        isError: false,
        content: [{ type: 'text', text: secret }],
      },
    }
  })
  for (const out of [
    await html(session),
    await markdown(session),
    await textOf(writeJson(session, mask)),
  ]) {
    expect(out).not.toContain(secret)
    expect(out).toContain('[masked: ')
  }
})

test('a session of 20,000 calls goes out piece by piece', async () => {
  const session = longSession(2000)
  let largest = 0
  let bytes = 0
  Bun.gc(true)
  const before = process.memoryUsage().heapUsed
  for await (const piece of writeHtml(session, {
    mask: (text) => text,
    highlight: () => undefined,
  })) {
    largest = Math.max(largest, piece.length)
    bytes += piece.length
  }
  Bun.gc(true)
  expect(bytes).toBeGreaterThan(10_000_000)
  expect(largest).toBeLessThan(100_000)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000)
})
