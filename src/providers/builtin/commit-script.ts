/** `codi commit`: asks for outlines where the diff alone does not name what it changed, then writes the message. */
import { definitionChanges, filesToOutline } from './changes.ts'
import { commitMessage } from './commit.ts'
import { parseDiff } from './diff.ts'
import { symbolRows } from './results.ts'
import type { Outcome, Script } from './script.ts'
import type { Toolkit } from './toolkit.ts'

const maxOutlined = 6

export function* writeCommit(diff: string, note: string, toolkit: Toolkit): Script {
  const files = parseDiff(diff)
  const unnamed = filesToOutline(files, definitionChanges(files)).slice(0, maxOutlined)
  const outcomes: Outcome[] = yield unnamed.flatMap((file) => toolkit.outline(file))
  return commitMessage(diff, note, symbolRows(outcomes))
}
