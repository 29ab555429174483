/**
 * The one composition root: builds every service once, wires them, closes them in reverse. Front ends get the App of
 * contract/app.ts and nothing else.
 */
import { rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runCalls } from '../agent/calls.ts'
import { buildRequest, runLoop } from '../agent/loop.ts'
import { toolSpecs } from '../agent/prompt.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { openMasker } from '../base/mask/masker.ts'
import { formatCount } from '../base/text.ts'
import type { CodiPaths } from '../config/paths.ts'
import { decline, trust } from '../config/trust.ts'
import type { App, RunInput, StatusRow, ToolCall } from '../contract/app.ts'
import type { Credentials } from '../contract/auth.ts'
import type { PermissionRequest, Person } from '../contract/permission.ts'
import type { ModelRequest } from '../contract/provider.ts'
import type { Session } from '../contract/session.ts'
import type { Settings } from '../contract/settings.ts'
import type { TodoItem } from '../contract/tool.ts'
import { openSessionStore, type SessionStore } from '../sessions/store.ts'
import { aliases } from '../tools/aliases.ts'
import { createLedger } from '../tools/files/file-ledger.ts'
import { openWorkspace } from '../tools/workspace.ts'
import { openWeb } from '../web/web.ts'
import { buildAgentConfig, enabledTools, toolContext } from './agent-config.ts'
import { jsonText } from './answer-check.ts'
import { openBus } from './bus.ts'
import { type Conversation, openConversation } from './conversation.ts'
import { openStore } from './credentials.ts'
import { embeddingOrBuiltin, storedEmbeddingKey } from './embedding.ts'
import { openSessionGate } from './gate.ts'
import { openLateDenials } from './late-denials.ts'
import { openMasks } from './masking.ts'
import { allModels, chooseModel, pullModel } from './model.ts'
import { pastShells } from './past-shells.ts'
import { failedResult, resultOf } from './run-result.ts'
import { auditName, openInstructionCheck, startAuditing, untrustedContent } from './safety.ts'
import { sandboxPolicy } from './sandbox-policy.ts'
import { sandboxText } from './sandbox-text.ts'
import { openServices } from './services.ts'
import { sessionText } from './session-text.ts'
import { openToolResults } from './tool-results.ts'
import { toUserMessage, withNotes } from './user-message.ts'

export interface AppOptions {
  cwd: string
  env: Record<string, string | undefined>
  paths: CodiPaths
  settings: Settings
  /** What `codi login` stored; that of `paths` unless told. */
  credentials?: Credentials
  /** Keeps nothing of the conversation. */
  ephemeral?: boolean
  /** Ends the search for a provider: an interrupt must not wait for a host that is silent. */
  signal?: AbortSignal
  /** Goes on with this session; undefined inside means the newest of this directory. */
  resume?: { id: string | undefined }
}

export async function openApp(options: AppOptions): Promise<App> {
  const { env, paths, settings } = options
  const workspace = await openWorkspace(options.cwd, settings.addDirs)
  const masker = settings.maskSecrets
    ? openMasker({ env, patterns: settings.secretPatterns, warn })
    : undefined
  const masks = openMasks(masker, workspace)
  const bus = openBus(masks.events)
  let person: Person | undefined
  const { gate, secrecy, sandboxRules } = await openSessionGate({
    settings,
    paths,
    workspace,
    env,
    person: () => person,
    sandbox: () => opened.services.sandbox,
    notice: warn,
  })
  const policy = sandboxPolicy({
    ...{ settings, workspace, paths, rules: sandboxRules },
    home: env.HOME || homedir(),
  })
  const opened = openServices({
    root: workspace.root,
    cacheDirectory: paths.cache,
    env,
    bus,
    embedding: () =>
      embeddingOrBuiltin(settings, {
        env,
        warn,
        ...(embeddingKey ? { stored: embeddingKey } : {}),
      }),
    sandbox: { policy, directory: join(paths.cache, 'sandbox') },
    web: openWeb({
      env,
      settings: { ...settings, allowHosts: sandboxRules.allowedHosts },
    }),
    gate: () => gate,
  })
  const audit = settings.audit
    ? await startAuditing({ env, paths, settings, bus, mask: masker?.mask })
    : undefined
  const credentials = masks.credentials(
    options.credentials ?? openStore({ env, paths, settings, notice: warn }),
  )
  const embeddingKey = await storedEmbeddingKey(settings, { credentials, warn })
  const inUse = await chooseModel(settings, { env, credentials, interrupt: options.signal })
  const todo: { items: TodoItem[] } = { items: [] }
  const waiting: Record<'steer' | 'queue', string[]> = { steer: [], queue: [] }
  const closers: (() => void | Promise<void>)[] = [() => opened.close(), () => conversation.close()]
  let store: SessionStore | undefined
  let forgets = options.ephemeral ?? false
  let conversation = newConversation()
  let running = false
  /** Was resumed, and its model has not been asked since. */
  let takenUp: Session | undefined

  /** The store is opened by the first thing that needs it, not by start-up. */
  function sessionStore(): SessionStore {
    if (store) return store
    store = openSessionStore({
      path: forgets ? ':memory:' : join(paths.data, 'sessions.db'),
      notice: warn,
    })
    closers.push(() => store?.close())
    return store
  }

  /** A conversation must be possible where nothing can be kept: a read-only home, a full disk. */
  function storeToWrite(): SessionStore {
    try {
      return sessionStore()
    } catch (thrown) {
      warn(`${errorMessage(thrown)}; this conversation is not kept`)
      forgets = true
      return sessionStore()
    }
  }

  function warn(text: string): void {
    bus.emit({ type: 'notice', level: 'warning', text })
  }

  function newConversation(resumed?: Session): Conversation {
    return openConversation({
      workspace,
      resumed,
      store: storeToWrite,
      choice: () => inUse.choice,
      resultsDirectory: () => (forgets ? undefined : join(paths.data, 'results')),
      keepResults: masks.results,
    })
  }

  const parts = {
    settings,
    workspace,
    bus,
    gate,
    secrecy,
    todo,
    services: opened.services,
    userDirectory: paths.config,
    person: () => person,
    takeNotes: () => opened.shells.takeNotes().map((note) => masks.text(note)),
    mask: masks.text,
    instructions: openInstructionCheck({ mask: masks.text, warn }),
    refuse: masks.refuse,
    deniedMeanwhile: openLateDenials(bus),
    take: (how: 'steer' | 'queue') => waiting[how].splice(0).map((text) => toUserMessage({ text })),
  }

  async function firstRequest(input: RunInput, signal: AbortSignal): Promise<ModelRequest> {
    const model = await inUse.open(signal)
    const config = buildAgentConfig({ ...parts, model, input, conversation })
    const before = conversation.id === undefined ? [] : conversation.session().messages()
    return buildRequest(config, [...before, toUserMessage(masks.input(input, model.provider.name))])
  }

  async function callTool(name: string, input: JsonObject, signal: AbortSignal): Promise<ToolCall> {
    const results = openToolResults(join(paths.data, 'results', 'tool'))
    const context = {
      ...parts,
      conversation: {
        ledger: createLedger({ standalone: true }),
        results: () => masks.results(results.store),
      },
    }
    await audit?.begin(auditName('tool'), { cwd: workspace.root, mode: gate.mode })
    const [outcome] = await runCalls(
      {
        tools: enabledTools(settings, undefined),
        aliases,
        gate,
        context: (callId, callSignal) => toolContext(context, callId, callSignal),
        emit: (event) => bus.emit(event),
        record: () => undefined,
        mask: masks.text,
        refuse: masks.refuse,
        deniedMeanwhile: parts.deniedMeanwhile,
      },
      [{ type: 'call', id: 'call_1', name, input }],
      audit ? AbortSignal.any([signal, audit.signal]) : signal,
    )
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

  async function run(input: RunInput, signal: AbortSignal) {
    if (running) throw new CodiError('internal', 'A run is already under way')
    running = true
    const modeBefore = gate.mode
    if (input.mode) gate.mode = input.mode
    const started = { ...inUse.choice, session: undefined as string | undefined }
    try {
      const isFirst = conversation.id === undefined
      const session = conversation.session()
      started.session = forgets ? undefined : session.id
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
      if (takenUp) opened.shells.resume(pastShells(takenUp.messages()))
      takenUp = undefined
      const message = conversation.withMode(
        withNotes(
          toUserMessage(masks.input(input, model.provider.name)),
          opened.shells.takeNotes(),
        ),
        gate.mode,
      )
      if (input.label !== undefined && isFirst) session.append({ type: 'label', text: input.label })
      session.append({ type: 'message', message })
      const config = buildAgentConfig({ ...parts, model, input, conversation })
      const stop = audit ? AbortSignal.any([signal, audit.signal]) : signal
      const outcome = await runLoop(config, session.messages(), stop)
      if (audit?.failure) throw audit.failure
      const result = masks.result(resultOf(outcome, started))
      if (input.checked && result.ok) result.text = jsonText(result.text)
      bus.emit({ type: 'result', ...result })
      return result
    } catch (thrown) {
      const result = masks.result(failedResult(thrown, started, signal.aborted))
      bus.emit({ type: 'result', ...result })
      return result
    } finally {
      running = false
      if (input.mode) gate.mode = modeBefore
    }
  }

  function resumeSession(id: string | undefined) {
    const sessions = sessionStore()
    const wanted = id ?? sessions.list({ cwd: workspace.root })[0]?.id
    if (wanted === undefined) {
      throw new CodiError(
        'not_found',
        'There is no session of this directory; codi sessions --all lists the others',
      )
    }
    void opened.shells.endAll()
    conversation.close()
    takenUp = sessions.resume(wanted)
    conversation = newConversation(takenUp)
    todo.items = []
    return sessions.summary(wanted)
  }

  async function status(): Promise<StatusRow[]> {
    const { provider, model, reason } = inUse.choice
    const summary =
      conversation.id === undefined ? undefined : sessionStore().summary(conversation.id)
    const window = inUse.info?.contextWindow
    return [
      { name: 'model', value: `${provider}/${model} (${reason})` },
      { name: 'mode', value: gate.mode },
      { name: 'directory', value: workspace.root },
      ...workspace.added.map((path) => ({ name: 'also', value: path })),
      { name: 'session', value: summary ? `${summary.id} "${summary.label}"` : 'new' },
      ...(summary ? [{ name: 'tokens', value: tokensText(summary) }] : []),
      ...(window === undefined ? [] : [{ name: 'window', value: `${formatCount(window)} tokens` }]),
      { name: 'index', value: await opened.indexState() },
      ...(audit ? [{ name: 'audit', value: audit.path ?? 'from the first prompt on' }] : []),
      { name: 'commands', value: await sandboxText(policy, opened.services.sandbox) },
      ...(opened.shells.running === 0
        ? []
        : [{ name: 'shells', value: `${opened.shells.running} in the background; /shells` }]),
    ]
  }

  const app: App = {
    bus,
    settings,
    workspace,
    gate,
    services: opened.services,
    sandbox: policy,
    todo,
    get person() {
      return person
    },
    set person(value) {
      person = value
    },
    run,
    callTool,
    approve,
    toolSpecs: () => toolSpecs(enabledTools(settings, undefined)),
    firstRequest,
    deliver: (how, text) => void waiting[how].push(text),
    takeUndelivered: () => [...waiting.steer.splice(0), ...waiting.queue.splice(0)],
    get model() {
      return { ...inUse.choice, info: inUse.info }
    },
    async setModel(name) {
      await inUse.change(name)
      if (conversation.id !== undefined)
        sessionStore().setModel(conversation.id, inUse.choice.provider, inUse.choice.model)
    },
    models: (signal) =>
      allModels({ settings, env, credentials, current: inUse.choice.provider, signal }),
    pullModel: (name, signal) =>
      pullModel(name, { settings, env, credentials, current: inUse.choice.provider, signal }),
    get sessionId() {
      return options.ephemeral ? undefined : conversation.id
    },
    newSession() {
      void opened.shells.endAll()
      conversation.close()
      takenUp = undefined
      conversation = newConversation()
      todo.items = []
    },
    resumeSession,
    sessions: {
      list: ({ everywhere = false } = {}) =>
        sessionStore()
          .list(everywhere ? {} : { cwd: workspace.root })
          .map((row) => ({ ...row, label: masks.text(row.label) })),
      show(id) {
        const session = sessionStore().open(id)
        const summary = sessionStore().summary(session.id)
        return {
          summary: { ...summary, label: masks.text(summary.label) },
          text: masks.text(sessionText(session.messages())),
        }
      },
      remove(id) {
        const { id: whole } = sessionStore().summary(id)
        sessionStore().remove(whole)
        rmSync(join(paths.data, 'results', whole), { recursive: true, force: true })
      },
    },
    untrusted: () => untrustedContent(workspace.root, paths.data),
    trust: (review) => trust(review, paths.data),
    declineTrust: (review) => decline(review, paths.data),
    followFiles() {
      if (settings.index) opened.follow()
    },
    status,
    async close() {
      await audit?.end()
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
  if (options.resume) resumeSession(options.resume.id)
  return app
}

function tokensText(summary: {
  inputTokens: number
  outputTokens: number
  costUsd: number | null
}) {
  const cost = summary.costUsd ? `, $${summary.costUsd.toFixed(4)}` : ''
  return `${formatCount(summary.inputTokens)} in, ${formatCount(summary.outputTokens)} out${cost}`
}
