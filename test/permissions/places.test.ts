/** Which places are closed, which ask, under every name that a file system may take for them. */
import { describe, expect, test } from 'bun:test'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPathJudge, type PathJudgeOptions } from '../../src/permissions/path-judge.ts'
import { foldPath } from '../../src/permissions/path-names.ts'

function openHome(): Disposable & {
  home: string
  work: string
  judge(over?: Partial<PathJudgeOptions>): ReturnType<typeof openPathJudge>
} {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-places-')))
  const [home, work] = [join(directory, 'home'), join(directory, 'work')]
  mkdirSync(home)
  mkdirSync(work)
  return {
    home,
    work,
    judge: (over) =>
      openPathJudge({ home, roots: [work], own: [], unreadable: [], readable: [], ...over }),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

describe('what may hold secrets', () => {
  using place = openHome()
  const { secrecy } = place.judge()
  for (const name of [
    ...['.env', '.ENV', '.env.local', '.env.production', 'prod.env', '.envrc', 'a/.env'],
    ...['server.pem', 'tls.key', 'id_rsa', 'id_ed25519', 'id_rsa.bak', 'credentials.json'],
    ...[
      'credentials-prod.json',
      'my-service-account.json',
      'x.kdbx',
      '.npmrc',
      '.pypirc',
      '.netrc',
    ],
    ...[
      'terraform.tfstate',
      'terraform.tfstate.backup',
      'prod.tfvars',
      'secrets.yaml',
      '.ssh/config',
    ],
    ...['.e\u200bnv', '.env.example.local'],
  ])
    test(`${JSON.stringify(name)} asks`, () => expect(secrecy(join('/w', name))).toBe('asks'))

  for (const name of [
    ...[
      '.env.example',
      '.env.sample',
      '.env.template',
      '.env.dist',
      '.env.local.example',
      'env.ts',
    ],
    ...['environment.ts', 'id_rsa.pub', 'keys.ts', 'package.json', 'tsconfig.json', 'monkey'],
    ...['credentials.ts', 'secrets.ts', 'tfvars.md', 'a.pem.md', 'environments/a.ts'],
  ])
    test(`${name} is open`, () => expect(secrecy(join('/w', name))).toBe('open'))
})

describe('places of credentials', () => {
  test('are closed in any case, with everything in them', async () => {
    using place = openHome()
    const judge = place.judge()
    for (const name of [
      '.ssh',
      '.ssh/id_rsa',
      '.SSH/x',
      '.aws/credentials',
      '.config/gh/hosts.yml',
      '.Npmrc',
    ]) {
      expect(judge.secrecy(join(place.home, name))).toBe('closed')
      expect(await judge.refused([join(place.home, name)], 'read')).toContain('never read')
      expect(await judge.refused([join(place.home, name)], 'write')).toContain('never written')
    }
    expect(judge.secrecy(join(place.home, '.sshd/x'))).toBe('open')
  })

  test('are closed where a link in the home directory leads to', () => {
    using place = openHome()
    mkdirSync(join(place.work, 'vault'))
    symlinkSync(join(place.work, 'vault'), join(place.home, '.ssh'))
    expect(place.judge().secrecy(join(place.work, 'vault', 'id'))).toBe('closed')
  })

  test('are recognised under another name of a file', async () => {
    using place = openHome()
    mkdirSync(join(place.home, '.aws', 'deep'), { recursive: true })
    writeFileSync(join(place.home, '.aws', 'deep', 'key'), 'x')
    const other = join(place.work, 'innocent.txt')
    linkSync(join(place.home, '.aws', 'deep', 'key'), other)
    writeFileSync(join(place.work, 'one.txt'), 'x')
    linkSync(join(place.work, 'one.txt'), join(place.work, 'two.txt'))
    const judge = place.judge()
    expect(await judge.refused([other], 'read')).toContain('another name')
    expect(await judge.refused([join(place.work, 'one.txt')], 'read')).toBeUndefined()
    expect(await judge.danger([join(place.work, 'one.txt')], 'write')).toContain('hard links')
  })

  test('are opened one by one by the person, and closed further by globs', () => {
    using place = openHome()
    const judge = place.judge({
      readable: ['~/.npmrc'],
      unreadable: ['private/**', '*.db', '~/notes'],
    })
    const said = [
      join(place.home, '.npmrc'),
      join(place.home, '.pypirc'),
      join(place.work, 'private/a/b'),
      join(place.work, 'deep/x.db'),
      join(place.home, 'notes/a'),
      join(place.work, 'a'),
    ].map((path) => judge.secrecy(path))
    expect(said).toEqual(['open', 'closed', 'closed', 'closed', 'closed', 'open'])
  })
})

test('what is closed by globs is closed in a workspace whose name looks like a glob, in any case', () => {
  using place = openHome()
  for (const name of ['a[1]', 'b{c}*', 'ends.', 'a:b']) {
    const root = join(place.work, name)
    const { secrecy } = place.judge({ roots: [root], unreadable: ['hush.txt', './top/**'] })
    for (const file of ['hush.txt', 'sub/hush.txt', 'sub/HUSH.TXT', 'top/x'])
      expect({ name, file, secrecy: secrecy(join(root, file)) }).toMatchObject({
        secrecy: 'closed',
      })
    expect(secrecy(join(root, 'sub/top/x'))).toBe('open')
  }
})

test('a workspace may lie in a directory that has a meaning elsewhere', async () => {
  using place = openHome()
  const root = join(place.home, '.codex', 'worktrees', 'a')
  const judge = place.judge({ roots: [root] })
  expect(await judge.danger([join(root, 'src/a.ts')], 'write')).toBeUndefined()
  expect(await judge.danger([join(root, '.codex/a.toml')], 'write')).toBeDefined()
  expect(await judge.refused([join(root, '.git/config')], 'write')).toBeDefined()
})

test('names fold as file systems may read them', () => {
  for (const name of [
    '.git',
    '.GIT',
    '.Git.',
    '.git ',
    '.g\u200cit',
    '.gi\ufefft',
    'GIT~1',
    '.git::$INDEX_ALLOCATION',
    '.ｇｉｔ',
  ])
    expect(foldPath(name)).toBe('.git')
  for (const name of ['.gitignore', 'git', '.github', '..', '.']) expect(foldPath(name)).toBe(name)
})
