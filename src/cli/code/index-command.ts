/** codi index: brings the index up to date, or says what is in it. */
import { exitCodes } from '../../app/exit-code.ts'
import { formatBytes, formatDuration, formatMinute, neutralize, plural } from '../../base/text.ts'
import { has } from '../args.ts'
import { type CodeCommand, printJson } from './command.ts'
import { embed, embeddedText, embedderText } from './embed.ts'

export async function index(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  if (!has(args, 'status')) {
    const report = await app.services.index.update({}, signal)
    const vectors = await app.services.vectors.update({}, signal)
    const embedded = await embed(command)
    if (has(args, 'json'))
      printJson(output, { index: report, vectors, ...(embedded ? { embedding: embedded } : {}) })
    else {
      output.out(
        `${plural(report.files, 'file')}, ${plural(report.symbols, 'symbol')}, ${plural(vectors.chunks, 'chunk')}; ` +
          `${report.parsed} parsed now, in ${formatDuration(report.durationMs + vectors.durationMs)}\n`,
      )
      if (embedded) output.out(embeddedText(embedded))
    }
    return exitCodes.done
  }
  const status = await app.services.index.status(signal)
  const vectors = await app.services.vectors.status(signal)
  if (has(args, 'json')) {
    printJson(output, { index: status, vectors })
    return exitCodes.done
  }
  const parsed = Object.entries(status.languages)
  const text = status.files - parsed.reduce((sum, [, count]) => sum + count, 0)
  const languages = [...parsed, ['text', text] as const]
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1])
  output.out(
    [
      neutralize(status.root),
      `files    ${status.files} (${languages.map(([name, count]) => `${name} ${count}`).join(', ')})`,
      `symbols  ${status.symbols}`,
      `chunks   ${vectors.chunks}, ${vectors.search} search of vectors`,
      `embedder ${embedderText(vectors)}`,
      `on disk  ${formatBytes(status.bytes + vectors.bytes)}`,
      `updated  ${status.updatedAt === undefined ? 'never' : formatMinute(status.updatedAt)}`,
      `left out ${plural(status.skipped.length, 'file')}`,
      ...status.skipped.map((row) => `  ${neutralize(row.path)}: ${row.reason}`),
      '',
    ].join('\n'),
  )
  return exitCodes.done
}
