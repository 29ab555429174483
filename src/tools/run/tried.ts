/**
 * Commands of the model on a copy: what a result says of their changes, and `codi try apply try_1`, which the model sends
 * as a command and which is carried out here, through the gate as the write that it is.
 */
import { capDiff } from '../../base/diff.ts'
import { CodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import { changeSigns, type ListedChange } from '../../contract/change-set.ts'
import type { ToolContext, ToolRequest, ToolResult } from '../../contract/tool.ts'
import { type Tries, type TryReport, tryId } from '../../contract/tries.ts'

export interface TryOrder {
  verb: 'apply' | 'discard'
  id: string
  paths: string[]
}

const maxDiffLines = 300
const maxDiffChars = 12_000
const maxListed = 100

/** Only exactly these words: everything else is a command for a shell. */
export function tryOrder(command: string): TryOrder | undefined {
  const [, verb, text = '', rest = ''] =
    /^\s*codi try (apply|discard) (try_\d+)((?: +(?:[\w@%+=:,./-]+|'[^'\n]+'))*)\s*$/.exec(
      command,
    ) ?? []
  const id = tryId(text)
  if (id === undefined || (verb !== 'apply' && verb !== 'discard')) return undefined
  const words = rest.match(/'[^']+'|[^ ']+/g) ?? []
  return { verb, id, paths: words.map((word) => word.replaceAll("'", '')) }
}

export async function orderRequest(order: TryOrder, context: ToolContext): Promise<ToolRequest> {
  const { verb, id, paths } = order
  if (verb === 'discard')
    return { effect: 'read', summary: `throw ${id} away`, paths: [], hosts: [] }
  const report = await triesOf(context).report(id, { paths })
  return {
    effect: 'write',
    summary: `apply ${id}: ${plural(report.changes.length, 'change')} of ${report.state.command}`,
    paths: report.paths,
    hosts: [],
    preview: report.diff === '' ? listText(report.changes) : report.diff,
  }
}

export async function carryOut(order: TryOrder, context: ToolContext): Promise<ToolResult> {
  const { verb, id, paths } = order
  const tries = triesOf(context)
  if (verb === 'discard') {
    await tries.discardOwn(id)
    return { content: `[${id} is thrown away; nothing was changed]` }
  }
  const report = await tries.report(id, { paths })
  const allowed = new Set(context.approved?.paths ?? report.paths)
  if (report.paths.some((path) => !allowed.has(path)))
    throw new CodiError('stale', `${id} changes other files than was asked about; call it again`)
  const applied = await tries.apply(id, { paths, callId: context.callId })
  const left = applied.isLeft ? '; the rest of it is kept' : ''
  return {
    content: [
      `[${id} is applied${left}]`,
      listText(report.changes),
      ...notesOf(applied.notes),
    ].join('\n'),
    detail: { type: 'list', lines: listText(report.changes).split('\n') },
  }
}

function triesOf({ tries }: ToolContext): Tries {
  if (tries) return tries
  throw new CodiError('unsupported', 'Commands cannot be tried here; leave try out')
}

/** Throws a CodiError where a command cannot run on a copy. */
export async function checkTry(
  context: ToolContext,
  given: { background?: boolean; escalate?: unknown },
): Promise<void> {
  if (given.background || given.escalate)
    throw new CodiError(
      'invalid',
      'try goes neither with background nor with escalate; leave one out',
    )
  const { works, note } = await triesOf(context).state()
  if (!works)
    throw new CodiError(
      'unsupported',
      `Commands cannot be tried on a copy here: ${note}; leave try out`,
    )
}

/** What a model reads behind the output of a command that it wanted tried. */
export async function triedText(id: string | undefined, context: ToolContext): Promise<string[]> {
  if (id === undefined) return ['[tried on a copy: it changes no file]']
  triesOf(context).own(id)
  const { report, withheld } = await openReport(id, context)
  const diff = capDiff(report.diff, { maxLines: maxDiffLines, maxChars: maxDiffChars })
  return [
    `[tried on a copy as ${id}, nothing is changed yet; bash {"command":"codi try apply ${id}"} applies it (paths may follow), codi try discard ${id} throws it away]`,
    listText(report.changes),
    ...notesOf(report.notes),
    ...(withheld > 0 ? [`[${plural(withheld, 'file')} may not be shown]`] : []),
    ...report.conflicts.map(({ path, why }) => `[${path} ${why}: it cannot be applied]`),
    diff,
  ]
}

/** Its person wanted it tried: they see what it changed, and say what becomes of it. */
export async function settled(
  id: string | undefined,
  context: ToolContext,
  about: { command: string; cwd: string },
): Promise<{ lines: string[]; failed: boolean }> {
  if (id === undefined)
    return { lines: ['[the user had it run on a copy: it changes no file]'], failed: false }
  const end = await triesOf(context).settle(
    id,
    { callId: context.callId, ...about },
    context.signal,
  )
  if (end.applied)
    return {
      lines: [
        '[the user had it run on a copy, saw what it changed, and applied it:]',
        listText(end.report.changes),
        ...notesOf(end.report.notes),
      ],
      failed: false,
    }
  return {
    lines: [
      `[the user had it run on a copy, and what it changed was thrown away, so no file is changed: ${end.reason}]`,
      listText(end.report.changes),
    ],
    failed: true,
  }
}

/** Without the contents that a model may not see. */
async function openReport(
  id: string,
  context: ToolContext,
): Promise<{ report: TryReport; withheld: number }> {
  const tries = triesOf(context)
  const report = await tries.report(id)
  const open = report.paths.filter((path) => (context.secrecy?.(path) ?? 'open') === 'open')
  const withheld = report.paths.length - open.length
  if (withheld === 0) return { report, withheld }
  if (open.length === 0) return { report: { ...report, diff: '' }, withheld }
  return { report: { ...report, diff: (await tries.report(id, { paths: open })).diff }, withheld }
}

function notesOf(notes: readonly string[]): string[] {
  return notes.map((note) => `[${note}]`)
}

function listText(changes: readonly ListedChange[]): string {
  const lines = changes.slice(0, maxListed).map((change) => {
    const { kind, path, from, mode, binary, added, removed, note } = change
    const name = from === undefined ? path : `${from} -> ${path}`
    const counts = binary ? ' binary' : added + removed === 0 ? '' : ` +${added} -${removed}`
    const modes = mode ? ` ${mode.before} -> ${mode.after}` : ''
    return `${changeSigns[kind]} ${name}${counts}${modes}${note === undefined ? '' : ` (${note})`}`
  })
  const left = changes.length - lines.length
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n')
}
