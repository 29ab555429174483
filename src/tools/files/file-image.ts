/** An image file as a block that models accept: one of four formats, not larger than they take, else made smaller. */
import { CodiError } from '../../base/errors.ts'
import { formatBytes } from '../../base/text.ts'
import type { ImageBlock } from '../../contract/message.ts'
import type { ToolResult } from '../../contract/tool.ts'
import { fileKind, kindBytes } from './file-kind.ts'
import type { OpenFile } from './file-text.ts'

/** Models take 5 MB of base64, which is 3.75 MB of bytes. */
const maxImageBytes = 3.75 * 1024 * 1024
const maxSide = 2000
const maxSourceBytes = 64 * 1024 * 1024
/** Four bytes each once it is unpacked: a few kilobytes of PNG may hold gigabytes. */
const maxPixels = 100_000_000

interface Picture {
  bytes: Uint8Array
  mediaType: ImageBlock['mediaType']
  width: number | undefined
  height: number | undefined
  /** Empty, or what was done to it. */
  note: string
}

/** `name` is the path as people see it. */
export async function imageResult({ handle, info }: OpenFile, name: string): Promise<ToolResult> {
  const size = Number(info.size)
  if (size > maxSourceBytes) {
    throw new CodiError(
      'unsupported',
      `${name} is too large for an image (${formatBytes(size)}, at most ${formatBytes(maxSourceBytes)}); make it smaller first`,
    )
  }
  return imageResultOf(await handle.readFile(), name)
}

/** The same of bytes that are here already. */
export async function imageResultOf(bytes: Uint8Array, name: string): Promise<ToolResult> {
  const picture = await toPicture(bytes, name)
  const size = picture.width ? `${picture.width}x${picture.height}, ` : ''
  const about = `${name}: ${picture.mediaType}, ${size}${formatBytes(picture.bytes.length)}${picture.note}`
  return {
    content: [
      { type: 'text', text: about },
      {
        type: 'image',
        mediaType: picture.mediaType,
        data: Buffer.from(picture.bytes).toString('base64'),
        name,
      },
    ],
    detail: { type: 'list', lines: [about] },
    data: {
      path: name,
      mediaType: picture.mediaType,
      bytes: picture.bytes.length,
      width: picture.width ?? null,
      height: picture.height ?? null,
    },
  }
}

async function toPicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const kind = fileKind(bytes.subarray(0, kindBytes))
  if (kind?.type !== 'image' && kind?.type !== 'foreign_image') {
    throw new CodiError('unsupported', `${name} is not an image that can be shown`)
  }
  const side = await measure(bytes)
  if (side && side.width * side.height > maxPixels) {
    throw new CodiError(
      'unsupported',
      `${name} has ${side.width}x${side.height} pixels, which is too many to be opened; make it smaller first`,
    )
  }
  const isSmall = Math.max(side?.width ?? 0, side?.height ?? 0) <= maxSide
  if (kind.type === 'image' && isSmall && bytes.length <= maxImageBytes) {
    return { bytes, mediaType: kind.mediaType, width: side?.width, height: side?.height, note: '' }
  }
  const converted = await convert(bytes, side)
  if (converted) return converted
  const what = kind.type === 'image' ? kind.mediaType : kind.name
  throw new CodiError(
    'unsupported',
    `${name} (${what}, ${formatBytes(bytes.length)}) cannot be shown as it is and could not be converted; turn it into a PNG of at most ${maxSide} pixels first`,
  )
}

async function measure(bytes: Uint8Array): Promise<{ width: number; height: number } | undefined> {
  try {
    const { width, height } = await new Bun.Image(bytes).metadata()
    return { width, height }
  } catch {
    return undefined
  }
}

/** PNG where that is small enough (text stays sharp), else JPEG. Undefined where it cannot be decoded. */
async function convert(
  bytes: Uint8Array,
  side: { width: number; height: number } | undefined,
): Promise<Picture | undefined> {
  if (!side) return undefined
  const scale = Math.min(1, maxSide / Math.max(side.width, side.height))
  const width = Math.max(1, Math.round(side.width * scale))
  const height = Math.max(1, Math.round(side.height * scale))
  const note = ` (made from ${side.width}x${side.height})`
  try {
    const png = await new Bun.Image(bytes).resize(width, height).png().bytes()
    if (png.length <= maxImageBytes) {
      return { bytes: png, mediaType: 'image/png', width, height, note }
    }
    const jpeg = await new Bun.Image(bytes).resize(width, height).jpeg({ quality: 80 }).bytes()
    if (jpeg.length > maxImageBytes) return undefined
    return { bytes: jpeg, mediaType: 'image/jpeg', width, height, note }
  } catch {
    return undefined
  }
}
