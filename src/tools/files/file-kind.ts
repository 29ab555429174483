/** What a file is by its first bytes: an image a model can see, a PDF, some other binary with a name, or unknown. */
import type { ImageBlock } from '../../contract/message.ts'

export type FileKind =
  | { type: 'image'; mediaType: ImageBlock['mediaType'] }
  /** An image that must be converted before a model can see it. */
  | { type: 'foreign_image'; name: string }
  | { type: 'pdf' }
  | { type: 'binary'; name: string }

/** Bytes that `fileKind` wants to see. */
export const kindBytes = 512

/** Undefined where the bytes speak for nothing known: text, or a binary without a name. */
export function fileKind(head: Uint8Array): FileKind | undefined {
  const row = signatures.find((signature) => fits(head, signature))
  return row?.kind
}

interface Signature {
  /** Latin-1 characters of the bytes. */
  bytes: string
  offset?: number
  /** More bytes that must be there, for containers. */
  also?: { bytes: string; offset: number }
  kind: FileKind
}

const binary = (name: string): FileKind => ({ type: 'binary', name })
const foreign = (name: string): FileKind => ({ type: 'foreign_image', name })

const signatures: readonly Signature[] = [
  { bytes: '\x89PNG\r\n\x1a\n', kind: { type: 'image', mediaType: 'image/png' } },
  { bytes: '\xff\xd8\xff', kind: { type: 'image', mediaType: 'image/jpeg' } },
  { bytes: 'GIF87a', kind: { type: 'image', mediaType: 'image/gif' } },
  { bytes: 'GIF89a', kind: { type: 'image', mediaType: 'image/gif' } },
  {
    bytes: 'RIFF',
    also: { bytes: 'WEBP', offset: 8 },
    kind: { type: 'image', mediaType: 'image/webp' },
  },
  { bytes: 'BM', also: { bytes: '\0\0\0\0', offset: 6 }, kind: foreign('BMP image') },
  { bytes: 'II*\0', kind: foreign('TIFF image') },
  { bytes: 'MM\0*', kind: foreign('TIFF image') },
  { bytes: 'ftypavif', offset: 4, kind: foreign('AVIF image') },
  { bytes: 'ftypheic', offset: 4, kind: foreign('HEIC image') },
  { bytes: 'ftypmif1', offset: 4, kind: foreign('HEIF image') },
  { bytes: '\0\0\x01\0', kind: foreign('ICO image') },
  { bytes: '%PDF-', kind: { type: 'pdf' } },
  { bytes: '\x7fELF', kind: binary('ELF executable') },
  { bytes: 'MZ', also: { bytes: '\0\0', offset: 10 }, kind: binary('Windows executable') },
  { bytes: '\xcf\xfa\xed\xfe', kind: binary('Mach-O executable') },
  { bytes: '\xca\xfe\xba\xbe', kind: binary('Java class or universal Mach-O') },
  { bytes: '\0asm', kind: binary('WebAssembly module') },
  { bytes: 'PK\x03\x04', kind: binary('ZIP archive (also office document or jar)') },
  { bytes: '\x1f\x8b', kind: binary('gzip data') },
  { bytes: 'BZh', also: { bytes: '1AY&SY', offset: 4 }, kind: binary('bzip2 data') },
  { bytes: '\xfd7zXZ\0', kind: binary('xz data') },
  { bytes: '\x28\xb5\x2f\xfd', kind: binary('zstd data') },
  { bytes: '7z\xbc\xaf\x27\x1c', kind: binary('7-Zip archive') },
  { bytes: 'Rar!\x1a\x07', kind: binary('RAR archive') },
  { bytes: 'ustar', offset: 257, kind: binary('tar archive') },
  { bytes: '!<arch>\n', kind: binary('static library') },
  { bytes: 'SQLite format 3\0', kind: binary('SQLite database') },
  { bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', kind: binary('old Office document') },
  { bytes: 'OggS', kind: binary('Ogg media') },
  { bytes: 'ID3', kind: binary('MP3 audio') },
  { bytes: 'fLaC', kind: binary('FLAC audio') },
  { bytes: 'RIFF', kind: binary('WAV or AVI media') },
  { bytes: 'ftyp', offset: 4, kind: binary('MP4 media') },
  { bytes: '\x1aE\xdf\xa3', kind: binary('Matroska or WebM video') },
  { bytes: 'wOFF', kind: binary('WOFF font') },
  { bytes: 'wOF2', kind: binary('WOFF2 font') },
  { bytes: '\0\x01\0\0', kind: binary('TrueType font') },
  { bytes: 'OTTO', kind: binary('OpenType font') },
]

function fits(head: Uint8Array, signature: Signature): boolean {
  const { also } = signature
  return (
    standsAt(head, signature.bytes, signature.offset ?? 0) &&
    (also === undefined || standsAt(head, also.bytes, also.offset))
  )
}

function standsAt(head: Uint8Array, bytes: string, offset: number): boolean {
  if (head.length < offset + bytes.length) return false
  for (let index = 0; index < bytes.length; index++) {
    if (head[offset + index] !== bytes.charCodeAt(index)) return false
  }
  return true
}
