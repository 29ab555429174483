/** What the app does for safety beside the gate: the audit log, loaded only where it is wanted, and trust in a directory. */
import { openMasker } from '../base/mask/masker.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import { reviewTrust } from '../config/trust.ts'
import { trustKindsInForce } from '../config/trust-files.ts'
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
  const review = reviewTrust({ dataDirectory, project: projectDirectory(root) })
  const open = review.contents.some(
    ({ kind, state, declined }) =>
      trustKindsInForce.includes(kind) && state !== 'trusted' && declined !== true,
  )
  return open ? review : undefined
}
