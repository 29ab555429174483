/**
 * Runs the calls of one assistant message: reads in parallel, everything else alone and in order. Every call gets
 * exactly one result, whatever happens: error, denial, interrupt.
 */
import { abortable, mapLimit } from '../base/async.ts'
import { errorMessage, toCodiError } from '../base/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import { maskedJson } from '../base/mask/masked-json.ts'
import { formatCount, headAndTail, oneLine } from '../base/text.ts'
import type { CallBlock, ImageBlock, ResultBlock, TextBlock } from '../contract/message.ts'
import type { Decision, PermissionRequest } from '../contract/permission.ts'
import type { AnyTool, Detail, ToolContext, ToolResult } from '../contract/tool.ts'
import type { AgentConfig } from './config.ts'
import { type Resolved, resolveCall } from './resolve.ts'

const maxParallelReads = 8
/** Characters of one result that the model reads; the rest is kept for recall_result. */
const maxResultChars = 50_000
/** How long an interrupted tool may take to come to a clean end before it is left behind. */
const interruptGraceMs = 1500

/** The part of the configuration that running calls needs. */
export type CallConfig = Pick<
  AgentConfig,
  | 'tools'
  | 'aliases'
  | 'gate'
  | 'context'
  | 'emit'
  | 'record'
  | 'afterCall'
  | 'mask'
  | 'refuse'
  | 'deniedMeanwhile'
>

/** What became of one call. */
export interface CallOutcome {
  call: CallBlock
  result: ResultBlock
  ms: number
  /** Set when the gate said no. */
  denial?: Extract<Decision, { allow: false }>
}

export async function runCalls(
  config: CallConfig,
  calls: readonly CallBlock[],
  signal: AbortSignal,
): Promise<CallOutcome[]> {
  const outcomes: CallOutcome[] = []
  let stopped: string | undefined
  for (const batch of batches(config, calls)) {
    const done = await mapLimit(batch, maxParallelReads, (planned) =>
      stopped === undefined && !signal.aborted
        ? runCall(config, planned, signal)
        : Promise.resolve(notRun(config, planned.call, stopped ?? interruptedBefore)),
    )
    outcomes.push(...done)
    if (done.some((outcome) => outcome.denial?.abort)) stopped = interruptedBefore
  }
  return outcomes
}

interface PlannedCall {
  call: CallBlock
  resolved: Resolved
}

/** Neighbouring reads form one batch; any other call is a batch of its own. */
function batches(config: CallConfig, calls: readonly CallBlock[]): PlannedCall[][] {
  const result: PlannedCall[][] = []
  let reads: PlannedCall[] | undefined
  for (const call of calls) {
    const resolved = resolveCall(call, config.tools, config.aliases)
    const parallel = !resolved.ok || resolved.tool.effect === 'read'
    if (parallel && reads) {
      reads.push({ call, resolved })
      continue
    }
    const batch = [{ call, resolved }]
    result.push(batch)
    reads = parallel ? batch : undefined
  }
  return result
}

async function runCall(
  config: CallConfig,
  { call, resolved }: PlannedCall,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const started = performance.now()
  const name = resolved.tool?.name ?? call.name
  if (!resolved.ok) {
    announce(config, call, name, call.input, name)
    return settle(config, call, name, started, { content: resolved.message, isError: true })
  }
  const { tool, input, notes } = resolved
  const context = config.context(call.id, signal)
  const refusal = await config.refuse?.(tool.name, input)
  if (refusal !== undefined) {
    announce(config, call, name, input, summaryOf(tool, input))
    return settle(config, call, name, started, { content: refusal, isError: true })
  }
  let request: PermissionRequest
  try {
    request = await permissionRequest(tool, input, context)
  } catch (thrown) {
    announce(config, call, name, input, summaryOf(tool, input))
    return settle(config, call, name, started, failed(thrown))
  }
  announce(config, call, name, input, request.summary)
  const decision = await config.gate.check(request, signal)
  const isQuiet = request.effect === 'read' || request.effect === 'ask'
  if (!isQuiet || !decision.allow || decision.by === 'person')
    config.emit({ type: 'permission', request, decision })
  if (!decision.allow) {
    const text = signal.aborted ? interruptedBefore : denialText(decision)
    const outcome = await settle(config, call, name, started, { content: text, isError: true })
    return { ...outcome, denial: decision }
  }
  // The time a person took to answer is not the tool's.
  const allowed = performance.now()
  context.approved = { ...request, ...(decision.access ? { access: decision.access } : {}) }
  const result = await runTool(tool, input, context, signal)
  const extra = result.isError ? undefined : await config.afterCall?.(request.paths)
  const outcome = await settle(config, call, name, allowed, result, { notes, extra, context })
  const denial = config.deniedMeanwhile?.(call.id)
  // A command that came to its end without what it was refused did not need it.
  return denial && (denial.abort || result.isError) ? { ...outcome, denial } : outcome
}

async function permissionRequest(
  tool: AnyTool,
  input: JsonObject,
  context: ToolContext,
): Promise<PermissionRequest> {
  const own = await tool.request?.(input, context)
  return {
    callId: context.callId,
    tool: tool.name,
    effect: tool.effect,
    ...(own ?? { summary: summaryOf(tool, input), paths: [], hosts: [] }),
  }
}

/** A tool's end, at most a grace time after an interrupt; a throw becomes a result. */
async function runTool(
  tool: AnyTool,
  input: JsonObject,
  context: ToolContext,
  signal: AbortSignal,
): Promise<ToolResult> {
  const grace = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const onAbort = () => {
    timer = setTimeout(() => grace.abort(), interruptGraceMs)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await abortable(tool.run(input, context), grace.signal)
  } catch (thrown) {
    if (signal.aborted) {
      const text = tool.effect === 'read' ? interruptedReading : interruptedDuring
      return { content: text, isError: true }
    }
    return failed(thrown)
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearTimeout(timer)
  }
}

const interruptedBefore = 'Not run: the user interrupted.'
const interruptedReading = 'Interrupted by the user.'
const interruptedDuring =
  'Interrupted by the user while it ran; what it had done until then stands. Check before repeating it.'

function denialText(decision: Extract<Decision, { allow: false }>): string {
  return `Permission denied: ${decision.reason}`
}

function failed(thrown: unknown): ToolResult {
  const error = toCodiError(thrown)
  const prefix = error.kind === 'internal' ? 'Internal error: ' : ''
  return { content: `${prefix}${errorMessage(error)}`, isError: true }
}

function notRun(config: CallConfig, call: CallBlock, reason: string): CallOutcome {
  const result: ResultBlock = {
    type: 'result',
    callId: call.id,
    name: call.name,
    content: [{ type: 'text', text: reason }],
    isError: true,
  }
  config.record({ type: 'result', result })
  return { call, result, ms: 0 }
}

function announce(
  config: CallConfig,
  call: CallBlock,
  name: string,
  input: JsonObject,
  summary: string,
): void {
  config.emit({ type: 'call_start', id: call.id, name, input, summary })
}

interface SettleExtras {
  notes: string[]
  extra: string | undefined
  context: ToolContext
}

/** Makes the result block, keeps it, and tells people. */
async function settle(
  config: CallConfig,
  call: CallBlock,
  name: string,
  started: number,
  answered: ToolResult,
  extras?: SettleExtras,
): Promise<CallOutcome> {
  const toolResult = config.mask ? maskedResult(answered, config.mask) : answered
  const { content, ...cut } = await capped(blocksOf(toolResult), name, extras?.context)
  const keptAs = cut.keptAs ?? keptByTool(toolResult)
  if (extras && extras.notes.length > 0)
    content.unshift({ type: 'text', text: `[${extras.notes.join('; ')}]` })
  if (extras?.extra) content.push({ type: 'text', text: extras.extra })
  const result: ResultBlock = {
    type: 'result',
    callId: call.id,
    name,
    content,
    isError: toolResult.isError ?? false,
    ...(toolResult.data === undefined ? {} : { data: toolResult.data }),
    ...(keptAs === undefined ? {} : { keptAs }),
    ...(extras?.extra ? { instructed: true } : {}),
  }
  const ms = Math.round(performance.now() - started)
  config.record({ type: 'result', result })
  config.emit({
    type: 'call_end',
    id: call.id,
    name,
    ok: !result.isError,
    ms,
    output: textOf(content),
    ...(toolResult.detail ? { detail: toolResult.detail } : {}),
    ...(toolResult.data === undefined ? {} : { data: toolResult.data }),
  })
  return { call, result, ms }
}

function maskedResult(result: ToolResult, mask: (text: string) => string): ToolResult {
  const { content, detail, data } = result
  return {
    ...result,
    content:
      typeof content === 'string'
        ? mask(content)
        : content.map((block) =>
            block.type === 'text' ? { ...block, text: mask(block.text) } : block,
          ),
    ...(detail === undefined ? {} : { detail: maskedJson(detail as JsonValue, mask) as Detail }),
    ...(data === undefined ? {} : { data: maskedJson(data, mask) }),
  }
}

function blocksOf(result: ToolResult): (TextBlock | ImageBlock)[] {
  if (typeof result.content !== 'string') return [...result.content]
  return [{ type: 'text', text: result.content === '' ? '(no output)' : result.content }]
}

/** A command whose output was cut has kept it by itself. */
function keptByTool({ data }: ToolResult): string | undefined {
  const keptAs = isJsonObject(data) ? data.keptAs : undefined
  return typeof keptAs === 'string' ? keptAs : undefined
}

async function capped(
  blocks: (TextBlock | ImageBlock)[],
  tool: string,
  context: ToolContext | undefined,
): Promise<{ content: (TextBlock | ImageBlock)[]; keptAs?: string }> {
  const content: (TextBlock | ImageBlock)[] = []
  let keptAs: string | undefined
  for (const block of blocks) {
    if (block.type === 'image' || block.text.length <= maxResultChars) {
      content.push(block)
      continue
    }
    const id = await context?.results.put(block.text, { tool, callId: context.callId })
    // Several parts have no one place where all of them are.
    if (blocks.length === 1) keptAs = id
    const mark = (cut: number) =>
      `[… ${formatCount(cut)} characters left out${id === undefined ? '' : `; recall_result {"id":"${id}"} reads them`} …]`
    content.push({
      type: 'text',
      text: headAndTail(block.text, { maxChars: maxResultChars, mark }).text,
    })
  }
  return { content, ...(keptAs === undefined ? {} : { keptAs }) }
}

export function resultText(result: ResultBlock): string {
  return textOf(result.content)
}

export function textOf(blocks: readonly { type: string; text?: string; name?: string }[]): string {
  return blocks
    .map((block) => (block.type === 'text' ? (block.text ?? '') : `[image ${block.name ?? ''}]`))
    .join('\n')
}

/** A line for people about a call whose tool has no words of its own. */
function summaryOf(tool: AnyTool, input: JsonObject): string {
  const first = Object.values(input).find((value) => typeof value === 'string' && value !== '')
  return first === undefined ? tool.name : `${tool.name} ${oneLine(String(first), 80)}`
}
