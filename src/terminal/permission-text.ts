/** A permission question in words: what would happen, exactly, and what speaks against it. */
import { neutralize, oneLine } from '../base/text.ts'
import type { Answer, PermissionRequest } from '../contract/permission.ts'
import type { Choice } from './choice.ts'
import { diffLines } from './diff-view.ts'
import type { Style } from './style.ts'

/** Lines of a change that are shown; a person scrolls up for more than a screen. */
const maxPreviewLines = 200

export function permissionLines(
  request: PermissionRequest,
  options: { danger: string | undefined; style: Style; root?: string },
): string[] {
  const { style } = options
  const command = request.command === undefined ? [] : commandLines(request.command)
  // The command stands below in full: a title that repeats it says nothing.
  const repeats =
    request.command !== undefined &&
    request.summary.includes(oneLine(request.command, 40).replace(/…$/, ''))
  const summary = repeats ? 'run this command?' : `${oneLine(neutralize(request.summary), 300)}?`
  return [
    `${style.yellow('?')} ${style.bold(summary)}`,
    ...command.map((line) => `  ${style.cyan(line)}`),
    ...(request.cwd !== undefined && request.cwd !== options.root
      ? [style.dim(`  in ${neutralize(request.cwd)}`)]
      : []),
    ...(request.hosts.length > 0 ? [`  ${neutralize(request.hosts.join(', '))}`] : []),
    ...(request.preview
      ? diffLines(request.preview, { style, maxLines: maxPreviewLines, headers: true }).map(
          (line) => `  ${line}`,
        )
      : []),
    ...(options.danger === undefined ? [] : [`  ${style.red(`! ${neutralize(options.danger)}`)}`]),
  ]
}

function commandLines(command: string): string[] {
  const [first = '', ...rest] = neutralize(command).split('\n')
  return [`$ ${first}`, ...rest.map((line) => `  ${line}`)]
}

export function permissionChoices(grant: string): Choice<Answer['answer']>[] {
  return [
    { key: 'y', label: 'once', value: 'once' },
    { key: 's', label: `this session: ${oneLine(neutralize(grant), 60)}`, value: 'session' },
    { key: 'n', label: 'no', value: 'deny' },
    { key: 'a', label: 'no, and stop', value: 'abort' },
  ]
}
