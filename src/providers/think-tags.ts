/**
 * Moves `<think>…</think>` at the beginning of an answer from text to thinking, as it streams. Only there: further
 * down the same letters are part of the answer.
 */

export interface ThinkSplitter {
  push(text: string): { kind: 'text' | 'thinking'; text: string }[]
  /** What is still held back when the answer ends. */
  end(): { kind: 'text' | 'thinking'; text: string }[]
}

const openers = ['<think>', '<thinking>']

export function createThinkSplitter(): ThinkSplitter {
  let state: 'start' | 'thinking' | 'after' | 'text' = 'start'
  let held = ''
  let closer = ''

  function step(): { kind: 'text' | 'thinking'; text: string } | undefined {
    if (state === 'start') {
      const body = held.trimStart()
      const opener = openers.find((tag) => body.startsWith(tag))
      if (opener) {
        state = 'thinking'
        closer = `</${opener.slice(1)}`
        held = body.slice(opener.length).replace(/^\n/, '')
        return step()
      }
      if (openers.some((tag) => tag.startsWith(body))) return undefined
      state = 'text'
    }
    if (state === 'thinking') {
      const end = held.indexOf(closer)
      if (end >= 0) {
        const text = held.slice(0, end).replace(/\n$/, '')
        held = held.slice(end + closer.length)
        state = 'after'
        return { kind: 'thinking', text }
      }
      const keep = overlap(held, closer)
      const text = held.slice(0, held.length - keep)
      held = held.slice(held.length - keep)
      return text ? { kind: 'thinking', text } : undefined
    }
    if (state === 'after') {
      held = held.trimStart()
      if (held === '') return undefined
      state = 'text'
    }
    const text = held
    held = ''
    return text ? { kind: 'text', text } : undefined
  }

  return {
    push(text) {
      if (state === 'text') return text ? [{ kind: 'text', text }] : []
      held += text
      const parts = []
      for (let part = step(); part; part = step()) if (part.text) parts.push(part)
      return parts
    },
    end() {
      const rest = held
      held = ''
      if (rest === '') return []
      return [{ kind: state === 'thinking' ? 'thinking' : 'text', text: rest }]
    },
  }
}

/** How many characters at the end of `text` could be the beginning of `tag`. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (tag.startsWith(text.slice(-length))) return length
  }
  return 0
}
