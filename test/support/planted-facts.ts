/**
 * A long piece of work with thirty facts in it, each said once among much that does not matter: what the person wants,
 * what was decided, changed, failed and reported. `key` must stand in what the model is sent after a summary.
 */
import type { ContextItem } from '../../src/contract/context-items.ts'
import type { CallBlock, Message } from '../../src/contract/message.ts'
import fillers from '../fixtures/token-counts.json' with { type: 'json' }

export interface Fact {
  kind: 'wish' | 'decision' | 'change' | 'failure' | 'report' | 'pinned' | 'newest'
  key: string
  text: string
}

export const facts: readonly Fact[] = [
  // Of the person, once.
  {
    kind: 'wish',
    key: 'migrate the billing importer',
    text: 'Please migrate the billing importer to the new ledger API.',
  },
  {
    kind: 'wish',
    key: 'vendor/legacy-soap',
    text: 'Never touch vendor/legacy-soap, the auditors have signed it.',
  },
  {
    kind: 'wish',
    key: 'Node 18',
    text: 'It must still run on Node 18, our customers cannot upgrade.',
  },
  { kind: 'wish', key: '250 ms', text: 'An import of one page must not take more than 250 ms.' },
  { kind: 'wish', key: 'no new dependencies', text: 'And please add no new dependencies.' },
  {
    kind: 'wish',
    key: 'Katarzyna',
    text: 'Ask Katarzyna before you change the currency table, she owns it.',
  },
  { kind: 'wish', key: 'release/7.4', text: 'We ship from the branch release/7.4, not from main.' },
  {
    kind: 'wish',
    key: 'British spelling',
    text: 'Use British spelling in everything customers read.',
  },
  // Of the model, once.
  {
    kind: 'decision',
    key: 'idempotency key',
    text: 'I decided to send an idempotency key with each posting, because the gateway repeats requests after a timeout.',
  },
  {
    kind: 'decision',
    key: 'half-even',
    text: 'We will use half-even rounding instead of half-up, since the ledger rejects the other.',
  },
  {
    kind: 'decision',
    key: 'read replica',
    text: 'I gave up the idea of the read replica: it lags by up to 40 seconds.',
  },
  {
    kind: 'decision',
    key: 'batches of 64',
    text: 'Postings go in batches of 64, because larger ones hit the limit of the gateway.',
  },
  {
    kind: 'decision',
    key: 'parseLegacyRow',
    text: 'The root cause is parseLegacyRow: it drops the sign of negative amounts.',
  },
  {
    kind: 'decision',
    key: 'schema version 12',
    text: 'I chose schema version 12 so that old rows can still be read.',
  },
  {
    kind: 'decision',
    key: 'LEDGER_DRY_RUN',
    text: 'A dry run is switched on by LEDGER_DRY_RUN, therefore no flag is needed.',
  },
  {
    kind: 'decision',
    key: 'src/import/cursor.ts',
    text: 'The cursor lives in src/import/cursor.ts now, because both importers need it.',
  },
  // Changes, as calls.
  { kind: 'change', key: 'src/import/page-reader.ts', text: 'Read pages as a stream.' },
  { kind: 'change', key: 'src/ledger/posting.ts', text: 'Postings carry the key.' },
  {
    kind: 'change',
    key: 'test/import/negative-amounts.test.ts',
    text: 'A test for negative amounts.',
  },
  { kind: 'change', key: 'docs/importer.md', text: 'Tell about the dry run.' },
  // Failures, as tools answer them.
  {
    kind: 'failure',
    key: 'expected -1250 but received 1250',
    text: 'FAIL test/import/negative-amounts.test.ts > keeps the sign\n  AssertionError: expected -1250 but received 1250',
  },
  {
    kind: 'failure',
    key: 'TS2345',
    text: "src/ledger/posting.ts(41,7): error TS2345: Argument of type 'string' is not assignable to parameter of type 'Money'.",
  },
  { kind: 'failure', key: 'E_GATEWAY_409', text: 'Error: E_GATEWAY_409 duplicate posting 77120' },
  {
    kind: 'failure',
    key: 'deadlock detected',
    text: 'ERROR:  deadlock detected\nDETAIL:  Process 4412 waits for ShareLock',
  },
  // Reports of tools.
  { kind: 'report', key: '8473', text: 'ledger_port = 8473' },
  { kind: 'report', key: '3.19.2', text: 'gateway_version: 3.19.2' },
  {
    kind: 'report',
    key: 'https://ledger.example.test/v3/postings',
    text: 'POSTINGS_URL=https://ledger.example.test/v3/postings',
  },
  // Kept word for word.
  { kind: 'pinned', key: 'INV-2207', text: 'The ticket is INV-2207; name it in the commit.' },
  {
    kind: 'newest',
    key: 'src/import/retry-policy.ts',
    text: 'Now I look at src/import/retry-policy.ts.',
  },
  {
    kind: 'newest',
    key: 'run the importer once more',
    text: 'Good. Then run the importer once more.',
  },
]

/** Of about so many tokens, all facts but the newest spread over it. */
export function plantedWork(tokens: number): ContextItem[] {
  const items: ContextItem[] = []
  const add = (message: Message, entry = items.length + 1, more: Partial<ContextItem> = {}) =>
    void items.push({ entry, message, ...more })
  const fillersEach = Math.ceil(tokens / (facts.length * fillerTokens))
  let filler = 0
  function call(name: string, input: CallBlock['input'], answer: string, isError = false): void {
    const id = `call_${items.length}`
    const said =
      filler % 3 === 0 ? [{ type: 'text' as const, text: 'I look further into it.' }] : []
    add({ role: 'assistant', content: [...said, { type: 'call', id, name, input }] })
    const content = [{ type: 'text' as const, text: answer }]
    add(
      { role: 'tool', content: [{ type: 'result', callId: id, name, content, isError }] },
      items.length,
    )
  }
  for (const [at, fact] of facts.entries()) {
    const { kind, key, text } = fact
    const user: Message = { role: 'user', content: [{ type: 'text', text }] }
    const assistant: Message = { role: 'assistant', content: [{ type: 'text', text }] }
    if (kind === 'wish') add(user)
    else if (kind === 'decision') add(assistant)
    else if (kind === 'pinned') add(user, items.length + 1, { pinned: true })
    else if (kind === 'change') {
      add(assistant)
      call(
        'edit_file',
        { path: key, old_string: `a${at}`, new_string: `b${at}` },
        `Edited ${key}: 1 change.`,
      )
    } else if (kind === 'newest') add(text.startsWith('Now') ? assistant : user)
    else call('bash', { command: `make part${at}` }, text, kind === 'failure')
    if (kind === 'newest') continue
    for (let count = 0; count < fillersEach; count++, filler++) {
      const { kind: about, text: noise } = fillers[filler % fillers.length] ?? {
        kind: '',
        text: '',
      }
      call(
        'read_file',
        { path: `noise/${about.replace(' ', '-')}-${filler}.txt` },
        `${noise}\n${noise}`,
      )
    }
  }
  return items
}

/** Of the fillers, twice each, in the mean. */
const fillerTokens = 1150

/** Which facts stand in what is sent. */
export function keptFacts(items: readonly ContextItem[]): Fact[] {
  const sent = JSON.stringify(items.map((item) => item.message))
  return facts.filter(({ key }) => sent.includes(JSON.stringify(key).slice(1, -1)))
}

/** A summariser that does what it is asked: it writes down each fact that it is shown, and keeps the earlier ones. */
export function faithfulSummary(text: string): string {
  const seen = facts.filter(({ key }) => text.includes(key))
  return `## Facts\n${seen.map(({ key }) => `- ${key}`).join('\n')}`
}
