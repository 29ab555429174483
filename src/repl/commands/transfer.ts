/** `/export` and `/import`: conversations as files. */
import { resolve } from 'node:path'
import { exportPath, formatFor, writeExport } from '../../app/export-file.ts'
import { importLine, importSum, isFailure } from '../../app/session-lines.ts'
import { CodiError } from '../../base/errors.ts'
import { formatBytes, neutralize } from '../../base/text.ts'
import {
  exportFormats,
  type ImportFailure,
  type ImportOutcome,
  importPrograms,
} from '../../contract/session-transfer.ts'
import type { Command, CommandContext } from '../command.ts'

export const transferCommands: readonly Command[] = [
  {
    name: 'export',
    aliases: [],
    summary: 'write this conversation into a file, secrets masked',
    usage: '[md | html | json] [FILE]',
    words: exportFormats,
    help: [
      'Without FILE it is written into the working directory. The format is also that of the name.',
    ],
    run: exportHere,
  },
  {
    name: 'import',
    aliases: [],
    summary: 'take over conversations of other programs',
    usage: 'FILE | claude | codex | pi | codi [all] [preview]',
    words: importPrograms,
    help: [
      'Those of this directory, or all. preview only shows what would come.',
      'FILE: a session file of one of them, or an export of codi.',
    ],
    run: importHere,
  },
]

async function exportHere({ app, say, signal }: CommandContext, args: string) {
  const [, asked, name = ''] = /^(?:(md|html|json)(?:\s+|$))?(.*)$/s.exec(args) ?? []
  const file = name === '' ? undefined : unquoted(name)
  const id = app.sessionId
  if (id === undefined) throw new CodiError('usage', 'There is nothing to export yet')
  const row = app.sessions.find(id)
  const format = formatFor(asked, file)
  const path = await exportPath(file, { cwd: app.workspace.root, row, format })
  const bytes = await writeExport(path, app.sessions.export(id, format), signal)
  say('info', `Wrote ${app.workspace.display(path)} (${formatBytes(bytes)})`)
  return {}
}

async function importHere({ app, face, say, signal }: CommandContext, args: string) {
  const words = args.split(/\s+/).filter((word) => word !== '')
  const from = importPrograms.find((name) => name === words[0])
  if (words.length === 0)
    throw new CodiError('usage', `/import wants a file, or one of ${importPrograms.join(', ')}`)
  const found = app.sessions.import({
    paths: from ? [] : [resolve(app.workspace.root, unquoted(args))],
    ...(from ? { from } : {}),
    everywhere: words.includes('all'),
    preview: from !== undefined && words.includes('preview'),
    signal,
  })
  const outcomes: (ImportOutcome | ImportFailure)[] = []
  for await (const outcome of found) {
    outcomes.push(outcome)
    if (isFailure(outcome)) say('error', outcome.message)
    else face.print(`  ${neutralize(importLine(outcome))}\n`)
  }
  if (outcomes.length !== 1) say('info', importSum(outcomes))
  return outcomes.some(isFailure) ? { failed: 1 } : {}
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/s, '$2')
}
