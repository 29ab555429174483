/**
 * Files that build.ts packs with zstd on their way into the executable (grammars shrink to a sixteenth) and that lie
 * as they are in a run from source: read the same way in both.
 */
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd] as const

export async function readPacked(path: string): Promise<Uint8Array> {
  const bytes = await Bun.file(path).bytes()
  return zstdMagic.every((byte, index) => bytes[index] === byte)
    ? Bun.zstdDecompressSync(bytes)
    : bytes
}
