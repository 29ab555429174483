/** From the process to a command and back: arguments, signals, errors as one line, and the exit status. */
import packageJson from '../package.json' with { type: 'json' }
import { exitCodeOf, exitCodes } from './app/exit-code.ts'
import { errorMessage, toCodiError } from './base/errors.ts'
import { neutralize } from './base/text.ts'
import type { ColorMode } from './terminal/color-level.ts'
import { openInterrupts } from './terminal/interrupts.ts'
import { type Output, openOutput } from './terminal/output.ts'

/** Most runs have begun by then; what goes on for longer is worth compiling. */
const startMs = 100

async function main(): Promise<number> {
  const { argv, env } = process
  if (argv[2] === '--version' && argv.length === 3) {
    openWatched(env).out(`codi ${packageJson.version}\n`)
    return exitCodes.done
  }
  // The executable is built to begin in the interpreter (.ci/build/bundle.ts).
  if (Bun.isStandaloneExecutable) setTimeout(() => Bun.unsafe.setJITPolicy(1), startMs).unref()
  if (argv[2] === '--self-test')
    return (await import('./app/self-test.ts')).selfTest(openOutput({ env }))
  const controller = new AbortController()
  let output: Output | undefined
  const stopListening = watchProcess(controller)
  const { runCli } = await import('./cli/cli.ts')
  try {
    return await runCli({
      argv: argv.slice(2),
      env,
      version: packageJson.version,
      signal: controller.signal,
      releaseSignals: stopListening,
      openOutput(colorMode) {
        output ??= openWatched(env, colorMode)
        return output
      },
      async runRepl(app, options) {
        stopListening()
        const { startRepl } = await import('./repl/start.ts')
        return startRepl(app, { ...options, env })
      },
    })
  } catch (thrown) {
    return await fail(thrown, output ?? openOutput({ env }), controller.signal)
  } finally {
    await output?.flush()
  }
}

function openWatched(env: typeof process.env, colorMode: ColorMode = 'auto'): Output {
  const output = openOutput({ env, colorMode })
  output.onClosed((error) => {
    if (error) output.err(`codi: ${error.message}\n`)
    // `| head` has seen enough: that is an end, not a failure.
    process.exit(error ? exitCodes.failed : exitCodes.done)
  })
  return output
}

async function fail(thrown: unknown, output: Output, signal: AbortSignal): Promise<number> {
  const error = toCodiError(thrown)
  if (signal.aborted || error.kind === 'cancelled') return exitCodes.interrupted
  const printable = await forTerminal()
  output.err(`codi: ${printable(error.message)}\n`)
  if (error.kind === 'internal' && process.env.CODI_DEBUG)
    output.err(`${printable(error.stack ?? '')}\n`)
  return exitCodeOf('error', error.kind)
}

/** The first signal stops the work, a second one soon after ends the process; the REPL has its own ways. */
function watchProcess(controller: AbortController): () => void {
  const interrupts = openInterrupts()
  const onSignal = () => {
    if (interrupts.again()) process.exit(exitCodes.interrupted)
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  const crashes = ['uncaughtException', 'unhandledRejection'] as const
  for (const crash of crashes) process.on(crash, onCrash)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
    for (const crash of crashes) process.off(crash, onCrash)
  }
}

/** An error that nothing caught: one line and an end, never a process that lingers. */
async function onCrash(thrown: unknown): Promise<void> {
  const printable = await forTerminal()
  openOutput({ env: process.env }).err(`codi: ${printable(errorMessage(thrown))}\n`)
  process.exit(exitCodes.failed)
}

/** An error may quote what a host answered or a file held: no secret and no escape sequence of it is printed. */
async function forTerminal(): Promise<(text: string) => string> {
  try {
    const { openMasker } = await import('./base/mask/masker.ts')
    const { mask } = openMasker({ env: process.env })
    return (text) => neutralize(mask(text))
  } catch {
    // Out of memory, or of files: the error itself must still be told.
    return neutralize
  }
}

process.exit(await main())
