/** A permission question in words: what would happen, exactly, and what speaks against it. */
import { neutralize, oneLine } from '../base/text.ts'
import type {
  Answer,
  PermissionOffer,
  PermissionRequest,
  Widening,
} from '../contract/permission.ts'
import type { RuleScope } from '../contract/policy.ts'
import type { Choice } from './choice.ts'
import { diffLines } from './diff-view.ts'
import type { Style } from './style.ts'

/** Lines of a change that are shown; a person scrolls up for more than a screen. */
const maxPreviewLines = 200
const maxTextChars = 400

export function permissionLines(
  request: PermissionRequest,
  offer: PermissionOffer,
  options: { style: Style; root?: string },
): string[] {
  const { style } = options
  const command = request.command === undefined ? [] : commandLines(request.command)
  // The command stands below in full: a title that repeats it says nothing.
  const repeats =
    request.command !== undefined &&
    request.summary.includes(oneLine(request.command, 40).replace(/…$/, ''))
  const hosts = request.hosts.filter((host) => !request.summary.includes(host))
  const summary = repeats ? 'run this command?' : `${oneLine(neutralize(request.summary), 300)}?`
  return [
    `${style.yellow('?')} ${style.bold(summary)}`,
    ...command.map((line) => `  ${style.cyan(line)}`),
    ...(request.cwd !== undefined && request.cwd !== options.root
      ? [style.dim(`  in ${neutralize(request.cwd)}`)]
      : []),
    ...(hosts.length > 0 ? [`  ${neutralize(hosts.join(', '))}`] : []),
    ...(request.preview
      ? diffLines(request.preview, { style, maxLines: maxPreviewLines, headers: true }).map(
          (line) => `  ${line}`,
        )
      : []),
    ...(request.widening ? wideningLines(request.widening, style) : []),
    ...(offer.danger === undefined ? [] : [`  ${style.red(`! ${told(offer.danger)}`)}`]),
    ...(offer.why === undefined ? [] : [style.dim(`  asked because ${told(offer.why)}`)]),
    ...ruleLines(offer, style),
  ]
}

function wideningLines(widening: Widening, style: Style): string[] {
  return [
    `  ${style.yellow(`beyond the sandbox: ${told(wideningText(widening))}`)}`,
    style.dim(`  the model says: ${told(widening.reason)}`),
  ]
}

function wideningText(widening: Widening): string {
  switch (widening.what) {
    case 'path':
      return `it may write ${widening.path}`
    case 'host':
      return `it may reach ${widening.host}`
    case 'unsandboxed':
      return 'it runs without the sandbox, with your own rights'
  }
}

/** What p and u would store, exactly as it will stand in the file. */
function ruleLines({ rule }: PermissionOffer, style: Style): string[] {
  if (!rule) return []
  const offered = scopes.filter((scope) => rule.lines[scope] !== undefined)
  if (offered.length === 0) return []
  return [
    style.dim(`  always would ${told(rule.text)}:`),
    ...offered.flatMap((scope) => {
      const [first = '', ...others] = rule.lines[scope] ?? []
      const key = scopeKeys[scope].key
      return [
        style.dim(`    ${key} ${neutralize(first)}`),
        ...others.map((line) => style.dim(`      ${neutralize(line)}`)),
      ]
    }),
    style.dim(`      in ${neutralize(rule.files[offered[0] ?? 'user'])}`),
  ]
}

const scopes: readonly RuleScope[] = ['project', 'user']
const scopeKeys = {
  project: { key: 'p', label: 'always in this project' },
  user: { key: 'u', label: 'always everywhere' },
} as const

/** A sentence of ours or the model's on one line. */
function told(text: string): string {
  return oneLine(neutralize(text), maxTextChars)
}

function commandLines(command: string): string[] {
  const [first = '', ...rest] = neutralize(command).split('\n')
  return [`$ ${first}`, ...rest.map((line) => `  ${line}`)]
}

/** `y` once, and what else is offered; never more than the offer has. */
export function permissionChoices(offer: PermissionOffer): Choice<Answer['answer']>[] {
  if (offer.ofTry) return triedChoices
  const grant = `this session: ${oneLine(neutralize(offer.grant), 60)}`
  return [
    { key: 'y', label: 'once', value: 'once' },
    ...(offer.grant === '' ? [] : [{ key: 's', label: grant, value: 'session' as const }]),
    ...scopes
      .filter((scope) => offer.rule?.lines[scope] !== undefined)
      .map((scope) => ({ ...scopeKeys[scope], value: scope })),
    ...(offer.canTry ? [{ key: 't', label: 'try on a copy', value: 'try' as const }] : []),
    { key: 'n', label: 'no', value: 'deny' },
    { key: 'a', label: 'no, and stop', value: 'abort' },
  ]
}

const triedChoices: Choice<Answer['answer']>[] = [
  { key: 'y', label: 'apply', value: 'once' },
  { key: 'n', label: 'throw away', value: 'deny' },
  { key: 'a', label: 'throw away, and stop', value: 'abort' },
]
