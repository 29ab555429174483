/**
 * `bun test/bench/transfer.ts [--turns 2000] [--calls 10]`: a session of another program comes in, goes out in each
 * format and comes in again, by dist/codi: wall time and the peak of memory of each, which must not grow with the length.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { peakMemory } from './measure.ts'

const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '2000' },
    calls: { type: 'string', default: '10' },
  },
})
const codi = resolve(import.meta.dir, '../../dist/codi')
const directory = mkdtempSync(join(tmpdir(), 'codi-bench-transfer-'))
const work = join(directory, 'work')
const env = { HOME: directory, CODI_HOME: directory, PATH: process.env.PATH ?? '' }

try {
  mkdirSync(work)
  await writeSession(join(work, 'talk.jsonl'), Number(values.turns), Number(values.calls))
  const megabytes = (name: string) => `${(statSync(join(work, name)).size / 2 ** 20).toFixed(1)} MB`
  console.log(`${values.turns} turns with ${values.calls} calls: ${megabytes('talk.jsonl')}`)
  await figure('import', ['import', 'talk.jsonl'])
  for (const format of ['md', 'html', 'json'])
    await figure(`export ${format}`, ['export', '-o', `talk.${format}`], `talk.${format}`)
  const own = join(work, 'talk.json')
  writeFileSync(
    own,
    readFileSync(own, 'utf8').replace(/"id":"\d{8}-[^"]*"/, '"id":"20260101-0000-abcdef"'),
  )
  await figure('import of that json', ['import', 'talk.json'])

  async function figure(name: string, argv: string[], file?: string): Promise<void> {
    const begun = performance.now()
    const peak = await peakMemory([codi, ...argv], { cwd: work, env })
    const seconds = ((performance.now() - begun) / 1000).toFixed(2)
    const size = file === undefined ? '' : `, ${megabytes(file)}`
    console.log(`${name.padEnd(20)} ${seconds} s, peak ${Math.round(peak / 2 ** 20)} MB${size}`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** As Claude Code writes it. */
async function writeSession(path: string, turns: number, calls: number): Promise<void> {
  const out = Bun.file(path).writer()
  let count = 0
  let parentUuid: string | null = null
  const line = (message: {
    role: string
    content: unknown
    id?: string
    model?: string
    usage?: unknown
  }) => {
    const uuid = `u${count++}`
    const timestamp = new Date(1_770_000_000_000 + count * 1000).toISOString()
    const about = {
      parentUuid,
      uuid,
      timestamp,
      isSidechain: false,
      cwd: work,
      sessionId: 'c1a0de00',
    }
    out.write(`${JSON.stringify({ ...about, type: message.role, message })}\n`)
    parentUuid = uuid
  }
  const answer = (id: string, ...content: unknown[]) =>
    line({
      role: 'assistant',
      id,
      model: 'claude-sonnet-4-5',
      content,
      usage: { input_tokens: 100, output_tokens: 20 },
    })
  for (let turn = 0; turn < turns; turn++) {
    line({
      role: 'user',
      content: `Prompt ${turn}: change how retries work in module ${turn % 50}`,
    })
    for (let call = 0; call < calls; call++) {
      const id = `t${turn}_${call}`
      answer(
        id,
        { type: 'text', text: `Step ${call}` },
        { type: 'tool_use', id, name: 'Read', input: { file_path: `src/${call}.ts` } },
      )
      line({
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: id,
            content: `const value = ${turn} // a line\n`.repeat(30),
          },
        ],
      })
    }
    answer(`e${turn}`, { type: 'text', text: `Done with **${turn}**.` })
    await out.flush()
  }
  await out.end()
}
