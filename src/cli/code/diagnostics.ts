/** codi diagnostics: what the language servers say of files. */
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import type { FileDiagnostics } from '../../contract/lsp-service.ts'
import { diagnosticsData, diagnosticsHead } from '../../tools/diagnostics.ts'
import { has, numberOf, usage } from '../args.ts'
import { type CodeCommand, printJson, relativePath } from './command.ts'

const defaultDiagnosticsSeconds = 60

export async function diagnostics(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  if (args.words.length === 0) throw usage('codi diagnostics wants files')
  const paths = await Promise.all(args.words.map((path) => relativePath(app, path)))
  const waitMs = (numberOf(args, 'wait', 0.1) ?? defaultDiagnosticsSeconds) * 1000
  const files = await app.services.lsp.diagnostics({ paths, waitMs }, signal)
  if (has(args, 'json')) printJson(output, files.map(diagnosticsData))
  else output.out(files.map((file) => neutralize(diagnosticsText(file))).join(''))
  if (files.some((file) => file.items.some((item) => item.severity === 'error')))
    return exitCodes.failed
  return files.every((file) => file.state === 'fresh') ? exitCodes.done : exitCodes.failed
}

function diagnosticsText(file: FileDiagnostics): string {
  const head = `${diagnosticsHead(file)}\n`
  if (file.items.length === 0) return head
  const late = file.state === 'fresh' ? '' : head
  const lines = file.items
    .map(
      (item) =>
        `${file.path}:${item.line}:${item.column}: ${item.severity}: ${item.message}${item.code === undefined ? '' : ` [${item.code}]`}\n`,
    )
    .join('')
  return `${late}${lines}`
}
