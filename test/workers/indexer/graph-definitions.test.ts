/** What a name means where it is read, in every family of languages: scope, imports, packages, types, and names alone. */
import { describe, expect, test } from 'bun:test'
import type { DefinitionQuery } from '../../../src/contract/index-service.ts'
import { makeProject } from './project.ts'

const project = makeProject({
  // TypeScript: aliases, chains of re-exports that go round, default exports, namespaces, types of receivers.
  'ts/store.ts': [
    "import { log } from './log.ts'",
    'export interface Closeable {',
    '  close(): void',
    '}',
    'export class Base {',
    '  protected reset(): void {}',
    '}',
    'export class Store extends Base implements Closeable {',
    '  private readonly queue = new Queue()',
    '  close(): void {',
    '    this.reset()',
    '    this.queue.drain()',
    '    log()',
    '  }',
    '}',
    'class Queue {',
    '  drain(): void {}',
    '}',
    'export function open(): Store {',
    '  return new Store()',
    '}',
    'export default function make(): Store {',
    '  return open()',
    '}',
  ].join('\n'),
  'ts/log.ts': 'export function log(): void {}\nexport function open(): void {}\n',
  'ts/ring-a.ts': "export * from './ring-b.ts'\n",
  'ts/ring-b.ts': "export * from './ring-a.ts'\nexport { open as openStore } from './store.ts'\n",
  'ts/use.ts': [
    "import build, { Store as Shop } from './store.ts'",
    "import { openStore } from './ring-a.ts'",
    "import * as logs from './log.ts'",
    'export function run(given: Shop): void {',
    '  const store = openStore()',
    '  store.close()',
    '  given.close()',
    '  logs.open()',
    '  build().close()',
    '  const open = () => store',
    '  open()',
    '}',
  ].join('\n'),
  'py/shop/__init__.py': 'from .orders import Order as Order\n',
  'py/shop/base.py': 'class Base:\n    def save(self):\n        pass\n',
  'py/shop/orders.py': [
    'from .base import Base',
    'class Order(Base):',
    '    def __init__(self):',
    '        self.lines = Lines()',
    '    def ship(self):',
    '        self.save()',
    '        self.lines.count_all()',
    'class Lines:',
    '    def count_all(self):',
    '        return 0',
  ].join('\n'),
  'py/main.py': [
    'from shop import Order',
    'import shop.orders as orders',
    'def main(other: "Order"):',
    '    order = Order()',
    '    order.ship()',
    '    other.ship()',
    '    orders.Lines()',
    '    print(order)',
  ].join('\n'),
  'py/ship.py': 'class Boat:\n    def ship(self):\n        pass\n\ndef print(x):\n    pass\n',
  'go/go.mod': 'module example.org/bank\n\ngo 1.22\n',
  'go/ledger/entry.go':
    'package ledger\n\ntype Entry struct{}\n\nfunc (e *Entry) Post() error { return check(e) }\n',
  'go/ledger/check.go': 'package ledger\n\nfunc check(e *Entry) error { return nil }\n',
  'go/other/check.go':
    'package other\n\nfunc check() {}\n\ntype Mail struct{}\n\nfunc (m Mail) Post() {}\n',
  'go/main.go': [
    'package main',
    '',
    'import (',
    '\tbooks "example.org/bank/ledger"',
    ')',
    '',
    'func main() {',
    '\te := &books.Entry{}',
    '\te.Post()',
    '}',
  ].join('\n'),
  'rs/Cargo.toml': '[package]\nname = "net"\nversion = "0.1.0"\n',
  'rs/src/lib.rs': 'pub mod client;\npub mod retry;\n',
  'rs/src/retry.rs': 'pub fn again() {}\n',
  'rs/src/client.rs': [
    'use crate::retry;',
    'pub struct Client;',
    'impl Client {',
    '    pub fn new() -> Self { Client }',
    '    pub fn send(&self) { self.check(); retry::again(); }',
    '    fn check(&self) {}',
    '}',
    'pub fn start() { let c = Client::new(); c.send(); }',
  ].join('\n'),
  'java/src/main/java/app/Invoice.java': [
    'package app;',
    'import app.pay.Payment;',
    'public class Invoice extends Document {',
    '    private Payment payment;',
    '    void settle(Payment other) {',
    '        print();',
    '        payment.settle();',
    '        other.settle();',
    '        Helper.round();',
    '    }',
    '}',
  ].join('\n'),
  'java/src/main/java/app/Document.java':
    'package app;\nclass Document {\n    void print() {}\n}\n',
  'java/src/main/java/app/Helper.java':
    'package app;\nclass Helper {\n    static void round() {}\n}\n',
  'java/src/main/java/app/pay/Payment.java':
    'package app.pay;\npublic class Payment {\n    public void settle() {}\n}\n',
  'c/shape.h': 'int area(int side);\n',
  'c/shape.c': '#include "shape.h"\nint area(int side)\n{\n  return side * side;\n}\n',
  'c/main.c': '#include "shape.h"\nint main(void)\n{\n  return area(2);\n}\n',
})
await project.index.update({})

/** `path:line how` of each answer. */
async function find(query: Omit<DefinitionQuery, 'limit'>): Promise<string[]> {
  const rows = await project.index.findDefinitions({ ...query, limit: 10 })
  return rows.map((row) => `${row.path}:${row.nameLine} ${row.how}`)
}

describe('TypeScript', () => {
  const path = 'ts/use.ts'
  test('an alias and a ring of re-exports lead to the definition', async () => {
    expect(await find({ name: 'openStore', path, line: 5 })).toEqual(['ts/store.ts:19 imported'])
    expect(await find({ name: 'Shop', path, line: 4 })).toEqual(['ts/store.ts:8 imported'])
    expect(await find({ name: 'build', path, line: 9 })).toEqual(['ts/store.ts:22 imported'])
    expect(await find({ name: 'logs.open', path, line: 8 })).toEqual(['ts/log.ts:2 imported'])
  })

  test('a member is looked up in the type that its receiver has, is given, or returns', async () => {
    for (const [name, line] of [
      ['store.close', 6],
      ['given.close', 7],
      ['build().close', 9],
    ] as const)
      expect(await find({ name, path, line })).toEqual(['ts/store.ts:10 member'])
  })

  test('this means the class, with what it inherits and what its fields hold', async () => {
    const at = { path: 'ts/store.ts', line: 11 }
    expect(await find({ name: 'this.reset', ...at })).toEqual(['ts/store.ts:6 member'])
    expect(await find({ name: 'this.queue.drain', ...at })).toEqual(['ts/store.ts:17 member'])
  })

  test('the innermost scope hides what is outside', async () => {
    const [first] = await find({ name: 'open', path, line: 11 })
    expect(first).toBe('ts/use.ts:10 local')
    expect(await find({ name: 'open', path: 'ts/store.ts', line: 23 })).toEqual([
      'ts/store.ts:19 local',
    ])
  })

  test('without a place every definition of the name is told, and a container narrows', async () => {
    expect((await find({ name: 'open' })).toSorted()).toContain('ts/log.ts:2 name')
    expect(await find({ name: 'Store.close' })).toEqual(['ts/store.ts:10 member'])
    expect(await find({ name: 'nowhere' })).toEqual([])
    expect(await find({ name: 'close', kinds: ['class'] })).toEqual([])
  })
})

describe('Python', () => {
  const path = 'py/main.py'
  test('a name is followed through the package that gives it on', async () => {
    expect(await find({ name: 'Order', path, line: 4 })).toEqual(['py/shop/orders.py:2 imported'])
    expect(await find({ name: 'orders.Lines', path, line: 7 })).toEqual([
      'py/shop/orders.py:8 imported',
    ])
  })

  test('a variable and an annotated parameter have their types', async () => {
    for (const [name, line] of [
      ['order.ship', 5],
      ['other.ship', 6],
    ] as const)
      expect(await find({ name, path, line })).toEqual(['py/shop/orders.py:5 member'])
  })

  test('self reaches inherited methods and assigned fields', async () => {
    const at = { path: 'py/shop/orders.py' }
    expect(await find({ name: 'self.save', ...at, line: 6 })).toEqual(['py/shop/base.py:2 member'])
    expect(await find({ name: 'self.lines.count_all', ...at, line: 7 })).toEqual([
      'py/shop/orders.py:9 member',
    ])
  })

  test('a builtin is not the function of a file that is not imported', async () => {
    expect(await find({ name: 'print', path, line: 8 })).toEqual(['py/ship.py:5 name'])
  })
})

describe('Go, Rust, Java, C', () => {
  test('Go: the same package before any other, a package alias, a method of the right type', async () => {
    expect(await find({ name: 'check', path: 'go/ledger/entry.go', line: 5 })).toEqual([
      'go/ledger/check.go:3 package',
    ])
    expect(await find({ name: 'books.Entry', path: 'go/main.go', line: 8 })).toEqual([
      'go/ledger/entry.go:3 imported',
    ])
    expect(await find({ name: 'e.Post', path: 'go/main.go', line: 9 })).toEqual([
      'go/ledger/entry.go:5 member',
    ])
  })

  test('Rust: a module path, self, an associated function and the type it gives', async () => {
    const path = 'rs/src/client.rs'
    expect(await find({ name: 'retry::again', path, line: 5 })).toEqual([
      'rs/src/retry.rs:1 imported',
    ])
    expect(await find({ name: 'self.check', path, line: 5 })).toEqual([`${path}:6 member`])
    expect(await find({ name: 'Client::new', path, line: 8 })).toEqual([`${path}:4 member`])
    expect(await find({ name: 'c.send', path, line: 8 })).toEqual([`${path}:5 member`])
  })

  test('Java: inherited and static members, fields and parameters by their types', async () => {
    const path = 'java/src/main/java/app/Invoice.java'
    const java = 'java/src/main/java/app'
    expect(await find({ name: 'print', path, line: 6 })).toEqual([`${java}/Document.java:3 member`])
    for (const [name, line] of [
      ['payment.settle', 7],
      ['other.settle', 8],
    ] as const)
      expect(await find({ name, path, line })).toEqual([`${java}/pay/Payment.java:3 member`])
    expect(await find({ name: 'Helper.round', path, line: 9 })).toEqual([
      `${java}/Helper.java:3 member`,
    ])
  })

  test('C: the definition, where a header only declares it', async () => {
    expect(await find({ name: 'area' })).toEqual(['c/shape.c:2 name'])
    const [first] = await find({ name: 'area', path: 'c/main.c', line: 4 })
    expect(first).toBe('c/shape.c:2 imported')
  })
})
