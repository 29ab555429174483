/** Filters, order, snippets and limits of the search. */
import { describe, expect, test } from 'bun:test'
import { makeSearchable } from './searchable.ts'

const filler = (prefix: string, count: number) =>
  Array.from(
    { length: count },
    (_, at) =>
      `export function ${prefix}${at}(value: number) {\n  const total = value * ${at}\n  return total\n}\n`,
  ).join('\n')

const project = makeSearchable({
  'src/session/expiry.ts': [
    '/** Decides when a login ends. */',
    'export function expireSession(session: Session) {',
    ...Array.from({ length: 30 }, (_, at) => `  step(${at})`),
    '  // the cookie is dropped here',
    '  dropCookie(session.cookie)',
    '  return session',
    '}',
  ].join('\n'),
  'src/session/many.ts': Array.from(
    { length: 8 },
    (_, at) => `export function expireSessionPart${at}() {\n  return 'session expiry ${at}'\n}\n`,
  ).join('\n'),
  'src/maths.ts': filler('multiply', 40),
  'lib/session.py':
    'def expire_session(session):\n    """Ends a session."""\n    session.close()\n',
  'test/session.test.ts':
    "export function testExpireSession() {\n  expireSession('session expiry')\n  dropCookie('session')\n}\n",
  'docs/guide.md':
    '# Guide\n\nIntro words.\n\n## Logging in\n\nWrite your password.\n\n## Tokens\n\nA bearer token is renewed hourly.\n',
  'config/limits.yaml': 'upload:\n  megabytes: 25\n',
  'src/window.ts':
    '// Nothing but a comment about the scrollback ring buffer here.\nimport x from "./x"\n',
})
await project.update()

test('the best place comes first, with its lines and its symbol', async () => {
  const [hit] = await project.search('where does a session of a login expire', { path: 'src' })
  expect(hit).toMatchObject({
    path: 'src/session/expiry.ts',
    line: 2,
    endLine: 36,
    kind: 'function',
    symbol: 'expireSession',
  })
})

test('the snippet shows the lines that matched, as they stand in the file', async () => {
  const [hit] = await project.search('drop the cookie of the expired session')
  expect(hit?.path).toBe('src/session/expiry.ts')
  expect(hit?.snippet.split('\n').length).toBeLessThanOrEqual(12)
  expect(hit?.snippet).toContain('  dropCookie(session.cookie)')
  const first = hit?.snippet.split('\n')[0] ?? ''
  const file = await Bun.file(`${project.root}/src/session/expiry.ts`).text()
  expect(file.split('\n')[(hit?.snippetLine ?? 0) - 1]).toBe(first)
})

test('one file gives at most three places', async () => {
  const hits = await project.search('expire session part')
  const many = hits.filter((hit) => hit.path === 'src/session/many.ts')
  expect(many).toHaveLength(3)
})

test('tests come last unless they are asked for', async () => {
  const plain = (await project.search('expire session')).map((hit) => hit.path)
  expect(plain.indexOf('test/session.test.ts')).toBeGreaterThan(
    plain.indexOf('src/session/expiry.ts'),
  )
  const [asked] = await project.search('test that a session expires')
  expect(asked?.path).toBe('test/session.test.ts')
})

describe('filters', () => {
  test('a directory, a file, a language', async () => {
    const paths = async (more: { path?: string; language?: string }) => [
      ...new Set((await project.search('expire session', more)).map((hit) => hit.path)),
    ]
    expect(await paths({ path: 'lib' })).toEqual(['lib/session.py'])
    expect(await paths({ path: './src/session/expiry.ts' })).toEqual(['src/session/expiry.ts'])
    expect(await paths({ language: 'python' })).toEqual(['lib/session.py'])
    expect(await paths({ language: 'py' })).toEqual(['lib/session.py'])
    expect(await paths({ language: 'PY' })).toEqual(['lib/session.py'])
    expect(await paths({ language: 'rust' })).toEqual([])
    expect(await paths({ path: 'nowhere' })).toEqual([])
  })

  test('a language that nobody knows is refused with those that the index has', async () => {
    for (const [language, said] of [
      ['cobol', 'There is no language "cobol"; the index has'],
      ['pyton', 'There is no language "pyton" (did you mean python?); the index has'],
    ] as const)
      await expect(project.search('expire session', { language })).rejects.toMatchObject({
        kind: 'invalid',
        message: `${said} python, text, typescript`,
      })
  })

  test('do not starve: a place is found behind any number of better ones', async () => {
    const better = (file: number, which: number) =>
      `export function renewLease${file}_${which}() {\n  return 'renew the lease'\n}\n`
    const crowded = makeSearchable({
      ...Object.fromEntries(
        Array.from({ length: 80 }, (_, at) => [
          `src/part${at}.ts`,
          Array.from({ length: 6 }, (_, which) => better(at, which)).join('\n'),
        ]),
      ),
      'tools/other.py': 'def unrelated(lease):\n    """Nothing much."""\n    return lease\n',
    })
    await crowded.update()
    for (const filter of [{ path: 'tools' }, { language: 'python' }])
      expect((await crowded.search('renew the lease', filter)).map((hit) => hit.path)).toEqual([
        'tools/other.py',
      ])
  })
})

test('lines with words of the question are told', async () => {
  const [hit] = await project.search('drop the cookie of the expired session')
  const lines = (await Bun.file(`${project.root}/src/session/expiry.ts`).text()).split('\n')
  expect(hit?.matchedLines.length).toBeGreaterThan(0)
  for (const line of hit?.matchedLines ?? [])
    expect(lines[line - 1]).toMatch(/drop|cookie|expire|session/i)
})

test('documents are found by section, data by its words, comments without a symbol too', async () => {
  const [token] = await project.search('renewed bearer token')
  expect(token).toMatchObject({ path: 'docs/guide.md', line: 9, kind: 'text', symbol: '' })
  const [limit] = await project.search('upload megabytes')
  expect(limit?.path).toBe('config/limits.yaml')
  const [comment] = await project.search('scrollback ring buffer')
  expect(comment?.path).toBe('src/window.ts')
})

test('words of another form, spelling and case meet', async () => {
  const first = async (text: string) => (await project.search(text))[0]?.path
  expect(await first('sessions expiring')).toBeOneOf(['lib/session.py', 'src/session/expiry.ts'])
  expect(await first('EXPIRE_SESSION')).toBeOneOf(['lib/session.py', 'src/session/expiry.ts'])
  expect((await project.search('expiresesion')).map((hit) => hit.path)).toContain(
    'src/session/expiry.ts',
  )
})

test('words of scripts without spaces are found inside longer runs', async () => {
  const other = makeSearchable({
    'src/a.ts':
      '// 用户登录会话的过期时间\nexport function qa(value: number) {\n  return value\n}\n',
    'src/b.ts':
      '// 設定ファイルを読み込む\nexport function qb(value: number) {\n  return value\n}\n',
  })
  await other.update()
  expect((await other.search('会话过期'))[0]?.symbol).toBe('qa')
  expect((await other.search('設定の読み込み'))[0]?.symbol).toBe('qb')
})

test('a question that says nothing finds nothing, and none breaks the query language', async () => {
  expect(await project.search('')).toEqual([])
  expect(await project.search('   ')).toEqual([])
  expect(await project.search('session', { limit: 0 })).toEqual([])
  for (const text of [
    '"',
    'a OR',
    'NEAR(session)',
    'name:',
    '* AND (',
    '日本語',
    'x'.repeat(50_000),
  ])
    expect(await project.search(text)).toBeArray()
})

test('a deadline already over still answers the best of what was found', async () => {
  const hits = await project.search('expire session', { deadlineMs: 0, limit: 2 })
  expect(hits).toHaveLength(2)
})

test('a file deleted since is left out', async () => {
  project.write('src/gone.ts', 'export function vanishingPoint() {}\n')
  await project.update()
  expect((await project.search('vanishing point'))[0]?.path).toBe('src/gone.ts')
  project.remove('src/gone.ts')
  expect((await project.search('vanishing point')).map((hit) => hit.path)).not.toContain(
    'src/gone.ts',
  )
})
