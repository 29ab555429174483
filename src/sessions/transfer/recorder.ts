/**
 * What another program kept, turned into entries: messages in the order in which they were said, each call with exactly
 * one result, call ids unique in the session. Nothing waits in memory but the answer that is being put together.
 */
import { addUsage } from '../../contract/cost.ts'
import type {
  AssistantMessage,
  CallBlock,
  ImageBlock,
  Message,
  ResultBlock,
  TextBlock,
} from '../../contract/message.ts'
import type { Entry, EntryBody } from '../../contract/session.ts'
import type { ImportProgram, ImportReport } from '../../contract/session-transfer.ts'
import type { AnswerFacts, EntryWriter, Recorder } from './recording.ts'

interface OpenAnswer {
  key: string | undefined
  content: AssistantMessage['content']
  facts: AnswerFacts
  at: number
  results: Map<string, { result: ResultBlock; at: number }>
  /** What the person said before all results were there: it follows them. */
  waiting: { content: (TextBlock | ImageBlock)[]; at: number }[]
}

export function openRecorder(
  writer: EntryWriter,
  about: { program: ImportProgram; path: string },
): Recorder {
  const report: ImportReport = {
    ...about,
    sourceId: '',
    cwd: '',
    title: '',
    provider: '',
    model: '',
    messages: 0,
    calls: 0,
    images: 0,
    compactions: 0,
    from: 0,
    to: 0,
    leftOut: {},
  }
  let begun = false
  let current = { provider: '', model: '' }
  /** Prompts from before the first answer: who answers stands in the first entry. */
  const early: { content: (TextBlock | ImageBlock)[]; at: number }[] = []
  let open: OpenAnswer | undefined
  /** The first entry, which tells of the session itself, is number 0. */
  let lastId = -1
  let head: number | null = null
  let lastAt = 0
  /** Heads before each prompt, for what is taken back. */
  const prompts: (number | null)[] = []
  /** How often a call id was given; the newest id that stands for it. */
  const callIds = new Map<string, string>()
  const usedIds = new Set<string>()
  const timesGiven = new Map<string, number>()

  function moment(at: number | undefined): number {
    lastAt = at ?? (lastAt === 0 ? Date.now() : lastAt)
    return lastAt
  }

  function write(body: EntryBody, at: number, moves: boolean): void {
    lastId++
    writer.add({ ...body, id: lastId, parent: head, at } as Entry)
    if (moves) head = lastId
  }

  function begin(): void {
    if (begun) return
    begun = true
    const { cwd, provider, model, program, sourceId } = report
    current = { provider, model }
    const at = early[0]?.at ?? lastAt
    report.from = at
    write(
      { type: 'session', cwd, provider, model, importedFrom: { program, id: sourceId } },
      at,
      false,
    )
    for (const { content, at: said } of early.splice(0)) writeUser(content, said)
  }

  function writeUser(content: (TextBlock | ImageBlock)[], at: number): void {
    prompts.push(head)
    writeMessage({ role: 'user', content }, {}, at)
  }

  function writeMessage(message: Message, facts: AnswerFacts, at: number): void {
    report.messages++
    report.images += message.content.filter((block) => block.type === 'image').length
    report.to = Math.max(report.to, at)
    write({ type: 'message', message, ...facts }, at, true)
  }

  function flush(): void {
    if (!open) return
    const { content, facts, at, results, waiting } = open
    open = undefined
    begin()
    const { provider = current.provider, model = current.model } = facts
    if (provider !== current.provider || model !== current.model) {
      current = { provider, model }
      write({ type: 'model', provider, model }, at, false)
    }
    const calls = content.filter((block): block is CallBlock => block.type === 'call')
    if (content.length > 0) writeMessage({ role: 'assistant', content }, facts, at)
    report.calls += calls.length
    for (const call of calls) {
      const found = results.get(call.id)
      const result = found?.result ?? noResult(call)
      report.images += result.content.filter((block) => block.type === 'image').length
      write({ type: 'result', result }, found?.at ?? at, true)
    }
    for (const said of waiting) writeUser(said.content, said.at)
  }

  /** The id under which a call is kept: unlike every one before. */
  function uniqueId(id: string): string {
    const wanted = id === '' ? 'call' : id
    let unique = wanted
    let count = timesGiven.get(wanted) ?? 1
    while (usedIds.has(unique)) unique = `${wanted}_${++count}`
    timesGiven.set(wanted, count)
    usedIds.add(unique)
    callIds.set(id, unique)
    return unique
  }

  function leaveOut(what: string, count = 1): void {
    if (count > 0) report.leftOut[what] = (report.leftOut[what] ?? 0) + count
  }

  /** Whether the answer goes on the one under way. */
  function joins(key: string | undefined): boolean {
    if (!open || open.key !== key) return false
    return key !== undefined || (open.results.size === 0 && open.waiting.length === 0)
  }

  function hasOpenCalls(answer: OpenAnswer): boolean {
    return answer.content.some((block) => block.type === 'call' && !answer.results.has(block.id))
  }

  return {
    about(facts) {
      const { provider, model, ...others } = facts
      for (const [key, value] of Object.entries(others))
        if (value) Object.assign(report, { [key]: value })
      if (!begun) Object.assign(report, provider ? { provider } : {}, model ? { model } : {})
    },
    user(content, at) {
      if (content.length === 0) return
      const said = { content, at: moment(at) }
      if (open && hasOpenCalls(open)) open.waiting.push(said)
      else {
        flush()
        if (begun) writeUser(content, said.at)
        else early.push(said)
      }
    },
    assistant({ key, content, at, ...facts }) {
      const said = moment(at)
      if (!joins(key)) flush()
      if (!begun) {
        report.provider = facts.provider || report.provider
        report.model = facts.model || report.model
      }
      open ??= { key, content: [], facts: {}, at: said, results: new Map(), waiting: [] }
      Object.assign(open.facts, known(facts))
      for (const block of content) {
        open.content.push(block.type === 'call' ? { ...block, id: uniqueId(block.id) } : block)
      }
    },
    usage(usage) {
      if (open) open.facts.usage = open.facts.usage ? addUsage(open.facts.usage, usage) : usage
      else if (begun)
        write(
          { type: 'request', purpose: 'imported', ...current, usage, costUsd: null },
          lastAt,
          false,
        )
    },
    result({ callId, ...rest }, at) {
      const id = callIds.get(callId)
      const call = open?.content.find((block) => block.type === 'call' && block.id === id)
      if (!open || call?.type !== 'call' || open.results.has(call.id)) {
        leaveOut('results without a call')
        return
      }
      open.results.set(call.id, {
        result: { type: 'result', callId: call.id, name: call.name, ...rest },
        at: moment(at),
      })
    },
    compaction(body, at) {
      flush()
      begin()
      report.compactions++
      const tokensAfter = Math.ceil(body.summary.length / charsPerToken)
      write({ type: 'compaction', ...body, tokensAfter }, moment(at), true)
    },
    takeBack(count, at) {
      flush()
      begin()
      const to = prompts.at(-count)
      if (count < 1 || to === undefined) return
      prompts.length -= count
      head = to
      write({ type: 'head', entry: to }, moment(at), false)
      head = to
    },
    next() {
      flush()
      begin()
      return lastId + 1
    },
    leaveOut,
    end() {
      flush()
      if (early.length > 0) begin()
      if (begun && report.title !== '')
        write({ type: 'label', text: report.title }, report.to || lastAt, false)
      return report
    },
  }
}

const charsPerToken = 4

function noResult(call: CallBlock): ResultBlock {
  const text = 'Interrupted: the session that was imported holds no result of this call.'
  return {
    type: 'result',
    callId: call.id,
    name: call.name,
    content: [{ type: 'text', text }],
    isError: true,
  }
}

/** Without what is undefined. */
function known<T extends object>(facts: T): { [key in keyof T]?: NonNullable<T[key]> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as {
    [key in keyof T]?: NonNullable<T[key]>
  }
}
