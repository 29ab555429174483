/** codi lsp status: the servers for this project's files, where each was found, or how to get it. */
import { exitCodes } from '../../app/exit-code.ts'
import { runProgram } from '../../base/process.ts'
import { formatBytes, neutralize, plural } from '../../base/text.ts'
import type { LspDetected } from '../../contract/lsp-service.ts'
import { has } from '../args.ts'
import { type CodeCommand, printJson } from './command.ts'

const maxFiles = 50_000

export async function lspStatus(command: CodeCommand): Promise<number> {
  const { args, output } = command
  const servers = await projectServers(command)
  if (has(args, 'json')) {
    const rows = servers.map(({ paths, ...rest }) => ({ ...rest, files: paths.length }))
    printJson(output, rows)
  } else output.out(servers.map((server) => neutralize(statusText(server))).join(''))
  if (servers.length === 0 && !has(args, 'json'))
    output.err('codi: no file here is known to a language server\n')
  return exitCodes.done
}

/** Those with most files first. */
export async function projectServers({ app, signal }: CodeCommand): Promise<LspDetected[]> {
  const program = await app.services.ripgrep()
  const argv = [program, '--no-config', '--no-require-git', '--files', '--null']
  const listed = await runProgram(argv, { cwd: app.workspace.root, signal })
  const paths = listed.stdout.split('\0').filter((path) => path !== '')
  const servers = await app.services.lsp.detect({ paths: paths.slice(0, maxFiles) }, signal)
  return servers.sort((a, b) => b.paths.length - a.paths.length)
}

function statusText({ server, state, root, command, paths, note, memoryBytes }: LspDetected) {
  const where = root === '' ? '' : ` in ${root}`
  const files = plural(paths.length, 'file')
  if (state === 'missing') return `${server}: not installed, for ${files}: ${note ?? command}\n`
  const memory = memoryBytes === undefined ? '' : `, ${formatBytes(memoryBytes)}`
  const now = state === 'stopped' ? 'not running' : state
  return `${server}${where}: ${files}, ${now}${memory}: ${command}\n`
}
