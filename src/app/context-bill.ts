/** What the next request is made of, part by part: figures of parts are estimates, that of the whole where nobody counted. */
import { answeredCalls } from '../agent/answered-calls.ts'
import { type Budget, budgetOf } from '../agent/budget.ts'
import { isPlausible } from '../agent/calibration.ts'
import { thousands } from '../agent/compact.ts'
import type { AgentConfig } from '../agent/config.ts'
import type { ContextCare } from '../agent/context-care.ts'
import { candidates } from '../agent/elide.ts'
import { protectionOf } from '../agent/relief.ts'
import { buildRequest } from '../agent/request.ts'
import { oneLine, plural } from '../base/text.ts'
import type { ContextBill, ContextPart } from '../contract/context.ts'
import type { ContextItem } from '../contract/context-items.ts'
import type { Message } from '../contract/message.ts'

const maxLargest = 5
const maxCallChars = 60

/** What the provider counted for the last request. */
export interface LastCount {
  tokens: number
  cached: number
}

export function billOf(
  config: AgentConfig & { care: ContextCare },
  items: readonly ContextItem[],
  last: LastCount | undefined,
): ContextBill {
  const { care, info } = config
  const { meter } = care
  const messages = items.map((item) => item.message)
  const request = buildRequest(config, messages)
  const guess = meter.fixed(request) + meter.messages(messages)
  // A host that counts what cannot be right is not believed.
  const isBelieved = last !== undefined && isPlausible(last.tokens, { plain: guess, wide: 0 })
  const counted = isBelieved ? { messages: messages.length, tokens: last.tokens } : undefined
  const limits = { window: info.contextWindow, compactAt: care.compactAt }
  const budget = budgetOf({ ...request, messages }, { info, limits, counted, meter })
  const hasWindow = budget.window !== undefined
  return {
    provider: config.provider.name,
    model: config.model,
    window: budget.window ?? null,
    trigger: hasWindow ? budget.trigger : null,
    tokens: budget.inputTokens,
    estimated: counted === undefined,
    free: hasWindow ? Math.max(0, budget.usable - budget.inputTokens) : null,
    cached: isBelieved ? last.cached : null,
    parts: partsOf(config, items),
    largest: largest(items, care),
    next: nextRelief(items, { care, budget }),
  }
}

function partsOf(
  config: AgentConfig & { care: ContextCare },
  items: readonly ContextItem[],
): ContextPart[] {
  const { meter } = config.care
  const parts = new Map<string, ContextPart>()
  function add(name: string, tokens: number): void {
    if (tokens === 0) return
    const part = parts.get(name) ?? { name, tokens: 0, count: 0 }
    parts.set(name, { name, tokens: part.tokens + tokens, count: part.count + 1 })
  }
  for (const { name, text } of systemParts(config.system.map((part) => part.text).join('\n\n')))
    add(name, meter.text(text))
  if (config.nativeCalls)
    for (const spec of config.toolSpecs) add('tools', meter.text(JSON.stringify(spec)))
  for (const { message, pinned, summaryOf } of items) {
    if (summaryOf !== undefined) add('summary', meter.message(message))
    else if (pinned) add('pinned', meter.message(message))
    else for (const [name, one] of messageParts(message)) add(name, meter.message(one))
  }
  return [...parts.values()]
}

/** Instructions and memories stand in the system prompt, each in marks of its own. */
function systemParts(system: string): { name: string; text: string }[] {
  const instructions = system.match(/<instructions\b[\s\S]*?<\/instructions>/g) ?? []
  const memories = system.match(/<memor[\w-]*\b[\s\S]*?<\/memor[\w-]*>/g) ?? []
  const rest = [...instructions, ...memories].reduce((text, part) => text.replace(part, ''), system)
  return [
    { name: 'system prompt', text: rest },
    ...instructions.map((text) => ({ name: 'instructions', text })),
    ...memories.map((text) => ({ name: 'memories', text })),
  ]
}

/** A message by what it holds: each part as a message of its own. */
function messageParts(message: Message): [string, Message][] {
  if (message.role === 'tool')
    return message.content.map((result) => [
      `results of ${result.name}`,
      { role: 'tool', content: [result] },
    ])
  if (message.role === 'user') {
    const images = message.content.filter((block) => block.type === 'image')
    const texts = message.content.filter((block) => block.type !== 'image')
    return [
      ...(texts.length > 0
        ? [['prompts', { role: 'user', content: texts }] as [string, Message]]
        : []),
      ...images.map((image): [string, Message] => ['images', { role: 'user', content: [image] }]),
    ]
  }
  const kinds = [
    ['answers', 'text'],
    ['thinking', 'thinking'],
    ['calls', 'call'],
  ] as const
  return kinds.flatMap(([name, type]): [string, Message][] => {
    const content = message.content.filter((block) => block.type === type)
    return content.length === 0 ? [] : [[name, { role: 'assistant', content }]]
  })
}

function largest(items: readonly ContextItem[], { meter }: ContextCare): ContextBill['largest'] {
  return answeredCalls(items)
    .map(({ call, result }) => ({
      call: oneLine(`${result.name} ${firstText(call.input)}`, maxCallChars),
      tokens: meter.message({ role: 'tool', content: [result] }),
    }))
    .sort((a, b) => b.tokens - a.tokens)
    .slice(0, maxLargest)
}

function firstText(input: Record<string, unknown>): string {
  const found = Object.values(input).find((value) => typeof value === 'string' && value !== '')
  return found === undefined ? '' : String(found)
}

function nextRelief(
  items: readonly ContextItem[],
  { care, budget }: { care: ContextCare; budget: Budget },
): string {
  if (!care.auto) return 'nothing by itself (autoCompact is off); /compact summarises'
  if (budget.window === undefined)
    return 'nothing before the host refuses a request as too long: its window is not known (contextWindow sets it)'
  const left = budget.trigger - budget.inputTokens
  const when = left > 0 ? `in ${thousands(left)} tokens` : 'before the next request'
  const list = candidates(items, { meter: care.meter, protect: protectionOf(care, budget) })
  const freed = list.reduce((sum, one) => sum + one.tokens, 0)
  return list.length > 0
    ? `${when}: leave out old results (${plural(list.length, 'result')}, ${thousands(freed)} tokens), then summarise`
    : `${when}: summarise all but the newest messages`
}
