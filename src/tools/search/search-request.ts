/** What a search tool tells the gate: the place that it looks at. */
import { oneLine } from '../../base/text.ts'
import type { ToolContext, ToolRequest } from '../../contract/tool.ts'

/** `about` is what is looked for, for people. */
export async function searchRequest(
  context: ToolContext,
  options: { tool: string; path: string | undefined; about: string | undefined },
): Promise<ToolRequest> {
  const { tool, path, about } = options
  const absolute = await context.workspace.resolve(path === undefined || path === '' ? '.' : path)
  const what = about === undefined || about === '' ? '' : ` ${oneLine(about, 80)}`
  return { summary: `${tool}${what}`, paths: [absolute], hosts: [] }
}
