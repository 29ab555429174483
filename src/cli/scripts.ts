/** The seams for scripts: one tool, one patch, what would be sent, what was received. */
import { exitCodes } from '../app/exit-code.ts'
import { errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject, printableJson } from '../base/json.ts'
import { neutralize } from '../base/text.ts'
import type { ToolCall } from '../contract/app.ts'
import { decodeResponse } from '../providers/decode.ts'
import { flagValue, has, usage } from './args.ts'
import { type CodeCommand, printJson } from './code/command.ts'
import { readPiped, readPipedBytes, stdinIsPiped } from './piped.ts'

export async function tool(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  if (has(args, 'list')) {
    const specs = app.toolSpecs()
    if (has(args, 'json')) printJson(output, specs)
    else
      output.out(
        specs
          .map((spec) => `${spec.name.padEnd(18)} ${spec.description.split('\n')[0]}\n`)
          .join(''),
      )
    return exitCodes.done
  }
  const name = args.words[0]
  if (name === undefined)
    throw usage('codi tool wants the name of a tool; codi tool --list shows them')
  const call = await app.callTool(name, await inputOf(command), signal)
  return printCall(command, call)
}

export async function applyPatch(command: CodeCommand): Promise<number> {
  const { app, args, signal } = command
  const patch = args.words[0] ?? (await stdinText(signal))
  if (patch === undefined)
    throw usage('codi apply-patch wants a patch, as its argument or on stdin')
  // Whoever types this has decided; only what is dangerous in every mode is still asked for.
  if (app.gate.mode === 'ask') app.gate.mode = 'edit'
  const call = await app.callTool('apply_patch', { patch }, signal)
  const status = printCall(command, call)
  return status === exitCodes.done ? status : exitCodes.failed
}

function printCall(command: CodeCommand, { result, denied }: ToolCall): number {
  const { output, args } = command
  const text = result.content
    .map((block) => (block.type === 'text' ? block.text : `[image ${block.mediaType}]`))
    .join('\n')
  if (has(args, 'json')) {
    printJson(output, {
      name: result.name,
      ok: !result.isError,
      output: text,
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(denied ? { denied } : {}),
    })
  } else if (result.isError) output.err(`${neutralize(text)}\n`)
  else {
    // A program gets the text as it is; a terminal must not obey what stands in a file.
    const shown = output.stdoutIsTerminal ? neutralize(text) : text
    output.out(shown.endsWith('\n') ? shown : `${shown}\n`)
  }
  if (command.signal.aborted) return exitCodes.interrupted
  if (denied) return exitCodes.denied
  return result.isError ? exitCodes.failed : exitCodes.done
}

async function inputOf(command: CodeCommand): Promise<JsonObject> {
  const text = command.args.words[1] ?? (await stdinText(command.signal)) ?? '{}'
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch (thrown) {
    throw usage(`The arguments must be one JSON object: ${errorMessage(thrown)}`)
  }
  throw usage('The arguments must be one JSON object')
}

async function stdinText(signal: AbortSignal): Promise<string | undefined> {
  if (!stdinIsPiped()) return undefined
  return (await readPiped({ wait: true, signal })).text
}

export async function debug(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const [what, ...words] = args.words
  if (what === 'prompt') {
    const request = await app.firstRequest({ text: words.join(' ') }, signal)
    output.out(`${printableJson(request, has(args, 'json') ? 0 : 2)}\n`)
    return exitCodes.done
  }
  if (what === 'decode') {
    const provider = flagValue(args, 'provider')
    if (provider === undefined)
      throw usage('codi debug decode wants --provider, and the body on stdin')
    const body = new Uint8Array(await readPipedBytes(signal))
    printJson(output, await decodeResponse(provider, body))
    return exitCodes.done
  }
  throw usage('codi debug wants prompt or decode')
}
