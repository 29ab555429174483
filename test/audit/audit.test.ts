import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainLine, readChainLine, sha256 } from '../../src/audit/chain.ts'
import { openAuditLog } from '../../src/audit/log.ts'
import { missingLogs } from '../../src/audit/places.ts'
import { verifyLog } from '../../src/audit/verify.ts'

let dataDirectory = ''
const file = () => join(dataDirectory, 'audit/s1.jsonl')

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'codi-audit-'))
})

afterEach(() => {
  rmSync(dataDirectory, { recursive: true, force: true })
})

async function write(count: number): Promise<void> {
  const log = await openAuditLog({ dataDirectory, name: 's1' })
  for (let number = 1; number <= count; number++)
    log.append({ type: 'notice', text: `number ${number}` })
  await log.close()
}

const lines = () => readFileSync(file(), 'utf8').trimEnd().split('\n')
const put = (all: readonly string[]) => writeFileSync(file(), `${all.join('\n')}\n`)

describe('An audit log', () => {
  test('is intact as it was written, and for the person alone', async () => {
    await write(5)
    expect(verifyLog(file())).toMatchObject({
      intact: true,
      lines: 5,
      head: 'agrees',
      problems: [],
    })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  test('goes on with its chain when a session is resumed', async () => {
    await write(2)
    await write(3)
    expect(verifyLog(file())).toMatchObject({ intact: true, lines: 5 })
    expect(lines().map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4, 5])
  })

  const tampering: Record<string, [(all: string[]) => string[], RegExp]> = {
    'an edited line': [
      (all) =>
        all.map((line, index) => (index === 2 ? line.replace('number 3', 'number 9') : line)),
      /^3: it was edited/,
    ],
    'added white space': [
      (all) => all.map((line, index) => (index === 2 ? line.replace('{', '{ ') : line)),
      /^3: it was edited/,
    ],
    'a removed line': [
      (all) => all.filter((_, index) => index !== 2),
      /^3: 1 line before it \(3\) is missing/,
    ],
    'two removed lines': [
      (all) => all.filter((_, index) => index !== 1 && index !== 2),
      /^2: 2 lines before it \(2 to 3\) are missing/,
    ],
    'lines in another order': [
      (all) => [...all.slice(0, 1), ...all.slice(2, 3), ...all.slice(1, 2), ...all.slice(3)],
      /^2: 1 line before it/,
    ],
    'a line written twice': [
      (all) => [...all.slice(0, 3), ...all.slice(2)],
      /^4: it is out of order, or was inserted/,
    ],
    'a foreign line': [
      (all) => [...all.slice(0, 2), '{"seq":3,"type":"notice"}', ...all.slice(2)],
      /^3: it is no line of an audit log/,
    ],
    'an edited line with its hash made anew': [
      (all) =>
        all.map((line, index) => {
          if (index !== 2) return line
          const body = line.replace('number 3', 'number 9').replace(/,"hash":"\w+"\}$/, '}')
          return `${body.slice(0, -1)},"hash":"${sha256(body)}"}`
        }),
      /^4: it does not follow from the line before it/,
    ],
    'a removed first line': [(all) => all.slice(1), /^1: 1 line before it/],
    'a removed last line': [(all) => all.slice(0, -1), /^4: 1 line missing at the end/],
    'nothing left': [() => [], /missing at the end|no line of/],
  }
  for (const [what, [change, problem]] of Object.entries(tampering)) {
    test(`shows ${what}`, async () => {
      await write(5)
      put(change(lines()))
      const result = verifyLog(file())
      expect(result.intact).toBe(false)
      const [first] = result.problems
      expect(`${first?.line}: ${first?.what}`).toMatch(problem)
    })
  }

  test('shows every bit that is another, every byte that is missing or too many', async () => {
    await write(1)
    const log = await openAuditLog({ dataDirectory, name: 's1' })
    log.append({ type: 'notice', text: 'é \ufffd 漢' })
    await log.close()
    const whole = readFileSync(file())
    const seen = (bytes: Buffer) => {
      writeFileSync(file(), bytes)
      const { intact, notes } = verifyLog(file())
      return !intact || notes.length > 0
    }
    expect(seen(whole)).toBe(false)
    const missed: string[] = []
    for (let at = 0; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(whole)
        flipped[at] = (whole[at] ?? 0) ^ (1 << bit)
        if (!seen(flipped)) missed.push(`bit ${at}.${bit}`)
      }
      const [before, after] = [whole.subarray(0, at), whole.subarray(at)]
      // Without its last end of line a log is as whole as with it.
      if (at < whole.length - 1 && !seen(Buffer.concat([before, after.subarray(1)])))
        missed.push(`removed ${at}`)
      for (const added of ['x', ' ', '\n', '\r', '\0', '\ufeff'])
        if (!seen(Buffer.concat([before, Buffer.from(added), after])))
          missed.push(`added ${JSON.stringify(added)} ${at}`)
    }
    expect(missed).toEqual([])
  })

  test('shows that its last line was replaced and one more written', async () => {
    await write(3)
    const kept = lines().slice(0, 2)
    const { hash } = readChainLine(kept[1] ?? '') ?? { hash: '' }
    const third = chainLine({ type: 'forged' }, { seq: 3, prev: hash })
    const fourth = chainLine({ type: 'forged' }, { seq: 4, prev: third.hash })
    put([...kept, third.line])
    expect(verifyLog(file()).intact).toBe(false)
    put([...kept, third.line, fourth.line])
    expect(verifyLog(file()).problems).toEqual([
      { line: 4, what: 'line 3 is another than the one in the head record, and one was added' },
    ])
  })

  test('shows what was missing at its end also when a process has gone on with it', async () => {
    await write(5)
    put(lines().slice(0, 3))
    await write(2)
    expect(verifyLog(file()).problems).toMatchObject([
      { line: 4, what: expect.stringContaining('3 lines stood before it') },
    ])
    rmSync(file())
    expect(missingLogs(dataDirectory)).toEqual([file()])
    expect(verifyLog(file()).problems).toMatchObject([
      { what: expect.stringContaining('missing at the end') },
    ])
    await write(1)
    expect(missingLogs(dataDirectory)).toEqual([])
    expect(verifyLog(file()).intact).toBe(false)
  })

  test('shows that lines were added behind its end', async () => {
    await write(3)
    const head = readFileSync(join(dataDirectory, 'audit-heads/s1.json'))
    await write(3)
    writeFileSync(join(dataDirectory, 'audit-heads/s1.json'), head)
    expect(verifyLog(file())).toMatchObject({ intact: false, head: 'differs' })
  })

  test('shows that its head record is gone; a copy elsewhere says what it cannot prove', async () => {
    await write(3)
    const copy = join(dataDirectory, 'copy.jsonl')
    copyFileSync(file(), copy)
    rmSync(join(dataDirectory, 'audit-heads'), { recursive: true })
    expect(verifyLog(file()).intact).toBe(false)
    const copied = verifyLog(copy)
    expect(copied).toMatchObject({ intact: true, head: 'none' })
    expect(copied.notes[0]).toContain('would not be seen')
  })

  test('a line cut by a crash is told as that, before and after the next writer', async () => {
    await write(3)
    appendFileSync(file(), '{"seq":4,"at":"2026-0')
    const cut = verifyLog(file())
    expect(cut).toMatchObject({ intact: true, lines: 3 })
    expect(cut.notes).toEqual(['the last line is cut: the process was ended while it wrote'])
    await write(2)
    const after = verifyLog(file())
    expect(after).toMatchObject({ intact: true, lines: 6 })
    expect(after.notes[0]).toContain('line 4 is cut')
  })

  test('a last line that only lost its end of line is whole', async () => {
    await write(3)
    truncateSync(file(), statSync(file()).size - 1)
    expect(verifyLog(file())).toMatchObject({ intact: true, lines: 3, notes: [] })
    await write(1)
    expect(verifyLog(file())).toMatchObject({ intact: true, lines: 4 })
  })

  test('a process that is killed in the middle of writing leaves an intact log', async () => {
    const script = join(dataDirectory, 'writer.ts')
    writeFileSync(
      script,
      `import { openAuditLog } from ${JSON.stringify(join(import.meta.dir, '../../src/audit/log.ts'))}
       const log = await openAuditLog({ dataDirectory: process.argv[2], name: 's1' })
       for (let number = 1; ; number++) {
         log.append({ type: 'notice', text: 'x'.repeat(500) })
         if (number === 200) process.stdout.write('begun')
       }`,
    )
    const child = Bun.spawn([process.execPath, script, dataDirectory], { stdout: 'pipe' })
    await child.stdout.getReader().read()
    child.kill('SIGKILL')
    await child.exited
    const result = verifyLog(file())
    expect(result.intact).toBe(true)
    expect(result.lines).toBeGreaterThanOrEqual(200)
    await write(1)
    expect(verifyLog(file()).intact).toBe(true)
  })

  test('two writers of one session have a file each', async () => {
    const first = await openAuditLog({ dataDirectory, name: 's1' })
    const second = await openAuditLog({ dataDirectory, name: 's1' })
    first.append({ type: 'notice', text: 'a' })
    second.append({ type: 'notice', text: 'b' })
    await first.close()
    await second.close()
    const files = readdirSync(join(dataDirectory, 'audit')).sort()
    expect(files).toEqual(['s1-2.jsonl', 's1.jsonl'])
    for (const name of files)
      expect(verifyLog(join(dataDirectory, 'audit', name))).toMatchObject({
        intact: true,
        lines: 1,
      })
  })

  test.skipIf(process.platform !== 'linux')(
    'on a full disk is an error, not half a line',
    async () => {
      const log = await openAuditLog({ dataDirectory, name: 's1' })
      log.append({ type: 'notice', text: 'a' })
      await log.close()
      // A limit on the size of files is what a full disk is for one process, and nobody else is harmed.
      const script = join(dataDirectory, 'writer.ts')
      writeFileSync(
        script,
        `import { openAuditLog } from ${JSON.stringify(join(import.meta.dir, '../../src/audit/log.ts'))}
       process.on('SIGXFSZ', () => {})
       const log = await openAuditLog({ dataDirectory: process.argv[2], name: 's1' })
       try { for (;;) log.append({ type: 'notice', text: 'x'.repeat(3000) }) }
       catch (error) { process.stdout.write(error.message) }`,
      )
      const command = `ulimit -f 16; exec '${process.execPath}' '${script}' '${dataDirectory}'`
      const child = Bun.spawn(['bash', '-c', command], { stdout: 'pipe', stderr: 'pipe' })
      expect(await new Response(child.stdout).text()).toContain('Cannot write the audit log')
      expect(verifyLog(file()).intact).toBe(true)
    },
  )
})
