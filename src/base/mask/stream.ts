/**
 * Masks text that arrives in pieces. What could be the beginning of a secret is held back: the line that is not complete,
 * a private key whose end has not come. At most `maxHeldChars` wait; `flush` gives the rest.
 */
export interface MaskStream {
  /** What can be shown by now; empty where all of it waits. */
  push(text: string): string
  flush(): string
}

const maxHeldChars = 64 * 1024
/** Of a line without an end so much stays behind: longer than any key but those that are masked line by line. */
const overlapChars = 8 * 1024

export function openMaskStream(mask: (text: string) => string): MaskStream {
  let held = ''
  return {
    push(text) {
      const from = held.length
      held += text
      const border = borderOf(held, from)
      if (border === 0) return ''
      const ready = mask(held.slice(0, border))
      held = held.slice(border)
      return ready
    },
    flush() {
      const rest = mask(held)
      held = ''
      return rest
    },
  }
}

/** Up to where nothing can change any more. */
function borderOf(text: string, from: number): number {
  const line = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
  const open = openKeyStart(text.slice(0, line))
  if (open !== undefined && text.length - open < maxHeldChars) return Math.min(open, line)
  if (line > 0) return line
  if (text.length < 2 * overlapChars || text.length === from) return 0
  // One endless line: cut where no key goes on.
  const space = text.lastIndexOf(' ', text.length - overlapChars)
  return space > 0 ? space : text.length - overlapChars
}

/** Where a private key begins that has not ended. */
function openKeyStart(text: string): number | undefined {
  const start = text.lastIndexOf('-----BEGIN ')
  if (start < 0) return undefined
  const head = text.slice(start, start + 80)
  if (head.includes('\n') && !head.includes('PRIVATE KEY')) return undefined
  return /-----END [A-Z0-9 ]{0,60}-----/.test(text.slice(start)) ? undefined : start
}
