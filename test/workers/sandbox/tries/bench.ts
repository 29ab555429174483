/** A workspace and a sandbox worker for tests of tries: real commands, real overlays. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { removeTree } from '../../../../src/base/remove-tree.ts'
import type { CommandResult, SandboxPolicy } from '../../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../../src/contract/services.ts'
import { connectWorker } from '../../../../src/rpc/connect.ts'
import { sandboxOptions } from '../../../support/sandbox-options.ts'

export type TryBench = ReturnType<typeof openTryBench>

export function openTryBench(
  files: Record<string, string> = {},
  over: Partial<SandboxPolicy> = {},
) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'codi-try-')))
  const root = join(base, 'work')
  mkdirSync(root)
  for (const [path, text] of Object.entries(files)) put(path, text)
  const notices: string[] = []
  const places = join(base, 'data', 'tries')
  const options = {
    ...sandboxOptions({
      mode: 'workspace',
      writable: [root],
      protected: [join(root, '.git'), join(root, '.codi')],
      network: 'off',
      ...over,
    }),
    tries: places,
  }
  const open = () =>
    connectWorker('sandbox', options, {
      onEvent: (event: WorkerEvent) => {
        if (event.type === 'notice') notices.push(event.text)
      },
    })
  let connection = open()

  function put(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }

  return {
    root,
    places,
    notices,
    put,
    get service() {
      return connection.service
    },
    text: (path: string) => readFileSync(join(root, path), 'utf8'),
    exists: (path: string) => existsSync(join(root, path)),
    async run(command: string, tried = true): Promise<CommandResult> {
      return connection.service.run({
        id: crypto.randomUUID(),
        command,
        cwd: root,
        timeoutMs: 60_000,
        maxOutputBytes: 100_000,
        ...(tried ? { access: { tried: true as const } } : {}),
      })
    },
    /** The id of what the command changed; fails where that is nothing. */
    async tried(command: string): Promise<string> {
      const { tried, output, blocked } = await this.run(command)
      if (tried === undefined)
        throw new Error(`nothing was tried: ${output} ${JSON.stringify(blocked)}`)
      return tried
    },
    /** As after a crash of codi: another worker on the same places. */
    async restart(): Promise<void> {
      await connection.close()
      connection = open()
    },
    async [Symbol.asyncDispose]() {
      await connection.close()
      removeTree(base)
      removeTree(options.directory)
    },
  }
}

/** Every entry below a directory: type, mode, content or target, by a name that keeps its bytes. */
export function treeOf(
  directory: string,
  options: { times?: boolean } = {},
): Record<string, string> {
  const found: Record<string, string> = {}
  look(Buffer.from(directory), '')
  return found

  function look(path: Buffer, name: string): void {
    for (const entry of readdirSync(path, { encoding: 'buffer' })) {
      const at = Buffer.concat([path, Buffer.from('/'), entry])
      const shown = `${name}/${entry.toString('latin1')}`
      const stat = lstatSync(at, { bigint: true })
      const time = options.times ? ` ${stat.mtimeNs} ${stat.ino}` : ''
      const mode = (Number(stat.mode) & 0o7777).toString(8)
      if (stat.isDirectory()) {
        found[shown] = `directory ${mode}`
        // A script may have closed it to everybody but root.
        chmodSync(at, Number(stat.mode) | 0o700)
        look(at, shown)
        chmodSync(at, Number(stat.mode) & 0o7777)
      } else if (stat.isSymbolicLink()) found[shown] = `link ${readlinkSync(at)}${time}`
      else if (stat.isFile())
        found[shown] = `file ${mode} ${readFileSync(at).toString('latin1')}${time}`
      else found[shown] = 'other'
    }
  }
}

const probe = openTryBench()
const state = await probe.service.overlay({})
await probe[Symbol.asyncDispose]()

/** Why these tests cannot run here; undefined where they can. */
export const noOverlay = state.works ? undefined : state.note
