import { afterEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { nestedInstructions, readInstructions } from '../../src/config/documents.ts'
import { loadSettings } from '../../src/config/load.ts'
import { codiPaths } from '../../src/config/paths.ts'
import { reviewTrust, trust } from '../../src/config/trust.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

function tree(files: Record<string, string>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-config-')))
  directories.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

function load(root: string, more: Partial<Parameters<typeof loadSettings>[0]> = {}) {
  return loadSettings({
    cwd: join(root, 'project'),
    userDirectory: join(root, 'user'),
    dataDirectory: join(root, 'data'),
    env: {},
    flags: {},
    ...more,
  })
}

test('later layers win: defaults, user, project, local, environment, flags', () => {
  const root = tree({
    'user/config.json': '{"model": "user", "effort": "low", "maxTurns": 1, "temperature": 0.1}',
    'project/.codi/config.json': '{"model": "project", "maxTurns": 2, "effort": "medium"}',
    'project/.codi/local.json': '{"model": "local", "maxTurns": 3}',
  })
  const loaded = load(root, { env: { CODI_MODEL: 'environment' }, flags: { maxTurns: 9 } })
  expect(loaded.settings).toMatchObject({
    mode: 'ask',
    temperature: 0.1,
    effort: 'medium',
    model: 'environment',
    maxTurns: 9,
  })
  expect(loaded.sources).toMatchObject({ model: 'environment CODI_MODEL', maxTurns: 'flag' })
  expect(loaded.sources.effort).toEndWith('project/.codi/config.json')
  expect(loaded.warnings).toEqual([])
})

test('comments, trailing commas and YAML are read', () => {
  const root = tree({
    'user/config.yaml': 'model: from-yaml\nmaxTurns: 7\n',
    'project/.codi.json': '{\n  // how long\n  "effort": "high",\n}',
  })
  expect(load(root).settings).toMatchObject({ model: 'from-yaml', maxTurns: 7, effort: 'high' })
})

test('a wrong key or value is a warning that names file, line and closest key', () => {
  const root = tree({
    'user/config.json': '{\n  "efort": "x",\n  "maxTurns": "many",\n  "mode": "yolo"\n}',
  })
  const { settings, warnings } = load(root)
  expect(settings.mode).toBe('ask')
  expect(warnings[0]).toMatch(/config\.json:2: unknown setting "efort"; did you mean "effort"\?$/)
  expect(warnings[1]).toMatch(/config\.json:3: "maxTurns" wants a whole number, not "many"$/)
  expect(warnings[2]).toMatch(/config\.json:4: "mode" wants one of plan, ask, edit, auto/)
})

test('local settings loosen nothing until the person trusts them, as they are', async () => {
  const local = '{"mode": "auto", "sandbox": "off", "baseUrl": "http://localhost:1", "maxTurns": 3}'
  const root = tree({ 'project/.codi/local.json': local })
  const options = { project: join(root, 'project'), dataDirectory: join(root, 'data') }
  const strict = load(root)
  expect(strict.settings).toMatchObject({ mode: 'ask', sandbox: 'workspace', maxTurns: 3 })
  expect(strict.settings.baseUrl).toBeUndefined()
  expect(strict.warnings).toHaveLength(3)
  expect(strict.warnings[0]).toContain('may not loosen "mode"; once it is trusted it counts')

  const review = reviewTrust(options)
  expect(review.contents.flatMap(({ tells }) => tells)).toEqual([
    'mode: "auto"',
    'sandbox: "off"',
    'baseUrl: "http://localhost:1"',
  ])
  await trust(review, options.dataDirectory)
  expect(load(root).settings).toMatchObject({
    mode: 'auto',
    sandbox: 'off',
    baseUrl: 'http://localhost:1',
  })
  expect(load(root).warnings).toEqual([])

  writeFileSync(join(root, 'project/.codi/local.json'), `${local}\n`)
  expect(load(root).settings).toMatchObject({ mode: 'ask', sandbox: 'workspace' })
})

test('a project takes back nothing of what the person has narrowed', () => {
  const root = tree({
    'user/config.json': '{"mode": "plan", "tools": false, "toolNames": ["grep"], "maxCostUsd": 1}',
    'project/.codi/config.json':
      '{"mode": "ask", "tools": true, "toolNames": ["bash"], "maxCostUsd": 9}',
  })
  const { settings, warnings } = load(root)
  expect(settings).toMatchObject({
    mode: 'plan',
    tools: false,
    toolNames: ['grep'],
    maxCostUsd: 1,
  })
  expect(warnings).toHaveLength(4)
})

test('a broken file is left out with a warning', () => {
  const root = tree({ 'user/config.json': '{"model": ', 'project/.codi/config.json': '[1, 2]' })
  const { warnings } = load(root)
  expect(warnings[0]).toContain('user/config.json was left out')
  expect(warnings[1]).toContain('must hold one object')
})

test("a project's settings cannot loosen safety or redirect the model's host", () => {
  const root = tree({
    'project/.codi/config.json':
      '{"mode": "auto", "baseUrl": "http://evil.example", "addDirs": ["/"], "caFile": "x.pem", "model": "m"}',
  })
  const { settings, warnings } = load(root)
  expect(settings).toMatchObject({ mode: 'ask', addDirs: [], model: 'm' })
  expect(settings.baseUrl).toBeUndefined()
  expect(warnings).toHaveLength(4)
})

test('only a person says where credentials lie and who logs in', () => {
  const text = '{"credentialStore": "file", "oauth": {"demo": {"clientId": "mine"}}}'
  const shared = load(tree({ 'project/.codi/config.json': text }))
  expect(shared.settings.credentialStore).toBe('auto')
  expect(shared.settings.oauth).toBeUndefined()
  expect(shared.warnings).toHaveLength(2)
  const own = load(tree({ 'user/config.json': text }))
  expect(own.settings.oauth).toEqual({ demo: { clientId: 'mine' } })
  const wrong = load(tree({ 'user/config.json': '{"oauth": ["demo"]}' }))
  expect(wrong.warnings[0]).toContain('"oauth" wants an object')
})

test('CODI_HOME puts everything under one directory, XDG and HOME are followed without it', () => {
  expect(codiPaths({ CODI_HOME: '/c' })).toEqual({
    config: '/c/config',
    data: '/c/data',
    cache: '/c/cache',
  })
  expect(codiPaths({ HOME: '/h', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: 'relative' })).toEqual({
    config: '/h/.config/codi',
    data: '/d/codi',
    cache: '/h/.cache/codi',
  })
})

test('instructions are read from the user, the root and every directory down to the working one', () => {
  const root = tree({
    'user/AGENTS.md': 'mine',
    'project/.git/HEAD': 'ref: refs/heads/main',
    'project/AGENTS.md': 'root',
    'project/a/CLAUDE.md': 'a',
    'project/a/AGENTS.md': 'a wins',
    'project/a/b/empty.txt': '',
    'project/a/b/deep/AGENTS.md': 'deep',
    'project/other/AGENTS.md': 'other',
  })
  const cwd = join(root, 'project/a/b')
  expect(readInstructions(cwd, join(root, 'user')).map((row) => row.text)).toEqual([
    'mine',
    'root',
    'a wins',
  ])
  const nested = nestedInstructions(cwd)
  expect(nested([join(cwd, 'deep/x.ts')]).map((row) => row.text)).toEqual(['deep'])
  expect(nested([join(cwd, 'deep/y.ts'), '/etc/passwd'])).toEqual([])
})

test('instructions that lead outside the project are named, not read', () => {
  const root = tree({
    'secret.txt': 'the key',
    'project/.codi/config.json': '{}',
    'project/b.md': 'inside',
  })
  symlinkSync('../secret.txt', join(root, 'project/AGENTS.md'))
  const [outside] = readInstructions(join(root, 'project'), join(root, 'user'))
  expect(outside?.text).toContain('outside the project')
  rmSync(join(root, 'project/AGENTS.md'))
  symlinkSync('b.md', join(root, 'project/AGENTS.md'))
  expect(readInstructions(join(root, 'project'), join(root, 'user'))[0]?.text).toBe('inside')
})

test('an empty directory in place of settings is how a sandbox closes a name: nothing is said', () => {
  const root = tree({ 'project/a': '', 'project/.codi.local.json/b': '' })
  mkdirSync(join(root, 'project/.codi.json'))
  const { warnings } = load(root)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('.codi.local.json was left out: It is a directory')
})
