/** Which places of a workspace stay closed to commands, and how. */
import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sandboxPolicy } from '../../src/app/sandbox-policy.ts'
import { codiPaths } from '../../src/config/paths.ts'
import { defaultSettings } from '../../src/config/schema.ts'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'codi-policy-')))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function policy(root: string) {
  const workspace = { root, added: [] }
  return sandboxPolicy({
    ...{ settings: defaultSettings, workspace, paths: codiPaths({ CODI_HOME: join(home, 'c') }) },
    home,
  })
}

test('Places of another agent are held in a project only where that agent is used', () => {
  const root = join(home, 'project')
  mkdirSync(join(home, '.claude'), { recursive: true })
  const { protected: held, startUp = [] } = policy(root)
  for (const name of ['.git', '.codi', '.codi.json', '.claude'])
    expect(held).toContain(join(root, name))
  for (const name of ['.codex', '.agents']) {
    expect(held).not.toContain(join(root, name))
    expect(startUp).toContain(join(root, name))
  }
})

test('Where home is the workspace, what shells and tools run by themselves is watched', () => {
  const { startUp } = policy(home)
  for (const name of ['.bashrc', '.cshrc', '.xinitrc', '.config/autostart', '.cargo/config.toml'])
    expect(startUp).toContain(join(home, name))
})
