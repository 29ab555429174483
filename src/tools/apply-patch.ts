/** Applies a patch to any number of files, all or nothing. The engine is patch-parse and patch-plan. */
import { type Static, Type } from '@sinclair/typebox'
import type { Tool, ToolContext } from '../contract/tool.ts'
import text from './apply-patch.md' with { type: 'text' }
import { type PlannedChange, requestFor, resultFor } from './file-preview.ts'
import { commitChanges } from './file-write.ts'
import { parsePatch } from './patch-parse.ts'
import { planPatch } from './patch-plan.ts'

const input = Type.Object({
  patch: Type.String({ description: 'The patch: `*** Begin Patch` format or a unified diff' }),
})

type Input = Static<typeof input>

export const applyPatch: Tool<typeof input> = {
  name: 'apply_patch',
  text,
  input,
  effect: 'write',

  async request(input, context) {
    return requestFor(await plan(input, context), context)
  },

  async run(input, context) {
    const planned = await plan(input, context)
    await commitChanges(planned.changes, context)
    return resultFor(planned, context)
  },
}

function plan(input: Input, context: ToolContext): Promise<PlannedChange> {
  return planPatch(parsePatch(input.patch), context)
}
