/** Commands about how things stand and what is set: status, models, config. */
import { exitCodes } from '../app/exit-code.ts'
import { priceLines } from '../app/usage-text.ts'
import { printableJson } from '../base/json.ts'
import { formatBytes, formatCount, neutralize } from '../base/text.ts'
import type { LoadedSettings } from '../config/load.ts'
import { settingRows } from '../config/schema.ts'
import { has, usage } from './args.ts'
import { type CodeCommand, printJson } from './code/command.ts'

export async function status(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const rows = await app.status(signal)
  if (has(args, 'json')) printJson(output, rows)
  else for (const { name, value } of rows) output.out(`${name.padEnd(12)} ${neutralize(value)}\n`)
  return exitCodes.done
}

export async function models(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const [action, name] = args.words
  if (has(args, 'prices')) return prices(command)
  if (action === 'pull') return pull(command, name)
  if (action !== undefined) throw usage(`codi models knows pull, not "${action}"`)
  const rows = await app.models(signal)
  if (has(args, 'json')) {
    printJson(
      output,
      rows.map(({ provider, model }) => ({ provider, ...model })),
    )
    return exitCodes.done
  }
  for (const { provider, model } of rows) {
    const inUse = provider === app.model.provider && model.id === app.model.model
    const window =
      model.contextWindow === undefined ? '' : `${formatCount(model.contextWindow / 1000)}k`
    output.out(
      `${inUse ? '*' : ' '} ${neutralize(`${provider}/${model.id}`).padEnd(48)} ${window}\n`,
    )
  }
  output.err(`codi: in use is ${neutralize(`${app.model.provider}/${app.model.model}`)}\n`)
  return exitCodes.done
}

function prices({ app, args, output }: CodeCommand): number {
  const rows = app.usage.prices()
  if (has(args, 'json')) printJson(output, rows)
  else {
    output.out(`${priceLines(rows).join('\n')}\n`)
    output.err('codi: US dollars a million tokens; "prices" in the settings gives others\n')
  }
  return exitCodes.done
}

async function pull(command: CodeCommand, name: string | undefined): Promise<number> {
  const { app, args, output, signal } = command
  if (name === undefined) throw usage('codi models pull wants the name of a model')
  const live = output.stderrIsTerminal && !has(args, 'quiet')
  let last = ''
  for await (const step of app.pullModel(name, signal)) {
    const amount =
      step.totalBytes > 0
        ? `: ${formatBytes(step.doneBytes)} of ${formatBytes(step.totalBytes)}`
        : ''
    if (live) output.err(`\r\x1b[K${neutralize(`${step.status}${amount}`)}`)
    else if (step.status !== last && !has(args, 'quiet')) output.err(`${neutralize(step.status)}\n`)
    last = step.status
  }
  if (live) output.err('\r\x1b[K')
  output.err(`codi: ${neutralize(`${name} is ready: codi -m ollama/${name}`)}\n`)
  return exitCodes.done
}

/** Needs no App: it must work when nothing else does. */
export function config(
  command: Pick<CodeCommand, 'args' | 'output'>,
  loaded: LoadedSettings,
): number {
  const { args, output } = command
  const rows = settingRows.map((row) => ({
    key: row.key,
    value: loaded.settings[row.key] ?? null,
    source:
      loaded.sources[row.key] ?? (loaded.settings[row.key] === undefined ? 'unset' : 'default'),
    summary: row.summary,
  }))
  if (has(args, 'json')) printJson(output, rows)
  else
    for (const row of rows) {
      const value = row.value === null ? '-' : printableJson(row.value)
      output.out(
        `${row.key.padEnd(20)} ${value.padEnd(16)} ${neutralize(row.source).padEnd(10)}  ${row.summary}\n`,
      )
    }
  return exitCodes.done
}
