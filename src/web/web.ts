/** Pages and searches of the web within the policy: what tools know as WebService. */
import { CodiError } from '../base/errors.ts'
import type { Settings } from '../contract/settings.ts'
import type { WebService } from '../contract/web-service.ts'

export interface WebOptions {
  env: Record<string, string | undefined>
  settings: Settings
}

export function openWeb(_options: WebOptions): WebService {
  return { fetch: notYet, search: notYet, searchHosts: () => [] }
}

function notYet(): never {
  throw new CodiError('unsupported', 'The web cannot be reached by tools yet')
}
