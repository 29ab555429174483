/**
 * What every tool that changes files shares: its changes are worked out first, the gate shows that plan, and a plan
 * made anew from the files as they are then is put on disk.
 */
import type { Static, TObject } from '@sinclair/typebox'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { watchErrors } from './file-diagnostics.ts'
import { type PlannedChange, requestFor, resultFor } from './file-preview.ts'
import { bytesOf, type TextFile } from './file-text.ts'
import { commitChanges, type FileChange } from './file-write.ts'

export function changeTool<S extends TObject>(own: {
  name: string
  text: string
  input: S
  /** Throws where the change cannot be made; a plan without changes is a success that leaves all as it is. */
  plan(input: Static<S>, context: ToolContext): Promise<PlannedChange>
}): Tool<S> {
  const { name, text, input, plan } = own
  return {
    name,
    text,
    input,
    effect: 'write',

    async request(given, context) {
      return requestFor(await plan(given, context), context)
    },

    async run(given, context) {
      const planned = await plan(given, context)
      if (planned.changes.length === 0) return { content: planned.done, data: { files: [] } }
      const paths = planned.changes.map((change) => change.path)
      const errorsAfter = await watchErrors(paths, context)
      await commitChanges(planned.changes, context, { tool: name })
      return resultFor(planned, context, errorsAfter)
    },
  }
}

/** The file with another text, in its own encoding and line ends. */
export async function changedText(
  before: TextFile,
  after: { text: string; raw: string },
  context: ToolContext,
): Promise<FileChange> {
  const name = context.workspace.display(before.path)
  const bytes = await bytesOf(before, after.raw, name)
  return { path: before.path, before, after: { bytes, text: after.text } }
}
