/**
 * Starts commands as the policy of the session wants them. The backend is chosen by a trial with the first command, and
 * where none holds nothing runs confined by name only: such a command needs a person's decision (`unsandboxed`).
 */
import { CodiError } from '../../../src/base/errors.ts'
import type { Enclosure } from '../../../src/contract/enclosure.ts'
import type { SandboxPolicy, SandboxState } from '../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { openCaptures, outsideNote } from '../changes/captures.ts'
import type { CommandCapture } from '../changes/command-capture.ts'
import type { CommandProxy } from '../proxy/proxy.ts'
import type { HostQuestions } from '../proxy/questions.ts'
import type { Backend } from './backend.ts'
import { allBackends, type Choice, chooseBackend, stateOf } from './backends.ts'
import { cacheEnvironment, sharedCacheEnvironment } from './caches.ts'
import type { CommandStart, Started } from './command.ts'
import { sandboxedVariable, scrubEnvironment } from './environment.ts'
import { openHiddenFiles } from './hidden-files.ts'
import { type Lifeline, openLifeline } from './lifeline.ts'
import { firstPort, openLoopback } from './loopback.ts'
import { noLimits } from './no-limits.ts'
import { openPlain, startUnconfined } from './plain.ts'
import { makePlan, type Plan } from './plan.ts'
import { openPrivatePlaces } from './private-places.ts'
import { started } from './started.ts'
import { type Watch, watchProtected } from './watch.ts'

export interface Confiner {
  /** What holds here, tried once. */
  state(): Promise<SandboxState>
  start(command: CommandStart): Promise<Started>
  /** What confines commands here, and a private directory of this worker. */
  chosen(): Promise<{ backend: Backend; temporary: string }>
  /** See SandboxService. */
  enclose(): Promise<Enclosure | undefined>
  /** Whatever still runs ends. */
  close(): Promise<void>
}

export interface ConfinerOptions {
  policy: SandboxPolicy
  /** codi's own place for private temps and caches. */
  directory: string
  questions: HostQuestions
  emit(event: WorkerEvent): void
  /** In the order in which they are tried; all that codi has where it is absent. */
  backends?: (lifeline: Lifeline | undefined) => Backend[]
}

export function openConfiner(options: ConfinerOptions): Confiner {
  const { policy, directory, questions, emit } = options
  const lifeline = openLifeline()
  const places = openPrivatePlaces(directory, policy)
  const hidden = openHiddenFiles(policy.unreadableGlobs, policy.writable)
  const loopback = openLoopback()
  const captures = openCaptures(policy, places, emit)
  const outer = process.env
  let chosen: Promise<Choice> | undefined

  function choice(): Promise<Choice> {
    chosen ??= choose().catch((thrown: unknown) => {
      chosen = undefined
      throw thrown
    })
    return chosen
  }

  async function choose(): Promise<Choice> {
    const plain = openPlain(lifeline)
    if (policy.mode === 'off') return { backend: plain, state: stateOf(plain, []) }
    const backends = (options.backends ?? allBackends)(lifeline)
    const found = await chooseBackend(backends, { temporary: places.temporary(), lifeline })
    const { holds, backend } = found.state
    if (holds === 'partial')
      emit({
        type: 'notice',
        level: 'warning',
        text: `Commands are confined only in part here (${backend}); codi sandbox explain tells what holds`,
      })
    return found
  }

  async function startConfined(
    command: CommandStart,
    { backend, state }: Choice,
  ): Promise<Started> {
    const { access } = command
    if (access?.host !== undefined && !backend.ownNetwork && policy.network !== 'on') {
      throw new CodiError(
        'unsupported',
        `The sandbox that works here (${backend.name}) cannot open the single host ${access.host}; ask for unsandboxed instead`,
      )
    }
    const proxy = backend.ownNetwork ? await openWayOut(command) : undefined
    // What was granted to one command is not for its neighbours: it has a loopback to itself.
    const guest =
      backend.ownNetwork && policy.network !== 'on' && access?.host === undefined
        ? loopback.enter()
        : undefined
    const port = guest?.port ?? firstPort
    let capture: CommandCapture | undefined
    try {
      const caches = places.caches()
      const plan = makePlan({
        policy,
        access,
        cwd: command.cwd,
        temporary: places.temporary(),
        directory: places.base(),
        caches: caches === undefined ? [] : [caches],
        network: proxy
          ? { socket: proxy.socketPath, port }
          : policy.network === 'on'
            ? 'on'
            : 'off',
        join: guest?.join,
        hidden: findHidden(),
        overlays: command.copied?.overlays,
      })
      command.copied?.close([...plan.protected, ...plan.watched])
      capture = await captures.open(command, {
        capture: state.capture,
        leftOut: [plan.temporary, ...(caches === undefined ? [] : [caches])],
      })
      if (capture?.planned) plan.capture = capture.planned
      const watch = watchFor(plan, backend, places.aside)
      const env = {
        ...scrubEnvironment(outer, { keep: policy.keepEnvironment, confined: true }),
        ...(caches === undefined ? {} : cacheEnvironment(caches, outer, plan.writable)),
        ...temporaryEnvironment(backend.ownTmp ? '/tmp' : plan.temporary),
        ...(proxy ? await wayOutEnvironment(port) : {}),
        [sandboxedVariable]: '1',
        ...command.env,
      }
      const child = await backend.start({ ...command, env }, plan)
      if (guest && child.init) guest.runs(child.init)
      void child.exited.finally(() => guest?.leave())
      return started(child, { command, backend, plan, proxy, watch, capture })
    } catch (thrown) {
      capture?.abandon?.()
      guest?.leave()
      await proxy?.close()
      throw thrown
    }
  }

  function findHidden(): readonly string[] {
    const before = hidden.note
    const found = hidden.find()
    if (hidden.note !== undefined && before === undefined)
      emit({ type: 'notice', level: 'warning', text: hidden.note })
    return found
  }

  async function openWayOut(command: CommandStart): Promise<CommandProxy | undefined> {
    if (policy.network === 'on') return undefined
    if (policy.network === 'off' && command.access?.host === undefined) return undefined
    const { openProxy } = await import('../proxy/proxy.ts')
    const host = command.access?.host
    return openProxy({
      directory: places.base(),
      id: command.id,
      policy,
      host,
      questions,
      env: outer,
    })
  }

  async function startFree(command: CommandStart): Promise<Started> {
    const kept = command.byPerson
      ? defined(outer)
      : scrubEnvironment(outer, { keep: policy.keepEnvironment, confined: false })
    const capture = await captures.open(command, { capture: outsideNote, leftOut: [] })
    const child = startUnconfined({ ...command, env: { ...kept, ...command.env } }, lifeline)
    return started(child, { command, backend: openPlain(lifeline), capture })
  }

  return {
    async state() {
      return (await choice()).state
    },
    async chosen() {
      return { backend: (await choice()).backend, temporary: places.temporary() }
    },
    async start(command) {
      refuseUncopied(command)
      if (policy.mode === 'off' || command.byPerson || command.access?.unsandboxed)
        return startFree(command)
      const chosen = await choice()
      if (chosen.state.holds === 'nothing') {
        throw new CodiError(
          'unsupported',
          'No sandbox works on this machine (codi sandbox explain tells why), so a command runs only when a person lets it run unsandboxed, or with --sandbox off',
        )
      }
      return startConfined(command, chosen)
    },
    async enclose() {
      if (policy.mode === 'off') return undefined
      const { backend } = await choice()
      if (!backend.enclose) return undefined
      const caches = places.caches()
      const plan = makePlan({
        policy: { ...policy, limits: noLimits },
        access: { readOnly: true },
        cwd: policy.writable[0] ?? '/',
        temporary: places.temporary(),
        directory: places.base(),
        caches: caches === undefined ? [] : [caches],
        network: policy.network === 'on' ? 'on' : 'off',
        hidden: findHidden(),
      })
      const own = caches === undefined ? [] : [caches]
      return {
        ...backend.enclose({ ...plan, writable: own }),
        env: {
          ...scrubEnvironment(outer, { keep: policy.keepEnvironment, confined: true }),
          ...(caches === undefined ? {} : sharedCacheEnvironment(caches, outer)),
          ...temporaryEnvironment(backend.ownTmp ? '/tmp' : plan.temporary),
          [sandboxedVariable]: '1',
        },
      }
    },
    async close() {
      const last = await chosen?.catch(() => undefined)
      await last?.backend.close?.()
      captures.close()
      lifeline?.close()
      places.close()
    },
  }
}

/** What is only to be tried never runs on the real directories. */
function refuseUncopied({ access, copied, byPerson }: CommandStart): void {
  if (!access?.tried && !copied) return
  if (copied && copied.overlays.length > 0 && !byPerson && !access?.unsandboxed) return
  throw new CodiError('unsupported', 'This command cannot be tried on a copy; nothing was run')
}

function watchFor(plan: Plan, backend: Backend, aside: string): Watch | undefined {
  const { watched, gitWrite } = plan
  if (backend.gaps.protected)
    return watchProtected(
      { places: [...plan.protected, ...watched], gitDirectories: gitWrite },
      aside,
    )
  return watched.length > 0
    ? watchProtected({ places: watched, gitDirectories: [] }, aside)
    : undefined
}

function temporaryEnvironment(path: string): Record<string, string> {
  return { TMPDIR: path, TMP: path, TEMP: path }
}

async function wayOutEnvironment(port: number): Promise<Record<string, string>> {
  const { proxyEnvironment } = await import('../proxy/environment.ts')
  return proxyEnvironment(port)
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return Object.fromEntries(entries)
}
