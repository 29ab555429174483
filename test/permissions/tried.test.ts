/** What a copy frees a command of, where it is offered, and that a person sees what comes of it. */
import { expect, test } from 'bun:test'
import type {
  Answer,
  PermissionOffer,
  PermissionRequest,
  Person,
} from '../../src/contract/permission.ts'
import type { SandboxState } from '../../src/contract/sandbox-service.ts'
import { openGate } from '../../src/permissions/gate.ts'

const { signal } = new AbortController()

type State = Pick<SandboxState, 'holds' | 'guarantees' | 'ownTmp' | 'overlay'>

const state: State = {
  holds: 'full',
  guarantees: [],
  ownTmp: true,
  overlay: { works: true, note: '' },
}

function bench(over: Partial<Parameters<typeof openGate>[0]> & { answer?: Answer } = {}) {
  const offers: PermissionOffer[] = []
  const person: Person = {
    async permission(_, offer) {
      offers.push(offer)
      return over.answer ?? { answer: 'deny' }
    },
    question: async () => undefined,
  }
  const gate = openGate({
    mode: 'ask',
    person: () => person,
    roots: ['/work'],
    sandbox: async () => state,
    ...over,
  })
  return { gate, offers }
}

function command(text: string, over: Partial<PermissionRequest> = {}): PermissionRequest {
  const summary = `run ${text}`
  const about = { callId: '1', tool: 'bash', effect: 'execute' as const, summary, cwd: '/work' }
  return { ...about, paths: ['/work'], hosts: [], command: text, ...over }
}

test('a command that only the mode asks about is free on a copy, and gets nothing but the copy', async () => {
  const { gate, offers } = bench()
  const decision = await gate.check(command('make', { tried: 'wanted' }), signal)
  expect(decision).toEqual({ allow: true, by: 'mode', access: { tried: true } })
  expect(offers).toEqual([])
})

test('git gets no access to its directory there', async () => {
  const { gate } = bench({ mode: 'auto' })
  const decision = await gate.check(command('git commit -m x', { tried: 'wanted' }), signal)
  expect(decision).toMatchObject({ allow: true, access: { tried: true } })
  expect(JSON.stringify(decision)).not.toContain('gitWrite')
})

test('what is dangerous, an open network and a sandbox with holes ask on a copy, too', async () => {
  for (const [text, over] of [
    ['git push --force', {}],
    ['make', { networkIsOpen: true }],
    ['make', { sandbox: async () => ({ ...state, holds: 'partial' as const }) }],
  ] as const) {
    const { gate, offers } = bench(over)
    expect((await gate.check(command(text, { tried: 'wanted' }), signal)).allow).toBeFalse()
    expect(offers).toHaveLength(1)
  }
})

test('mode plan stays read-only', async () => {
  const { gate } = bench({ mode: 'plan' })
  const decision = await gate.check(command('make', { tried: 'wanted' }), signal)
  expect(decision).toMatchObject({ allow: false, by: 'mode' })
})

test('it is offered where it works and the copy is all that the command wants', async () => {
  const offered = async (request: PermissionRequest, over = {}) => {
    const { gate, offers } = bench(over)
    await gate.check(request, signal)
    return offers[0]?.canTry
  }
  expect(await offered(command('make', { tried: 'may' }))).toBeTrue()
  expect(await offered(command('make'))).toBeUndefined()
  expect(await offered(command('git commit -m x', { tried: 'may' }))).toBeUndefined()
  const widening = { what: 'host' as const, host: 'example.org', reason: 'r' }
  expect(await offered(command('make', { tried: 'may', widening }))).toBeUndefined()
  const sandbox = async () => ({ ...state, overlay: { works: false, note: 'no' } })
  expect(await offered(command('make', { tried: 'may' }), { sandbox })).toBeUndefined()
})

test('the answer try gives the command a copy', async () => {
  const { gate } = bench({ answer: { answer: 'try' } })
  const decision = await gate.check(command('make', { tried: 'may' }), signal)
  expect(decision).toMatchObject({ allow: true, by: 'person', access: { tried: true } })
})

test('what was tried is shown in every mode, and never remembered', async () => {
  for (const mode of ['ask', 'edit', 'auto'] as const) {
    const { gate, offers } = bench({ mode, answer: { answer: 'once' } })
    const request: PermissionRequest = {
      ...{ callId: '1', tool: 'bash', effect: 'write', summary: 'apply', hosts: [] },
      paths: ['/work/a'],
      ofTry: true,
    }
    expect(await gate.check(request, signal)).toMatchObject({ allow: true, by: 'person' })
    expect(await gate.check(request, signal)).toMatchObject({ allow: true, by: 'person' })
    expect(offers.map(({ ofTry, grant, rule }) => [ofTry, grant, rule])).toEqual([
      [true, '', undefined],
      [true, '', undefined],
    ])
  }
})
