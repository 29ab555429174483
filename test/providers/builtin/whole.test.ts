/** builtin with everything that is real: the app, its tools and its workers, over a small project in four languages. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openApp } from '../../../src/app/app.ts'
import { codiPaths } from '../../../src/config/paths.ts'
import { defaultSettings } from '../../../src/config/schema.ts'
import type { App } from '../../../src/contract/app.ts'

const files: Record<string, string> = {
  'README.md':
    '# Parcel\n\nSends parcels over unreliable networks.\n\n## Testing\n\n```\nnpm test\n```\n',
  'package.json': JSON.stringify({
    name: 'parcel',
    scripts: { test: 'node --test', start: 'node src/main.ts' },
  }),
  'src/retry.ts': `/** Tries again what may pass by itself: growing pauses, a bounded number of times. */
import { pause } from './pause.ts'

/** How often a parcel is sent at most. */
export const maxAttempts = 5

/** Runs \`send\` until it succeeds or the attempts are used up. */
export async function withRetries<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (thrown) {
      if (attempt >= maxAttempts) throw thrown
      await pause(attempt * 100)
    }
  }
}
`,
  'src/pause.ts': `/** Waits; nothing else. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
`,
  'src/courier.ts': `/** Brings parcels to their addresses. */
import { withRetries } from './retry.ts'

export class Courier {
  constructor(private readonly depot: string) {}

  /** Sends one parcel and answers its receipt. */
  async deliver(address: string): Promise<string> {
    return withRetries(() => this.post(address))
  }

  private async post(address: string): Promise<string> {
    if (address === '') throw new Error('The parcel has no address')
    return \`\${this.depot}->\${address}\`
  }
}
`,
  'test/retry.test.ts': `import { withRetries } from '../src/retry.ts'
test('gives up', () => withRetries(async () => 1))
`,
  'tools/weigh.py': `"""Weighs parcels before they are sent."""

MAX_GRAMS = 20_000


def weigh(parcel):
    """Return the weight of a parcel in grams."""
    return sum(item.grams for item in parcel.items)


def check(parcel):
    return weigh(parcel) <= MAX_GRAMS
`,
  'scale/src/lib.rs': `//! Converts weights between units.

/// Anything that has a weight.
pub trait Weighted {
    fn grams(&self) -> u32;
}

/// A wooden box.
pub struct Crate {
    pub grams: u32,
}

impl Weighted for Crate {
    fn grams(&self) -> u32 {
        to_grams(self.grams, Unit::Gram)
    }
}

pub enum Unit {
    Gram,
    Ounce,
}

/// Converts a weight to grams, rounding down.
pub fn to_grams(weight: u32, unit: Unit) -> u32 {
    match unit {
        Unit::Gram => weight,
        Unit::Ounce => weight * 28,
    }
}
`,
  'label/label.go': `// Package label prints address labels.
package label

// Print draws one label for an address.
func Print(address string) string {
	return frame(address)
}

func frame(text string) string { return "[" + text + "]" }
`,
}

let directory = ''
let app: App
const signal = AbortSignal.timeout(55_000)

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-builtin-')))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, 'work', path)), { recursive: true })
    writeFileSync(join(directory, 'work', path), content)
  }
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

async function ask(text: string, stdin?: string): Promise<string> {
  app.newSession()
  const result = await app.run({ text, ...(stdin === undefined ? {} : { stdin }) }, signal)
  expect(result).toMatchObject({ ok: true, error: null, provider: 'builtin' })
  return result.text
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

describe('Questions', () => {
  test('where something is handled: the place, the file’s own words, who calls it', async () => {
    const answer = await ask('where are retries handled?')
    expect(firstLine(answer)).toContain('`src/retry.ts:8`')
    expect(answer).toContain('Tries again what may pass by itself')
    expect(answer).toContain('`Courier.deliver`')
    expect(answer).toContain('No model is configured')
  })

  test('what calls it: definition, callers by name, tests apart', async () => {
    const answer = await ask('what calls withRetries?')
    expect(answer).toContain('Defined at `src/retry.ts:8`')
    expect(answer).toContain('`src/courier.ts:9` in `Courier.deliver`')
    expect(answer).toContain('In tests')
    expect(await ask('what calls weigh?')).toContain('`tools/weigh.py:12` in `check`')
  })

  test('in Rust and Go as well', async () => {
    expect(firstLine(await ask('where are weights converted to grams?'))).toContain(
      '`scale/src/lib.rs:25`',
    )
    expect(await ask('who implements Weighted?')).toContain(
      '1 type extends or implements `Weighted`:\n- `Crate` `scale/src/lib.rs:9`',
    )
    expect(await ask('what calls frame?')).toContain('`label/label.go:6` in `Print`')
  })

  test('how it works: the calls in their order', async () => {
    const answer = await ask('how does withRetries work?')
    expect(answer).toContain('`withRetries` calls:')
    expect(answer).toContain('`src/pause.ts:2`: Waits; nothing else.')
  })

  test('explaining a file: its parts, what it imports, who imports it, its tests', async () => {
    const answer = await ask('explain src/retry.ts')
    expect(answer).toContain('Runs `send` until it succeeds')
    expect(answer).toContain('It imports `src/pause.ts`.')
    expect(answer).toContain('It is imported by `src/courier.ts`.')
    expect(answer).toContain('Tests: `test/retry.test.ts`')
    expect(await ask('explain label.go')).toContain('Print draws one label for an address.')
  })

  test('explaining a symbol and a directory', async () => {
    const symbol = await ask('what is Courier?')
    expect(symbol).toContain('class at `src/courier.ts:4`')
    expect(symbol).toContain('deliver')
    expect(await ask('explain src')).toContain(
      '`src/courier.ts`: Brings parcels to their addresses.',
    )
  })

  test('a file that is not there: the nearest names', async () => {
    const answer = await ask('explain src/courir.ts')
    expect(answer).toContain('There is no file `src/courir.ts` here.')
    expect(answer).toContain('`src/courier.ts`')
  })

  test('where something is configured: the constant', async () => {
    expect(await ask('where is the maximum number of attempts configured?')).toContain(
      '`src/retry.ts:5`',
    )
  })

  test('what the project is and how it is run', async () => {
    expect(await ask('what is this project?')).toContain('Sends parcels over unreliable networks.')
    expect(await ask('how do I run the tests?')).toContain('`npm test`')
  })

  test('a stack trace: the line that raised it, who called, where the message comes from', async () => {
    const log =
      'Error: The parcel has no address\n    at Courier.post (/srv/app/src/courier.ts:13:33)\n    at withRetries (/srv/app/src/retry.ts:11:20)\n'
    const answer = await ask('why did this fail?', log)
    expect(answer).toContain('raised at `src/courier.ts:13` in `Courier.post`')
    expect(answer).toContain('> 13:')
    expect(answer).toContain('`src/retry.ts:11` in `withRetries`')
  })

  test('an exact text and a file by name', async () => {
    expect(await ask('where does "The parcel has no address" come from?')).toContain(
      '`src/courier.ts:13`',
    )
    expect(await ask('show me src/pause.ts')).toContain('setTimeout(resolve, ms)')
    expect(await ask('list python files')).toContain('`tools/weigh.py`')
  })

  test('what is not there: said plainly, nearest names given', async () => {
    const answer = await ask('what calls withRetrys?')
    expect(answer).toContain('Nothing named `withRetrys`')
    expect(answer).toContain('withRetries')
    expect(await ask('where is the flux capacitor calibrated?')).toMatch(
      /Nothing found|No clear match/,
    )
  })
})

test('a review knows the callers that the diff did not touch', async () => {
  const diff = `--- a/src/retry.ts\n+++ b/src/retry.ts\n@@ -7,2 +7,2 @@\n /** Runs. */\n-export async function withRetries<T>(send: () => Promise<T>): Promise<T> {\n+export async function withRetries<T>(send: () => Promise<T>, attempts: number): Promise<T> {\n`
  app.newSession()
  const result = await app.run(
    { text: 'Review the diff in <stdin>.', stdin: diff, recipe: 'review' },
    signal,
  )
  const finding = JSON.parse(result.text).findings.find((row: { title: string }) =>
    row.title.includes('withRetries'),
  )
  expect(finding).toMatchObject({ severity: 'warning', file: 'src/retry.ts', line: 8 })
  expect(finding.detail).toContain('src/courier.ts:9')
})
