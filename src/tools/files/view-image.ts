/** Shows an image file to the model. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import type { Tool } from '../../contract/tool.ts'
import { requireApproved } from './approved.ts'
import { imageResult } from './file-image.ts'
import { missingFile } from './file-suggest.ts'
import { openRegular } from './file-text.ts'
import text from './view-image.md' with { type: 'text' }

const input = Type.Object({
  path: Type.String(),
})

export const viewImage: Tool<typeof input> = {
  name: 'view_image',
  text,
  input,
  effect: 'read',

  async request(input, context) {
    const path = await context.workspace.resolve(input.path)
    return { summary: `view ${context.workspace.display(path)}`, paths: [path], hosts: [] }
  },

  async run(input, context) {
    const path = await context.workspace.resolve(input.path)
    requireApproved(context, path)
    const opened = await openRegular(path, context)
    if (!opened) throw await missingFile(path, context)
    try {
      const name = context.workspace.display(path)
      if (opened.info.size === 0n)
        throw new CodiError('unsupported', `${name} is empty, not an image`)
      return await imageResult(opened, name)
    } finally {
      await opened.handle.close()
    }
  },
}
