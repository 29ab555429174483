/** Applies a patch to any number of files, all or nothing. The engine is patch-parse and patch-plan. */
import { type Static, Type } from '@sinclair/typebox'
import type { ToolContext } from '../../contract/tool.ts'
import { changeTool } from '../files/change-tool.ts'
import type { PlannedChange } from '../files/file-preview.ts'
import text from './apply-patch.md' with { type: 'text' }
import { parsePatch } from './patch-parse.ts'
import { planPatch } from './patch-plan.ts'

const input = Type.Object({
  patch: Type.String(),
})

type Input = Static<typeof input>

export const applyPatch = changeTool({
  name: 'apply_patch',
  text,
  input,
  plan,
})

function plan(input: Input, context: ToolContext): Promise<PlannedChange> {
  return planPatch(parsePatch(input.patch), context)
}
