import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  decline,
  listTrust,
  removeTrust,
  reviewTrust,
  trust,
  trustOf,
} from '../../src/config/trust.ts'

const allow = '{ "rules": [{ "prefix": ["make"], "decision": "allow" }] }'
const deny = '{ "rules": [{ "prefix": ["make"], "decision": "deny" }] }'
let root = ''
let dataDirectory = ''

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-trust-')))
  dataDirectory = join(root, 'data')
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

function project(
  name: string,
  files: Record<string, string> = { '.codi/rules.json': allow },
): string {
  const directory = join(root, name)
  mkdirSync(directory, { recursive: true })
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  return directory
}

const rules = (at: string) => trustOf({ dataDirectory, project: at, kind: 'rules' })

async function trustNow(at: string): Promise<void> {
  await trust(reviewTrust({ dataDirectory, project: at }), dataDirectory)
}

describe('Trust in a directory', () => {
  test('is not there before somebody gave it, and holds for just what was there', async () => {
    const at = project('a')
    expect(rules(at)).toMatchObject({ state: 'untrusted', files: [{ text: allow }] })
    await trustNow(at)
    expect(rules(at).state).toBe('trusted')
    writeFileSync(join(at, '.codi/rules.json'), `${allow} `)
    expect(rules(at).state).toBe('changed')
    writeFileSync(join(at, '.codi/rules.json'), allow)
    expect(rules(at).state).toBe('trusted')
  })

  test('is not asked for rules that only forbid, nor for a file that is no JSON', () => {
    expect(rules(project('deny', { '.codi/rules.json': deny })).state).toBe('none')
    expect(rules(project('broken', { '.codi/rules.json': '{ rules' })).state).toBe('none')
    expect(rules(project('empty', {})).state).toBe('none')
  })

  test('tells what each rule would allow', () => {
    expect(rules(project('a')).tells).toEqual(['{"prefix":["make"],"decision":"allow"}'])
  })

  test('shows what would count: the list that the gate reads, whole, or it cannot be given', async () => {
    const twice =
      '{ "rules": [{ "prefix": ["rm"], "decision": "allow" }], "rules": [{ "prefix": ["ls"], "decision": "allow" }] }'
    expect(rules(project('twice', { '.codi/rules.json': twice })).tells).toEqual([
      '{"prefix":["rm"],"decision":"allow"}',
    ])
    const hidden = (reason: string, count: number) =>
      JSON.stringify({
        rules: Array.from({ length: count }, () => ({ reason, prefix: ['rm'], decision: 'allow' })),
      })
    expect(
      rules(project('wide', { '.codi/rules.json': hidden('x'.repeat(500), 1) })).tells,
    ).toEqual([expect.stringContaining('["rm"]')])
    for (const text of [hidden('x'.repeat(2000), 1), hidden('x', 101)]) {
      const at = project('much', { '.codi/rules.json': text })
      expect(rules(at)).toMatchObject({ state: 'untrusted', tells: [] })
      await expect(trustNow(at)).rejects.toThrow('cannot be trusted')
    }
  })

  test('holds by the real path: through a link yes, in a copy or another place no', async () => {
    const at = project('a')
    symlinkSync(at, join(root, 'link'))
    await trustNow(join(root, 'link'))
    expect(rules(at).state).toBe('trusted')
    cpSync(at, join(root, 'copy'), { recursive: true })
    expect(rules(join(root, 'copy')).state).toBe('untrusted')
    renameSync(at, join(root, 'moved'))
    expect(rules(join(root, 'moved')).state).toBe('untrusted')
  })

  test('of a directory says nothing of a project inside it', async () => {
    const outer = project('outer')
    const inner = project('outer/inner')
    await trustNow(outer)
    expect(rules(inner).state).toBe('untrusted')
  })

  test('is for what was shown: a file that changed during the question stays untrusted', async () => {
    const at = project('a')
    const shown = reviewTrust({ dataDirectory, project: at })
    writeFileSync(join(at, '.codi/rules.json'), allow.replace('make', 'rm'))
    await trust(shown, dataDirectory)
    expect(rules(at).state).toBe('changed')
  })

  test('covers every file of a kind, added, removed and renamed', async () => {
    const at = project('a', { '.codi/commands/a.md': 'a', '.codi/commands/sub/b.md': 'b' })
    const state = () => trustOf({ dataDirectory, project: at, kind: 'commands' }).state
    await trustNow(at)
    expect(state()).toBe('trusted')
    writeFileSync(join(at, '.codi/commands/c.md'), '')
    expect(state()).toBe('changed')
    rmSync(join(at, '.codi/commands/c.md'))
    expect(state()).toBe('trusted')
    renameSync(join(at, '.codi/commands/a.md'), join(at, '.codi/commands/z.md'))
    expect(state()).toBe('changed')
  })

  test('cannot be given to a link out of the project, nor to what is too large', async () => {
    const at = project('a', {})
    mkdirSync(join(at, '.codi'))
    writeFileSync(join(root, 'elsewhere.json'), allow)
    symlinkSync(join(root, 'elsewhere.json'), join(at, '.codi/rules.json'))
    expect(rules(at)).toMatchObject({
      state: 'untrusted',
      refused: expect.stringContaining('link'),
    })
    await expect(trustNow(at)).rejects.toThrow('cannot be trusted')
    const big = project('big', { '.codi/rules.json': `${allow}${' '.repeat(1024 * 1024)}` })
    expect(rules(big)).toMatchObject({ refused: expect.stringContaining('larger') })
  })

  test('is taken back, listed, and declined', async () => {
    const at = project('a')
    await trustNow(at)
    expect(listTrust(dataDirectory)).toMatchObject([{ project: at, state: 'trusted' }])
    expect(await removeTrust({ dataDirectory, project: at })).toBe(true)
    expect(await removeTrust({ dataDirectory, project: at })).toBe(false)
    expect(rules(at).state).toBe('untrusted')
    await decline(reviewTrust({ dataDirectory, project: at }), dataDirectory)
    expect(rules(at)).toMatchObject({ state: 'untrusted', declined: true })
    expect(listTrust(dataDirectory)).toEqual([])
    writeFileSync(join(at, '.codi/rules.json'), allow.replace('make', 'rm'))
    expect(rules(at).declined).toBeUndefined()
  })

  test('is kept for the person alone, and given by several processes at once', async () => {
    const places = Array.from({ length: 6 }, (_, index) => project(`p${index}`))
    const script = `import { reviewTrust, trust } from ${JSON.stringify(join(import.meta.dir, '../../src/config/trust.ts'))}
      const [dataDirectory, project] = process.argv.slice(2)
      await trust(reviewTrust({ dataDirectory, project }), dataDirectory)`
    const file = join(root, 'trust-one.ts')
    writeFileSync(file, script)
    await Promise.all(
      places.map(
        (at) => Bun.spawn([process.execPath, file, dataDirectory, at], { env: process.env }).exited,
      ),
    )
    expect(
      listTrust(dataDirectory)
        .map((row) => row.project)
        .sort(),
    ).toEqual(places)
    expect(statSync(join(dataDirectory, 'trust.json')).mode & 0o777).toBe(0o600)
  })

  test('is nowhere when its file is damaged, and the file is not overwritten', async () => {
    const at = project('a')
    await trustNow(at)
    writeFileSync(join(dataDirectory, 'trust.json'), 'no json')
    expect(rules(at).state).toBe('untrusted')
    await expect(trustNow(at)).rejects.toThrow('is damaged')
    expect(readFileSync(join(dataDirectory, 'trust.json'), 'utf8')).toBe('no json')
  })
})
