/** `codi export`: a session as Markdown, HTML or JSON, into a file or to stdout. */
import { exitCodes } from '../../app/exit-code.ts'
import { exportPath, formatFor, gathered, writeExport } from '../../app/export-file.ts'
import { formatBytes, neutralize } from '../../base/text.ts'
import type { AppCommand } from '../app-command.ts'
import { flagValue, has } from '../args.ts'
import { printJson } from '../code/command.ts'

export async function exportSession(command: AppCommand): Promise<number> {
  const { app, args, output, cwd, signal } = command
  const row = app.sessions.find(args.words[0] ?? 'last')
  const file = flagValue(args, 'output')
  // One JSON value on stdout is the session itself, where no file is asked for.
  const wanted =
    flagValue(args, 'output-format') ??
    (has(args, 'json') && file === undefined ? 'json' : undefined)
  const format = formatFor(wanted, file === '-' ? undefined : file)
  const pieces = app.sessions.export(row.id, format)
  // A page of HTML or JSON is not read on a terminal.
  const isLong = format !== 'md' && !has(args, 'json')
  const toFile = file === undefined ? output.stdoutIsTerminal && isLong : file !== '-'
  if (!toFile) {
    for await (const piece of gathered(pieces)) {
      signal.throwIfAborted()
      output.out(piece)
    }
    return exitCodes.done
  }
  const path = await exportPath(file, { cwd, row, format })
  const bytes = await writeExport(path, pieces, signal)
  if (has(args, 'json')) printJson(output, { session: row.id, format, file: path, bytes })
  else if (!has(args, 'quiet'))
    output.err(`codi: wrote ${neutralize(path)} (${formatBytes(bytes)})\n`)
  return exitCodes.done
}
