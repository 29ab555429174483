/**
 * `!command`: runs what the person typed with the person's own rights, outside the sandbox, and shows its output as it
 * arrives. The service that runs the model's commands sees to it that nothing of it outlives codi. The model sees
 * nothing of it.
 */
import { errorMessage, toCodiError } from '../base/errors.ts'
import { formatBytes, formatDuration, neutralize } from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { CommandResult } from '../contract/sandbox-service.ts'
import { type Face, plainLines } from './face.ts'

/** A person's command may take as long as the person likes; Ctrl+C ends it. */
const timeoutMs = 24 * 60 * 60 * 1000
const maxOutputBytes = 256 * 1024
/** What is printed of one command; the rest is counted. */
const maxShownBytes = 4 * 1024 * 1024

/** Answers the command's exit status as a shell reports it. */
export async function runShell(
  command: string,
  options: { app: App; face: Face; signal: AbortSignal },
): Promise<number> {
  const { app, face, signal } = options
  const id = `shell-${crypto.randomUUID()}`
  const shown = openStream(face)
  const stop = app.bus.subscribe((event) => {
    if (event.type === 'call_output' && event.id === id) shown.add(event.text)
  })
  try {
    const result = await app.services.sandbox.run(
      {
        id,
        command,
        cwd: app.workspace.root,
        timeoutMs,
        maxOutputBytes,
        access: { unsandboxed: true },
        byPerson: true,
      },
      signal,
    )
    if (shown.bytes === 0) shown.add(result.output)
    shown.end()
    return report(result, face)
  } catch (thrown) {
    shown.end()
    if (signal.aborted || toCodiError(thrown).kind === 'cancelled') return report(undefined, face)
    face.print(face.style.red(`${face.glyphs.failed} ${neutralize(errorMessage(thrown))}\n`))
    return 1
  } finally {
    stop()
  }
}

function report(result: CommandResult | undefined, face: Face): number {
  const { style, glyphs } = face
  if (!result || result.cancelled) {
    face.print(style.yellow(`${glyphs.failed} ended by you\n`))
    return 130
  }
  if (result.exitCode === 0) {
    if (result.durationMs > 2000) {
      face.print(style.dim(`${glyphs.rule} ${formatDuration(result.durationMs)}\n`))
    }
    return 0
  }
  const how =
    result.exitCode === null ? `ended by ${result.signal}` : `exit status ${result.exitCode}`
  face.print(style.red(`${glyphs.failed} ${how}\n`))
  return result.exitCode ?? 1
}

/** Prints whole lines as they come; a line without an end waits for it. */
function openStream(face: Face) {
  let rest = ''
  let bytes = 0
  return {
    get bytes() {
      return bytes
    },
    add(text: string) {
      const before = bytes
      bytes += text.length
      if (before >= maxShownBytes) return
      rest += text
      const newline = rest.lastIndexOf('\n')
      if (newline < 0 && rest.length < 8192) return
      const cut = newline < 0 ? rest.length : newline + 1
      face.print(`${plainLines(rest.slice(0, cut)).join('\n')}\n`)
      rest = rest.slice(cut)
    },
    end() {
      if (rest !== '') face.print(`${plainLines(rest).join('\n')}\n`)
      rest = ''
      if (bytes > maxShownBytes) {
        face.print(face.style.dim(`(${formatBytes(bytes - maxShownBytes)} more, not shown)\n`))
      }
    },
  }
}
