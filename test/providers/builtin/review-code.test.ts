/** A review of real changes in a real repository: what the rest of the code says of them. */
import { describe, expect, test } from 'bun:test'
import type { Finding } from '../../../src/contract/review.ts'
import { openProject } from './project.ts'

const said = (findings: Finding[]): string[] =>
  findings.map((row) => `${row.severity} ${row.file}:${row.line} ${row.title}`)

const bank = {
  'src/account.ts': `export function open(name: string, cents: number): string {
  return name + cents
}

export function close(name: string): string {
  return name
}

export async function balance(name: string): Promise<number> {
  return name.length
}

export const limit = 10
`,
  'src/branch.ts': `import { balance, close, limit, open } from './account.ts'

export function branch(): string {
  close('a')
  return open('a', limit)
}

export async function both(): Promise<number> {
  return (await balance('a')) + (await balance('b'))
}
`,
  'test/account.test.ts': `import { open } from '../src/account.ts'
test('opens', () => open('a', 1))
`,
}

async function reviewOf(
  files: Record<string, string>,
  changed: Record<string, string | undefined>,
  options: { servers?: boolean } = {},
): Promise<Finding[]> {
  await using project = await openProject(files, options)
  project.write(changed)
  return await project.review()
}

function edited(path: keyof typeof bank, from: string, to: string): Record<string, string> {
  const text = bank[path].replace(from, to)
  expect(text).not.toBe(bank[path])
  return { [path]: text }
}

describe('Calls that did not follow', () => {
  test('are those that give too few or too many, each with its place', async () => {
    const findings = await reviewOf(
      bank,
      edited('src/account.ts', 'close(name: string)', 'close(name: string, why: string)'),
    )
    const [finding] = findings
    expect(said(findings)).toEqual([
      'warning src/account.ts:5 `close` takes other parameters and 1 call did not follow',
    ])
    expect(finding?.detail).toContain('`src/branch.ts:4`')
  })

  test('are none where the call still fits', async () => {
    expect(
      await reviewOf(
        bank,
        edited('src/account.ts', 'close(name: string)', "close(name: string, why = '')"),
      ),
    ).toEqual([])
  })

  test('are all where the order changed', async () => {
    const findings = await reviewOf(
      bank,
      edited(
        'src/account.ts',
        'open(name: string, cents: number)',
        'open(cents: number, name: string)',
      ),
    )
    const [finding] = findings
    expect(finding?.title).toBe(
      '`open` takes its parameters in another order and 2 calls did not follow',
    )
    expect(finding?.detail).toContain('It takes (cents, name), before (name, cents)')
  })

  test('are those that do not wait for what is asynchronous now', async () => {
    const findings = await reviewOf(bank, {
      'src/account.ts': bank['src/account.ts'].replace(
        'export function close(name: string): string',
        'export async function close(name: string): Promise<string>',
      ),
    })
    expect(said(findings)).toEqual([
      'warning src/account.ts:5 `close` is asynchronous now and 1 call did not follow',
    ])
  })

  test('are found though the head begins above what the diff shows', async () => {
    const long = (more: string): string =>
      `export function send({\n  to,\n  from,\n  at,\n  why,\n}: Record<string, string>${more}): string {\n  return to + from + at + why\n}\n`
    const findings = await reviewOf(
      {
        'src/send.ts': long(''),
        'src/user.ts':
          "import { send } from './send.ts'\n\nexport const sent = send({ to: 'a' })\n",
      },
      { 'src/send.ts': long(', times: number') },
    )
    expect(said(findings)).toEqual([
      'warning src/send.ts:1 `send` takes other parameters and 1 call did not follow',
    ])
  })

  test('are found in Python by the names that they give', async () => {
    const findings = await reviewOf(
      {
        'a.py': 'def send(to, subject):\n    return to\n',
        'b.py':
          "from a import send\n\n\ndef go():\n    send('x', subject='y')\n    send('x', 'z')\n",
      },
      { 'a.py': 'def send(to, topic):\n    return to\n' },
    )
    const [finding] = findings
    expect(finding?.title).toBe('`send` takes other parameters and 1 call did not follow')
    expect(finding?.detail).toContain('`b.py:5`')
  })
})

describe('Names that others import', () => {
  test('are missed when they are gone, with the name that took their place', async () => {
    const findings = await reviewOf(
      bank,
      edited('src/account.ts', 'export function close(', 'export function shut('),
    )
    const [finding] = findings
    expect(finding).toMatchObject({
      severity: 'error',
      title: '`close` was removed and is still used',
    })
    expect(finding?.detail).toContain('Its name is `shut` now. Still imported at `src/branch.ts:4`')
  })

  test('are missed when they are hidden', async () => {
    const findings = await reviewOf(
      bank,
      edited('src/account.ts', 'export const limit', 'const limit'),
    )
    expect(said(findings)).toEqual([
      'error src/account.ts:13 `limit` is hidden now and still used outside',
    ])
  })

  test('are not missed where another file has one of that name', async () => {
    const files = {
      'src/a.ts': 'export function load(): number {\n  return 1\n}\n',
      'src/b.ts': 'export function load(): number {\n  return 2\n}\n',
      'src/c.ts': "import { load } from './b.ts'\n\nexport const one = load()\n",
    }
    expect(await reviewOf(files, { 'src/a.ts': 'export const other = 1\n' })).toEqual([])
  })
})

const copied = `export function total(rows: { cents: number; open: boolean }[]): number {
  let sum = 0
  for (const row of rows) {
    if (!row.open) continue
    sum += Math.round(row.cents / 100) * 100
    if (sum > 1_000_000) throw new Error('too much')
  }
  return Math.max(sum, 0)
}
`

describe('A copy', () => {
  test('is found though its names were changed, and cites the other place', async () => {
    const findings = await reviewOf(
      { 'src/total.ts': copied, 'src/z.ts': 'export const z = 1\n' },
      {
        'src/again.ts': copied
          .replaceAll('total', 'sumOf')
          .replaceAll('rows', 'entries')
          .replaceAll(/\brow\b/g, 'entry')
          .replaceAll('sum', 'result'),
      },
    )
    expect(said(findings)).toEqual(['info src/again.ts:1 8 lines repeat code that exists'])
    expect(findings[0]?.detail).toContain('`src/total.ts:1` to 8')
  })

  test('is none where only the shape agrees', async () => {
    const table = (names: string[]): string =>
      names.map((name) => `export const ${name} = make('${name}', ${name.length})\n`).join('')
    expect(
      await reviewOf(
        { 'src/a.ts': table(['aa', 'ab', 'ac', 'ad', 'ae', 'af', 'ag', 'ah']) },
        { 'src/b.ts': table(['ba', 'bb', 'bc', 'bd', 'be', 'bf', 'bg', 'bh']) },
      ),
    ).toEqual([])
  })
})

describe('An import', () => {
  const ring = {
    'src/a.ts': "import { b } from './b.ts'\n\nexport const a = () => b()\n",
    'src/b.ts': "import { c } from './c.ts'\n\nexport const b = () => c()\n",
    'src/c.ts': 'export interface C {\n  c: number\n}\n\nexport const c = () => 1\n',
  }

  test('that closes a cycle is named with the whole way round', async () => {
    const findings = await reviewOf(ring, {
      'src/c.ts': "import { a } from './a.ts'\n\nexport const c = () => a\n",
    })
    expect(said(findings)).toEqual(['warning src/c.ts:1 An import cycle is closed here'])
    expect(findings[0]?.detail).toContain(
      '`src/c.ts:1` imports `src/a.ts`, `src/a.ts:1` imports `src/b.ts`, `src/b.ts:1` imports `src/c.ts`',
    )
  })

  test('of types alone closes none', async () => {
    const typed = {
      ...ring,
      'src/b.ts': "import type { C } from './c.ts'\n\nexport const b = (c: C) => c\n",
    }
    expect(
      await reviewOf(typed, {
        'src/c.ts': `import { a } from './a.ts'\n\n${ring['src/c.ts']}export const d = a\n`,
      }),
    ).toEqual([])
  })
})

test('code that no test reaches is told once, and not where one does', async () => {
  const grown = Array.from({ length: 10 }, (_, at) => `  console.assert(name !== '${at}')\n`).join(
    '',
  )
  const lone = `export function lone(name: string): string {\n${grown}  return name\n}\n`
  const findings = await reviewOf(bank, {
    ...edited('src/account.ts', '  return name + cents\n', `${grown}  return name + cents\n`),
    'src/lone.ts': lone,
  })
  expect(said(findings)).toEqual(['info src/lone.ts:0 Code changed that no test reaches'])
})

test('an error of a language server at a place that is told already only confirms it', async () => {
  const findings = await reviewOf(
    {
      ...bank,
      'tsconfig.json':
        '{ "compilerOptions": { "allowImportingTsExtensions": true, "noEmit": true } }',
    },
    edited('src/account.ts', 'close(name: string)', 'close(name: string, why: string)'),
    { servers: true },
  )
  expect(said(findings)).toEqual([
    'error src/account.ts:5 `close` takes other parameters and 1 call did not follow',
  ])
  expect(findings[0]?.detail).toContain('The language server agrees, at `src/branch.ts:4`')
})

test('errors of a language server are told where the diff brought them, and old ones are not', async () => {
  const findings = await reviewOf(
    { 'a.ts': 'export const old: string = 1\nexport const one = 1\n', 'tsconfig.json': '{}' },
    { 'a.ts': "export const old: string = 1\nexport const one: number = 'x'\n" },
    { servers: true },
  )
  expect(said(findings)).toEqual(["error a.ts:2 Type 'string' is not assignable to type 'number'."])
})
