/** Runs the helper as the worker does: a status descriptor, a directory of its own; the helper as this checkout builds it. */
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildHelper } from '../../../.ci/build/helper.ts'
import { hostTarget } from '../../../.ci/build/targets.ts'
import { removeTree } from '../../../src/base/remove-tree.ts'

const repository = resolve(import.meta.dir, '../../..')

/** The path of the helper, or why there is none here. */
export function builtHelper(): { path: string } | { reason: string } {
  const target = hostTarget()
  if (process.platform !== 'linux' || !target) return { reason: 'the helper is for Linux' }
  const helper = buildHelper(repository, target)
  return helper.path === undefined ? { reason: helper.reason } : { path: helper.path }
}

/** Why a mode cannot be had on this machine (a container without namespaces, a kernel without Landlock); undefined where it can. */
export function whyNotMode(mode: string): string | undefined {
  const helper = builtHelper()
  if ('reason' in helper) return helper.reason
  const run = Bun.spawnSync([helper.path, '--mode', mode, '--cwd', '/', '--', 'true'])
  return run.exitCode === 0 ? undefined : `no ${mode} mode here: ${run.stderr}`.trim()
}

export interface HelperRun {
  exitCode: number
  stdout: string
  stderr: string
  /** The lines of the status descriptor. */
  status: Record<string, unknown>[]
}

export interface RunOptions {
  env?: Record<string, string>
  stdin?: string
}

export interface Place {
  root: string
  workspace: string
  /** Flags for the usual workspace and temp. */
  usual: string[]
  run(flags: string[], argv: string[], options?: RunOptions): Promise<HelperRun>
  /** The same with a shell text and the usual flags. */
  sh(flags: string[], script: string, options?: RunOptions): Promise<HelperRun>
  clean(): void
}

export function makePlace(helper: string): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-helper-')))
  const workspace = join(root, 'work space')
  mkdirSync(workspace)
  mkdirSync(join(root, 'tmp'))
  const usual = ['--write', workspace, '--cwd', workspace, '--tmp', join(root, 'tmp')]
  const run: Place['run'] = (flags, argv, options) => runHelper(helper, { flags, argv, ...options })
  return {
    root,
    workspace,
    usual,
    run,
    sh: (flags, script, options) => run([...usual, ...flags], ['sh', '-c', script], options),
    clean: () => removeTree(root),
  }
}

async function runHelper(
  helper: string,
  request: RunOptions & { flags: string[]; argv: string[] },
): Promise<HelperRun> {
  const child = Bun.spawn([helper, '--status', '3', ...request.flags, '--', ...request.argv], {
    env: request.env ?? { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: [
      request.stdin === undefined ? 'ignore' : Buffer.from(request.stdin),
      'pipe',
      'pipe',
      'pipe',
    ],
    detached: true,
  })
  const [stdout, stderr, status, exitCode] = await Promise.all([
    new Response(child.stdout as ReadableStream).text(),
    new Response(child.stderr as ReadableStream).text(),
    readDescriptor(child.stdio[3]),
    child.exited,
  ])
  const lines = status.split('\n').filter((line) => line !== '')
  return { exitCode, stdout, stderr, status: lines.map((line) => JSON.parse(line)) }
}

async function readDescriptor(fd: unknown): Promise<string> {
  return typeof fd === 'number' ? await Bun.file(fd).text() : ''
}
