/** Who calls what, what inherits what, and the uses that mean one definition. */
import { describe, expect, test } from 'bun:test'
import type { CodeGraph } from '../../../src/contract/code-graph.ts'
import type { SymbolGraphQuery } from '../../../src/contract/index-service.ts'
import { makeProject } from './project.ts'

const project = makeProject({
  'src/tool.ts': [
    'export interface Tool {',
    '  run(input: string): string',
    '}',
    'export abstract class Job {',
    '  start(): void { this.work() }',
    '  abstract work(): void',
    '}',
  ].join('\n'),
  'src/echo.ts': [
    "import { Job, type Tool } from './tool.ts'",
    'export const echo: Tool = {',
    '  run(input) {',
    '    return twice(input)',
    '  },',
    '}',
    'function twice(text: string): string {',
    '  return once(text) + once(text)',
    '}',
    'function once(text: string): string {',
    '  return text',
    '}',
    'export class PrintJob extends Job {',
    '  work(): void { twice("x") }',
    '}',
  ].join('\n'),
  'src/loop.ts': [
    "import { echo } from './echo.ts'",
    "import type { Tool } from './tool.ts'",
    'export function loop(tools: Tool[]): string[] {',
    '  return tools.map(callTool)',
    '}',
    'function callTool(tool: Tool): string {',
    "  return tool.run('a')",
    '}',
    'export const first = echo.run(loop([])[0] ?? "")',
    'export function ring(n: number): number {',
    '  return n > 0 ? gnir(n - 1) : 0',
    '}',
    'function gnir(n: number): number {',
    '  return ring(n)',
    '}',
  ].join('\n'),
  'src/other.ts':
    'export class Runner {\n  run(): void {}\n}\nexport function go(r: Runner) {\n  r.run()\n}\n',
  'test/loop.test.ts':
    "import { loop } from '../src/loop.ts'\ntest('loops', () => {\n  loop([])\n})\n",
  'py/shapes.py': [
    'class Shape:',
    '    def area(self):',
    '        raise NotImplementedError',
    '    def twice(self):',
    '        return self.area() * 2',
    'class Square(Shape):',
    '    def area(self):',
    '        return 4',
    'class Tiny(Square):',
    '    pass',
  ].join('\n'),
  'cpp/index.h': [
    'namespace near {',
    'template <typename T> class Index {',
    ' public:',
    '  void add(T point) {}',
    '};',
    '}',
  ].join('\n'),
  'cpp/main.cc': [
    '#include "index.h"',
    'class Index {',
    '  near::Index<float>* inner_;',
    '  void add(float point) { inner_->add(point); }',
    '};',
  ].join('\n'),
  'go/go.mod': 'module example.org/io\n',
  'go/io.go': [
    'package io',
    '',
    'type Reader interface {',
    '\tRead(p []byte) (n int, err error)',
    '}',
    'type ReadCloser interface {',
    '\tReader',
    '\tClose() error',
    '}',
    'type File struct{ name string }',
    'func (f *File) Read(p []byte) (int, error) { return 0, nil }',
    'func (f *File) Close() error { return nil }',
    'type Text struct{}',
    'func (t Text) Read(p []byte) string { return "" }',
    'type Wrapped struct{ *File }',
    'type Named interface {',
    '\tfmt.Stringer',
    '\tClose() error',
    '}',
  ].join('\n'),
})
await project.index.update({})

const base = { direction: 'both', depth: 1, limit: 50 } as const

/** Edges as `from -> to`, with `?` where it is not sure. */
function edges({ nodes, edges: all }: CodeGraph): string[] {
  const name = (at: number) => nodes[at]?.name || nodes[at]?.path
  return all
    .map(({ from, to, sure }) => `${name(from)} -> ${name(to)}${sure ? '' : ' ?'}`)
    .toSorted()
}

async function calls(query: Partial<SymbolGraphQuery> & { name: string }): Promise<string[]> {
  return edges(await project.index.callGraph({ ...base, ...query }))
}

async function types(query: Partial<SymbolGraphQuery> & { name: string }): Promise<string[]> {
  return edges(await project.index.inheritance({ ...base, ...query }))
}

describe('call graph', () => {
  test('callers and callees, and no further than the depth', async () => {
    expect(await calls({ name: 'twice', path: 'src' })).toEqual([
      'PrintJob.work -> twice',
      'echo.run -> twice',
      'twice -> once',
    ])
    expect(await calls({ name: 'once', direction: 'in', depth: 2 })).toEqual([
      'PrintJob.work -> twice',
      'echo.run -> twice',
      'twice -> once',
    ])
  })

  test('a call through an interface may run what is said to be of it', async () => {
    expect(await calls({ name: 'callTool', direction: 'out' })).toEqual([
      'callTool -> Tool.run',
      'callTool -> echo.run ?',
    ])
    expect(await calls({ name: 'echo.run', direction: 'in' })).toContain('callTool -> echo.run ?')
    expect(await calls({ name: 'Job.start', direction: 'out' })).toEqual([
      'Job.start -> Job.work',
      'Job.start -> PrintJob.work ?',
    ])
  })

  test('a method of the same name in another type is not meant', async () => {
    expect(await calls({ name: 'Runner.run', direction: 'in' })).toEqual(['go -> Runner.run'])
    expect(await calls({ name: 'Shape.twice', direction: 'out' })).toEqual([
      'Shape.twice -> Shape.area',
      'Shape.twice -> Square.area ?',
    ])
  })

  test('a C++ field of a type in a namespace is not the class of the same name here', async () => {
    expect(await calls({ name: 'Index.add', path: 'cpp/main.cc', direction: 'out' })).toEqual([
      'Index.add -> near.Index.add',
    ])
  })

  test('a function handed on counts, top-level code is its file, tests are marked', async () => {
    const graph = await project.index.callGraph({ ...base, name: 'loop', depth: 2 })
    expect(edges(graph)).toContain('loop -> callTool')
    expect(graph.edges.find((edge) => edge.kind === 'use')?.sure).toBe(true)
    expect(graph.nodes.find((node) => node.test)?.path).toBe('test/loop.test.ts')
  })

  test('recursion ends, and what is cut off is said', async () => {
    const graph = await project.index.callGraph({ ...base, name: 'ring', depth: 20 })
    expect(edges(graph)).toEqual(['gnir -> ring', 'ring -> gnir'])
    expect(graph.truncated).toBe(false)
    const small = await project.index.callGraph({ ...base, name: 'once', limit: 2, depth: 5 })
    expect(small.nodes).toHaveLength(2)
    expect(small.truncated).toBe(true)
  })

  test('an unknown name has no root', async () => {
    const graph = await project.index.callGraph({ ...base, name: 'nowhere' })
    expect(graph).toEqual({ nodes: [], edges: [], roots: [], truncated: false })
  })
})

describe('inheritance', () => {
  test('above and below, over several steps, with what lies outside', async () => {
    expect(await types({ name: 'Square' })).toEqual(['Square -> Shape', 'Tiny -> Square'])
    expect(await types({ name: 'Shape', direction: 'in', depth: 5 })).toEqual([
      'Square -> Shape',
      'Tiny -> Square',
    ])
  })

  test('a Go type implements what it has all methods of, with these parameters and results', async () => {
    expect(await types({ name: 'Reader', direction: 'in' })).toEqual([
      'File -> Reader',
      'ReadCloser -> Reader',
      'Wrapped -> Reader',
    ])
    expect(await types({ name: 'File', direction: 'out' })).toEqual([
      'File -> Named ?',
      'File -> ReadCloser',
      'File -> Reader',
    ])
    expect(await types({ name: 'Text', direction: 'out' })).toEqual([])
  })
})

describe('references of one definition', () => {
  const find = async (name: string, definedIn?: string) => {
    const scope = definedIn === undefined ? {} : { definedIn }
    const rows = await project.index.findReferences({ name, limit: 20, ...scope })
    return rows.map((row) => `${row.path}:${row.line}${row.sure === false ? ' ?' : ''}`)
  }

  test('a plain name gives every use, a qualified one only those that mean it', async () => {
    expect(await find('run')).toEqual(
      expect.arrayContaining(['src/loop.ts:7', 'src/loop.ts:9', 'src/other.ts:5']),
    )
    expect(await find('Runner.run')).toEqual(['src/other.ts:5'])
    expect(await find('run', 'src/other.ts')).toEqual(['src/other.ts:5'])
    expect(await find('echo.run')).toEqual(['src/loop.ts:9', 'src/loop.ts:7 ?'])
  })

  test('tests come last', async () => {
    const rows = await project.index.findReferences({ name: 'loop', limit: 20 })
    const firstTest = rows.findIndex((row) => row.test)
    expect(firstTest).toBeGreaterThan(0)
    expect(rows.slice(firstTest).every((row) => row.test)).toBe(true)
  })
})
