/** `codi audit`: which audit logs there are, and whether one is as it was written. Opens nothing else. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { logDirectory, missingLogs } from '../audit/places.ts'
import { type Verification, verifyLog } from '../audit/verify.ts'
import { CodiError } from '../base/errors.ts'
import { formatBytes, formatMinute, neutralize, plural } from '../base/text.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { Output } from '../terminal/output.ts'
import { type Arguments, has, usage } from './args.ts'
import { printJson } from './code/command.ts'

export interface AuditCommand {
  args: Arguments
  output: Output
  paths: CodiPaths
  cwd: string
}

export function audit(command: AuditCommand): number {
  const [action = 'list', what] = command.args.words
  if (action === 'list') return list(command)
  if (action === 'verify') return verify(command, what)
  throw usage(`codi audit knows list and verify, not "${action}"`)
}

interface LogRow {
  name: string
  file: string
  bytes: number
  updatedAt: number
}

/** Newest first. */
function logsOf(paths: CodiPaths): LogRow[] {
  const directory = logDirectory(paths.data)
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((name) => {
      const file = join(directory, name)
      const stats = statSync(file, { throwIfNoEntry: false })
      if (!stats) return []
      return [
        {
          name: name.slice(0, -'.jsonl'.length),
          file,
          bytes: stats.size,
          updatedAt: Math.round(stats.mtimeMs),
        },
      ]
    })
    .sort((a, b) => b.updatedAt - a.updatedAt)
}

function list({ args, output, paths }: AuditCommand): number {
  const rows = logsOf(paths)
  if (has(args, 'json')) printJson(output, rows)
  else if (rows.length === 0) output.err('codi: no audit logs; --audit writes one\n')
  else
    output.out(
      rows
        .map(
          (row) =>
            `${formatMinute(row.updatedAt)}  ${formatBytes(row.bytes).padStart(8)}  ${neutralize(row.name)}\n`,
        )
        .join(''),
    )
  return exitCodes.done
}

/** A file, a session or the start of one; without it every log there is. */
function verify(command: AuditCommand, what: string | undefined): number {
  const { args, output } = command
  const results = filesOf(command, what).map(verifyLog)
  if (has(args, 'json')) printJson(output, what === undefined ? results : results[0])
  else for (const result of results) output.out(`${neutralize(words(result))}\n`)
  if (results.length === 0 && !has(args, 'json'))
    output.err('codi: no audit logs; --audit writes one\n')
  return results.every(({ intact }) => intact) ? exitCodes.done : exitCodes.failed
}

function filesOf({ paths, cwd }: AuditCommand, what: string | undefined): string[] {
  const logs = logsOf(paths)
  if (what === undefined) return [...logs.map(({ file }) => file), ...missingLogs(paths.data)]
  const file = resolve(cwd, what)
  if (existsSync(file) && statSync(file).isFile()) return [file]
  const exact = logs.filter(({ name }) => name === what)
  const found =
    exact.length > 0 ? exact : logs.filter(({ name }) => what !== '' && name.startsWith(what))
  if (found.length === 1) return found.map((row) => row.file)
  if (found.length === 0)
    throw new CodiError('not_found', `There is no audit log "${what}"; codi audit list shows them`)
  const names = found.slice(0, 5).map(({ name }) => name)
  throw new CodiError(
    'ambiguous',
    `"${what}" fits several audit logs (${names.join(', ')} …); give more of the name`,
  )
}

function words(result: Verification): string {
  const head = { agrees: ', and so is its end', none: '', differs: '' }[result.head]
  const first = result.intact
    ? `${result.file}: intact, ${plural(result.lines, 'line')}${head}`
    : `${result.file}: tampered`
  const problems = result.problems.map(({ line, what }) => `  line ${line}: ${what}`)
  return [first, ...problems, ...result.notes.map((note) => `  ${note}`)].join('\n')
}
