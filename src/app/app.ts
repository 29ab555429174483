/**
 * The one composition root: builds every service once, wires them, closes them in reverse. Front ends get the App of
 * contract/app.ts and nothing else.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { toolSpecs } from '../agent/prompt.ts'
import { openMasker } from '../base/mask/masker.ts'
import { formatCount } from '../base/text.ts'
import type { CodiPaths } from '../config/paths.ts'
import { decline, trust } from '../config/trust.ts'
import type { App, ResumeOptions, StatusRow } from '../contract/app.ts'
import type { Credentials } from '../contract/auth.ts'
import type { Person } from '../contract/permission.ts'
import type { Settings } from '../contract/settings.ts'
import { openWorkspace } from '../tools/workspace.ts'
import { openWeb } from '../web/web.ts'
import { enabledTools } from './agent-config.ts'
import { auditedActs } from './audited-acts.ts'
import { openBus } from './bus.ts'
import { openContexts } from './context.ts'
import { windowText } from './context-text.ts'
import { openStore } from './credentials.ts'
import { openCurrentSession } from './current-session.ts'
import { embeddingOrBuiltin, storedEmbeddingKey } from './embedding.ts'
import { type Notice, openFrontBus } from './front-bus.ts'
import { openSessionGate } from './gate.ts'
import { openHistory } from './history.ts'
import { openKeptSessions } from './kept-sessions.ts'
import { openLateDenials } from './late-denials.ts'
import { openMasks } from './masking.ts'
import { allModels, chooseModel, pullModel } from './model.ts'
import { openRuns } from './runs.ts'
import { openInstructionCheck, startAuditing, untrustedContent } from './safety.ts'
import { sandboxPolicy } from './sandbox-policy.ts'
import { changesText, overlayText, sandboxText } from './sandbox-text.ts'
import { openServices } from './services.ts'
import { openTasks } from './tasks.ts'
import { needsCare, openTries } from './tries.ts'
import { openUsage } from './usage.ts'
import { budgetLines } from './usage-text.ts'
import { toUserMessage } from './user-message.ts'

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
  resume?: { id: string | undefined; fork?: boolean }
  /** Notices that come before a front end listens, or after; without it they are gone. */
  unheard?(notice: Notice): void
}

export async function openApp(options: AppOptions): Promise<App> {
  const { env, paths, settings } = options
  const workspace = await openWorkspace(options.cwd, settings.addDirs)
  const masker = settings.maskSecrets
    ? openMasker({ env, patterns: settings.secretPatterns, warn })
    : undefined
  const masks = openMasks(masker, workspace)
  const bus = openBus(masks.events)
  const fronts = openFrontBus(bus, (notice) => options.unheard?.(notice))
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
    sandbox: { policy, directory: join(paths.cache, 'sandbox'), tries: join(paths.data, 'tries') },
    web: openWeb({
      env,
      settings: { ...settings, allowHosts: sandboxRules.allowedHosts },
    }),
    embedded: (event) => usage.keepEmbedding(event),
    gate: () => gate,
  })
  const audit = settings.audit
    ? await startAuditing({ env, paths, settings, bus, mask: masker?.mask })
    : undefined
  const credentials = masks.credentials(
    options.credentials ?? openStore({ env, paths, settings, notice: warn }),
  )
  const embeddingKey = await storedEmbeddingKey(settings, { credentials, warn })
  const usage = openUsage({
    ...{ settings, paths, bus, warn },
    project: workspace.root,
    session: () => (current.forgets ? undefined : current.conversation.id),
    person: () => person,
    sessions: () => current.store(),
  })
  const inUse = usage.metered(
    await chooseModel(settings, { env, credentials, interrupt: options.signal }),
  )
  const choose = async (asked: Settings) =>
    usage.metered(await chooseModel(asked, { env, credentials, interrupt: options.signal }))
  const contexts = openContexts({ ...{ settings, warn, choose }, cacheDirectory: paths.cache })
  const waiting: Record<'steer' | 'queue', string[]> = { steer: [], queue: [] }
  const current = openCurrentSession({
    workspace,
    data: paths.data,
    ephemeral: options.ephemeral ?? false,
    choice: () => inUse.choice,
    keepResults: masks.results,
    warn,
  })
  const kept = openKeptSessions({
    settings,
    env,
    cwd: workspace.root,
    journal: join(paths.data, 'journal'),
    current,
    bus,
    masker,
    choose,
    warn,
  })
  const tasks = openTasks({ settings, paths, workspace, env, gate, current, warn })
  let lost: string | undefined
  const closers: (() => void | Promise<void>)[] = [
    () => usage.close(),
    () => {
      lost = current.close()
    },
    () => kept.close(),
    () => opened.close(),
    () => tasks.close(),
  ]

  function warn(text: string): void {
    bus.emit({ type: 'notice', level: 'warning', text })
  }

  const past = openHistory({
    ...{ settings, paths, workspace, bus, current, warn },
    sandbox: () => opened.services.sandbox,
    shells: () => opened.shells.running,
    tries: () => tries,
    mask: masks.text,
  })
  closers.unshift(() => past.close())
  const tries = openTries({
    sandbox: opened.services.sandbox,
    workspace,
    bus,
    gate,
    changes: () => past.recorder?.(),
  })
  const runs = openRuns({
    tries,
    settings,
    workspace,
    bus,
    gate,
    secrecy,
    todo: tasks.todo,
    memory: tasks.forTools,
    remembered: (conversation) => masks.text(tasks.remembered(conversation)),
    services: opened.services,
    userDirectory: paths.config,
    person: () => person,
    takeNotes: () =>
      [...opened.shells.takeNotes(), ...tasks.takeNotes(), ...past.takeNotes()].map(masks.text),
    changes: past.recorder?.(),
    past,
    mask: masks.text,
    instructions: openInstructionCheck({ mask: masks.text, warn }),
    refuse: masks.refuse,
    deniedMeanwhile: openLateDenials(bus),
    take: (how: 'steer' | 'queue') => waiting[how].splice(0).map((text) => toUserMessage({ text })),
    data: paths.data,
    current,
    inUse,
    usage,
    contexts,
    masks,
    shells: opened.shells,
    audit,
  })

  function beginSession(): void {
    void opened.shells.endAll()
    contexts.measured(undefined)
  }

  function resumeSession(id: string | undefined, how: ResumeOptions = {}) {
    const wanted = kept.toResume(id, how)
    if (!wanted.isInForce) {
      current.resume(wanted.id)
      beginSession()
    }
    return kept.sessions.find(wanted.id)
  }

  async function status(): Promise<StatusRow[]> {
    const { provider, model, reason } = inUse.choice
    const { id } = current.conversation
    const summary = id === undefined ? undefined : current.store().summary(id)
    const window = inUse.info?.contextWindow
    return [
      { name: 'model', value: `${provider}/${model} (${reason})` },
      { name: 'mode', value: gate.mode },
      { name: 'directory', value: workspace.root },
      ...workspace.added.map((path) => ({ name: 'also', value: path })),
      { name: 'session', value: summary ? `${summary.id} "${summary.label}"` : 'new' },
      ...(summary ? [{ name: 'tokens', value: tokensText(summary) }] : []),
      ...(window === undefined
        ? []
        : [{ name: 'window', value: windowText(window, contexts.share()) }]),
      ...budgetLines(usage.desk.budgets()).map((value) => ({ name: 'budget', value })),
      { name: 'index', value: await opened.indexState() },
      ...(audit ? [{ name: 'audit', value: audit.path ?? 'from the first prompt on' }] : []),
      { name: 'commands', value: await sandboxText(policy, opened.services.sandbox) },
      { name: 'changes', value: await changesText(opened.services.sandbox) },
      { name: 'try', value: await overlayText(opened.services.sandbox) },
      {
        name: 'undo',
        value:
          past.history.off ??
          (await past.trouble()) ??
          'what codi changes is recorded and can be taken back',
      },
      ...(opened.shells.running === 0
        ? []
        : [{ name: 'shells', value: `${opened.shells.running} in the background; /shells` }]),
      ...tasks.status(),
    ]
  }

  const acts = auditedActs(
    { history: past.history, tries, memory: tasks.memory },
    { audit, cwd: workspace.root },
  )
  const app: App = {
    bus: fronts,
    settings,
    workspace,
    gate,
    services: opened.services,
    sandbox: policy,
    tries: acts.tries,
    todo: tasks.todo,
    goals: tasks.goals,
    plans: tasks.plans,
    memory: acts.memory,
    get person() {
      return person
    },
    set person(value) {
      person = value
    },
    ...runs,
    usage: usage.desk,
    toolSpecs: () => toolSpecs(enabledTools(settings, undefined)),
    deliver: (how, text) => void waiting[how].push(text),
    takeUndelivered: () => [...waiting.steer.splice(0), ...waiting.queue.splice(0)],
    get model() {
      return { ...inUse.choice, info: inUse.info }
    },
    async setModel(name) {
      await inUse.change(name)
      const { id } = current.conversation
      if (id !== undefined) current.store().setModel(id, inUse.choice.provider, inUse.choice.model)
    },
    models: (signal) =>
      allModels({ settings, env, credentials, current: inUse.choice.provider, signal }),
    pullModel: (name, signal) =>
      pullModel(name, { settings, env, credentials, current: inUse.choice.provider, signal }),
    get sessionId() {
      return options.ephemeral ? undefined : current.conversation.id
    },
    newSession() {
      current.renew()
      beginSession()
    },
    resumeSession,
    sessions: kept.sessions,
    untrusted: () => untrustedContent(workspace.root, paths.data),
    trust: (review) => trust(review, paths.data),
    declineTrust: (review) => decline(review, paths.data),
    followFiles() {
      if (settings.index) opened.follow()
    },
    history: acts.history,
    status,
    async close() {
      await audit?.end()
      for (const close of closers.splice(0).reverse()) await close()
      return lost
    },
  }
  if (needsCare(join(paths.data, 'tries'), Date.now())) void tries.list().catch(() => undefined)
  if (options.resume) resumeSession(options.resume.id, options.resume)
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
