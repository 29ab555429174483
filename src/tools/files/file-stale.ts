/**
 * Whether the model knows the file as it is now. An edit made from memory of an older state is refused with what
 * changed, so that nobody's work is overwritten unseen.
 */
import { capDiff, unifiedDiff } from '../../base/diff.ts'
import { CodiError } from '../../base/errors.ts'
import type { ToolContext } from '../../contract/tool.ts'
import type { TextFile } from './file-text.ts'

const maxChangeLines = 40
const maxChangeChars = 3000

export interface FreshOptions {
  /** What was about to be done: `edit`, `overwrite`. */
  verb: string
  /** Whether a file that was never read is refused. */
  mustBeKnown: boolean
}

/** Throws a CodiError of kind `stale` where the file is not known, or not as it is on disk. */
export async function requireFresh(
  file: TextFile,
  context: ToolContext,
  options: FreshOptions,
): Promise<void> {
  const name = context.workspace.display(file.path)
  const known = context.ledger.get(file.path)
  if (!known) {
    if (!options.mustBeKnown || context.ledger.standalone) return
    throw new CodiError(
      'stale',
      `${name} was not read in this session; call read_file on it first, then ${options.verb} it`,
    )
  }
  if (known.hash === file.stamp.hash) return
  // A file too large to hash was known by size and time only.
  if (known.hash === '' && known.size === file.stamp.size && known.mtimeNs === file.stamp.mtimeNs) {
    return
  }
  const changes = await whatChanged(known.text, file, name)
  throw new CodiError(
    'stale',
    `${name} changed on disk since you last read it, so nothing was written; read it again, then ${options.verb} it.${changes}`,
  )
}

async function whatChanged(
  known: string | undefined,
  file: TextFile,
  name: string,
): Promise<string> {
  if (known === undefined) return ''
  const { diff } = await unifiedDiff(known, file.text, { path: name, context: 2 })
  if (diff === '') return ' Only line ends or encoding changed.'
  const capped = capDiff(diff, { maxLines: maxChangeLines, maxChars: maxChangeChars })
  return ` What changed:\n${capped.trimEnd()}`
}
