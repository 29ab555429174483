/** What the tests use of oidc-provider, which comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Token {
    accountId: string
    destroy(): Promise<void>
  }

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    on(
      event: 'grant.success' | 'grant.error',
      listener: (context: { oidc: { params: Record<string, string> } }) => void,
    ): void
    on(event: 'access_token.saved' | 'refresh_token.saved', listener: (token: Token) => void): void
    AccessToken: { find(token: string): Promise<Token | undefined> }
    RefreshToken: { find(token: string): Promise<Token | undefined> }
  }
}
