/** Code actions: asked with the problems that stand there, their edits worked out, their commands told and not run. */
import type {
  CodeAction,
  CodeActionParams,
  Command,
  Diagnostic as LspDiagnostic,
  Range,
} from 'vscode-languageserver-protocol'
import type { LspAction } from '../../src/contract/lsp-service.ts'
import { diagnose } from './diagnose.ts'
import { editsOf } from './edits.ts'
import { type Asking, reasonOf } from './question.ts'

const maxActions = 100
/** Actions whose edits must be asked for one by one. */
const maxResolved = 30

export async function codeActions(
  { client, signal, path, uri, root, note }: Asking,
  { range, kinds, languageId }: { range: Range; kinds: string[] | undefined; languageId: string },
): Promise<LspAction[]> {
  const { items } = await diagnose(client, { path, languageId }, signal)
  const params: CodeActionParams = {
    textDocument: { uri },
    range,
    context: {
      diagnostics: items.filter((item) => overlaps(item, range)),
      ...(kinds === undefined ? {} : { only: kinds }),
    },
  }
  const offered =
    (await client.request<(Command | CodeAction)[] | null>(
      'textDocument/codeAction',
      params,
      signal,
    )) ?? []
  const actions: LspAction[] = []
  let resolved = 0
  for (const action of offered.slice(0, maxActions)) {
    if (typeof action.command === 'string') {
      actions.push({ title: action.title, kind: '', preferred: false })
      continue
    }
    const offer = action as CodeAction
    if (offer.disabled) continue
    const resolves = canResolve(client.capabilities.codeActionProvider) && !offer.command
    const whole =
      offer.edit || !resolves || resolved++ >= maxResolved
        ? offer
        : await client
            .request<CodeAction>('codeAction/resolve', offer, signal)
            .catch((thrown) => leftAsIs(thrown, offer, signal))
    actions.push(actionRow(whole))
  }
  if (offered.length > maxActions) note(`${offered.length - maxActions} more were left out`)
  return actions

  function actionRow(action: CodeAction): LspAction {
    const row = {
      title: action.title,
      kind: action.kind ?? '',
      preferred: action.isPreferred === true,
    }
    if (!action.edit) return row
    try {
      const version = (file: string) => client.documents.version(file)
      return { ...row, edits: editsOf(action.edit, { root, version }) }
    } catch (thrown) {
      note(`"${action.title}" cannot be done: ${reasonOf(thrown)}`)
      return row
    }
  }
}

function leftAsIs(thrown: unknown, offer: CodeAction, signal: AbortSignal): CodeAction {
  if (signal.aborted) throw thrown
  return offer
}

function canResolve(provider: unknown): boolean {
  return (
    typeof provider === 'object' &&
    provider !== null &&
    'resolveProvider' in provider &&
    provider.resolveProvider === true
  )
}

function overlaps({ range }: LspDiagnostic, other: Range): boolean {
  return !isBefore(range.end, other.start) && !isBefore(other.end, range.start)
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character)
}
