/** What the person typed, apart from what was attached to it; what codi itself said to the model is left out. */
import { oneLine } from '../../base/text.ts'
import { isNote, withoutAdded } from '../typed-text.ts'

export interface PromptText {
  typed: string
  attached: { title: string; body: string }[]
}

/** Blocks as `@path`, `--file`, a pipe and an approved plan make them. */
const attachment =
  /^<(?:file path="([^"\n]+)"|plan file="([^"\n]+)"|stdin)>\n([\s\S]*?)\n<\/(?:file|plan|stdin)>$/gm
const marked = /^<([a-z]+(?:-[a-z]+)*)(?: [^<>]*)?>[\s\S]*<\/\1>$/

export function promptText(texts: readonly string[]): PromptText {
  const attached: PromptText['attached'] = []
  const typed = texts
    .filter((text, index) => !isBehind(text.trim(), index))
    .map((text) =>
      withoutAdded(text).replace(
        attachment,
        (_, path: string | undefined, plan: string | undefined, body: string) => {
          attached.push({ title: path ?? plan ?? 'stdin', body })
          return ''
        },
      ),
    )
    .join('\n')
    .trim()
  return { typed, attached }
}

/** What codi adds stands behind what was typed, each note within a mark of its own. */
function isBehind(text: string, index: number): boolean {
  return isNote(text) || (index > 0 && marked.test(text))
}

/** The prompt in a line, for headings and lists. */
export function promptTitle({ typed, attached }: PromptText, maxChars: number): string {
  return oneLine(typed, maxChars) || attached.map(({ title }) => title).join(', ') || '(image)'
}
