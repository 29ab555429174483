/** What the loop needs for one run, from the services of the app. */
import type { AgentConfig } from '../agent/config.ts'
import { buildSystemPrompt, instructionBlocks, toolSpecs } from '../agent/prompt.ts'
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { type Instructions, readInstructions } from '../config/documents.ts'
import type { RunInput } from '../contract/app.ts'
import type { EventBus } from '../contract/event.ts'
import type { ChangeRecorder } from '../contract/journal.ts'
import type { UserMessage } from '../contract/message.ts'
import type { Gate, Person } from '../contract/permission.ts'
import type { ModelInfo, Provider } from '../contract/provider.ts'
import type { Settings } from '../contract/settings.ts'
import type { AnyTool, TodoItem, ToolContext, ToolServices, Workspace } from '../contract/tool.ts'
import type { Tries } from '../contract/tries.ts'
import { aliases } from '../tools/aliases.ts'
import { allTools } from '../tools/registry.ts'
import { answerCheck } from './answer-check.ts'
import type { Contexts } from './context.ts'
import type { Conversation } from './conversation.ts'
import { endReminder, runLimits } from './run-ends.ts'
import type { Usages } from './usage.ts'

export interface AgentParts {
  model: { provider: Provider; model: string; info: ModelInfo }
  input: RunInput
  settings: Settings
  workspace: Workspace
  bus: EventBus
  gate: Gate
  secrecy: NonNullable<ToolContext['secrecy']>
  conversation: Conversation
  todo: { items: TodoItem[] }
  memory: NonNullable<ToolContext['memory']>
  /** What the session is told of what is remembered; empty: nothing. */
  remembered(conversation: Conversation): string
  services: ToolServices
  tries: Tries
  usage: Usages
  contexts: Contexts
  userDirectory: string
  person(): Person | undefined
  /** Where changes of files are recorded; absent where they are not. */
  changes?: ChangeRecorder | undefined
  mask(text: string): string
  /** What becomes of instructions on their way to the model. */
  instructions(instructions: Instructions): Instructions
  refuse(tool: string, input: JsonObject): Promise<string | undefined>
  deniedMeanwhile: NonNullable<AgentConfig['deniedMeanwhile']>
  take(how: 'steer' | 'queue'): UserMessage[]
  takeNotes(): string[]
}

/** Wires whose models always make native calls: text that looks like a call is text there. */
const nativeOnly: ReadonlySet<string> = new Set(['anthropic', 'openai', 'builtin'])

export function buildAgentConfig(parts: AgentParts): AgentConfig {
  const { model, input, settings, bus, workspace } = parts
  const tools = enabledTools(settings, input.toolNames)
  const nativeCalls = model.info.tools !== false
  const { conversation } = parts
  const remembered = parts.remembered(conversation)
  const began = conversation.beginning({ mode: parts.gate.mode, remembered })
  return {
    provider: model.provider,
    model: model.model,
    info: parts.contexts.infoOf(model),
    care: parts.contexts.care(model, {
      results: () => parts.conversation.results(),
      todo: () => parts.todo.items,
    }),
    tools,
    toolSpecs: toolSpecs(tools),
    aliases,
    nativeCalls,
    textCalls: tools.length > 0 && !nativeOnly.has(model.provider.name),
    gate: parts.gate,
    system: buildSystemPrompt({
      environment: began.environment,
      instructions: parts.conversation.instructions(() =>
        readInstructions(workspace.root, parts.userDirectory).map(parts.instructions),
      ),
      ...optional('systemPrompt', settings.systemPrompt),
      ...optional('remembered', began.remembered || undefined),
      ...optional('appendSystemPrompt', settings.appendSystemPrompt),
      ...(nativeCalls || tools.length === 0 ? {} : { textTools: tools }),
    }),
    limits: runLimits(settings, input),
    ...optional('effort', settings.effort),
    ...optional('maxOutputTokens', settings.maxOutputTokens),
    ...optional('temperature', settings.temperature),
    ...optional('outputSchema', input.outputSchema),
    ...optional('checkAnswer', input.checked ? answerCheck(input.outputSchema) : undefined),
    ...optional('recipe', input.recipe),
    context: (callId, signal) => toolContext(parts, callId, signal),
    emit: (event) => bus.emit(event),
    mask: parts.mask,
    refuse: parts.refuse,
    deniedMeanwhile: parts.deniedMeanwhile,
    record: (body) => parts.conversation.session().append(body).id,
    draft: (added) => parts.conversation.session().draft(added),
    afford: (request, signal) =>
      parts.usage.afford({ provider: model.provider.name, info: model.info, request }, signal),
    take: parts.take,
    takeNotes: parts.takeNotes,
    ...optional('reminder', endReminder(parts, tools)),
    async afterCall(paths) {
      const found = parts.conversation.nestedInstructions(paths).map(parts.instructions)
      return found.length === 0 ? undefined : instructionBlocks(found)
    },
    async goOn(question, signal) {
      const answer = await parts
        .person()
        ?.question({ text: question, choices: ['yes', 'no'] }, signal)
      return answer === 'yes'
    },
  }
}

/** Tools that need the index are not offered without one. */
const indexTools: ReadonlySet<string> = new Set([
  'search_codebase',
  'find_symbol',
  'find_references',
  'goto_definition',
  'get_call_graph',
  'get_dependency_graph',
  'get_inheritance',
  'show_impact',
  'outline',
])

export function enabledTools(settings: Settings, only: readonly string[] | undefined): AnyTool[] {
  if (!settings.tools) return []
  const wanted = (name: string) =>
    (settings.toolNames?.includes(name) ?? true) && (only?.includes(name) ?? true)
  return allTools.filter(
    (tool) => wanted(tool.name) && (settings.index || !indexTools.has(tool.name)),
  )
}

export function toolContext(
  parts: Pick<
    AgentParts,
    | 'settings'
    | 'bus'
    | 'tries'
    | 'workspace'
    | 'secrecy'
    | 'todo'
    | 'memory'
    | 'services'
    | 'person'
    | 'changes'
  > & { conversation: Pick<Conversation, 'ledger' | 'results'> },
  callId: string,
  signal: AbortSignal,
): ToolContext {
  return {
    callId,
    signal,
    workspace: parts.workspace,
    secrecy: parts.secrecy,
    ledger: parts.conversation.ledger,
    ...optional('changes', parts.changes),
    get results() {
      return parts.conversation.results()
    },
    todo: parts.todo,
    memory: parts.memory,
    services: parts.settings.index ? parts.services : withoutIndex(parts.services),
    tries: parts.tries,
    output: (text) => parts.bus.emit({ type: 'call_output', id: callId, text }),
    ask: async (question) => parts.person()?.question(question, signal),
  }
}

/** Tools that only profit from the index go on without it: hover at a position, edits that would tell their importers. */
function withoutIndex(services: ToolServices): ToolServices {
  const off = 'The index is off (--no-index); give path, line and column instead of a name'
  const refuse = () => Promise.reject(new CodiError('unsupported', off))
  const refusing = new Proxy({} as never, { get: () => refuse })
  return { ...services, index: refusing, vectors: refusing }
}

/** `{ [key]: value }`, or nothing where there is no value. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}
