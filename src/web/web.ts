/** Pages and searches of the web within the policy: what tools know as WebService. Everything is loaded on first use. */
import { readAuthorities } from '../base/authorities.ts'
import { hostText } from '../base/host-rule.ts'
import type { Environment } from '../base/outgoing-proxy.ts'
import type { Settings } from '../contract/settings.ts'
import type { WebService } from '../contract/web-service.ts'
import { pageUrl } from './page-url.ts'
import type { WebAccess } from './request.ts'
import { searchHosts } from './search-plan.ts'
import { targetOf } from './web-target.ts'

export interface WebOptions {
  env: Environment
  settings: Pick<Settings, 'allowHosts' | 'caFile' | 'searchEngine' | 'searchBaseUrl'>
}

export function openWeb(options: WebOptions): WebService {
  const { env, settings } = options
  const choice = { engine: settings.searchEngine, baseUrl: settings.searchBaseUrl, env }

  async function access(): Promise<WebAccess> {
    const authorities = await readAuthorities(settings.caFile)
    return { env, allowHosts: settings.allowHosts, authorities }
  }

  return {
    async fetch(request, signal) {
      const { fetchPage } = await import('./fetch-page.ts')
      return fetchPage(request, await access(), signal)
    },
    async search(query, signal) {
      const { searchWeb } = await import('./search.ts')
      return searchWeb(query, { choice, access: await access() }, signal)
    },
    pageHost: (url) => hostText(targetOf(pageUrl(url))),
    searchHosts: () => searchHosts(choice),
  }
}
