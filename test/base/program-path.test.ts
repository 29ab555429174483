/** Which program codi runs where several directories of PATH have one of that name. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../../src/base/process.ts'
import { programPath } from '../../src/base/program-path.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-program-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const project = join(root, 'project')
for (const directory of ['project/bin', 'project/.venv/bin', 'other/node_modules/.bin', 'system']) {
  mkdirSync(join(root, directory), { recursive: true })
  writeFileSync(join(root, directory, 'codi-tool'), `#!/bin/sh\necho ${directory}\n`, {
    mode: 0o755,
  })
}
const path = [
  ...['', '.', 'bin', `${project}/bin`, `${project}/.venv/bin`],
  ...[`${root}/other/node_modules/.bin`, `${root}/system`],
].join(':')

describe('A program that codi runs itself', () => {
  test('is never one of the project, wherever that stands in PATH', () => {
    expect(programPath('codi-tool', { cwd: project, path })).toBe(`${root}/system/codi-tool`)
    expect(programPath('codi-tool', { cwd: project, path: `${project}/bin` })).toBeUndefined()
  })

  test('is what was named, where a path was', () => {
    expect(programPath(`${project}/bin/codi-tool`, { cwd: project, path })).toBe(
      `${project}/bin/codi-tool`,
    )
  })

  test('is started from where it was found', async () => {
    const { stdout } = await runProgram(['codi-tool'], { cwd: project, env: { PATH: path } })
    expect(stdout).toBe('system\n')
    const none = runProgram(['codi-tool'], { cwd: project, env: { PATH: `${project}/bin` } })
    expect(none).rejects.toThrow('not installed')
  })
})
