/** Hashes of names, small enough for a column and an index; case does not count. */

export function nameHash(name: string): number {
  return Number(Bun.hash.xxHash32(name.toLowerCase()))
}

/** One number for a text or several; a change of any changes it. */
export function textHash(...parts: readonly string[]): number {
  // SQLite and JavaScript both hold 53 bits exactly.
  return Number(Bun.hash.xxHash64(parts.join('\0')) & 0x1fffffffffffffn)
}
