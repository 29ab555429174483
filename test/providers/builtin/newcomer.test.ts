/** The questions of someone new to a project, over the app with its real tools and workers. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openApp } from '../../../src/app/app.ts'
import { codiPaths } from '../../../src/config/paths.ts'
import { defaultSettings } from '../../../src/config/schema.ts'
import type { App } from '../../../src/contract/app.ts'

const files: Record<string, string | Uint8Array> = {
  'CONTRIBUTING.md': '# Contributing\n\n## Adding a command\n\nOne file, one row in the table.\n',
  'package.json': JSON.stringify({ name: 'ferry', version: '3.2.1' }, null, 2),
  '.gitignore': 'local.ts\n',
  'local.ts': 'export const mine = 1\n',
  'empty.ts': '',
  'logo.bin': new Uint8Array([127, 69, 76, 70, 0, 0, 1, 2, 3]),
  'settings.yaml': 'host: quay\nport: 80\n',
  'src/harbour.ts': `/** Talks to the harbour over HTTP. */
export async function callHarbour(path: string): Promise<string> {
  const base = process.env.HARBOUR_URL ?? 'http://localhost'
  const answer = await fetch(base + path)
  return answer.text()
}
`,
  'src/commands/sail.ts': 'export const sail = { name: "sail", run: () => 1 }\n',
  'src/commands/moor.ts': 'export const moor = { name: "moor", run: () => 2 }\n',
  'src/commands/dock.ts': 'export const dock = { name: "dock", run: () => 3 }\n',
  'src/table.ts': `/** The table of commands. */
import { dock } from './commands/dock.ts'
import { moor } from './commands/moor.ts'
import { sail } from './commands/sail.ts'

export const table = [dock, moor, sail]
`,
  'src/crew.ts': `/** Who sails. */
export class Queue {
  push(name: string): number {
    return name.length
  }
}

/** Signs a sailor on. */
export function signOn(names: string[], queue: Queue): number {
  const list = names.map((name) => name.strip())
  list.push('captain')
  return welcome(list.join()) + queue.push('mate')
}

function welcome(text: string): number {
  return text.length
}

export function muster(names: string[]): number {
  names.push('captain')
  return welcome(names.join())
}
`,
  'mocks/welcome.ts': '/** A stand-in. */\nexport function launch(): number {\n  return 0\n}\n',
  'src/launch.ts': '/** Starts the ferry. */\nexport function launch(): number {\n  return 1\n}\n',
  'test/crew.test.ts': `import { signOn } from '../src/crew.ts'
test('a sailor is signed on', () => signOn(['a']))
`,
  'vendor/sea/harbour.ts':
    'export function harbourCall(): Promise<Response> {\n  return fetch("x")\n}\n',
  'src/night watch.ts': '/** Who is awake. */\nexport const lookout = "Ada"\n',
  'src/cargo.ts': `/** What a ship carries. */
export interface LoadedCargo {
  crates: number
}

export function loadCargo(list: string): LoadedCargo {
  const lines = list.split(',')
  const crates = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => Number.parseInt(line, 10))
    .filter((count) => !Number.isNaN(count))
    .reduce((sum, count) => sum + count, 0)
  return { crates }
}
`,
  'tide/src/lib.rs': `/// Counts the tides of a day and tells
/// when the next one comes.
///
/// More of it.
pub fn count_tides() -> u32 {
    2
}
`,
}

let directory = ''
let app: App
const signal = AbortSignal.timeout(55_000)

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-newcomer-')))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, 'work', path)), { recursive: true })
    writeFileSync(join(directory, 'work', path), content)
  }
  mkdirSync(join(directory, 'work', 'hold'))
  mkdirSync(join(directory, 'work', '.git'))
  app = await openApp({
    cwd: join(directory, 'work'),
    env: { PATH: process.env.PATH },
    paths: codiPaths({ CODI_HOME: join(directory, 'home') }),
    settings: { ...defaultSettings, provider: 'builtin' },
    ephemeral: true,
  })
})

afterAll(async () => {
  await app.close()
  rmSync(directory, { recursive: true, force: true })
})

async function ask(text: string, recipe?: 'explain'): Promise<string> {
  app.newSession()
  const result = await app.run({ text, ...(recipe ? { recipe } : {}) }, signal)
  expect(result).toMatchObject({ ok: true, provider: 'builtin' })
  return result.text
}

const explain = (target: string): Promise<string> => ask(`Explain \`${target}\`.`, 'explain')

describe('What every program has', () => {
  test('environment variables are listed by name', async () => {
    expect(await ask('which environment variables are read?')).toContain(
      '- `HARBOUR_URL`: `src/harbour.ts:3`',
    )
  })

  test('the network is where code calls it; vendored code is only counted', async () => {
    const answer = await ask('where do we talk to the network?')
    expect(answer).toContain('`src/harbour.ts:4` in `callHarbour`')
    expect(answer).toContain('vendored code: 1 more line')
    expect(answer).not.toContain('- `vendor/')
  })

  test('a narrower question is none about the whole topic', async () => {
    expect(await ask('where is the path of the harbour request built?')).not.toContain(
      'The network:',
    )
  })

  test('the version is the manifest’s', async () => {
    expect(await ask('where is the version set?')).toContain('- `package.json:3`')
  })

  test('adding one more: the documents, the siblings and who names them all', async () => {
    const answer = await ask('how do I add a command?')
    expect(answer).toContain('`CONTRIBUTING.md:3`')
    expect(answer).toContain('live in `src/commands/`, 3 files')
    expect(answer).toContain('`src/table.ts:')
  })

  test('tests by title, by name and none at all', async () => {
    expect(await ask('is there a test for signing a sailor on?')).toContain(
      "`test('a sailor is signed on'",
    )
    expect(await ask('is signOn tested?')).toContain('`test/crew.test.ts:2`')
    expect(await ask('is there a test for src/crew.ts?')).toContain('`test/crew.test.ts`')
    expect(await ask('is there a test for the tides?')).toContain('No test here has `tides`')
  })
})

describe('A question', () => {
  test('with a word that is nowhere here is told so', async () => {
    expect(await ask('where is the zeppelin harbour?')).toMatch(
      /^Nothing here mentions "zeppelin"; the nearest is: /,
    )
  })

  test('with hardly a word that is here finds nothing', async () => {
    expect(await ask('where does the zeppelin quaffle harbour?')).toMatch(/^Nothing found about /)
  })

  test('for where something is done means the code that does it, not its types', async () => {
    expect(await ask('where is the cargo loaded?')).toMatch(/^Best match: `src\/cargo\.ts:6`/)
  })
})

describe('An explanation', () => {
  test('takes a path with a blank in it', async () => {
    expect(await explain('src/night watch.ts')).toContain('Who is awake.')
  })

  test.each([
    ['empty.ts', '`empty.ts` is empty.'],
    ['logo.bin', '`logo.bin` is binary'],
    ['local.ts', 'It is ignored: searches leave it out.'],
    ['settings.yaml', 'Its keys: `host` and `port`.'],
    ['package.json', 'Its keys: `name` and `version`.'],
    ['hold/', '`hold/` is empty.'],
    ['/etc/hostname', 'is outside the workspace'],
    ['nothing.bin', 'There is no file `nothing.bin` here.'],
  ])('of %s says %j', async (target, said) => {
    expect(await explain(target)).toContain(said)
  })

  test('follows no call of a library to a namesake here', async () => {
    const answer = await explain('muster')
    expect(answer).toContain('`muster` calls:\n1. `function welcome(text: string): number`')
    expect(answer).not.toContain('2. `push')
    expect(await explain('signOn')).toContain('2. `push(name: string): number` `src/crew.ts:3`')
  })

  test('takes the definition that a person means, not its stand-in', async () => {
    expect(await explain('launch')).toContain('at `src/launch.ts:2`')
  })

  test('has the whole first paragraph of a Rust doc comment', async () => {
    const answer = await explain('count_tides')
    expect(answer).toContain('Counts the tides of a day and tells when the next one comes.')
    expect(answer).not.toContain('More of it.')
  })
})

test('a commit names the function around the change, which the diff does not show', async () => {
  const diff =
    'diff --git a/src/harbour.ts b/src/harbour.ts\n--- a/src/harbour.ts\n+++ b/src/harbour.ts\n@@ -4,1 +4,1 @@\n-  const answer = await fetch(base)\n+  const answer = await fetch(base + path)\n'
  app.newSession()
  const result = await app.run({ text: 'Write it.', stdin: diff, recipe: 'commit' }, signal)
  expect(result.text.split('\n')[0]).toEndWith('change callHarbour')
})
