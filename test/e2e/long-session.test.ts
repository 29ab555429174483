/**
 * A long session as a model meets it, in the built executable: what is free, asked for, refused and never done; modes
 * that change, shells that end, a conversation taken up again. What was sent once is sent the same way ever after.
 */
import { expect, test } from 'bun:test'
import type { JsonObject, JsonValue } from '../../src/base/json.ts'
import { openBench } from '../support/codi.ts'
import { type RecordedRequest, type Step, startModelServer } from '../support/model-server.ts'

interface Block {
  type: string
  text?: string
  content?: Block[]
}
interface Sent {
  system: JsonValue
  tools: JsonValue
  messages: { role: string; content: Block[] }[]
}

const calls = (...made: [name: string, input: JsonObject][]): Step => ({
  calls: made.map(([name, input]) => ({ name, input })),
})
const bash = (command: string, more: JsonObject = {}) => calls(['bash', { command, ...more }])

/** The request without the marks of where a host may cache, which move on by design. */
function sent({ body }: RecordedRequest): Sent {
  const text = JSON.stringify(body, (key, value) => (key === 'cache_control' ? undefined : value))
  return JSON.parse(text) as Sent
}

/** What the newest message holds: results of tools, notes of codi, what the person typed. */
function newest({ messages }: Sent): string[] {
  return (messages.at(-1)?.content ?? []).map(
    (block) => block.text ?? (block.content ?? []).map(({ text }) => text).join(''),
  )
}

const steps: Step[] = [
  calls(
    ['read_file', { path: 'src/cart.js' }],
    ['grep', { pattern: 'total' }],
    ['glob', { pattern: '*.md' }],
  ),
  bash('git log --format=%s'),
  calls(['edit_file', { path: 'src/cart.js', old_string: '= 0', new_string: '= 1' }]),
  bash('make all'),
  bash('rm -rf ~'),
  calls(['read_file', { path: '.env' }]),
  bash('true', { escalate: { reason: 'it wants more', path: '/codi-is-not-there/x' } }),
  bash('true', { escalate: { reason: 'it wants more', unsandboxed: true } }),
  { text: 'First.' },
  bash('make all'),
  calls(['write_file', { path: 'plan.md', content: '1\n' }]),
  { text: 'Second.' },
  bash('until [ -e go ]; do sleep 0.1; done; echo over; exit 3', { background: true }),
  calls(
    ['read_file', { path: 'README.md' }],
    ['bash', { command: 'touch go' }],
    ['bash_output', { id: 'sh_1', wait: 60 }],
  ),
  bash('sleep 300', { background: true }),
  calls(['bash_output', { id: 'sh_7' }]),
  calls(['write_file', { path: 'plan.md', content: '1\n' }]),
  { text: 'Third.' },
  { text: 'Fourth.' },
]

/** Prompts and answers, in the order in which they are wanted. */
const typed = [
  'begin',
  'y',
  'n not with make',
  's',
  'n',
  '/mode plan',
  'go on',
  '/mode auto',
  'and on',
]

const probe = openBench()
const explained = await probe.run(['sandbox', 'explain', '--json'])
const { holds } = JSON.parse(explained.stdout) as { holds: string }
await probe[Symbol.asyncDispose]()

// Where nothing confines a command, every one asks, in mode auto too.
test.skipIf(holds === 'nothing')(
  'every answer tells how to go on, and nothing that was sent changes afterwards',
  async () => {
    const server = startModelServer()
    await using bench = openBench({
      'src/cart.js': 'export function total() {\n  return 1 + 1\n}\nlet sum = 0\n',
      'README.md': '# Shop\n',
      '.env': 'GREETING=hello\n',
    })
    bench.git('init', '-q')
    bench.git('add', '.')
    bench.git('commit', '-q', '-m', 'feat: shop')
    server.script(...steps)
    const env = {
      ANTHROPIC_API_KEY: 'key',
      ANTHROPIC_BASE_URL: server.url,
      CODI_MODEL: 'anthropic/claude-test',
    }
    const first = await bench.run(['-i'], { env, stdin: `${typed.join('\n')}\n` })
    expect(first).toMatchObject({ stdout: 'First.\nSecond.\nThird.\n', exitCode: 0 })
    const again = await bench.run(['--continue', '-y', 'and later'], { env })
    expect(again).toMatchObject({ stdout: 'Fourth.\n', exitCode: 0 })
    server.close()

    const requests = server.requests.map(sent)
    expect(requests).toHaveLength(steps.length)
    for (const [index, request] of requests.entries()) {
      const before = requests[index - 1]
      if (before) expect(request.messages.slice(0, before.messages.length)).toEqual(before.messages)
      // Who takes a conversation up again may do so in another mode, on another day.
      if (before && index < requests.length - 1) expect(request.system).toEqual(before.system)
      expect(request.tools).toEqual(requests[0]?.tools as JsonValue)
    }

    const heard = requests.map(newest)
    const plan = (why: string) =>
      `Permission denied: this is plan mode, which only reads${why}. Say in your answer what should be done instead; the user can change the mode (/mode, --mode).`
    expect(heard).toEqual([
      ['begin'],
      [expect.stringContaining('1: export'), expect.stringContaining('src/cart.js'), 'README.md'],
      ['feat: shop'],
      [expect.stringContaining('Edited src/cart.js')],
      [
        'Permission denied: the user refused and said: not with make. Do not try the same in another way.',
      ],
      [
        'Permission denied: this command is never run: it would delete the whole disk or home directory.',
      ],
      ['1: GREETING=hello'],
      [
        'escalate.path is /codi-is-not-there/x, which does not exist and so cannot be made writable; choose another place',
      ],
      ['Permission denied: the user refused. Do not try the same in another way.'],
      ['go on', expect.stringMatching(/^<mode-change>The mode is now plan/)],
      [expect.stringMatching(/^Permission denied: this is plan mode, which only reads \(make /)],
      [plan('')],
      ['and on', expect.stringMatching(/^<mode-change>The mode is now auto/)],
      [
        '[runs in the background as sh_1; bash_output {"id":"sh_1","wait":60} reads on, kill_shell ends it]\n(no output yet)',
      ],
      [
        '1: # Shop',
        '(no output)',
        expect.stringMatching(/^\[sh_1 ended with exit code 3 after [^\n]+\]\nover$/),
      ],
      [expect.stringContaining('runs in the background as sh_2')],
      [
        'There is no background shell sh_7; there are sh_1 (exited: until [ -e go ]; do sleep 0.1; done; ec…), sh_2 (running: sleep 300)',
      ],
      [expect.stringContaining('Created plan.md')],
      [
        'and later',
        '<background-shell>sh_2 ended when codi left this conversation; start again what is still needed</background-shell>',
      ],
    ])
  },
)
