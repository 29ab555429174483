/**
 * Files that build.ts packs with zstd on their way into the executable (grammars shrink to a sixteenth, ripgrep and
 * addons to a third) and that lie as they are in a run from source: read the same way in both.
 */
import { readFileSync } from 'node:fs'

const zstdMagic = 0xfd2fb528
/** The longest head of a zstd frame. */
const headBytes = 18

export async function readPacked(path: string): Promise<Uint8Array> {
  return unpack(await Bun.file(path).bytes())
}

export function readPackedSync(path: string): Uint8Array {
  return unpack(readFileSync(path))
}

/** How many bytes `readPacked` will answer, without unpacking. */
export async function unpackedSize(path: string): Promise<number> {
  const file = Bun.file(path)
  const head = await file.slice(0, headBytes).bytes()
  return isPacked(head) ? frameSize(head) : file.size
}

function unpack(bytes: Uint8Array): Uint8Array {
  return isPacked(bytes) ? Bun.zstdDecompressSync(bytes) : bytes
}

function isPacked(bytes: Uint8Array): boolean {
  return bytes.length > 4 && view(bytes).getUint32(0, true) === zstdMagic
}

/** RFC 8878, 3.1.1.1: the size of the content stands after the window and the dictionary, where there are any. */
function frameSize(head: Uint8Array): number {
  const descriptor = head[4] ?? 0
  const singleSegment = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes
  switch (descriptor >> 6) {
    case 1:
      return view(head).getUint16(at, true) + 256
    case 2:
      return view(head).getUint32(at, true)
    case 3:
      return Number(view(head).getBigUint64(at, true))
    default:
      return singleSegment ? (head[at] ?? 0) : Number.NaN
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
