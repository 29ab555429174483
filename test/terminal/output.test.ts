import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type ColorLevel, colorLevel, isUnicode } from '../../src/terminal/color-level.ts'

const module = join(import.meta.dir, '../../src/terminal/output.ts')

/** A process whose only work is the script, in `sh`, with `$CODI` standing for it. */
async function shell(script: string, pipeline: string) {
  const child = Bun.spawn(['bash', '-c', pipeline], {
    env: {
      PATH: process.env.PATH,
      BUN: process.execPath,
      SCRIPT: `import { openOutput } from '${module}'\nconst output = openOutput({ env: {} })\n${script}`,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { stdout, stderr, exitCode }
}

describe('output', () => {
  test('a slow reader gets every byte in order', async () => {
    const script = `
      for (let line = 0; line < 40000; line++) output.out(\`line \${line} \${'x'.repeat(80)}\\n\`)
      await output.flush()`
    const { stdout } = await shell(
      script,
      '"$BUN" -e "$SCRIPT" | (read -r first; sleep 0.3; echo "$first"; cat)',
    )
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(40000)
    expect(lines.every((line, index) => line.startsWith(`line ${index} x`))).toBe(true)
  })

  test('a reader that goes away is told quietly, and writing goes on without harm', async () => {
    const script = `
      output.onClosed((error) => output.err(\`closed \${error === undefined}\`))
      for (let line = 0; line < 20000; line++) output.out('x'.repeat(100) + '\\n')
      await output.flush()
      output.out('more')`
    const { stdout, stderr } = await shell(script, '"$BUN" -e "$SCRIPT" | head -n 1')
    expect(stdout).toBe(`${'x'.repeat(100)}\n`)
    expect(stderr).toBe('closed true')
  })

  test('a full disk is an error that says so', async () => {
    const script = `
      output.onClosed((error) => output.err(error?.message ?? 'quiet'))
      output.out('x')
      await output.flush()`
    const { stderr } = await shell(script, '"$BUN" -e "$SCRIPT" > /dev/full')
    expect(stderr).toContain('The disk is full')
  })

  test('a character that comes in two halves is written whole', async () => {
    const script = `output.out('a\\ud83d'); output.out('\\udc4db')`
    expect((await shell(script, '"$BUN" -e "$SCRIPT" | cat')).stdout).toBe('a👍b')
  })

  test('closed descriptors do no harm', async () => {
    const { exitCode } = await shell(
      `output.out('x'); output.err('y')`,
      '"$BUN" -e "$SCRIPT" >&- 2>&-',
    )
    expect(exitCode).toBe(0)
  })
})

describe('colour and glyphs', () => {
  const rows: [string, Record<string, string>, 'auto' | 'always' | 'never', boolean, ColorLevel][] =
    [
      ['a terminal', { TERM: 'xterm' }, 'auto', true, 1],
      ['a terminal of 256 colours', { TERM: 'xterm-256color' }, 'auto', true, 2],
      ['true colour', { TERM: 'xterm', COLORTERM: 'truecolor' }, 'auto', true, 3],
      ['a pipe', { TERM: 'xterm-256color' }, 'auto', false, 0],
      ['NO_COLOR', { TERM: 'xterm', NO_COLOR: '1' }, 'auto', true, 0],
      ['an empty NO_COLOR', { TERM: 'xterm', NO_COLOR: '' }, 'auto', true, 1],
      ['FORCE_COLOR into a pipe', { FORCE_COLOR: '1' }, 'auto', false, 1],
      ['FORCE_COLOR=0', { TERM: 'xterm', FORCE_COLOR: '0' }, 'auto', true, 0],
      ['TERM=dumb', { TERM: 'dumb' }, 'auto', true, 0],
      ['CLICOLOR=0', { TERM: 'xterm', CLICOLOR: '0' }, 'auto', true, 0],
      ['--color never', { TERM: 'xterm', FORCE_COLOR: '3' }, 'never', true, 0],
      ['--color always', { NO_COLOR: '1' }, 'always', false, 1],
    ]
  for (const [name, env, mode, isTerminal, level] of rows) {
    test(`${name}: level ${level}`, () => {
      expect(colorLevel({ env, mode, isTerminal })).toBe(level)
    })
  }

  test('only a locale that is named and not UTF-8 means ASCII', () => {
    expect(isUnicode({ LANG: 'de_DE.UTF-8' })).toBe(true)
    expect(isUnicode({})).toBe(true)
    expect(isUnicode({ LANG: 'C.UTF-8', LC_ALL: 'C' })).toBe(false)
    expect(isUnicode({ LANG: 'de_DE.ISO-8859-1' })).toBe(false)
  })
})
