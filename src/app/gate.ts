/** The gate of a session: rules from their files, paths by the settings, and what confines commands here. */
import { join } from 'node:path'
import { holdsHome } from '../base/home.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { Gate, Person } from '../contract/permission.ts'
import type { SandboxService, SandboxState } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { openGate } from '../permissions/gate.ts'
import { openLazyJudge } from '../permissions/lazy-judge.ts'
import { openPathJudge, type Secrecy } from '../permissions/path-judge.ts'
import { openRuleBook } from '../permissions/rule-book.ts'
import { homeOf } from '../permissions/rule-match.ts'
import { rulesForSandbox, type SandboxRules } from '../permissions/rules-for-sandbox.ts'
import { openSecrecy, type SecrecyOf } from '../permissions/secrecy.ts'
import { ruleTrust } from './rule-trust.ts'

export interface SessionGateOptions {
  settings: Settings
  paths: CodiPaths
  workspace: Workspace
  env: Record<string, string | undefined>
  person(): Person | undefined
  sandbox(): SandboxService
  /** What the person should know of rules. */
  notice(text: string): void
}

export interface SessionGate {
  gate: Gate
  /** Whether content of a path may come to a model; see ToolContext. */
  secrecy(path: string): Secrecy
  /** What the rules, as they are at the start, mean for commands. */
  sandboxRules: SandboxRules
}

export async function openSessionGate(options: SessionGateOptions): Promise<SessionGate> {
  const { settings, paths, workspace, env } = options
  const home = homeOf(env)
  const judge = openLazyJudge()
  const roots = [workspace.root, ...workspace.added]
  const pathJudge = openPathJudge({
    home,
    roots,
    own: [paths.data, paths.config],
    unreadable: settings.unreadable,
    readable: settings.readable,
  })
  const project = projectDirectory(workspace.root)
  let secrecy: SecrecyOf = pathJudge.secrecy
  const rules = openRuleBook({
    userFile: join(paths.config, 'rules.json'),
    projectFile: join(project, '.codi', 'rules.json'),
    project,
    home,
    judge,
    trust: () => ruleTrust({ dataDirectory: paths.data, project }),
    problem: options.notice,
    changed(inForce) {
      secrecy = openSecrecy({ paths: pathJudge, rules: inForce, home, project })
    },
  })
  const { rules: inForce } = await rules.atStart()
  const sandboxRules = rulesForSandbox(inForce, {
    home,
    project,
    allowHosts: settings.allowHosts,
  })
  let state: Promise<SandboxState> | undefined
  const gate = openGate({
    mode: settings.mode,
    person: options.person,
    rules,
    judge,
    paths: pathJudge,
    roots,
    allowHosts: settings.allowHosts,
    sandboxMode: settings.sandbox,
    sandbox() {
      state ??= options.sandbox().probe({})
      // A worker that could not start may do so the next time.
      state.catch(() => {
        state = undefined
      })
      return state
    },
    closesInside:
      settings.unreadable.length > 0 ||
      sandboxRules.unreadableGlobs.length > 0 ||
      sandboxRules.protected.length > 0 ||
      roots.some((root) => holdsHome(root, home)),
    networkIsOpen: settings.network === 'on',
    notice: options.notice,
  })
  return {
    gate,
    secrecy: (path) => secrecy(path),
    sandboxRules,
  }
}
