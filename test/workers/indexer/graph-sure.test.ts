/** What an answer calls sure is what a compiler would say; where only the name agrees it is marked, or not told. */
import { describe, expect, test } from 'bun:test'
import { makeProject } from './project.ts'

const project = makeProject({
  'java/app/Outer.java': [
    'package app;',
    'public class Outer {',
    '    private void report() {}',
    '    public static class Log {',
    '        public void note() {}',
    '    }',
    '    class Inner {',
    '        void run() {',
    '            report();',
    '        }',
    '    }',
    '    static int clamp(int n) { return n; }',
    '}',
  ].join('\n'),
  'java/app/Log.java': 'package app;\nclass Log {\n    void note() {}\n}\n',
  'java/app/Use.java': [
    'package app;',
    'import app.Outer.Log;',
    'import static app.Outer.clamp;',
    'class Use {',
    '    void go(Log log) {',
    '        log.note();',
    '        clamp(1);',
    '    }',
    '}',
  ].join('\n'),
  'java/app/Wild.java': [
    'package app;',
    'import static app.Outer.*;',
    'class Wild {',
    '    int go() { return clamp(2); }',
    '}',
  ].join('\n'),
  'rs/Cargo.toml': '[package]\nname = "shapes"\n',
  'rs/src/lib.rs': 'pub mod kind;\npub mod draw;\n',
  'rs/src/kind.rs': 'pub enum Kind {\n    Round(u8),\n}\n',
  'rs/src/draw.rs': 'use crate::kind::Kind::Round;\npub fn draw() {\n    let _ = Round(1);\n}\n',
  'rs/src/first.rs':
    'pub struct Parser;\nimpl Parser {\n    pub fn read(&self) {}\n    fn start(&self) { self.read(); }\n}\n',
  'rs/src/second.rs': 'pub struct Parser;\nimpl Parser {\n    pub fn read(&self) {}\n}\n',
  'go/go.mod': 'module example.org/cmd\n',
  'go/command.go': 'package cmd\n\ntype Command struct{}\n\nfunc (c *Command) Run() {}\n',
  'go/command_test.go': [
    'package cmd',
    'import "testing"',
    'func TestAll(t *testing.T) {',
    '\tt.Run("one", nil)',
    '}',
  ].join('\n'),
  'ts/flags.ts': 'export interface Flag {\n  repeats(count: number): string\n}\n',
  'ts/view.ts':
    "import { readFileSync } from 'node:fs'\nexport function line(n: number): string {\n  return (readFileSync('a') + '').repeats(n)\n}\n",
  'ts/error.ts': 'export class TypeError {}\n',
  'ts/broken.ts':
    "import { inspect } from 'node:util'\nexport class Broken extends TypeError {\n  text = inspect(this)\n}\n",
  'ts/open.ts': [
    'export function openStore(): Store {',
    '  return new Store()',
    '}',
    'export class Store {',
    '  drain(): void {}',
    '}',
    'export function empty(given: Readonly<Store>, late: Promise<Store>): void {',
    '  given.drain()',
    '}',
  ].join('\n'),
  'ts/late.ts': [
    "import { openStore, type Store } from './open.ts'",
    'export function twice(store: ReturnType<typeof openStore>, other: Partial<Readonly<Store>>) {',
    '  store.drain()',
    '  other.drain()',
    '}',
  ].join('\n'),
  'ts/both.ts': [
    "import { Store } from './open.ts'",
    'class Pump {',
    '  drain(): void {}',
    '}',
    'export function both(a: Store, b: Pump): void {',
    '  a.drain(); b.drain()',
    '}',
  ].join('\n'),
  'cs/Shapes.cs': [
    'namespace Shapes {',
    '  public class Item {}',
    '  public interface Drawable {}',
    '  public class IconBase {}',
    '  public class Icon : IconBase, Drawable {}',
    '}',
  ].join('\n'),
  'ts/shadow.ts': [
    'export function size(): number {',
    '  return 1',
    '}',
    'export function asks(size: number): number {',
    '  return Math.max(size, 1)',
    '}',
    'export function keeps(): number[] {',
    '  const { size } = new Map()',
    '  return [size]',
    '}',
    'export const gives = (): Array<() => number> => [size]',
  ].join('\n'),
  'py/parser.py': [
    'class Stream:',
    '    def expect(self): ...',
    'class Environment:',
    '    def tokenize(self, text) -> "Stream":',
    '        return Stream()',
    'class Parser:',
    '    def __init__(self, environment: "Environment", text):',
    '        self.stream = environment.tokenize(text)',
    '    def parse(self):',
    '        self.stream.expect()',
  ].join('\n'),
  'py/models.py': 'class Base:\n    pass\n',
  'py/other.py': 'class Base:\n    pass\nclass Exception:\n    pass\n',
  'py/order.py':
    'import models\nimport enum\nclass Order(models.Base):\n    pass\nclass Odd(Exception):\n    pass\nclass Colour(enum.Base):\n    pass\n',
})
await project.index.update({})

/** The callees of a function, `?` where it is not sure. */
async function callees(name: string): Promise<string[]> {
  const graph = await project.index.callGraph({ name, direction: 'out', depth: 1, limit: 20 })
  return graph.edges.map((edge) => {
    const to = graph.nodes[edge.to]
    return `${to?.path}:${to?.line}${edge.sure ? '' : ' ?'}`
  })
}

async function bases(name: string): Promise<string[]> {
  const graph = await project.index.inheritance({ name, direction: 'out', depth: 1, limit: 20 })
  return graph.edges.map((edge) => {
    const to = graph.nodes[edge.to]
    return to?.kind === 'external' ? `outside: ${to.name}` : `${to?.path}${edge.sure ? '' : ' ?'}`
  })
}

describe('calls', () => {
  test('a class inside a class calls what the outer one has', async () => {
    expect(await callees('Inner.run')).toEqual(['java/app/Outer.java:3'])
  })

  test('an import may name a class or a static member that a class holds', async () => {
    expect(await callees('Use.go')).toEqual(['java/app/Outer.java:5', 'java/app/Outer.java:12'])
    expect(await callees('Wild.go')).toEqual(['java/app/Outer.java:12'])
  })

  test('a variant that is imported by its enum', async () => {
    const [found] = await project.index.findDefinitions({
      name: 'Round',
      path: 'rs/src/draw.rs',
      line: 3,
      limit: 5,
    })
    expect(found).toMatchObject({ path: 'rs/src/kind.rs', how: 'imported' })
  })

  test('a type has the members of its own file, not of another type of its name', async () => {
    expect(await callees('Parser.start')).toEqual(['rs/src/first.rs:3'])
  })

  test('a field is what a method assigns to it from its parameters', async () => {
    expect(await callees('Parser.parse')).toEqual(['py/parser.py:2'])
  })

  test('a type of one letter that a package holds is no type parameter', async () => {
    expect(await callees('TestAll')).toEqual([])
  })

  test('the only member of a name is likely, never sure, where the receiver is unknown', async () => {
    const rows = await project.index.findReferences({ name: 'Flag.repeats', limit: 5 })
    expect(rows.map(({ path, line, sure }) => ({ path, line, sure }))).toEqual([
      { path: 'ts/view.ts', line: 3, sure: false },
    ])
  })

  test('two receivers on one line are two calls, and one line of uses', async () => {
    expect(await callees('both')).toEqual(['ts/open.ts:5', 'ts/both.ts:3'])
    const rows = await project.index.findReferences({ name: 'drain', path: 'ts/both.ts', limit: 9 })
    expect(rows.map((row) => `${row.line}:${row.column} ${row.enclosing}`)).toEqual(['6:5 both'])
  })

  test('a variable or parameter hides the function of its name', async () => {
    const rows = await project.index.findReferences({
      name: 'size',
      definedIn: 'ts/shadow.ts',
      limit: 9,
    })
    expect(rows.map((row) => row.line)).toEqual([11])
  })

  test('utility types stand for the type inside', async () => {
    expect(await callees('twice')).toEqual(['ts/open.ts:5'])
    expect(await callees('empty')).toEqual(['ts/open.ts:5'])
    const rows = await project.index.findReferences({ name: 'Store.drain', limit: 9 })
    expect(rows.map((row) => `${row.path}:${row.line} ${row.sure}`)).toEqual([
      'ts/both.ts:6 true',
      'ts/late.ts:3 true',
      'ts/late.ts:4 true',
      'ts/open.ts:8 true',
    ])
  })
})

describe('base types', () => {
  test('a class of the project that is not imported is not the base of the same name', async () => {
    expect(await bases('Broken')).toEqual(['outside: TypeError'])
    expect(await bases('Odd')).toEqual(['outside: Exception'])
  })

  test('what stands before the name says which module holds it', async () => {
    expect(await bases('Order')).toEqual(['py/models.py'])
    expect(await bases('Colour')).toEqual(['outside: Base'])
  })

  test('in C# the base itself says whether it is extended or implemented', async () => {
    const graph = await project.index.inheritance({
      name: 'Icon',
      direction: 'out',
      depth: 1,
      limit: 9,
    })
    expect(graph.edges.map((edge) => `${edge.kind} ${graph.nodes[edge.to]?.name}`)).toEqual([
      'extends Shapes.IconBase',
      'implements Shapes.Drawable',
    ])
  })
})

describe('what is cut off', () => {
  test('only what does go on beyond the depth is said to', async () => {
    const ask = { direction: 'both', depth: 1, limit: 20 } as const
    const graph = await project.index.callGraph({ ...ask, name: 'Store.drain' })
    expect(graph.nodes.length).toBeGreaterThan(3)
    expect(graph.truncated).toBe(false)
  })
})
