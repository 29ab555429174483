/**
 * Tries for tools and front ends: what the sandbox worker keeps, seen from a workspace. What is applied is recorded first,
 * so that it can be undone; what a tried command changed is put to the person by the gate.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CodiError } from '../base/errors.ts'
import { oneLine, plural } from '../base/text.ts'
import type { EventBus } from '../contract/event.ts'
import type { ChangeRecorder } from '../contract/journal.ts'
import type { Gate, PermissionRequest } from '../contract/permission.ts'
import type { SandboxService } from '../contract/sandbox-service.ts'
import type { Workspace } from '../contract/tool.ts'
import { keptMs, type Tries, type TryReport, tryId } from '../contract/tries.ts'

export interface TriesParts {
  sandbox: SandboxService
  workspace: Workspace
  bus: EventBus
  gate: Gate
  /** What records changes, where anything does. */
  changes(): ChangeRecorder | undefined
}

/** Of a diff that people are shown. */
const defaultDiffChars = 2_000_000
const maxNamedConflicts = 8

export function openTries(parts: TriesParts): Tries {
  const { sandbox, workspace } = parts

  function idOf(text: string): string {
    const id = tryId(text)
    if (id !== undefined) return id
    throw new CodiError('usage', `"${oneLine(text, 40)}" is no try; they are called try_1, try_2 …`)
  }

  function absolute(paths: readonly string[]): string[] {
    return paths.map((path) => resolve(workspace.root, path))
  }

  /** Made by calls of the model, in this process. */
  const own = new Set<string>()

  const tries: Tries = {
    state: () => sandbox.overlay({}),
    async list({ everywhere = false } = {}) {
      const all = await sandbox.tries({})
      return everywhere ? all : all.filter(({ roots }) => roots.includes(workspace.root))
    },
    report: (id, { paths, maxDiffChars = defaultDiffChars } = {}) =>
      sandbox.tryReport({
        id: idOf(id),
        maxDiffChars,
        ...(paths && paths.length > 0 ? { paths: absolute(paths) } : {}),
      }),
    async apply(text, { paths, callId = '' } = {}) {
      const id = idOf(text)
      const report = await tries.report(id, { maxDiffChars: 0, ...(paths ? { paths } : {}) })
      const roots = [workspace.root, ...workspace.added]
      const outside = report.state.roots.find((root) => !roots.includes(root))
      if (outside !== undefined)
        throw new CodiError(
          'outside',
          `${id} changes ${outside}, which is not open here; apply it there (codi -C ${outside} try apply ${id})`,
        )
      refuseConflicts(id, report.conflicts)
      const about = { callId, tool: 'try', command: report.state.command }
      const pending = await parts.changes()?.before(report.paths, about)
      try {
        const applied = await sandbox.applyTry({
          id,
          ...(paths && paths.length > 0 ? { paths: absolute(paths) } : {}),
        })
        refuseConflicts(id, applied.conflicts)
        return applied
      } finally {
        await pending?.done()
      }
    },
    discard: (id) => sandbox.discardTry({ id: idOf(id) }),
    own: (id) => void own.add(id),
    async discardOwn(text) {
      const id = idOf(text)
      if (!own.has(id))
        throw new CodiError(
          'denied',
          `${id} was not made here by you, so that only the user may throw it away (codi try discard ${id})`,
        )
      await sandbox.discardTry({ id })
    },
    async settle(id, about, signal) {
      const report = await tries.report(id)
      const status =
        report.state.exitCode === 0 ? '' : ` (it failed: exit ${report.state.exitCode})`
      const request: PermissionRequest = {
        callId: about.callId,
        tool: 'bash',
        effect: 'write',
        summary: `apply what ${oneLine(about.command, 120)} changed on the copy${status}`,
        paths: report.paths,
        hosts: [],
        preview: previewOf(report),
        ofTry: true,
      }
      const decision = await parts.gate.check(request, signal)
      parts.bus.emit({ type: 'permission', request, decision })
      if (!decision.allow) {
        await tries.discard(id)
        return { applied: false, report, reason: decision.reason, abort: decision.abort }
      }
      await tries.apply(id, { callId: about.callId })
      return { applied: true, report }
    },
  }
  return tries
}

/**
 * A crash in the middle of an application is put right by the next codi, and what was kept for its time is dropped:
 * looked for at the start.
 */
export function needsCare(directory: string, now: number): boolean {
  try {
    return readdirSync(directory).some((name) => {
      const at = join(directory, name)
      if (!name.startsWith('try_')) return false
      const isHalfApplied = ['applying.json', 'passing.json'].some((file) =>
        existsSync(join(at, file)),
      )
      return isHalfApplied || statSync(at).mtimeMs < now - keptMs
    })
  } catch {
    return false
  }
}

/** Throws where something stands in the way. */
function refuseConflicts(id: string, conflicts: TryReport['conflicts']): void {
  if (conflicts.length === 0) return
  const named = conflicts.slice(0, maxNamedConflicts).map(({ path, why }) => `${path} ${why}`)
  const more = conflicts.length - named.length
  throw new CodiError(
    'stale',
    `Nothing of ${id} was applied: ${named.join('; ')}${more > 0 ? ` and ${plural(more, 'more file')}` : ''}. Apply other paths of it, or throw it away and run the command again`,
  )
}

/** The diff, and above it what a diff does not show. */
function previewOf(report: TryReport): string {
  const silent = report.changes.filter(({ path, note }) => path.endsWith('/') || note !== undefined)
  const lines = [
    ...silent.map(
      ({ kind, path, mode, note }) =>
        `${kind} ${path}${mode ? ` ${mode.before} -> ${mode.after}` : ''}${note ? ` (${note})` : ''}`,
    ),
    ...report.notes,
    ...(report.leftOut > 0 ? [`${plural(report.leftOut, 'file')} without a diff here`] : []),
  ]
  return lines.length === 0 ? report.diff : `${lines.join('\n')}\n${report.diff}`
}
