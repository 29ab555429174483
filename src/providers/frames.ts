/**
 * Cuts a body into frames: server-sent events, or lines of JSON. Text may be split anywhere; carriage returns,
 * comments and a missing last newline are all right. A body that is one JSON value instead of a stream (a host that
 * does not stream, an error under status 200) comes out as one frame named `json`; any other body as one named `raw`.
 */

export interface Frame {
  /** The event's name, or empty. */
  event: string
  data: string
}

export interface FrameParser {
  push(text: string): Frame[]
  /** The body has ended: what is still held back. */
  end(): Frame[]
}

export type Framing = 'sse' | 'ndjson'

export function createFrameParser(framing: Framing): FrameParser {
  return framing === 'sse' ? createSseParser() : createLineParser()
}

const sseField = /^(data|event|id|retry)\s*:|^:/

function createSseParser(): FrameParser {
  const lines = createLineSplitter()
  let mode: 'unknown' | 'sse' | 'whole' = 'unknown'
  let head = ''
  let event = ''
  let data: string[] = []

  function line(text: string): Frame | undefined {
    if (text === '') return flush()
    // Some hosts write a bare JSON line for an error in the middle of a stream.
    if (text.startsWith('{')) return { event: '', data: text }
    const colon = text.indexOf(':')
    const name = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') event = value
    else if (name === 'data') data.push(value)
    return undefined
  }

  function flush(): Frame | undefined {
    const frame = data.length > 0 ? { event, data: data.join('\n') } : undefined
    event = ''
    data = []
    return frame
  }

  /** What the body is shows in its first characters. */
  function kindOf(start: string): 'unknown' | 'sse' | 'whole' {
    if (start === '') return 'unknown'
    if (/^[{[<]/.test(start)) return 'whole'
    if (sseField.test(start)) return 'sse'
    return start.length >= 6 ? 'whole' : 'unknown'
  }

  return {
    push(text) {
      if (mode === 'sse') return lines.push(text).flatMap((each) => line(each) ?? [])
      head += text
      if (mode === 'unknown') mode = kindOf(head.trimStart())
      if (mode !== 'sse') return []
      const first = head
      head = ''
      return lines.push(first).flatMap((each) => line(each) ?? [])
    },
    end() {
      if (mode === 'sse') {
        const last = lines.end().flatMap((each) => line(each) ?? [])
        const open = flush()
        return open ? [...last, open] : last
      }
      return wholeFrames(head)
    },
  }
}

function createLineParser(): FrameParser {
  const lines = createLineSplitter()
  let unread = ''
  let understood = false

  function frame(text: string): Frame[] {
    if (text.trim() === '') return []
    if (text.trimStart().startsWith('{') && text.trimEnd().endsWith('}')) {
      understood = true
      return [{ event: '', data: text }]
    }
    if (!understood) unread += `${text}\n`
    return []
  }

  return {
    push: (text) => lines.push(text).flatMap(frame),
    end() {
      const last = lines.end().flatMap(frame)
      return understood ? last : wholeFrames(unread)
    },
  }
}

function wholeFrames(text: string): Frame[] {
  const body = text.trim()
  if (body === '') return []
  return [{ event: /^[{[]/.test(body) ? 'json' : 'raw', data: body }]
}

/** Lines that end in LF, CRLF or CR; holds back what has no end yet. */
function createLineSplitter() {
  let rest = ''
  return {
    push(text: string): string[] {
      rest += text
      if (!text.includes('\n') && !text.includes('\r') && !rest.endsWith('\r')) return []
      // A CR at the very end may be half of a CRLF.
      const held = rest.endsWith('\r') ? '\r' : ''
      const parts = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/)
      rest = (parts.pop() ?? '') + held
      return parts
    },
    end(): string[] {
      const parts = rest.replace(/\r$/, '').split(/\r\n|\n|\r/)
      rest = ''
      return parts[0] === '' && parts.length === 1 ? [] : parts
    },
  }
}
