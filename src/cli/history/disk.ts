/** codi du and codi gc: what is kept on disk, and what of it can go. */
import { exitCodes } from '../../app/exit-code.ts'
import { diskLines, gcLines } from '../../terminal/history-text.ts'
import { has, numberOf } from '../args.ts'
import { type CodeCommand, printJson } from '../code/command.ts'

const bytesPerMb = 1024 * 1024

export async function du(command: CodeCommand): Promise<number> {
  const { app, args, output } = command
  const rows = await app.history.disk()
  if (has(args, 'json')) printJson(output, rows)
  else output.out(`${diskLines(rows).join('\n')}\n`)
  return exitCodes.done
}

export async function gc(command: CodeCommand): Promise<number> {
  const { app, args, output } = command
  const olderDays = numberOf(args, 'older', 0)
  const toMb = numberOf(args, 'to', 0)
  const isDryRun = has(args, 'dry-run')
  const rows = await app.history.gc({
    isDryRun,
    ...(olderDays === undefined ? {} : { olderDays }),
    ...(toMb === undefined ? {} : { toBytes: toMb * bytesPerMb }),
  })
  if (has(args, 'json')) printJson(output, { isDryRun, rows })
  else output.out(`${gcLines(rows, { isDryRun }).join('\n')}\n`)
  return exitCodes.done
}
