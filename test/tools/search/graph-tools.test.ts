/** Definitions, call graphs, imports, inheritance and impact as the model reads them and as programs do. */
import { expect, test } from 'bun:test'
import { findReferences } from '../../../src/tools/code/find-references.ts'
import { getCallGraph } from '../../../src/tools/code/get-call-graph.ts'
import { getDependencyGraph } from '../../../src/tools/code/get-dependency-graph.ts'
import { getInheritance } from '../../../src/tools/code/get-inheritance.ts'
import { gotoDefinition } from '../../../src/tools/code/goto-definition.ts'
import { outline } from '../../../src/tools/code/outline.ts'
import { showImpact } from '../../../src/tools/code/show-impact.ts'
import { openCodeBench } from './code-bench.ts'

const tree = {
  'src/store.py': [
    'class Store:',
    '    """Keeps rows."""',
    '    def close(self):',
    '        flush(self)',
    '',
    'class FileStore(Store):',
    '    def close(self):',
    '        flush(self)',
    '',
    'def flush(store):',
    '    pass',
  ].join('\n'),
  'src/app.py': [
    'import json',
    'from .store import FileStore, flush',
    '',
    'def main(store: FileStore):',
    '    store.close()',
    '    flush(store)',
  ].join('\n'),
  'src/a.py': 'from . import b\n',
  'src/b.py': 'from . import a\n',
  'src/__init__.py': '',
  'tests/test_app.py': 'from src.app import main\n\ndef test_main():\n    main(None)\n',
}

/** What a call throws; awaited plainly, since `rejects` stops the messages of the workers. */
function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  )
}

test('goto_definition follows imports from a file, and says how sure it is', async () => {
  await using bench = await openCodeBench({ files: tree })
  const result = await bench.run(gotoDefinition, { name: 'flush', path: 'src/app.py' })
  expect(result.content).toBe('src/store.py:10-11 function flush (imported)  def flush(store)')
  expect(result.data).toMatchObject([{ file: 'src/store.py', name: 'flush', how: 'imported' }])
  expect(await bench.say(gotoDefinition, { name: 'close' })).not.toContain('only the name agrees')
  const unsure = { name: 'close', path: 'src/app.py' }
  expect(await bench.say(gotoDefinition, unsure)).toContain('only the name agrees')
  expect(await bench.say(gotoDefinition, { name: 'flsh' })).toContain('did you mean flush?')
  expect(await refusal(bench.run(gotoDefinition, {}))).toMatchObject({ kind: 'invalid' })
})

test('goto_definition at a position answers with the server, or without one by the index', async () => {
  await using bench = await openCodeBench({ files: tree })
  const at = { path: 'src/app.py', line: 5 }
  for (const more of [{ name: 'close' }, { column: 12 }]) {
    const result = await bench.run(gotoDefinition, { ...at, ...more })
    expect(result.content).toMatch(/^.*close, by .+:\nsrc\/store\.py:7-8 method FileStore\.close/)
  }
  expect(
    String(await refusal(bench.run(gotoDefinition, { ...at, line: 99, column: 1 }))),
  ).toContain('has 6 lines')
})

test('get_call_graph tells callers and callees as a tree', async () => {
  await using bench = await openCodeBench({ files: tree })
  const result = await bench.run(getCallGraph, { name: 'flush', direction: 'callers', depth: 2 })
  const lines = String(result.content).split('\n')
  expect(lines.slice(0, 2)).toEqual(['src/store.py:10-11 flush', '  called by:'])
  expect(lines).toContain('    src/app.py:4-6 main at 6')
  expect(lines).toContain('      tests/test_app.py:3-4 test_main at 4')
  const { nodes, edges, roots } = result.data as {
    nodes: { file: string; name: string; test: boolean; distance: number }[]
    edges: { from: number; to: number; sure: boolean }[]
    roots: number[]
  }
  expect(roots.map((root) => nodes[root]?.name)).toEqual(['flush'])
  expect(nodes.find((node) => node.name === 'test_main')).toMatchObject({
    file: 'tests/test_app.py',
    test: true,
    distance: 2,
  })
  expect(edges.every((edge) => nodes[edge.from] && nodes[edge.to])).toBe(true)
  expect(await bench.say(getCallGraph, { name: 'flusch' })).toContain('did you mean flush?')
  expect(
    String(await refusal(bench.run(getCallGraph, { name: 'flush', direction: 'up' }))),
  ).toContain('use both, callers, callees')
})

test('get_dependency_graph tells importers, packages and cycles', async () => {
  await using bench = await openCodeBench({ files: tree })
  const text = await bench.say(getDependencyGraph, { path: 'src/app.py', external: true })
  expect(text).toContain('imported by:\n    tests/test_app.py at 1')
  expect(text).toContain('src/store.py at 2')
  expect(text).toContain('json (outside)')
  const { data, content } = await bench.run(getDependencyGraph, { path: 'src/a.py' })
  expect(content).toContain('cycle: src/a.py -> src/b.py -> src/a.py')
  expect(data).toMatchObject({ cycles: [['src/a.py', 'src/b.py', 'src/a.py']] })
  expect(await bench.say(getDependencyGraph, { path: 'src' })).toContain('tests/test_app.py')
  expect(await refusal(bench.run(getDependencyGraph, { path: 'src/non.py' }))).toMatchObject({
    kind: 'not_found',
  })
})

test('get_inheritance and show_impact', async () => {
  await using bench = await openCodeBench({ files: tree })
  expect(await bench.say(getInheritance, { name: 'Store' })).toBe(
    'src/store.py:1-4 Store\n  below it:\n    src/store.py:6-8 FileStore extends\n  nothing above it',
  )
  const result = await bench.run(showImpact, { name: 'flush' })
  expect(result.content).toContain('changes: flush (src/store.py:10)')
  expect(result.content).toContain('    4 main calls')
  expect(result.content).toContain('tests: tests/test_app.py')
  expect(result.data).toMatchObject({
    changed: [{ file: 'src/store.py', name: 'flush' }],
    tests: ['tests/test_app.py'],
    truncated: false,
  })
  const file = await bench.run(showImpact, { path: 'src/store.py' })
  expect(file.data).toMatchObject({
    files: [{ file: 'src/store.py', distance: 0, test: false }, {}, {}],
  })
  expect(await refusal(bench.run(showImpact, {}))).toMatchObject({ kind: 'invalid' })
  expect(String(await refusal(bench.run(showImpact, { name: 'flsh' })))).toContain(
    'did you mean flush?',
  )
})

test('find_references of one definition leaves out others of the name', async () => {
  await using bench = await openCodeBench({ files: tree })
  const { data } = await bench.run(findReferences, { name: 'FileStore.close' })
  expect(data).toMatchObject([{ file: 'src/app.py', line: 5, kind: 'call', sure: true }])
  expect(await bench.say(findReferences, { name: 'nothing_here' })).toContain('No symbol named')
  expect(
    await bench.say(findReferences, { name: 'test_main', defined_in: 'tests/test_app.py' }),
  ).toContain('Nothing uses test_main')
})

test('outline of a directory is a map that fits its tokens', async () => {
  await using bench = await openCodeBench({ files: tree })
  const { content, data } = await bench.run(outline, { path: '.' })
  expect(content).toContain('src/store.py\n  1 class Store')
  expect(data).toMatchObject({ omitted: 0 })
  const small = await bench.run(outline, { path: 'src', tokens: 100 })
  expect((small.data as { tokens: number }).tokens).toBeLessThanOrEqual(100)
  expect(String(small.content)).not.toContain('tests/')
})
