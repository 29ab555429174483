/** A session in which every field tries to become something else than text; and one of many calls. */
import type { Message, ResultBlock } from '../../../src/contract/message.ts'
import type { Entry, EntryBody, SessionSummary } from '../../../src/contract/session.ts'
import type { SessionExport } from '../../../src/sessions/transfer/write-json.ts'
import { png } from './foreign-sessions.ts'

export const attack = `</script></style></title></details></main><script>window.owned=1</script><img src="http://127.0.0.1:9/x.png" onerror="window.owned=1"><svg onload="window.owned=1">"'\`\u202etxt.exe\u202c\u200b&lt;b&gt;<style>*{display:none}</style><iframe src="http://127.0.0.1:9/f"></iframe><link rel=stylesheet href="http://127.0.0.1:9/s.css"><meta http-equiv=refresh content="0;url=http://127.0.0.1:9/r"><base href="http://127.0.0.1:9/">`

const markdown = `# ${attack}

[link](javascript:window.owned=1) [other](data:text/html,<script>1</script>) [fine](https://example.org/?a=1&b="2") <javascript:window.owned=1> ![picture](http://127.0.0.1:9/p.png "${attack}")

[reference]: javascript:window.owned=1

- [ ] ${attack}

| a | ${attack} |
|---|--:|
| ${'wide '.repeat(80)} | 2 |

\`\`\`html" onclick="window.owned=1
${attack}
\`\`\`

\`\`\`ts
const answer: number = 42 // a comment
export function f(text = "a string") { return null }
\`\`\`

\`\`\`diff
-before
+after
\`\`\`

> quoted \`${'x'.repeat(200)}\``

export const attackSummary: SessionSummary = {
  id: '20261122-0831-4f2a9c',
  label: attack,
  name: attack,
  cwd: `/home/ada/${attack}`,
  provider: attack,
  model: attack,
  createdAt: 1_795_000_000_000,
  updatedAt: 1_795_000_100_000,
  messages: 4,
  prompts: 2,
  calls: 3,
  inputTokens: 12_345,
  outputTokens: 678,
  costUsd: 0.5,
  unpriced: 1,
  firstPrompt: attack,
  archived: false,
  bytes: 100,
  importedFrom: { program: attack, id: attack },
}

const user = (...content: Extract<Message, { role: 'user' }>['content']): EntryBody => ({
  type: 'message',
  message: { role: 'user', content },
})
const result = (
  callId: string,
  isError: boolean,
  ...content: ResultBlock['content']
): EntryBody => ({
  type: 'result',
  result: { type: 'result', callId, name: attack, content, isError },
})
const image = { type: 'image' as const, mediaType: 'image/png' as const, data: png, name: attack }

const bodies: EntryBody[] = [
  user({ type: 'text', text: `${attack}\n\n<file path="src/a.ts">\n${attack}\n</file>` }, image),
  {
    type: 'message',
    provider: attack,
    model: attack,
    usage: {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadTokens: 3,
      cacheWriteTokens: 4,
      reasoningTokens: 0,
    },
    costUsd: 0.01,
    message: {
      role: 'assistant',
      content: [
        { type: 'thinking', text: attack, wire: 'x' },
        { type: 'text', text: markdown },
        {
          type: 'call',
          id: 'c1',
          name: attack,
          input: { path: attack, old_string: attack, new_string: `${attack}2` },
        },
        { type: 'call', id: 'c2', name: 'bash', input: { command: attack, [attack]: attack } },
        { type: 'call', id: 'c3', name: 'write_file', input: {}, malformed: attack },
      ],
    },
  },
  result('c1', false, { type: 'text', text: `@@ -1 +1 @@\n-${attack}\n+${attack}` }, image),
  result('c2', true, { type: 'text', text: `\u001b[31m${attack}\u001b[0m ${'long '.repeat(100)}` }),
  { type: 'compaction', summary: markdown, by: 'budget', tokensBefore: 9, tokensAfter: 1 },
  {
    type: 'goal',
    goal: { text: attack, state: 'active', turns: 0, tokens: 0, costUsd: null, elapsedMs: 0 },
  },
  user({ type: 'text', text: 'second' }),
  { type: 'draft', text: markdown },
]

export function sessionOf(
  entries: () => Iterable<Entry>,
  summary: SessionSummary = attackSummary,
): SessionExport {
  return { summary, head: null, path: entries, entries }
}

export const hostileSession = sessionOf(() => numbered(bodies))

function* numbered(all: Iterable<EntryBody>): Generator<Entry> {
  let id = 0
  for (const body of all) {
    id++
    yield { ...body, id, parent: id === 1 ? null : id - 1, at: 1_795_000_000_000 + id * 1500 }
  }
}

/** As many turns with ten calls each, made as they are read. */
export function longSession(turns: number): SessionExport {
  return sessionOf(() => numbered(manyTurns(turns)))
}

function* manyTurns(turns: number): Generator<EntryBody> {
  for (let turn = 0; turn < turns; turn++) {
    yield user({ type: 'text', text: `Prompt ${turn}: change the file` })
    const calls = Array.from({ length: 10 }, (_, index) => ({
      type: 'call' as const,
      id: `call_${turn}_${index}`,
      name: 'read_file',
      input: { path: `src/file-${index}.ts` },
    }))
    yield {
      type: 'message',
      message: {
        role: 'assistant',
        content: [{ type: 'text', text: `Answer **${turn}**.` }, ...calls],
      },
    }
    for (const call of calls) {
      const text = `const value = ${turn} // line\n`.repeat(20)
      yield {
        type: 'result',
        result: {
          type: 'result',
          callId: call.id,
          name: call.name,
          content: [{ type: 'text', text }],
          isError: false,
        },
      }
    }
  }
}
