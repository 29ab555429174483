import { describe, expect, test } from 'bun:test'
import { chmod, stat } from 'node:fs/promises'
import { CodiError } from '../../../src/base/errors.ts'
import type { FileDiagnostics, LspService } from '../../../src/contract/lsp-service.ts'
import { editFile } from '../../../src/tools/files/edit-file.ts'
import { createLedger } from '../../../src/tools/files/file-ledger.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { contentText, openToolBench, type ToolBench } from '../../support/tool-context.ts'

async function bench(content: string | Uint8Array, name = 'a.ts'): Promise<ToolBench> {
  const opened = await openToolBench({ files: { [name]: content } })
  await opened.run(readFile, { path: name })
  return opened
}

function edit(
  work: ToolBench,
  old_string: string,
  new_string: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  return work.say(editFile, { path: 'a.ts', old_string, new_string, ...more })
}

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (thrown instanceof CodiError) return thrown
  throw thrown
}

describe('an exact match', () => {
  test('is replaced, and the result has the line, the counts and a diff for people', async () => {
    await using work = await bench('one\ntwo\nthree\n')
    const result = await work.run(editFile, {
      path: 'a.ts',
      old_string: 'two',
      new_string: 'TWO\nand a half',
    })
    expect(contentText(result)).toBe('Edited a.ts: 1 replacement at line 2 (+2 -1)')
    expect(await work.text('a.ts')).toBe('one\nTWO\nand a half\nthree\n')
    expect(result.detail).toMatchObject({ type: 'diff', path: 'a.ts', added: 2, removed: 1 })
    expect(result.detail?.type === 'diff' && result.detail.diff).toContain(
      '-two\n+TWO\n+and a half',
    )
  })

  test('takes new_string literally, dollar signs included', async () => {
    await using work = await bench('price = X\n')
    await edit(work, 'X', "$& $1 $$ $` $'")
    expect(await work.text('a.ts')).toBe("price = $& $1 $$ $` $'\n")
  })

  test('in several places is refused with the places, and nothing is written', async () => {
    await using work = await bench('a\nx = 1\nb\nx = 1\nc\n')
    const error = await failure(edit(work, 'x = 1', 'x = 2'))
    expect(error.kind).toBe('ambiguous')
    expect(error.message).toContain('2 places of a.ts, at lines 2, 4')
    expect(error.message).toContain('2: x = 1')
    expect(await work.text('a.ts')).toBe('a\nx = 1\nb\nx = 1\nc\n')
  })

  test('that overlaps itself is ambiguous too', async () => {
    await using work = await bench('aaa')
    expect((await failure(edit(work, 'aa', 'b'))).kind).toBe('ambiguous')
  })

  test('is replaced everywhere with replace_all', async () => {
    await using work = await bench('x, x\nx\n')
    expect(await edit(work, 'x', 'y', { replace_all: true })).toContain('3 replacements')
    expect(await work.text('a.ts')).toBe('y, y\ny\n')
  })

  test('keeps the mode of the file', async () => {
    await using work = await bench('#!/bin/sh\necho a\n')
    await chmod(work.path('a.ts'), 0o750)
    await edit(work, 'echo a', 'echo b')
    expect((await stat(work.path('a.ts'))).mode & 0o777).toBe(0o750)
  })
})

describe('the ladder', () => {
  test('forgives trailing space and keeps it on the lines that do not change', async () => {
    await using work = await bench('if (a) {  \n  b()\t\n}\n')
    const said = await edit(work, 'if (a) {\n  b()\n}', 'if (a) {\n  c()\n}')
    expect(said).toContain('differed from the file in trailing space')
    expect(await work.text('a.ts')).toBe('if (a) {  \n  c()\n}\n')
  })

  test('shifts the indentation of new_string as that of old_string', async () => {
    await using work = await bench('class A {\n    run() {\n        one()\n    }\n}\n')
    const said = await edit(
      work,
      'run() {\n    one()\n}',
      'run() {\n    if (x) {\n        two()\n    }\n}',
    )
    expect(said).toContain('in indentation')
    expect(said).toContain('+            two()')
    expect(await work.text('a.ts')).toBe(
      'class A {\n    run() {\n        if (x) {\n            two()\n        }\n    }\n}\n',
    )
  })

  test('turns the spaces of a model into the tabs of the file', async () => {
    await using work = await bench('func a() {\n\tif b {\n\t\tc()\n\t}\n}\n')
    await edit(
      work,
      '    if b {\n        c()\n    }',
      '    if b {\n        d()\n            .e()\n    }',
    )
    expect(await work.text('a.ts')).toBe('func a() {\n\tif b {\n\t\td()\n\t\t\t.e()\n\t}\n}\n')
  })

  test('forgives typographic quotes, dashes and spaces and keeps those of the file', async () => {
    await using work = await bench('say(“it’s – here”)\n')
    const said = await edit(work, 'say("it\'s - here")', 'say("it\'s - there")')
    expect(said).toContain('Unicode')
    expect(await work.text('a.ts')).toBe('say(“it’s – there”)\n')
  })

  test('never chooses between two places', async () => {
    await using work = await bench('f() {\n  go(1)  \n}\ng() {\n  go(1)\t\n}\n')
    const error = await failure(edit(work, '  go(1) \n', '  go(2)\n'))
    expect(error.kind).toBe('ambiguous')
    expect(error.message).toContain('at lines 2, 5')
  })

  test('does not move a lone brace to another depth', async () => {
    await using work = await bench('a {\n  b\n}\n')
    expect((await failure(edit(work, '        }\n', ''))).kind).toBe('not_found')
  })

  test('does not accept lines whose indentation disagrees with itself', async () => {
    await using work = await bench('def f():\n    if a:\n        b()\n    c()\n')
    const error = await failure(edit(work, 'if a:\n    b()\n    c()', 'if a:\n    b()\n    d()'))
    expect(error.kind).toBe('not_found')
  })

  test('forgives a final newline that the file lacks', async () => {
    await using work = await bench('one\nlast')
    await edit(work, 'last\n', 'end\n')
    expect(await work.text('a.ts')).toBe('one\nend')
  })
})

describe('no match', () => {
  test('shows the most similar part with line numbers and where it differs', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line number ${index}`)
    lines[119] = 'function total(items) {'
    lines[120] = '  return items.reduce((a, b) => a + b, 0)'
    await using work = await bench(`${lines.join('\n')}\n`)
    const error = await failure(
      edit(work, 'function total(items) {\n  return items.sum()\n', 'function total() {\n'),
    )
    expect(error.kind).toBe('not_found')
    expect(error.message).toContain('lines 120-121')
    expect(error.message).toContain('differs first at line 121')
    expect(error.message).toContain('return items.sum()')
  })

  test('tells when line numbers were copied along', async () => {
    await using work = await bench('alpha beta\ngamma delta\n')
    expect((await failure(edit(work, '1: alpha beta\n2: gamma delta', 'x'))).message).toContain(
      'line numbers',
    )
  })

  test('tells when the edit seems to be made already', async () => {
    await using work = await bench('const limit = 20\n')
    const error = await failure(edit(work, 'const limit = 10', 'const limit = 20'))
    expect(error.message).toContain('stands already at line 1')
  })

  test('finds the region in a file of 100,000 lines', async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `value_${index} = ${index * 7}`)
    await using work = await bench(lines.join('\n'))
    const error = await failure(edit(work, 'value_77777 == 544439', 'x'))
    expect(error.message).toContain('line 77778')
  })
})

describe('what is refused before looking', () => {
  test('an empty old_string', async () => {
    await using work = await bench('a\n')
    expect((await failure(edit(work, '', 'b'))).message).toContain('old_string is empty')
  })

  test('equal strings', async () => {
    await using work = await bench('a\n')
    expect((await failure(edit(work, 'a', 'a'))).message).toContain('the same')
  })

  test('a file that was not read in this session', async () => {
    await using work = await openToolBench({ files: { 'a.ts': 'a\n' } })
    const error = await failure(edit(work, 'a', 'b'))
    expect(error.kind).toBe('stale')
    expect(error.message).toContain('read_file')
    expect(await work.text('a.ts')).toBe('a\n')
  })

  test('but not where no session came before', async () => {
    await using work = await openToolBench({
      files: { 'a.ts': 'a\n' },
      context: { ledger: createLedger({ standalone: true }) },
    })
    await edit(work, 'a', 'b')
    expect(await work.text('a.ts')).toBe('b\n')
  })

  test('a file that changed since it was read, with what changed', async () => {
    await using work = await bench('one\ntwo\n')
    await work.write('a.ts', 'one\nTWO by someone else\n')
    const error = await failure(edit(work, 'one', 'ONE'))
    expect(error.kind).toBe('stale')
    expect(error.message).toContain('-two')
    expect(error.message).toContain('+TWO by someone else')
    expect(await work.text('a.ts')).toBe('one\nTWO by someone else\n')
  })

  test('a missing file, with the one that was meant', async () => {
    await using work = await bench('a\n')
    const error = await failure(
      work.run(editFile, { path: 'a.tx', old_string: 'a', new_string: 'b' }),
    )
    expect(error.message).toContain('did you mean a.ts?')
  })

  test('a path outside', async () => {
    await using work = await bench('a\n')
    const error = await failure(
      work.run(editFile, { path: '../x', old_string: 'a', new_string: 'b' }),
    )
    expect(error.kind).toBe('outside')
  })

  test('a binary file', async () => {
    await using work = await openToolBench({
      files: { 'a.ts': new Uint8Array([1, 0, 2, 0, 0, 3]) },
    })
    expect((await failure(edit(work, 'a', 'b'))).message).toContain('binary')
  })
})

test('two edits in a row need one read', async () => {
  await using work = await bench('one\ntwo\n')
  await edit(work, 'one', '1')
  await edit(work, 'two', '2')
  expect(await work.text('a.ts')).toBe('1\n2\n')
})

test('the gate is told the resolved path and sees the diff before anything is written', async () => {
  await using work = await bench('one\n')
  const input = { path: './x/../a.ts', old_string: 'one', new_string: 'two' }
  const request = await editFile.request?.(input, work.context)
  expect(request).toMatchObject({ summary: 'edit a.ts', paths: [work.path('a.ts')], hosts: [] })
  expect(request?.preview).toContain(
    '--- a/a.ts\n+++ b/a.ts\n@@ -1,1 +1,1 @@\n-one\n+two\n'.replaceAll('1,1', '1'),
  )
  expect(await work.text('a.ts')).toBe('one\n')
})

describe('the language server', () => {
  const answer = (message: string): FileDiagnostics[] => [
    {
      path: 'a.ts',
      server: 'typescript',
      state: 'fresh',
      items: [
        { severity: 'error', line: 1, column: 7, message },
        { severity: 'hint', line: 1, column: 1, message: 'never shown' },
      ],
    },
  ]

  async function withServer(
    diagnostics: LspService['diagnostics'],
    name = 'a.ts',
  ): Promise<string> {
    const ready = { server: 'typescript', state: 'ready' as const, command: '', root: '' }
    const detect: LspService['detect'] = async ({ paths }) => [{ ...ready, paths }]
    const lsp = { diagnostics, detect }
    await using work = await openToolBench({ files: { [name]: 'one\n' }, services: { lsp } })
    await work.run(readFile, { path: name })
    const said = await work.say(editFile, { path: name, old_string: 'one', new_string: 'two' })
    expect(await work.text(name)).toBe('two\n')
    return said
  }

  test('is asked after the edit, and its errors are in the result', async () => {
    const said = await withServer(async ({ paths }) => {
      expect(paths).toEqual(['a.ts'])
      return answer('two is not defined')
    })
    expect(said).toEndWith('1 error there now (typescript):\na.ts:1:7 two is not defined')
  })

  test('does not fail the edit when it fails or is still starting', async () => {
    for (const broken of [
      async () => {
        throw new CodiError('worker', 'It crashed')
      },
      async () => answer('old news').map((file) => ({ ...file, state: 'timeout' as const })),
    ]) {
      expect(await withServer(broken)).toBe('Edited a.ts: 1 replacement at line 1 (+1 -1)')
    }
  })

  test('is not started for plain text', async () => {
    let asked = 0
    await withServer(async () => {
      asked++
      return []
    }, 'a.txt')
    expect(asked).toBe(0)
  })
})
