/** In one line, what confines the commands of a session: the row `commands` of `/status`. */
import { errorMessage } from '../base/errors.ts'
import type { SandboxPolicy, SandboxService, SandboxState } from '../contract/sandbox-service.ts'

const holding: Record<SandboxState['holds'], string> = {
  full: 'confined',
  partial: 'confined in part',
  nothing: 'without a sandbox: each is asked for',
}

const networks: Record<SandboxPolicy['network'], string> = {
  off: 'no network',
  ask: 'hosts are asked for',
  on: 'network open',
}

export async function sandboxText(
  { mode, network }: SandboxPolicy,
  service: SandboxService,
): Promise<string> {
  if (mode === 'off') return 'run with your own rights (--sandbox off)'
  try {
    const { backend, holds } = await service.probe({})
    if (holds === 'nothing') return `${holding.nothing}; codi sandbox explain tells why`
    const writing = mode === 'read-only' ? 'nothing is writable' : 'the workspace is writable'
    const more = holds === 'partial' ? '; codi sandbox explain tells what holds' : ''
    return `${holding[holds]} (${backend}): ${writing}, ${networks[network]}${more}`
  } catch (thrown) {
    return `not known: ${errorMessage(thrown)}`
  }
}

const capturing: Record<SandboxState['capture']['by'], string> = {
  notify: 'is known exactly, and kept as it was before each change',
  scan: 'is found by comparison; what was there before as far as git or a copy has it',
  nothing: 'is not known, and cannot be taken back',
}

export function captureText({ by }: SandboxState['capture']): string {
  return capturing[by]
}

/** How it is known what a command changes: the row `changes`. */
export async function changesText(service: SandboxService): Promise<string> {
  try {
    const { capture } = await service.probe({})
    const more = capture.note === '' ? '' : '; codi sandbox explain tells why'
    return `what a command changes ${captureText(capture)}${more}`
  } catch (thrown) {
    return `not known: ${errorMessage(thrown)}`
  }
}

/** Whether commands can run on a copy here: the row `try`. */
export async function overlayText(service: SandboxService): Promise<string> {
  try {
    const { works, note } = await service.overlay({})
    if (!works) return `no copies: ${note}`
    return note === '' ? 'commands can run on a copy (codi try)' : `on a copy; ${note}`
  } catch (thrown) {
    return `not known: ${errorMessage(thrown)}`
  }
}
