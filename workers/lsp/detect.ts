/** Which servers files belong to, whether they run, rest or are missing; nothing is started. */
import { dirname, extname, relative, resolve } from 'node:path'
import type { LspDetected, LspServerStatus } from '../../src/contract/lsp-service.ts'
import { findServer } from './find.ts'
import { createLookups } from './lookups.ts'
import { missingNote, type Questions } from './question.ts'

export function detectServers(
  paths: readonly string[],
  { root, find }: Questions,
  statuses: readonly LspServerStatus[],
): LspDetected[] {
  const options = { ...find, look: createLookups() }
  const byServer = new Map<string, LspDetected>()
  for (const [group, members] of Map.groupBy(paths, sameKind)) {
    const found = findServer(resolve(root, members[0] ?? group), options)
    if (found.state === 'none') continue
    const server = found.row.id
    const own = found.state === 'found' ? relative(root, found.root) : ''
    const known = byServer.get(`${server}\0${own}`)
    if (known) {
      for (const path of members) known.paths.push(path)
      continue
    }
    const base = { server, root: own, paths: [...members] }
    if (found.state === 'missing') {
      const command = found.row.commands[0]?.join(' ') ?? ''
      const note = missingNote(found)
      byServer.set(`${server}\0${own}`, { ...base, state: 'missing', command, note })
      continue
    }
    const running = statuses.find(
      (status) => status.server === server && status.root === own && status.state !== 'missing',
    )
    const resting = { state: 'stopped' as const, command: found.argv.join(' ') }
    byServer.set(`${server}\0${own}`, { ...base, ...(running ?? resting) })
  }
  return [...byServer.values()]
}

/** Files of one directory and ending belong to one server. */
function sameKind(path: string): string {
  const extension = extname(path)
  return `${dirname(path)}\0${extension === '' ? path : extension}`
}
