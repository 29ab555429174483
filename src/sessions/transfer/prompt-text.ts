/** What the person typed, apart from what was attached to it; what codi itself said to the model is left out. */
import { oneLine } from '../../base/text.ts'

export interface PromptText {
  typed: string
  attached: { title: string; body: string }[]
}

/** Blocks as `@path`, `--file` and a pipe make them. */
const attachment = /^<(?:file path="([^"\n]+)"|stdin)>\n([\s\S]*?)\n<\/(?:file|stdin)>$/gm
const note = /^<([a-z]+(?:-[a-z]+)*)(?: [^<>]*)?>[\s\S]*<\/\1>$/
const firstNotes: ReadonlySet<string> = new Set(['mode-change', 'background-shell'])

export function promptText(texts: readonly string[]): PromptText {
  const attached: PromptText['attached'] = []
  const typed = texts
    .filter((text, index) => !isNote(text.trim(), index))
    .map((text) =>
      text.replace(attachment, (_, path: string | undefined, body: string) => {
        attached.push({ title: path ?? 'stdin', body })
        return ''
      }),
    )
    .join('\n')
    .trim()
  return { typed, attached }
}

/** What codi adds stands behind what was typed, each note within a mark of its own. */
function isNote(text: string, index: number): boolean {
  const name = note.exec(text)?.[1]
  return name !== undefined && (index > 0 || firstNotes.has(name))
}

/** The prompt in a line, for headings and lists. */
export function promptTitle({ typed, attached }: PromptText, maxChars: number): string {
  return oneLine(typed, maxChars) || attached.map(({ title }) => title).join(', ') || '(image)'
}
