/** What the app does for safety beside the gate: the audit log, loaded only where it is wanted, and trust in a directory. */
import { holdsHome } from '../base/home.ts'
import type { HiddenCharacter } from '../base/invisible.ts'
import { openMasker } from '../base/mask/masker.ts'
import { plural } from '../base/text.ts'
import type { Instructions } from '../config/documents.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import { reviewTrust } from '../config/trust.ts'
import { trustKindsAsked } from '../config/trust-files.ts'
import type { EventBus } from '../contract/event.ts'
import type { Settings } from '../contract/settings.ts'
import type { TrustReview } from '../contract/trust.ts'
import type { Auditing } from './auditing.ts'

/** An audit log is masked even where the person wants results unmasked. */
export async function startAuditing(options: {
  env: Record<string, string | undefined>
  paths: CodiPaths
  settings: Settings
  bus: EventBus
  mask: ((text: string) => string) | undefined
}): Promise<Auditing> {
  const { openAuditing } = await import('./auditing.ts')
  const { env, paths, settings, bus } = options
  const mask = options.mask ?? openMasker({ env, patterns: settings.secretPatterns }).mask
  const auditing = openAuditing({ dataDirectory: paths.data, mask })
  bus.subscribe(auditing.event)
  return auditing
}

/** A log of its own for what belongs to no session: `tool-20261122-083105-4f2a11`. */
export function auditName(what: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  return `${what}-${stamp}-${crypto.getRandomValues(new Uint8Array(3)).toHex()}`
}

/** What a person should be asked about: it would be in force, is not trusted, and was not declined as it is. */
export function untrustedContent(root: string, dataDirectory: string): TrustReview | undefined {
  const project = projectDirectory(root)
  const review = reviewTrust({ dataDirectory, project })
  // A home directory is no project that memories could be of.
  const kinds = trustKindsAsked.filter((kind) => kind !== 'memories' || !holdsHome(project))
  const open = review.contents.some(
    ({ kind, state, declined }) => kinds.includes(kind) && state !== 'trusted' && declined !== true,
  )
  return open ? review : undefined
}

/** Instructions as a model gets them: secrets masked; what was hidden in them is told the person, once a file. */
export function openInstructionCheck(options: {
  mask(text: string): string
  warn(text: string): void
}): (instructions: Instructions) => Instructions {
  const told = new Set<string>()
  return (instructions) => {
    const { source, text, hidden } = instructions
    if (hidden && !told.has(source)) {
      told.add(source)
      options.warn(hiddenText(source, hidden))
    }
    return { ...instructions, text: options.mask(text) }
  }
}

function hiddenText(source: string, hidden: readonly HiddenCharacter[]): string {
  const codes = [...new Set(hidden.map(({ code }) => code))]
  const shown = `${codes.slice(0, 5).join(', ')}${codes.length > 5 ? ' …' : ''}`
  const lines = new Set(hidden.map(({ line }) => line)).size
  const where = `${source}:${hidden[0]?.line ?? 1}`
  const more = lines > 1 ? ` and ${plural(lines - 1, 'more line')}` : ''
  return `${where}${more}: ${plural(hidden.length, 'invisible character')} (${shown}) in instructions; the model gets them as visible text`
}
