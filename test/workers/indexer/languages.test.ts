/** What is found in the fixture project of each language: definitions, references and imports. */
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { SymbolRow } from '../../../src/contract/symbol.ts'
import { languageOf, languages } from '../../../workers/indexer/extraction/languages.ts'
import { indexerSelfTest } from '../../../workers/indexer/self-test.ts'
import { fixtures, makeProject, type Project } from './project.ts'

const projects = new Map<string, Promise<Project>>()

function indexed(name: string): Promise<Project> {
  let project = projects.get(name)
  if (!project) {
    const made = makeProject({ from: join(fixtures, name) })
    project = made.index.update({}).then(() => made)
    projects.set(name, project)
  }
  return project
}

/** `kind container.name exported`, as one line a definition. */
function line(row: SymbolRow): string {
  const path = row.container ? `${row.container}.${row.name}` : row.name
  return `${row.kind} ${path}${row.exported ? ' exported' : ''}`
}

async function outlineOf(name: string, path: string): Promise<string[]> {
  const { index } = await indexed(name)
  return (await index.outline({ path })).map(line)
}

async function oneSymbol(name: string, symbol: string): Promise<SymbolRow> {
  const { index } = await indexed(name)
  const [row] = await index.findSymbols({ name: symbol, match: 'exact', limit: 1 })
  if (!row) throw new Error(`no symbol ${symbol}`)
  return row
}

async function importsOf(name: string, path: string): Promise<Record<string, string | undefined>> {
  const { index } = await indexed(name)
  const { imports } = await index.dependencies({ path })
  return Object.fromEntries(imports.map((row) => [row.specifier, row.path]))
}

async function usesOf(name: string, symbol: string): Promise<string[]> {
  const { index } = await indexed(name)
  const rows = await index.findReferences({ name: symbol, limit: 50 })
  return rows.map((row) => `${row.kind} ${row.path}:${row.line} ${row.enclosing}`.trim())
}

describe('TypeScript', () => {
  test('classes, members, functions and constants are found with their visibility', async () => {
    expect(await outlineOf('typescript', 'src/store/cart.ts')).toEqual([
      'constant maxItems exported',
      'variable opened',
      'class Cart exported',
      'property Cart.version exported',
      'property Cart.#items',
      'property Cart.total',
      'method Cart.constructor exported',
      'property Cart.owner exported',
      'method Cart.add exported',
      'method Cart.recount',
      'method Cart.price exported',
      'method Cart.onChange exported',
      'method Cart.[Symbol.iterator] exported',
      'class CartFull exported',
      'function emptyCart exported',
      'function openCart exported',
      'function openCart.greet',
      'function hidden',
      'constant later exported',
    ])
  })

  test('types, enums, namespaces and declarations are found', async () => {
    expect(await outlineOf('typescript', 'src/store/item.ts')).toEqual([
      'interface Item exported',
      'property Item.cents exported',
      'method Item.describe exported',
      'interface Named exported',
      'property Named.name exported',
      'type Unit exported',
      'enum Shelf exported',
      'constant Shelf.Front exported',
      'constant Shelf.Back exported',
      'module Units exported',
      'constant Units.base exported',
      'function legacy exported',
      'class Priced exported',
      'method Priced.price exported',
    ])
  })

  test('a symbol carries its lines, its signature and the first paragraph of its comment', async () => {
    expect(await oneSymbol('typescript', 'Cart')).toEqual({
      path: 'src/store/cart.ts',
      name: 'Cart',
      kind: 'class',
      line: 14,
      endLine: 46,
      nameLine: 14,
      nameColumn: 14,
      container: '',
      signature: 'export class Cart extends events.Emitter implements Iterable<Item>',
      exported: true,
      visibility: 'public',
      doc: 'Holds what a customer wants to buy.',
    })
    expect((await oneSymbol('typescript', 'Unit')).signature).toBe(
      "export type Unit = 'piece' | 'kilogram'",
    )
  })

  test('imports reach files by extension, directory, alias and re-export', async () => {
    expect(await importsOf('typescript', 'src/store/cart.ts')).toEqual({
      '../format.js': 'src/format.ts',
      './item': 'src/store/item.ts',
      '@/events': 'src/events.ts',
    })
    expect(await importsOf('typescript', 'src/format.ts')).toEqual({
      './money': 'src/money/index.ts',
    })
  })

  test('a component in TSX is a call, and names its enclosing function', async () => {
    expect(await outlineOf('typescript', 'src/view.tsx')).toEqual([
      'function CartView exported',
      'function Panel',
    ])
    expect(await usesOf('typescript', 'Panel')).toEqual(['call src/view.tsx:4 CartView'])
  })

  test('references tell calls, types, inheritance, uses and imports apart, tests last', async () => {
    expect(await usesOf('typescript', 'Item')).toEqual([
      'type src/store/cart.ts:14 Cart',
      'type src/store/cart.ts:16 Cart.#items',
      'type src/store/cart.ts:25 Cart.add',
      'type src/store/cart.ts:43 Cart.[Symbol.iterator]',
      'type src/store/item.ts:22 legacy',
      'import src/store/cart.ts:3',
    ])
    expect(await usesOf('typescript', 'Named')).toEqual(['inherit src/store/item.ts:1 Item'])
    expect(await usesOf('typescript', 'maxItems')).toEqual(['use src/store/cart.ts:26 Cart.add'])
    expect((await usesOf('typescript', 'openCart')).at(-1)).toContain('test/cart.test.ts')
  })
})

describe('JavaScript', () => {
  test('CommonJS exports, prototypes and dynamic imports are understood', async () => {
    expect(await outlineOf('typescript', 'src/legacy.js')).toEqual([
      'function label exported',
      'function Printer exported',
      'method Printer.print',
      'function lazy exported',
    ])
    expect(await importsOf('typescript', 'src/legacy.js')).toEqual({
      './money': 'src/money/index.ts',
      './store/item': 'src/store/item.ts',
    })
  })
})

describe('Python', () => {
  test('classes, methods, constants and nested functions are found with their docstrings', async () => {
    expect(await outlineOf('python', 'shop/models/order.py')).toEqual([
      'class Base exported',
      'class Order exported',
      'property Order.number exported',
      'property Order.amounts exported',
      'method Order.size exported',
      'method Order.ship exported',
      'method Order._log',
      'method Order.__len__ exported',
    ])
    expect(await outlineOf('python', 'shop/pricing.py')).toEqual([
      'constant TAX_RATE exported',
      'variable currency exported',
      'function total exported',
      'function total.line',
      'function _with_tax',
    ])
    expect((await oneSymbol('python', 'total')).doc).toBe('Sum of all lines with tax.')
    expect((await oneSymbol('python', 'Order')).doc).toBe('What one customer ordered.')
  })

  test('`__all__` decides what a package exports', async () => {
    const rows = await outlineOf('python', 'shop/__init__.py')
    expect(rows).toContain('function checkout exported')
    expect(rows).toContain('function unlisted')
  })

  test('relative and absolute imports reach modules and packages', async () => {
    expect(await importsOf('python', 'shop/__init__.py')).toEqual({
      '.models.order': 'shop/models/order.py',
      '.': 'shop/pricing.py',
    })
    expect(await importsOf('python', 'shop/pricing.py')).toEqual({
      typing: undefined,
      'shop.models.order': 'shop/models/order.py',
      'shop.models': 'shop/models/order.py',
    })
    expect(await importsOf('python', 'shop/models/order.py')).toMatchObject({
      '..pricing': 'shop/pricing.py',
    })
    const { index } = await indexed('python')
    const { importedBy } = await index.dependencies({ path: 'shop/pricing.py' })
    expect(importedBy.map((row) => row.path)).toEqual([
      'shop/__init__.py',
      'shop/models/order.py',
      'tests/test_pricing.py',
    ])
  })
})

describe('Go', () => {
  test('receivers are containers, capital letters export, groups are taken apart', async () => {
    expect(await outlineOf('go', 'internal/ledger/ledger.go')).toEqual([
      'variable ErrEmpty exported',
      'constant MaxEntries exported',
      'constant minEntries',
      'struct Account exported',
      'property Account.Owner exported',
      'property Account.cents',
      'struct base',
      'property base.id',
      'interface Reader exported',
      'method Reader.Balance exported',
      'type Cents exported',
      'method Account.Withdraw exported',
      'function audit',
      'function Map exported',
    ])
    expect((await oneSymbol('go', 'Account')).signature).toBe('type Account struct')
    expect((await oneSymbol('go', 'Withdraw')).doc).toBe('Withdraw takes money out of the account.')
  })

  test('an import of the module reaches its package, both ways', async () => {
    expect(await importsOf('go', 'cmd/app/main.go')).toEqual({
      os: undefined,
      'example.org/bank/internal/ledger': 'internal/ledger/ledger.go',
    })
    const { index } = await indexed('go')
    const { importedBy } = await index.dependencies({ path: 'internal/ledger/ledger.go' })
    expect(importedBy).toEqual([{ path: 'cmd/app/main.go', line: 6 }])
  })

  test('embedding is inheritance and a call through a selector is a call', async () => {
    expect(await usesOf('go', 'base')).toEqual(['inherit internal/ledger/ledger.go:20 Account'])
    expect(await usesOf('go', 'Withdraw')).toEqual([
      'call cmd/app/main.go:11 main',
      'call internal/ledger/ledger_test.go:6 TestWithdraw',
    ])
  })
})

describe('Rust', () => {
  test('impl blocks are containers, traits export their methods, tests are marked', async () => {
    expect(await outlineOf('rust', 'src/net/client.rs')).toEqual([
      'struct Client exported',
      'property Client.host exported',
      'property Client.state',
      'method Client.new exported',
      'method Client.reset',
      'method Client.close exported',
    ])
    expect(await outlineOf('rust', 'src/net/mod.rs')).toEqual([
      'struct Timeout exported',
      'trait Close exported',
      'method Close.close exported',
      'method Close.close_now exported',
      'enum State exported',
      'constant State.Open exported',
      'constant State.Closed exported',
      'property State.Closed.reason exported',
      'type Bytes exported',
    ])
    expect(await outlineOf('rust', 'src/lib.rs')).toEqual([
      'function connect exported',
      'function helper',
      'macro log_line exported',
      'constant DEFAULT_PORT exported',
      'variable COUNTER',
      'module tests',
      'function tests.connects',
    ])
    expect((await oneSymbol('rust', 'connect')).doc).toBe('Connects and waits.')
  })

  test('mod, crate, super and braces reach their files', async () => {
    expect(await importsOf('rust', 'src/lib.rs')).toMatchObject({
      net: 'src/net/mod.rs',
      retry: 'src/retry.rs',
      'crate::net::client::Client': 'src/net/client.rs',
      'crate::net::Timeout': 'src/net/mod.rs',
      'retry::backoff': 'src/retry.rs',
    })
    expect(await importsOf('rust', 'src/net/client.rs')).toEqual({
      'super::Close': 'src/net/mod.rs',
      'super::State': 'src/net/mod.rs',
    })
  })

  test('a call inside a macro is seen', async () => {
    expect(await usesOf('rust', 'helper')).toEqual(['use src/lib.rs:14 connect'])
    expect(await usesOf('rust', 'log_line')).toEqual(['call src/lib.rs:14 connect'])
  })
})

describe('the further languages', () => {
  const expected: [string, string, string[]][] = [
    [
      'java',
      'src/main/java/org/example/billing/Invoice.java',
      [
        'class Invoice exported',
        'constant Invoice.MAX_LINES exported',
        'property Invoice.lines',
        'method Invoice.Invoice exported',
        'method Invoice.total exported',
        'method Invoice.audit',
        'enum Invoice.Status',
        'constant Invoice.Status.OPEN',
        'constant Invoice.Status.PAID',
        'interface Payable',
        'method Payable.total',
      ],
    ],
    [
      'cpp',
      'src/shape.cpp',
      [
        'module geo exported',
        'method geo.Square.area exported',
        'function geo.square_of',
        'function make exported',
      ],
    ],
    [
      'cpp',
      'src/list.c',
      [
        'struct node exported',
        'property node.value exported',
        'property node.next exported',
        'type node_t exported',
        'function push exported',
      ],
    ],
    [
      'csharp',
      'Queue.cs',
      [
        'module Fixture.Jobs exported',
        'class Fixture.Jobs.JobQueue exported',
        'constant Fixture.Jobs.JobQueue.Limit exported',
        'property Fixture.Jobs.JobQueue.jobs',
        'property Fixture.Jobs.JobQueue.Count exported',
        'method Fixture.Jobs.JobQueue.JobQueue exported',
        'method Fixture.Jobs.JobQueue.Enqueue exported',
        'method Fixture.Jobs.JobQueue.Persist',
        'interface Fixture.Jobs.IQueue exported',
        'method Fixture.Jobs.IQueue.Clear exported',
        'class Fixture.Jobs.Job exported',
        'property Fixture.Jobs.Job.Name exported',
        'enum Fixture.Jobs.Priority exported',
        'constant Fixture.Jobs.Priority.Low exported',
        'constant Fixture.Jobs.Priority.High exported',
      ],
    ],
    [
      'ruby',
      'lib/shelf/book.rb',
      [
        'module Shelf exported',
        'class Shelf.Book exported',
        'property Shelf.Book.title exported',
        'method Shelf.Book.initialize exported',
        'method Shelf.Book.read exported',
      ],
    ],
    [
      'php',
      'src/Mail/Sender.php',
      [
        'class Sender exported',
        'constant Sender.RETRIES exported',
        'property Sender.sent',
        'method Sender.send exported',
        'method Sender.log',
        'interface Transport exported',
        'method Transport.send exported',
        'function deliver exported',
      ],
    ],
    ['bash', 'deploy', ['variable TARGET exported', 'function deploy exported']],
  ]
  for (const [name, path, rows] of expected)
    test(`${name}: the outline of ${path}`, async () => {
      expect(await outlineOf(name, path)).toEqual(rows)
    })

  test('their imports reach files', async () => {
    expect(await importsOf('java', 'src/main/java/org/example/billing/Invoice.java')).toMatchObject(
      {
        'org.example.billing.Money': 'src/main/java/org/example/billing/Money.java',
      },
    )
    expect(await importsOf('cpp', 'src/shape.cpp')).toMatchObject({ 'shape.h': 'include/shape.h' })
    expect(await importsOf('ruby', 'lib/shelf.rb')).toEqual({
      'shelf/book': 'lib/shelf/book.rb',
      './shelf/reader': 'lib/shelf/reader.rb',
    })
    expect(await importsOf('php', 'src/Mail/Sender.php')).toEqual({
      'App\\Mail\\Message': 'src/Mail/Message.php',
    })
    expect(await importsOf('bash', 'deploy')).toEqual({ './lib/common.sh': 'lib/common.sh' })
  })
})

test('every grammar loads and understands its sample', async () => {
  const results = await indexerSelfTest()
  expect(results.filter((row) => !row.ok)).toEqual([])
  expect(results).toHaveLength(languages.length)
})

test('a file without an ending is known by its first line', () => {
  expect(languageOf('bin/run', '#!/usr/bin/env -S python3 -u')?.id).toBe('python')
  expect(languageOf('bin/run', '#!/bin/sh')?.id).toBe('bash')
  expect(languageOf('bin/run', '#!/usr/bin/env bun')?.id).toBe('typescript')
  expect(languageOf('bin/run', 'plain words')).toBeUndefined()
})
