/** codi index: brings the index up to date, builds it anew, or says what is in it. */
import { exitCodes } from '../../app/exit-code.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMinute,
  neutralize,
  plural,
} from '../../base/text.ts'
import type { IndexReport, IndexStatus } from '../../contract/index-service.ts'
import type { VectorStatus } from '../../contract/vector-service.ts'
import { has, usage } from '../args.ts'
import { type CodeCommand, printJson } from './command.ts'
import { embed, embeddedText, embedderText } from './embed.ts'

/** Files left out that a person is shown; programs get them all. */
const maxSkippedShown = 20

export async function index(command: CodeCommand): Promise<number> {
  const { args } = command
  if (has(args, 'status') && has(args, 'rebuild'))
    throw usage('codi index takes --status or --rebuild, not both')
  return has(args, 'status') ? status(command) : update(command)
}

async function update(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const request = has(args, 'rebuild') ? { rebuild: true } : {}
  const report = await app.services.index.update(request, signal)
  const vectors = await app.services.vectors.update({}, signal)
  const embedded = await embed(command)
  if (has(args, 'json')) {
    printJson(output, { index: report, vectors, ...(embedded ? { embedding: embedded } : {}) })
    return exitCodes.done
  }
  const took = formatDuration(report.durationMs + vectors.durationMs)
  output.out(
    `${plural(report.files, 'file')}, ${plural(report.symbols, 'symbol')}, ${plural(vectors.chunks, 'chunk')}; ` +
      `${changesText(report)}, in ${took}\n`,
  )
  if (embedded) output.out(embeddedText(embedded))
  if (report.skipped.length > 0)
    output.out(
      `${plural(report.skipped.length, 'path')} left out: codi index --status says which and why\n`,
    )
  return exitCodes.done
}

function changesText({ parsed, renamed, removed }: IndexReport): string {
  const parts = [
    `${formatCount(parsed)} parsed now`,
    ...(renamed > 0 ? [`${formatCount(renamed)} renamed`] : []),
    ...(removed > 0 ? [`${formatCount(removed)} removed`] : []),
  ]
  return parts.join(', ')
}

async function status({ app, args, output, signal }: CodeCommand): Promise<number> {
  const index = await app.services.index.status(signal)
  const vectors = await app.services.vectors.status(signal)
  if (has(args, 'json')) printJson(output, { index, vectors })
  else output.out(`${statusLines(index, vectors).join('\n')}\n`)
  return exitCodes.done
}

function statusLines(index: IndexStatus, vectors: VectorStatus): string[] {
  return [
    neutralize(index.root),
    `files    ${formatCount(index.files)}${languagesText(index)}`,
    `symbols  ${formatCount(index.symbols)}`,
    `chunks   ${formatCount(vectors.chunks)}, ${vectors.search} search of vectors`,
    `embedder ${embedderText(vectors)}`,
    `code     ${formatBytes(index.bytes)}`,
    `on disk  ${formatBytes(index.databaseBytes + vectors.bytes)}, ${formatBytes(index.databaseBytes)} of it symbols`,
    `updated  ${index.updatedAt === undefined ? 'never: codi index does it' : formatMinute(index.updatedAt)}`,
    ...(index.writer === undefined ? [] : [`writing  process ${index.writer} indexes now`]),
    `watched  ${watchText(index)}`,
    'ignored  what .gitignore, .ignore and .rgignore name, not counted here',
    ...skippedLines(index),
  ]
}

function languagesText({ files, languages }: IndexStatus): string {
  const parsed = Object.entries(languages)
  const text = files - parsed.reduce((sum, [, count]) => sum + count, 0)
  const counts = [...parsed, ['text', text] as const]
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${formatCount(count)}`)
  return counts.length > 0 ? ` (${counts.join(', ')})` : ''
}

function watchText({ watching, watchNote }: IndexStatus): string {
  if (watching) return 'yes'
  if (watchNote !== undefined)
    return `no: ${neutralize(watchNote)}; every question checks the files`
  return 'while codi runs interactively; a single command checks the files instead'
}

function skippedLines({ skipped }: IndexStatus): string[] {
  const byReason = Map.groupBy(skipped, (row) => row.reason)
  const reasons = [...byReason]
    .sort((a, b) => b[1].length - a[1].length)
    .map(([reason, rows]) => `${reason} ${formatCount(rows.length)}`)
  const rest = skipped.length - maxSkippedShown
  return [
    `left out ${plural(skipped.length, 'path')}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`,
    ...skipped
      .slice(0, maxSkippedShown)
      .map((row) => `  ${neutralize(row.path).replaceAll('\n', '\\n')}: ${row.reason}`),
    ...(rest > 0 ? [`  and ${formatCount(rest)} more: --json lists all`] : []),
  ]
}
