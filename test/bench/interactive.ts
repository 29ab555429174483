/** The figures of the REPL in a pseudo-terminal: how soon it answers a key, what it costs to let it wait, a stream. */
import type { Bench } from './context.ts'
import { median } from './measure.ts'
import { endMark } from './server.ts'
import type { Figure } from './table.ts'
import { startInTerminal, type TerminalProgram } from './terminal.ts'

const settleMs = 3000
const watchMs = 3000
/** Of CPU time while `watchMs` pass. */
const quietMs = 50
const keysWhileIndexing = 40
const betweenKeysMs = 50
/** Ctrl+U. */
const eraseLine = '\x15'
/** A word that nothing but the typed line can show. */
const typed = 'qzxjw'

export async function interactiveFigures(bench: Bench): Promise<Figure[]> {
  const count = Math.min(bench.runs, 5)
  const drawn: number[] = []
  const echoed: number[] = []
  for (let run = 0; run < count; run++) {
    const program = open(bench)
    drawn.push((await program.seen(promptLine)) - program.startedAt)
    program.type(typed)
    echoed.push((await program.seen(new RegExp(typed))) - program.startedAt)
    await program.close()
  }
  return [
    { name: 'REPL, prompt drawn', value: median(drawn), unit: 'ms', target: 45 },
    { name: 'REPL, typed text echoed', value: median(echoed), unit: 'ms', target: 50 },
    ...(await waitingFigures(bench)),
  ]
}

/** In a repository that has no index yet: keys typed while it is made, and the memory once all is quiet again. */
export async function indexingFigures(bench: Bench): Promise<Figure[]> {
  const program = open(bench)
  await program.seen(promptLine)
  const keys: number[] = []
  for (let key = 0; key < keysWhileIndexing; key++) {
    await Bun.sleep(betweenKeysMs)
    const word = `q${key}x`
    const typedAt = performance.now()
    program.type(word)
    keys.push((await program.seen(new RegExp(word))) - typedAt)
    program.type(eraseLine)
  }
  await quiet(program)
  const memory = program.memory()
  await program.close()
  return [
    { name: 'REPL, a key while it indexes', value: median(keys), unit: 'ms' },
    { name: 'REPL idle, indexed, RSS', value: memory / 1e6, unit: 'MB', target: 80 },
  ]
}

/** Resolves when nothing has worked for some seconds: what a thread leaves goes back to the system a while later. */
async function quiet(program: TerminalProgram): Promise<void> {
  for (let before = -1, now = program.cpuMs(); now - before > quietMs; now = program.cpuMs()) {
    before = now
    await Bun.sleep(watchMs)
  }
  await Bun.sleep(settleMs)
}

/** The mark of a prompt that waits for a line. */
const promptLine = /◆/

async function waitingFigures(bench: Bench): Promise<Figure[]> {
  const idle: number[] = []
  const busy: number[] = []
  const walls: number[] = []
  const cpus: number[] = []
  const after: number[] = []
  for (let run = 0; run < Math.min(bench.runs, 3); run++) {
    const program = open(bench)
    await program.seen(promptLine)
    await Bun.sleep(settleMs)
    idle.push(program.memory())
    const before = program.cpuMs()
    await Bun.sleep(watchMs)
    busy.push(((program.cpuMs() - before) / watchMs) * 100)
    const cpuBefore = program.cpuMs()
    const started = performance.now()
    program.type('stream\r')
    walls.push((await program.seen(new RegExp(endMark))) - started)
    cpus.push(program.cpuMs() - cpuBefore)
    after.push(program.memory())
    await program.close()
  }
  return [
    { name: 'REPL idle, RSS after 3 s', value: median(idle) / 1e6, unit: 'MB', target: 80 },
    { name: 'REPL idle, CPU', value: median(busy), unit: '%', target: 0 },
    { name: '200 KB in the REPL, wall', value: median(walls), unit: 'ms', target: 800 },
    { name: '200 KB in the REPL, CPU', value: median(cpus), unit: 'ms', target: 800 },
    { name: '200 KB in the REPL, RSS after', value: median(after) / 1e6, unit: 'MB', target: 110 },
  ]
}

function open(bench: Bench) {
  return startInTerminal([bench.codi, ...bench.model], bench.options)
}
