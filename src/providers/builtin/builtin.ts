/**
 * The provider without a model. It drives the same loop and tools as any other: a question becomes searches and reads,
 * and what they find becomes a short, cited answer. It keeps nothing between requests and never pretends to understand
 * more than it looked up.
 */

import { errorMessage } from '../../base/errors.ts'
import type { CallBlock } from '../../contract/message.ts'
import { noUsage } from '../../contract/message.ts'
import type { ModelEvent, ModelInfo, ModelRequest, Provider } from '../../contract/provider.ts'
import type { Conversation } from './conversation.ts'
import type { Script, Step } from './script.ts'

/** How to add a model; said once in a conversation. */
const hint =
  'No model is configured: this is the built-in engine. Add one: `codi login`, or `export ANTHROPIC_API_KEY=…` or `OPENAI_API_KEY=…`, or start Ollama; see `codi --help`.'

const info: ModelInfo = {
  id: 'builtin',
  tools: true,
  vision: false,
  thinking: false,
  free: true,
}

export function createBuiltin(): Provider {
  return {
    name: 'builtin',
    models: async () => [info],
    describe: async () => info,
    stream: (request, signal) => answer(request, signal),
  }
}

async function* answer(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
  try {
    const { readConversation } = await import('./conversation.ts')
    const conversation = readConversation(request.messages)
    const step = await nextStep(request, conversation)
    if (signal.aborted) {
      yield { type: 'error', failure: { kind: 'cancelled', message: 'Interrupted' } }
      return
    }
    if (step.done) yield* say(step.answer, request, conversation.first ? hint : '')
    else yield* ask(step.calls, request.messages.length)
  } catch (thrown) {
    const message = `The built-in engine failed: ${errorMessage(thrown)}`
    yield { type: 'error', failure: { kind: 'protocol', message } }
  }
}

async function nextStep(request: ModelRequest, conversation: Conversation): Promise<Step> {
  const { replay } = await import('./script.ts')
  return replay(await scriptFor(request, conversation), conversation.rounds)
}

/** Each recipe's script is loaded when it is first run. */
async function scriptFor(request: ModelRequest, conversation: Conversation): Promise<Script> {
  const { createToolkit } = await import('./toolkit.ts')
  const toolkit = createToolkit(request.tools)
  const given = conversation.stdin ?? conversation.question
  if (request.recipe === 'commit') {
    const { writeCommit } = await import('./commit-script.ts')
    const note = /^What the author says of it: (.+)$/m.exec(conversation.question)?.[1]
    return writeCommit(given, note?.trim() ?? '', toolkit)
  }
  if (request.recipe === 'review') {
    const { reviewDiff } = await import('./review/review.ts')
    return reviewAsJson(reviewDiff(given, toolkit))
  }
  const { answerQuestion } = await import('./ask/answer.ts')
  return answerQuestion(conversation, toolkit, request.recipe)
}

function* reviewAsJson(script: Script<unknown>): Script {
  return JSON.stringify(yield* script, null, 2)
}

/** Recipes whose text is taken by a program get the hint beside it, not in it. */
function* say(text: string, request: ModelRequest, hint: string): Generator<ModelEvent> {
  const forProgram =
    request.recipe === 'commit' || request.recipe === 'review' || request.outputSchema !== undefined
  if (hint !== '' && forProgram) yield { type: 'notice', text: hint }
  const whole = hint === '' || forProgram ? text : `${text}\n\n_${hint}_`
  for (const part of whole.split(/(?<=\n\n)/)) yield { type: 'text', text: part }
  yield {
    type: 'done',
    message: { role: 'assistant', content: [{ type: 'text', text: whole }] },
    stop: 'end',
    usage: { ...noUsage },
    model: 'builtin',
  }
}

/** Ids are told apart by the length of the conversation, so none is used twice. */
function* ask(
  calls: { name: string; input: CallBlock['input'] }[],
  position: number,
): Generator<ModelEvent> {
  const blocks = calls.map(
    ({ name, input }, index): CallBlock => ({
      type: 'call',
      id: `builtin_${position}_${index + 1}`,
      name,
      input,
    }),
  )
  for (const block of blocks) yield { type: 'call_start', id: block.id, name: block.name }
  yield {
    type: 'done',
    message: { role: 'assistant', content: blocks },
    stop: 'calls',
    usage: { ...noUsage },
    model: 'builtin',
  }
}
