/** Addresses of pages, as a model writes them. */
import { CodiError } from '../base/errors.ts'

/** The address as it is asked for. Throws a CodiError of kind `invalid`. */
export function pageUrl(text: string): URL {
  const trimmed = text.trim()
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (!url || /\s/.test(trimmed)) throw noAddress(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new CodiError(
      'invalid',
      `${shownUrl(text)} is neither http:// nor https://; only these are fetched`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new CodiError(
      'invalid',
      `The address of ${url.host} holds a name or password; give it without`,
    )
  }
  url.hash = ''
  return url
}

function noAddress(text: string): CodiError {
  return new CodiError(
    'invalid',
    `${shownUrl(text)} is no address; give one such as https://example.org/page`,
  )
}

export function shownUrl(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}
