/**
 * A workspace to be fenced in, and what lies around it: files, secrets, servers and a process of the same person. The
 * outside looks afterwards at what became of them.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildHelper } from '../../../../.ci/build/helper.ts'
import { hostTarget } from '../../../../.ci/build/targets.ts'
import { removeTree } from '../../../../src/base/remove-tree.ts'

const repository = resolve(import.meta.dir, '../../../..')
/** `nobody`, whom every system knows. */
const plainUser = 65534
export const secretText = 'do-not-read-me-7f3a'

export type Person = 'root' | 'a plain user'
/** `tried`: full, on a copy of the workspace. */
export type Mode = 'full' | 'tried' | 'weak' | 'keep'

/** Undefined where the tests can run, else why not. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'the helper is for Linux'
  const target = hostTarget()
  if (!target) return 'no build for this machine'
  const helper = buildHelper(repository, target)
  if (helper.path === undefined) return helper.reason
  return Bun.which('cc') ? undefined : 'no C compiler'
}

/** Root can be both; everybody else is only themselves. */
export function persons(): Person[] {
  if (process.getuid?.() !== 0) return ['a plain user']
  return Bun.which('setpriv') ? ['root', 'a plain user'] : ['root']
}

export interface World {
  base: string
  workspace: string
  outside: string
  helper: string
  /** Variables for the scripts of attempts. */
  env: Record<string, string>
  /** Argv that runs `command` as the person, not confined. */
  as(command: string[]): string[]
  flags(mode: Mode): string[]
  run(mode: Mode, script: string): Promise<Ran>
  /** True when something outside or protected is not as it was; puts it back. */
  changed(): boolean
  /** Lines of servers outside about who came. */
  contacts(): string
  /** The process outside that attempts are made on. */
  isAlive(): boolean
  close(): Promise<void>
}

export interface Ran {
  status: number
  stdout: string
  stderr: string
  /** It ran on a copy, and the original has changed. */
  leaked: boolean
}

export async function openWorld(person: Person): Promise<World> {
  // Without namespaces each entry beside what is hidden costs a rule, and /tmp may have thousands.
  const place = existsSync('/var/tmp') ? '/var/tmp' : tmpdir()
  const base = realpathSync(mkdtempSync(join(place, 'codi-escape-')))
  chmodSync(base, 0o755)
  const at = (...names: string[]) => join(base, ...names)
  const drops = person === 'a plain user' && process.getuid?.() === 0
  const as = (command: string[]) =>
    drops
      ? [
          ...['setpriv', `--reuid=${plainUser}`, `--regid=${plainUser}`, '--clear-groups'],
          ...command,
        ]
      : command
  mkdirSync(at('bin'))
  copyFileSync(join(repository, 'dist/native/codi-sandbox'), at('bin/helper'))
  chmodSync(at('bin/helper'), 0o755)
  const compiled = Bun.spawnSync([
    ...['cc', '-O1', '-D_GNU_SOURCE', join(import.meta.dir, 'attempt.c')],
    ...['-o', at('bin/attempt'), '-lrt'],
  ])
  if (compiled.exitCode !== 0) throw new Error(`attempt.c: ${compiled.stderr}`)
  mkdirSync(at('tmp'))
  mkdirSync(at('serve'))
  mkdirSync(at('hidden'))
  mkdirSync(at('capture'))
  writeFileSync(at('serve/contacts'), '')
  const reset = () => {
    resetFiles(base)
    if (drops) giveAway(base)
  }
  reset()
  const victim = Bun.spawn(as([at('bin/attempt'), 'serve', at('serve'), at('hidden')]), {
    env: { CODI_TEST_SECRET: secretText },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const line = await firstLine(victim.stdout)
  const { pid, four, six, udp, key } = JSON.parse(line)
  let before = digest(base)
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
    LC_ALL: 'C.UTF-8',
    HOME: at('workspace'),
    A: at('bin/attempt'),
    WS: at('workspace'),
    OUT: at('outside'),
    BASE: base,
    CAPTURE: at('capture'),
    SECRET: at('secret'),
    SERVE: at('serve'),
    PID: String(pid),
    FOUR: String(four),
    SIX: String(six),
    UDP: String(udp),
    KEY: String(key),
  }
  const flags = (mode: Mode) => [
    ...['--mode', mode === 'tried' ? 'full' : mode],
    ...['--cwd', at('workspace'), '--write', at('workspace')],
    ...(mode === 'tried' ? ['--overlay', at('layer')] : []),
    ...['--tmp', at('tmp'), '--visible', base],
    ...['.git', '.codi', '.codi.json', 'deep/kept', 'linked'].flatMap((name) => [
      '--protect',
      at('workspace', name),
    ]),
    ...['secret', 'secret.txt', 'workspace/private', 'hidden', 'secret-link'].flatMap((name) => [
      '--unreadable',
      at(name),
    ]),
    // What changes is captured all the while: that must open nothing. Without a fence there is no capture, nor of a copy.
    ...(mode === 'keep' || mode === 'tried'
      ? []
      : ['--capture', at('capture'), '--unreadable', at('capture')]),
  ]
  return {
    base,
    workspace: at('workspace'),
    outside: at('outside'),
    helper: at('bin/helper'),
    env,
    as,
    flags,
    async run(mode, script) {
      for (const name of readdirSync(at('capture'))) rmSync(at('capture', name))
      if (mode === 'tried') emptyLayer(base, drops)
      const before = mode === 'tried' ? contentOf(at('workspace')) : ''
      const child = Bun.spawn(
        as([at('bin/helper'), ...flags(mode), '--grace', '20', '--', 'sh', '-c', script]),
        { cwd: base, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
      )
      const [stdout, stderr, status] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      const leaked = mode === 'tried' && contentOf(at('workspace')) !== before
      return { status, stdout, stderr, leaked }
    },
    changed() {
      const now = digest(base)
      if (now === before) return false
      reset()
      before = digest(base)
      return true
    },
    isAlive: () => victim.exitCode === null && victim.signalCode === null,
    contacts: () => readFileSync(at('serve/contacts'), 'utf8'),
    async close() {
      victim.stdin.end()
      await victim.exited
      removeTree(base)
    },
  }
}

function resetFiles(base: string): void {
  const at = (...names: string[]) => join(base, ...names)
  for (const name of ['workspace', 'outside', 'secret', 'secret.txt', 'secret-link']) {
    rmSync(at(name), { recursive: true, force: true })
  }
  mkdirSync(at('outside/directory'), { recursive: true })
  writeFileSync(at('outside/file'), 'outside\n')
  writeFileSync(at('outside/directory/inner'), 'inner\n')
  for (const name of ['outside/file', 'outside/directory/inner']) utimesSync(at(name), 1000, 1000)
  mkdirSync(at('secret'))
  writeFileSync(at('secret/key'), `${secretText}\n`)
  writeFileSync(at('secret.txt'), `${secretText}\n`)
  symlinkSync(at('secret/key'), at('secret-link'))
  mkdirSync(at('workspace/src'), { recursive: true })
  writeFileSync(at('workspace/src/main.c'), 'int main(void) { return 0; }\n')
  mkdirSync(at('workspace/private'))
  writeFileSync(at('workspace/private/key'), `${secretText}\n`)
  mkdirSync(at('workspace/deep/kept'), { recursive: true })
  writeFileSync(at('workspace/deep/kept/file'), 'kept\n')
  writeFileSync(at('workspace/target-of-link'), 'target\n')
  symlinkSync('target-of-link', at('workspace/linked'))
  const git = (...args: string[]) =>
    Bun.spawnSync(['git', '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: at('workspace'),
      env: { PATH: process.env.PATH ?? '', HOME: base, GIT_CONFIG_NOSYSTEM: '1' },
    })
  git('init', '-q', '-b', 'main')
  git('add', 'src')
  git('commit', '-q', '-m', 'first')
}

/** An overlay takes a fresh one each time. */
function emptyLayer(base: string, drops: boolean): void {
  removeTree(join(base, 'layer'))
  for (const name of ['layer', 'layer/up', 'layer/work']) {
    mkdirSync(join(base, name), { mode: 0o755 })
    if (drops) chownSync(join(base, name), plainUser, plainUser)
  }
}

/** All names, modes, times and contents below a directory. */
function contentOf(directory: string): string {
  const lines = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => {
    const found = lstatSync(join(directory, name))
    const content = found.isFile() ? Bun.hash(readFileSync(join(directory, name))) : ''
    return `${name} ${found.mode} ${found.ino} ${found.isFile() ? found.mtimeMs : ''} ${content}`
  })
  return lines.toSorted().join('\n')
}

function giveAway(base: string): void {
  const give = (path: string) => {
    const found = lstatSync(path)
    if (found.isSymbolicLink()) return
    chownSync(path, plainUser, plainUser)
    if (found.isDirectory()) for (const name of readdirSync(path)) give(join(path, name))
  }
  for (const name of readdirSync(base)) if (name !== 'bin') give(join(base, name))
}

/** Everything that must stay: names, kinds, modes, owners, sizes, times, content. */
function digest(base: string): string {
  const lines: string[] = []
  const look = (path: string, times: boolean) => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found) {
      lines.push(`${path} is not there`)
      return
    }
    const { mode, uid, gid, nlink, ino } = found
    lines.push(`${path} ${mode} ${uid} ${gid} ${ino} ${times ? `${nlink} ${found.mtimeMs}` : ''}`)
    if (found.isDirectory()) for (const name of readdirSync(path)) look(join(path, name), times)
    if (found.isFile()) lines.push(String(Bun.hash(readFileSync(path))))
  }
  look(join(base, 'outside'), true)
  look(join(base, 'secret'), true)
  look(join(base, 'secret.txt'), true)
  for (const name of ['.git', '.codi', '.codi.json', 'deep', 'linked', 'target-of-link', 'private'])
    look(join(base, 'workspace', name), false)
  return lines.join('\n')
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk)
    if (text.includes('\n')) break
  }
  return text.split('\n')[0] ?? ''
}
