/** Where a conversation stands: undo and redo move it, a fork begins anew from it, and a long one is read in part. */
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EntryBody, Session } from '../../src/contract/session.ts'
import { itemsOf } from '../../src/sessions/conversation.ts'
import { openSessionStore } from '../../src/sessions/store.ts'
import { about, calls, openStoreBench, result, said, texts, user } from './support.ts'

const memory = () => openSessionStore({ path: ':memory:', notice() {} })

describe('the head', () => {
  test('is the newest entry, but never what is only told of the session', () => {
    const store = memory()
    const session = store.create(about)
    expect(session.head).toBeNull()
    const prompt = session.append(user('a'))
    session.append({ type: 'name', text: 'Shop' })
    session.append({ type: 'label', text: 'a shop' })
    store.setModel(session.id, 'mock', 'n')
    expect(session.head).toBe(prompt.id)
    expect(store.open(session.id).head).toBe(prompt.id)
    expect(session.append(said('b'))).toMatchObject({ parent: prompt.id })
    expect(store.summary(session.id)).toMatchObject({ name: 'Shop', label: 'a shop', model: 'n' })
  })

  test('moves back and forth, and what is said from there is a branch', () => {
    using bench = openStoreBench()
    const session = bench.open().create(about)
    const first = session.append(user('one'))
    session.append(said('1'))
    const second = session.append(user('two'))
    const end = session.append(said('2'))
    session.moveHead(second.parent)
    expect(texts(session)).toEqual(['one', '1'])
    session.moveHead(end.id)
    expect(texts(session)).toEqual(['one', '1', 'two', '2'])
    session.moveHead(second.parent)
    session.append(user('other'))
    const other = session.append(said('3'))
    expect(texts(session)).toEqual(['one', '1', 'other', '3'])
    session.moveHead(end.id)
    expect(texts(session)).toEqual(['one', '1', 'two', '2'])
    session.moveHead(other.id)
    expect(session.prompts().map(({ text }) => text)).toEqual(['one', 'other'])
    session.moveHead(null)
    expect(texts(session)).toEqual([])
    session.append(user('anew'))
    const again = bench.open().open(session.id)
    expect(texts(again)).toEqual(['anew'])
    expect([...again.entries()].length).toBeGreaterThan(10)
    expect(again.entry(first.id)).toMatchObject({ id: first.id, parent: null })
    expect(() => session.moveHead(999)).toThrow('has no entry 999')
  })

  test('is followed at random as the parents of the entries say', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const session = store.create(about)
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    const ids: number[] = []
    for (let step = 0; step < 300; step++) {
      const choice = random(16)
      if (choice === 0 && ids.length > 0) session.moveHead(ids[random(ids.length)] ?? null)
      else if (choice === 1) session.append({ type: 'name', text: `n${step}` })
      else ids.push(session.append(user(`t${step}`)).id)
    }
    const byParent: number[] = []
    for (let at = session.head; at !== null; at = session.entry(at)?.parent ?? null)
      byParent.unshift(at)
    expect([...session.path()].map(({ id }) => id)).toEqual(byParent)
    expect([...store.open(session.id).path()].map(({ id }) => id)).toEqual(byParent)
    expect(byParent.length).toBeGreaterThan(3)
  })
})

test('the newest of a type is that of the path', () => {
  const session = memory().create(about)
  const start = session.append(user('go'))
  session.append({ type: 'todo', items: [{ text: 'a', status: 'pending' }] })
  const before = session.append(said('ok'))
  session.append({ type: 'todo', items: [{ text: 'a', status: 'done' }] })
  expect(session.last('todo')?.items[0]?.status).toBe('done')
  session.moveHead(before.id)
  expect(session.last('todo')?.items[0]?.status).toBe('pending')
  session.moveHead(start.id)
  expect(session.last('todo')).toBeUndefined()
  expect(session.last('message')?.id).toBe(start.id)
  expect(session.last('goal')).toBeUndefined()
})

test('prompts are paged from the newest on, without what was attached', () => {
  const session = memory().create(about)
  for (let count = 1; count <= 7; count++) {
    session.append(user(`p${count}\n\n<file path="a.ts">\nx\n</file>`))
    session.append(said('ok'))
  }
  const newest = session.prompts({ limit: 3 })
  expect(newest.map(({ text }) => text)).toEqual(['p5', 'p6', 'p7'])
  const older = session.prompts({ limit: 3, before: newest[0]?.entry ?? 0 })
  expect(older.map(({ text }) => text)).toEqual(['p2', 'p3', 'p4'])
})

test('the view of any history means the same to a model as its whole path', () => {
  let seed = 11
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * below)
  }
  let shorter = 0
  for (let round = 0; round < 60; round++) {
    const session = memory().create(about)
    const ids: number[] = []
    const add = (body: EntryBody) => {
      const { id } = session.append(body)
      ids.push(id)
    }
    for (let step = 0; step < 40; step++) historyStep(step)
    const whole = itemsOf([...session.path()])
    expect(session.items()).toEqual(whole)
    if (session.view().length < [...session.path()].length) shorter++

    function historyStep(step: number): void {
      // As it is done: pinned, and kept from, is what is still seen.
      const seen = session.items().filter(({ summaryOf }) => summaryOf === undefined)
      const some = seen[random(seen.length)]?.entry
      switch (random(9)) {
        case 0:
          if (some !== undefined) add({ type: 'pin', entry: some, pinned: random(3) > 0 })
          break
        case 1: {
          const kept = seen[random(seen.length + 1)]?.entry
          add({
            type: 'compaction',
            summary: `summary ${step}`,
            by: 'budget',
            tokensBefore: 9,
            tokensAfter: 1,
            ...(kept === undefined ? {} : { keptFrom: kept }),
          })
          break
        }
        case 2: {
          const compaction = session.last('compaction')
          if (compaction && random(2) === 0)
            add({ type: 'compaction_undone', compaction: compaction.id })
          break
        }
        case 3:
          if (ids.length > 0 && random(4) === 0) session.moveHead(ids[random(ids.length)] ?? null)
          break
        case 4:
          add(calls(`c${step}`, `d${step}`))
          add(result(`d${step}`))
          if (random(3) > 0) add(result(`c${step}`))
          break
        case 5:
          add({ type: 'elision', results: [{ callId: `c${random(40)}`, mark: 'elided' }] })
          break
        default:
          add(random(2) === 0 ? user(`u${step}`) : said(`s${step}`))
      }
    }
  }
  expect(shorter).toBeGreaterThan(20)
})

describe('a fork', () => {
  function conversation(session: Session): void {
    session.append(user('one'))
    session.append(said('1', 0.5))
    session.append(user('two'))
    session.append(said('2', 0.5))
  }

  test('stands where it was asked for, and goes its own way', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const source = store.create(about)
    conversation(source)
    store.label(source.id, 'counting')
    const whole = store.fork(source.id)
    expect(texts(whole)).toEqual(['one', '1', 'two', '2'])
    const before = store.fork(source.id, { prompt: 2 })
    expect(texts(before)).toEqual(['one', '1'])
    before.append(user('three'))
    expect(texts(before)).toEqual(['one', '1', 'three'])
    expect(texts(source)).toEqual(['one', '1', 'two', '2'])
    expect(texts(store.fork(source.id, { prompt: 1 }))).toEqual([])
    expect(texts(store.fork(source.id, { entry: 3 }))).toEqual(['one', '1', 'two'])
    expect(store.summary(before.id)).toMatchObject({
      label: 'counting',
      forkedFrom: { session: source.id, entry: 2 },
      // What it brought along was paid for by the other.
      costUsd: null,
      inputTokens: 0,
      messages: 3,
    })
    expect(() => store.fork(source.id, { prompt: 3 })).toThrow('has no prompt 3; it has 2')
    expect(() => store.fork(source.id, { entry: 77 })).toThrow('has no entry 77')
  })

  test('is whole when the session it comes from is gone, with the results of its calls', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const source = store.create(about)
    conversation(source)
    const results = join(bench.directory, 'results', source.id)
    mkdirSync(results, { recursive: true })
    writeFileSync(join(results, 'r1.bash.txt'), 'whole')
    const fork = store.fork(source.id)
    source.close()
    store.remove(source.id)
    expect(existsSync(results)).toBe(false)
    expect(texts(fork)).toEqual(['one', '1', 'two', '2'])
    const kept = join(bench.directory, 'results', fork.id, 'r1.bash.txt')
    expect(readFileSync(kept, 'utf8')).toBe('whole')
  })

  test('of a branch has that branch alone', () => {
    const store = memory()
    const source = store.create(about)
    conversation(source)
    source.moveHead(2)
    source.append(user('other'))
    expect(texts(store.fork(source.id))).toEqual(['one', '1', 'other'])
    expect(texts(store.fork(source.id, { entry: 4 }))).toEqual(['one', '1', 'two', '2'])
  })
})
