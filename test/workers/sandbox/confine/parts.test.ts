/** The smaller parts of confining: the filter, the profile of macOS, flags, what is put back, what is shared. */
import { afterAll, describe, expect, test } from 'bun:test'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bubblewrapFlags } from '../../../../workers/sandbox/confine/bubblewrap.ts'
import { cacheEnvironment, openCaches } from '../../../../workers/sandbox/confine/caches.ts'
import { everythingBut } from '../../../../workers/sandbox/confine/everything-but.ts'
import { readEnding } from '../../../../workers/sandbox/confine/helper-backend.ts'
import { openLoopback } from '../../../../workers/sandbox/confine/loopback.ts'
import { noLimits } from '../../../../workers/sandbox/confine/no-limits.ts'
import type { Plan } from '../../../../workers/sandbox/confine/plan.ts'
import { openPrivatePlaces } from '../../../../workers/sandbox/confine/private-places.ts'
import { seatbeltProfile } from '../../../../workers/sandbox/confine/seatbelt.ts'
import { seccompFilter } from '../../../../workers/sandbox/confine/seccomp.ts'
import { thisMachine } from '../../../../workers/sandbox/confine/system-calls.ts'
import { watchProtected } from '../../../../workers/sandbox/confine/watch.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-confine-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const plan: Plan = {
  writable: ['/w "quoted" (x)'],
  visible: [],
  watched: [],
  protected: ['/w "quoted" (x)/.git'],
  unreadable: ['/home/me/.ssh'],
  gitWrite: [],
  gitNames: [],
  temporary: '/private/tmp-1',
  network: 'off',
  limits: noLimits,
}

describe('the profile of macOS', () => {
  const { text, parameters } = seatbeltProfile(plan)

  test('denies by default and never holds a path as text', () => {
    expect(text.startsWith('(version 1)\n(deny default)')).toBeTrue()
    expect(text).not.toContain('quoted')
    expect(Object.values(parameters)).toEqual([
      plan.temporary,
      ...plan.writable,
      ...plan.protected,
      ...plan.unreadable,
    ])
  })

  test('names every parameter it has, and has every one it names', () => {
    const named = [...text.matchAll(/\(param "([^"]+)"\)/g)].map(([, name]) => name)
    expect([...new Set(named)].sort()).toEqual(Object.keys(parameters).sort())
  })

  test('closes after it opens, both the place itself and what is in it', () => {
    const at = (part: string) => text.indexOf(part)
    expect(at('allow file-write*\n  (subpath (param "WRITABLE')).toBeGreaterThan(0)
    expect(at('deny file-write*\n  (literal (param "PROTECTED')).toBeGreaterThan(at('WRITABLE_0'))
    expect(at('deny file-read* file-write*')).toBeGreaterThan(at('PROTECTED'))
    expect(text).toMatch(
      /\(literal \(param "UNREADABLE_3"\)\)\n\s*\(subpath \(param "UNREADABLE_3"\)\)/,
    )
  })

  test('has balanced parentheses, and the network only where it is on', () => {
    const open = seatbeltProfile({ ...plan, network: 'on' }).text
    for (const profile of [text, open])
      expect(profile.split('(').length).toBe(profile.split(')').length)
    expect(text).not.toContain('network-outbound')
    expect(open).toContain('(allow network-outbound)')
  })

  test('opens git but for hooks and settings', () => {
    const opened = seatbeltProfile({ ...plan, gitWrite: ['/w/.git'] })
    expect(Object.values(opened.parameters)).toEqual(
      expect.arrayContaining(['/w/.git', '/w/.git/hooks', '/w/.git/config']),
    )
    expect(opened.text.indexOf('GIT_CLOSED')).toBeGreaterThan(opened.text.indexOf('(param "GIT_'))
  })
})

test('bubblewrap drops every capability and mounts what is closed after what is open', () => {
  const flags = bubblewrapFlags({ cwd: '/w', output: 'pipe' }, { ...plan, protected: [root] })
  const at = (...words: string[]) =>
    flags.findIndex((_, index) => words.every((word, n) => flags[index + n] === word))
  expect(at('--cap-drop', 'ALL')).toBeGreaterThan(0)
  expect(at('--die-with-parent')).toBeGreaterThanOrEqual(0)
  expect(at('--unshare-net')).toBeGreaterThan(0)
  expect(at('--ro-bind', root, root)).toBeGreaterThan(at('--bind', plan.writable[0] ?? ''))
})

describe('the filter of system calls', () => {
  const machine = thisMachine()
  const read = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer)
    return Array.from({ length: bytes.length / 8 }, (_, index) => ({
      code: view.getUint16(index * 8, true),
      jumps: [view.getUint8(index * 8 + 2), view.getUint8(index * 8 + 3)],
      value: view.getUint32(index * 8 + 4, true),
    }))
  }

  test.skipIf(!machine)('never jumps past its end, and ends with an answer', () => {
    if (!machine) return
    for (const network of ['none', 'private', 'all'] as const) {
      const rows = read(seccompFilter({ machine, network, metadata: true }))
      rows.forEach(({ code, jumps }, index) => {
        const isJump = (code & 7) === 5
        if (isJump) for (const jump of jumps) expect(index + 1 + jump).toBeLessThan(rows.length)
      })
      expect(rows.at(-1)).toMatchObject({ code: 6, value: 0x7fff0000 })
    }
  })
})

test('everything but some places is what stands beside them', () => {
  const place = join(root, 'around')
  for (const name of ['a/secret/x', 'a/b', 'c']) mkdirSync(join(place, name), { recursive: true })
  expect(everythingBut([join(place, 'a/secret')], place).sort()).toEqual([
    join(place, 'a/b'),
    join(place, 'c'),
  ])
  expect(everythingBut([])).toEqual(['/'])
})

describe('what a helper leaves behind', () => {
  test('tells how the command ended', () => {
    expect(readEnding('{"init":9}\n{"warning":"w"}\n{"exit":3,"leftovers":2}\n')).toEqual({
      warnings: ['w'],
      exitCode: 3,
      leftovers: 2,
    })
    expect(readEnding('{"signal":9}\n').signal).toBe('SIGKILL')
  })

  test('tells why it never ran, and survives what is no JSON', () => {
    const text = '{"stage":"mount","errno":1,"text":"Cannot bind /x"}\nnull\n[1]\n{"exi'
    expect(readEnding(text)).toEqual({ warnings: [], failure: 'mount: Cannot bind /x' })
  })
})

describe('what is watched', () => {
  test('is put back as it was, and what a command left is kept aside', () => {
    const workspace = join(root, 'watched')
    const aside = join(root, 'aside')
    const git = join(workspace, '.git')
    mkdirSync(join(git, 'hooks'), { recursive: true })
    mkdirSync(join(git, 'objects'))
    writeFileSync(join(git, 'config'), 'good')
    writeFileSync(join(git, 'hooks', 'old'), 'old')
    symlinkSync('good', join(workspace, 'link'))
    const watch = watchProtected(
      { places: [git, join(workspace, '.codi'), join(workspace, 'link')], gitDirectories: [] },
      aside,
    )
    writeFileSync(join(git, 'config'), 'evil')
    writeFileSync(join(git, 'objects', 'new'), 'allowed')
    writeFileSync(join(git, 'hooks', 'new'), 'evil')
    rmSync(join(git, 'hooks', 'old'))
    mkdirSync(join(workspace, '.codi', 'deep'), { recursive: true })
    rmSync(join(workspace, 'link'))
    symlinkSync('evil', join(workspace, 'link'))
    const told = watch.restore()
    expect(readFileSync(join(git, 'config'), 'utf8')).toBe('good')
    expect(readFileSync(join(git, 'hooks', 'old'), 'utf8')).toBe('old')
    expect(existsSync(join(git, 'objects', 'new'))).toBeTrue()
    expect(existsSync(join(git, 'hooks', 'new'))).toBeFalse()
    expect(existsSync(join(workspace, '.codi'))).toBeFalse()
    expect(told).toHaveLength(5)
    expect(told.join('\n')).toContain(aside)
    expect(watch.restore()).toEqual([])
  })

  test('is put back where it was, not where a link in their place leads', () => {
    const workspace = join(root, 'linked-workspace')
    const victim = join(root, 'victim')
    const git = join(workspace, '.git')
    mkdirSync(join(git, 'hooks'), { recursive: true })
    writeFileSync(join(git, 'config'), 'good')
    mkdirSync(join(victim, 'hooks'), { recursive: true })
    writeFileSync(join(victim, 'config'), 'of somebody else')
    const watch = watchProtected({ places: [git], gitDirectories: [] }, join(root, 'aside-2'))
    renameSync(git, join(workspace, 'moved'))
    writeFileSync(join(workspace, 'moved/config'), 'evil')
    symlinkSync(victim, git)
    const told = watch.restore().join('\n')
    expect(readFileSync(join(victim, 'config'), 'utf8')).toBe('of somebody else')
    expect(readFileSync(join(git, 'config'), 'utf8')).toBe('good')
    expect(lstatSync(git).isDirectory()).toBeTrue()
    expect(told).toContain('was moved back')
  })

  test('is left alone where what is around it was replaced', () => {
    const workspace = join(root, 'replaced-workspace')
    const victim = join(root, 'victim-2')
    const git = join(workspace, 'part/.git')
    mkdirSync(git, { recursive: true })
    writeFileSync(join(git, 'config'), 'good')
    mkdirSync(join(victim, '.git'), { recursive: true })
    writeFileSync(join(victim, '.git/config'), 'of somebody else')
    const watch = watchProtected({ places: [git], gitDirectories: [] }, join(root, 'aside-3'))
    renameSync(join(workspace, 'part'), join(workspace, 'elsewhere'))
    symlinkSync(victim, join(workspace, 'part'))
    expect(watch.restore().join('\n')).toContain('something else in the place')
    expect(readFileSync(join(victim, '.git/config'), 'utf8')).toBe('of somebody else')
  })
})

test('the loopback is shared with the oldest that runs, and ports are given anew', () => {
  const loopback = openLoopback()
  const first = loopback.enter()
  expect(first.join).toBeUndefined()
  const early = loopback.enter()
  expect(early.join).toBeUndefined()
  first.runs(() => 71)
  const second = loopback.enter()
  expect(second.join).toBe(71)
  expect(new Set([first.port, early.port, second.port]).size).toBe(3)
  first.leave()
  expect(loopback.enter()).toMatchObject({ port: first.port, join: undefined })
})

describe('caches', () => {
  const home = join(root, 'home')
  mkdirSync(join(home, '.cargo'), { recursive: true })
  writeFileSync(join(home, '.cargo', 'config.toml'), '[net]\n')
  writeFileSync(
    join(home, '.npmrc'),
    'registry=https://npm.example/\n//npm.example/:_authToken=abc\nproxy=http://me:pw@host/\nfund=false\n',
  )
  const directory =
    openCaches(join(root, 'caches'), { home, unreadable: [join(home, '.npmrc')] }) ?? ''

  test('keep the settings of npm without its tokens', () => {
    const set = cacheEnvironment(directory, { HOME: home }, [])
    const npmrc = readFileSync(set.npm_config_userconfig ?? '', 'utf8')
    expect(npmrc).toBe('registry=https://npm.example/\nfund=false\n')
    expect(readFileSync(join(set.CARGO_HOME ?? '', 'config.toml'), 'utf8')).toBe('[net]\n')
  })

  test('leave npm its own settings where those may be read', () => {
    const open = openCaches(join(root, 'open'), { home, unreadable: [] }) ?? ''
    expect(cacheEnvironment(open, { HOME: home }, []).npm_config_userconfig).toBeUndefined()
  })

  test('stay where the person put them, if commands may write there', () => {
    const outer = { HOME: home, GOCACHE: '/w/.go', PIP_CACHE_DIR: '/elsewhere' }
    const set = cacheEnvironment(directory, outer, ['/w'])
    expect(set.GOCACHE).toBeUndefined()
    expect(set.PIP_CACHE_DIR).toBe(join(directory, 'pip'))
  })

  test('are none where they cannot be made', () => {
    expect(openCaches('/proc/none', { home, unreadable: [] })).toBeUndefined()
  })
})

test('what was put aside is kept for a month', () => {
  const directory = join(root, 'places')
  const [old, fresh] = ['old', 'fresh'].map((name) => join(directory, 'aside', name))
  for (const path of [old, fresh]) mkdirSync(path ?? '', { recursive: true })
  const long = new Date(Date.now() - 31 * 24 * 3600 * 1000)
  utimesSync(old ?? '', long, long)
  const places = openPrivatePlaces(directory, { writable: [], unreadable: [] })
  places.temporary()
  places.close()
  expect(readdirSync(join(directory, 'aside'))).toEqual(['fresh'])
})

test('a person who clears the cache does not end what commands can do', () => {
  const directory = join(root, 'cache', 'sandbox')
  const places = openPrivatePlaces(directory, { writable: ['/workspace'], unreadable: [] })
  const made = () => [places.temporary(), places.caches() ?? '']
  made()
  rmSync(join(root, 'cache'), { recursive: true })
  for (const path of made()) expect(existsSync(path)).toBe(true)
  places.close()
})
