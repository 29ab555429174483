/** From the process to a command and back: arguments, signals, errors as one line, and the exit status. */
import packageJson from '../package.json' with { type: 'json' }
import { exitCodes } from './app/exit-code.ts'
import { toCodiError } from './base/errors.ts'
import { neutralize } from './base/text.ts'
import { type Output, openOutput } from './terminal/output.ts'

const secondInterruptMs = 2000

async function main(): Promise<number> {
  const { argv, env } = process
  if (argv[2] === '--version' && argv.length === 3) {
    openOutput({ env }).out(`codi ${packageJson.version}\n`)
    return exitCodes.done
  }
  if (argv[2] === '--self-test')
    return (await import('./app/self-test.ts')).selfTest(openOutput({ env }))
  const controller = new AbortController()
  let output: Output | undefined
  const stopListening = onInterrupt(controller)
  const { runCli } = await import('./cli/cli.ts')
  try {
    return await runCli({
      argv: argv.slice(2),
      env,
      version: packageJson.version,
      signal: controller.signal,
      openOutput(colorMode) {
        output ??= openOutput({ env, colorMode })
        output.onClosed((error) => {
          // `| head` has seen enough: that is an end, not a failure.
          process.exit(error ? exitCodes.failed : exitCodes.done)
        })
        return output
      },
      async runRepl(app, options) {
        stopListening()
        const { startRepl } = await import('./repl/start.ts')
        return startRepl(app, { ...options, env })
      },
    })
  } catch (thrown) {
    return fail(thrown, output ?? openOutput({ env }), controller.signal)
  } finally {
    await output?.flush()
  }
}

function fail(thrown: unknown, output: Output, signal: AbortSignal): number {
  const error = toCodiError(thrown)
  if (signal.aborted || error.kind === 'cancelled') return exitCodes.interrupted
  output.err(`codi: ${neutralize(error.message)}\n`)
  if (error.kind === 'internal' && process.env.CODI_DEBUG) output.err(`${error.stack}\n`)
  return exitByKind[error.kind] ?? exitCodes.failed
}

const exitByKind: Record<string, number> = {
  usage: exitCodes.usage,
  credentials: exitCodes.credentials,
  unreachable: exitCodes.unreachable,
  denied: exitCodes.denied,
  limit: exitCodes.limit,
}

/** The first signal stops the work, a second one soon after ends the process. */
function onInterrupt(controller: AbortController): () => void {
  let first = 0
  const onSignal = () => {
    const now = Date.now()
    if (first > 0 && now - first < secondInterruptMs) process.exit(exitCodes.interrupted)
    first = now
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

process.exit(await main())
