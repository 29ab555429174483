/** codi diagnostics: what the language servers say of files, directories, what changed, or the whole project. */
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize, plural } from '../../base/text.ts'
import type { FileDiagnostics } from '../../contract/lsp-service.ts'
import {
  diagnosticsData,
  diagnosticsHead,
  isClean,
  maxCleanShown,
} from '../../tools/lsp/diagnostics.ts'
import { diagnosticsScope } from '../../tools/lsp/diagnostics-scope.ts'
import { flagValue, has, numberOf } from '../args.ts'
import { type CodeCommand, printJson, relativePath } from './command.ts'

const defaultWaitSeconds = 60
const maxFiles = 500

export async function diagnostics(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  for (const word of args.words) await relativePath(command, word)
  const context = { workspace: app.workspace, services: app.services, signal }
  const scope = await diagnosticsScope(args.words, context, { maxFiles, orAll: true })
  const waitMs = (numberOf(args, 'wait', 0.1) ?? defaultWaitSeconds) * 1000
  const files = await app.services.lsp.diagnostics({ paths: scope.paths, waitMs }, signal)
  if (has(args, 'json')) printJson(output, files.map(diagnosticsData))
  else output.out(neutralize(diagnosticsPage(files)))
  if (scope.note !== '') output.err(`codi: ${neutralize(scope.note)}\n`)
  if (files.length === 0 && scope.unchecked > 0) {
    output.err('codi: nothing was checked\n')
    return exitCodes.failed
  }
  if (files.length === 0) output.err('codi: there is nothing to check\n')
  return exitStatus(files, flagValue(args, 'fail-on'))
}

/** In order; of many clean files only how many they are. */
function diagnosticsPage(files: readonly FileDiagnostics[]): string {
  const clean = files.filter(isClean)
  if (clean.length <= maxCleanShown) return files.map(diagnosticsText).join('')
  const others = files.filter((file) => !isClean(file)).map(diagnosticsText)
  return `${others.join('')}${plural(clean.length, 'file')}: no problems\n`
}

/** 1: errors, or no answer for some file; 7: what `--fail-on` names, or worse. */
function exitStatus(files: readonly FileDiagnostics[], failOn: string | undefined): number {
  const severities = files.flatMap(({ items }) => items.map(({ severity }) => severity))
  if (severities.includes('error')) return exitCodes.failed
  if (!files.every((file) => file.state === 'fresh')) return exitCodes.failed
  const limit = ranks.indexOf(failOn ?? '')
  return severities.some((severity) => ranks.indexOf(severity) <= limit)
    ? exitCodes.findings
    : exitCodes.done
}

const ranks: readonly string[] = ['error', 'warning', 'info', 'hint']

function diagnosticsText(file: FileDiagnostics): string {
  const head = `${diagnosticsHead(file)}\n`
  if (file.items.length === 0) return head
  const late = file.state === 'fresh' ? '' : head
  const lines = file.items
    .toSorted((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity) || a.line - b.line)
    .map(
      (item) =>
        `${file.path}:${item.line}:${item.column}: ${item.severity}: ${item.message}${item.code === undefined ? '' : ` [${item.code}]`}\n`,
    )
    .join('')
  return `${late}${lines}`
}
