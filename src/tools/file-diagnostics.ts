/**
 * What the language servers say of files that were just changed, as a few lines for the model. It never fails an edit
 * and never waits long: a server that is still starting is heard at a later edit.
 */
import { extname } from 'node:path'
import { abortable } from '../base/async.ts'
import { oneLine, plural } from '../base/text.ts'
import type { FileDiagnostics } from '../contract/lsp-service.ts'
import type { ToolContext } from '../contract/tool.ts'

const waitMs = 1500
/** For a service that does not keep to `waitMs`, as while its worker starts. */
const limitMs = 2500
const maxFiles = 10
const maxItems = 10
const maxMessageChars = 300

/** No server has anything to say of these that is worth starting it for. */
const plainText = new Set(['', '.md', '.txt', '.log', '.csv', '.json', '.yaml', '.yml', '.toml'])

/** Empty where there is nothing to say, or nobody to ask. `paths` are absolute. */
export async function errorsAfter(paths: readonly string[], context: ToolContext): Promise<string> {
  // A single command is over before a server has started.
  if (context.ledger.standalone) return ''
  const asked = paths.filter((path) => !plainText.has(extname(path))).slice(0, maxFiles)
  if (asked.length === 0) return ''
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), limitMs)
  const signal = AbortSignal.any([context.signal, limit.signal])
  try {
    const names = asked.map((path) => context.workspace.display(path))
    const answer = context.services.lsp.diagnostics({ paths: names, waitMs }, signal)
    return describe(await abortable(answer, signal))
  } catch {
    return ''
  } finally {
    clearTimeout(timer)
  }
}

function describe(files: readonly FileDiagnostics[]): string {
  const errors = files.flatMap((file) =>
    file.state === 'fresh'
      ? file.items.filter((item) => item.severity === 'error').map((item) => ({ file, item }))
      : [],
  )
  if (errors.length === 0) return ''
  const lines = errors
    .slice(0, maxItems)
    .map(
      ({ file, item }) =>
        `${file.path}:${item.line}:${item.column} ${oneLine(item.message, maxMessageChars)}`,
    )
  if (errors.length > maxItems) lines.push(`… and ${errors.length - maxItems} more`)
  const servers = [...new Set(errors.map(({ file }) => file.server))].join(', ')
  return `${plural(errors.length, 'error')} there now (${servers}):\n${lines.join('\n')}`
}
