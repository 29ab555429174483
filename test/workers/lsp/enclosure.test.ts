/**
 * A language server is a program of the project: what a command has put into node_modules/.bin must not get out of the
 * sandbox because codi starts it by itself.
 */
import { afterEach, describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectWorker } from '../../../src/rpc/connect.ts'
import { isBelowTmp } from '../../support/below-tmp.ts'
import { sandboxOptions } from '../../support/sandbox-options.ts'
import { whyNotMode } from '../sandbox/helper-run.ts'

const modules = join(import.meta.dir, '../../../node_modules')
const missing = whyNotMode('full')

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A project with one file, a secret beside it, and the lsp worker as codi starts it. */
async function openProject(content: string) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'codi-enclosed-')))
  closing.push(() => rmSync(base, { recursive: true, force: true }))
  const root = join(base, 'project')
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
  mkdirSync(join(base, 'secret'))
  writeFileSync(join(base, 'secret/key'), 'a planted secret')
  writeFileSync(join(root, 'a.ts'), content)
  const options = sandboxOptions({
    ...{ mode: 'workspace', writable: [root], unreadable: [join(base, 'secret')], network: 'off' },
  })
  const quiet = { onEvent: () => {} }
  const sandbox = connectWorker('sandbox', options, quiet)
  closing.push(() => rmSync(options.directory, { recursive: true, force: true }), sandbox.close)
  const enclosure = await sandbox.service.enclose({})
  if (!enclosure) throw new Error('nothing encloses here')
  const lsp = connectWorker('lsp', { root, enclosure }, quiet)
  closing.push(lsp.close)
  const ask = () => lsp.service.diagnostics({ paths: ['a.ts'], waitMs: 40_000 })
  return { base, root, ask }
}

describe.skipIf(missing !== undefined)('An enclosed language server', () => {
  test('writes nothing, reads no credentials and sees no process of codi', async () => {
    const { base, root, ask } = await openProject('export const a = 1\n')
    const program = join(root, 'node_modules/.bin/typescript-language-server')
    const lines = [
      '#!/bin/sh',
      `echo planted > "${root}/planted"`,
      `echo planted > "${base}/planted"`,
      `test -e /proc/${process.pid} && seen=seen`,
      `echo "error: it ran, $seen$(cat "${base}/secret/key" 2>/dev/null)." >&2`,
      'exit 1',
    ]
    writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 })
    const said = JSON.stringify(await ask())
    expect(said).toContain('it ran, .')
    expect(existsSync(join(root, 'planted'))).toBe(false)
    expect(existsSync(join(base, 'planted'))).toBe(false)
  })

  test.skipIf(isBelowTmp)(
    'finds what there is to find (not from a checkout below /tmp)',
    async () => {
      const { root, ask } = await openProject('export const a: string = 1\n')
      symlinkSync(
        join(modules, '.bin/typescript-language-server'),
        join(root, 'node_modules/.bin/typescript-language-server'),
      )
      symlinkSync(join(modules, 'typescript5'), join(root, 'node_modules/typescript'))
      const [file] = await ask()
      expect(file?.state).toBe('fresh')
      expect(file?.items.map(({ code }) => code)).toEqual(['2322'])
    },
    60_000,
  )
})
