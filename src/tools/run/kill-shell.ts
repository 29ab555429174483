/** Ends a background shell. It touches only what this session started, so the gate is told that it reads. */
import { Type } from '@sinclair/typebox'
import { shellId } from '../../contract/shell-text.ts'
import type { Tool } from '../../contract/tool.ts'
import { outputData, outputDetail, outputText } from './bash-output.ts'
import text from './kill-shell.md' with { type: 'text' }

const input = Type.Object({ id: Type.String() })

const maxBytes = 8000

export const killShell: Tool<typeof input> = {
  name: 'kill_shell',
  text,
  input,
  // In order with other calls: what is read before is read before.
  effect: 'execute',
  async request(given) {
    const id = shellId(given.id)
    return { summary: `end background shell ${id}`, paths: [], hosts: [], effect: 'read' }
  },
  async run(given, context) {
    const { sandbox } = context.services
    const id = shellId(given.id)
    await sandbox.killShell({ id }, context.signal)
    const output = await sandbox.shellOutput({ id, maxBytes, waitMs: 0 }, context.signal)
    return { content: outputText(output), detail: outputDetail(output), data: outputData(output) }
  },
}
