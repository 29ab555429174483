/** The words inside an identifier: `parseHTTPHeader_v2` -> parse, http, header, v, 2. Lower case. */
export function identifierWords(text: string): string[] {
  return (
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
      .toLowerCase()
      .match(/\p{L}+|\d+/gu) ?? []
  )
}
