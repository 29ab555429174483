/** One prompt to its end, and single calls of tools: the loop with the services of the app. */
import { join } from 'node:path'
import { runCalls } from '../agent/calls.ts'
import type { AgentConfig } from '../agent/config.ts'
import { runLoop } from '../agent/loop.ts'
import { buildRequest } from '../agent/request.ts'
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { App, RunInput, ToolCall } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import type { PermissionRequest } from '../contract/permission.ts'
import type { ModelRequest } from '../contract/provider.ts'
import { aliases } from '../tools/aliases.ts'
import { createLedger } from '../tools/files/file-ledger.ts'
import { type AgentParts, buildAgentConfig, enabledTools, toolContext } from './agent-config.ts'
import { jsonText } from './answer-check.ts'
import type { Auditing } from './auditing.ts'
import { openContextDesk } from './context-desk.ts'
import type { CurrentSession } from './current-session.ts'
import type { AppHistory } from './history.ts'
import type { RunningStep } from './history-steps.ts'
import type { Masks } from './masking.ts'
import type { ModelInUse } from './model.ts'
import { pastShells } from './past-shells.ts'
import { failedResult, resultOf } from './run-result.ts'
import { auditName } from './safety.ts'
import type { Shells } from './shells.ts'
import { openToolResults } from './tool-results.ts'
import type { Usages } from './usage.ts'
import { toUserMessage, withNotes } from './user-message.ts'

export interface RunParts extends Omit<AgentParts, 'model' | 'input' | 'conversation'> {
  /** codi's directory for data. */
  data: string
  current: CurrentSession
  inUse: ModelInUse
  masks: Masks
  usage: Usages
  shells: Shells
  audit: Auditing | undefined
  past: Pick<AppHistory, 'beginPrompt' | 'beginCall'>
}

export type Runs = Pick<App, 'run' | 'callTool' | 'approve' | 'firstRequest' | 'context'>

export function openRuns(parts: RunParts): Runs {
  const { audit, bus, current, gate, inUse, masks, settings, shells, workspace } = parts
  let running = false

  async function firstRequest(input: RunInput, signal: AbortSignal): Promise<ModelRequest> {
    const config = await configure(input, signal)
    const { conversation } = current
    const before = conversation.id === undefined ? [] : conversation.session().messages()
    return buildRequest(config, [
      ...before,
      toUserMessage(masks.input(input, config.provider.name)),
    ])
  }

  async function configure(input: RunInput, signal: AbortSignal): Promise<AgentConfig> {
    const { conversation } = current
    return buildAgentConfig({ ...parts, model: await inUse.open(signal), input, conversation })
  }

  const context = openContextDesk({
    session: () =>
      current.conversation.id === undefined ? undefined : current.conversation.session(),
    begin: () => current.conversation.session(),
    configure: (signal) => configure({ text: '' }, signal),
    share: () => parts.contexts.share(),
    measured: (full) => parts.contexts.measured(full),
    isRunning: () => running,
  })

  async function callTool(name: string, input: JsonObject, signal: AbortSignal): Promise<ToolCall> {
    const results = openToolResults(join(parts.data, 'results', 'tool'))
    const context = {
      ...parts,
      // A call of its own belongs to no session, whose list it would replace.
      todo: { items: [] },
      conversation: {
        ledger: createLedger({ standalone: true }),
        results: () => masks.results(results.store),
      },
    }
    await audit?.begin(auditName('tool'), { cwd: workspace.root, mode: gate.mode })
    const step = parts.past.beginCall(name, input)
    const [outcome] = await runCalls(
      {
        tools: enabledTools(settings, undefined),
        aliases,
        gate,
        context: (callId, callSignal) => toolContext(context, callId, callSignal),
        emit: (event) => bus.emit(event),
        record: () => 0,
        mask: masks.text,
        refuse: masks.refuse,
        deniedMeanwhile: parts.deniedMeanwhile,
      },
      [{ type: 'call', id: 'call_1', name, input }],
      audit ? AbortSignal.any([signal, audit.signal]) : signal,
    )
    await step.end()
    results.close()
    if (audit?.failure) throw audit.failure
    if (!outcome) throw new CodiError('internal', `The call of ${name} was not answered`)
    return { result: outcome.result, denied: outcome.denial !== undefined }
  }

  async function approve(command: string, signal: AbortSignal): Promise<void> {
    const request: PermissionRequest = {
      callId: '',
      tool: 'codi',
      effect: 'execute',
      summary: `run ${command}`,
      paths: [workspace.root],
      hosts: [],
      command,
      cwd: workspace.root,
      typed: true,
    }
    const decision = await gate.check(request, signal)
    bus.emit({ type: 'permission', request, decision })
    if (decision.allow) return
    // What the gate says of a mode is said to a model.
    const why = decision.by === 'mode' ? `mode ${gate.mode} does not allow it` : decision.reason
    throw new CodiError('denied', `${command} was not run: ${why}`)
  }

  async function run(input: RunInput, signal: AbortSignal): Promise<RunResult> {
    if (running) throw new CodiError('internal', 'A run is already under way')
    running = true
    const modeBefore = gate.mode
    if (input.mode) gate.mode = input.mode
    const started = { ...inUse.choice, session: undefined as string | undefined }
    const { conversation } = current
    let step: RunningStep | undefined
    try {
      const isFirst = conversation.id === undefined
      const session = conversation.session()
      started.session = current.forgets ? undefined : session.id
      bus.emit({
        type: 'session',
        id: session.id,
        provider: started.provider,
        model: started.model,
        cwd: workspace.root,
        resumed: conversation.resumed,
      })
      const { provider, model: name } = started
      await audit?.begin(session.id, {
        cwd: workspace.root,
        provider,
        model: name,
        mode: gate.mode,
      })
      audit?.input(input.text)
      const ready = await inUse.open(signal)
      const model = audit ? { ...ready, provider: audit.provider(ready.provider) } : ready
      const resumed = current.takeResumed()
      if (resumed) shells.resume(pastShells(resumed.messages()))
      const { message, told } = conversation.telling(
        withNotes(toUserMessage(masks.input(input, model.provider.name)), parts.takeNotes()),
        { mode: gate.mode, remembered: parts.remembered(conversation) },
      )
      if (input.label !== undefined && isFirst) session.append({ type: 'label', text: input.label })
      const prompt = session.append({ type: 'message', message, told })
      if (!session.kept) started.session = undefined
      step = parts.past.beginPrompt({ session: session.id, entry: prompt.id, text: input.text })
      const config = buildAgentConfig({ ...parts, model, input, conversation })
      parts.usage.beginRun(prompt.id, config.limits.maxCostUsd)
      const stop = audit ? AbortSignal.any([signal, audit.signal]) : signal
      const outcome = parts.usage.counted(await runLoop(config, session.items(), stop))
      if (audit?.failure) throw audit.failure
      const result = masks.result(resultOf(outcome, started))
      if (input.checked && result.ok) result.text = jsonText(result.text)
      await step.end()
      bus.emit({ type: 'result', ...result })
      return result
    } catch (thrown) {
      const result = masks.result(failedResult(thrown, started, signal.aborted))
      await step?.end()
      bus.emit({ type: 'result', ...result })
      return result
    } finally {
      running = false
      if (input.mode) gate.mode = modeBefore
      await parts.contexts.settle()
    }
  }

  return { run, callTool, approve, firstRequest, context }
}
