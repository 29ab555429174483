/** Bodies as they were before they were packed for the way. */
import type { Readable, Transform } from 'node:stream'
import { CodiError } from '../base/errors.ts'

type Zlib = typeof import('node:zlib')

const unpackers: Record<string, (zlib: Zlib) => Transform> = {
  gzip: (zlib) => zlib.createGunzip(),
  'x-gzip': (zlib) => zlib.createGunzip(),
  br: (zlib) => zlib.createBrotliDecompress(),
  deflate: (zlib) => zlib.createInflate(),
  zstd: (zlib) => zlib.createZstdDecompress(),
}

/** How often something may have been packed: more is meant to hurt. */
const maxLayers = 2

export async function unpacked(body: Readable, encoding: string | undefined): Promise<Readable> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0) return body
  const zlib = await import('node:zlib')
  if (names.length > maxLayers) throw unknown(names)
  return names.reduceRight<Readable>((packed, name) => {
    const open = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined
    if (!open) throw unknown(names)
    const stream = open(zlib)
    packed.on('error', (error) => stream.destroy(error))
    stream.on('close', () => packed.destroy())
    return packed.pipe(stream)
  }, body)
}

function unknown(names: string[]): CodiError {
  return new CodiError(
    'unsupported',
    `The answer is packed as ${names.join(', ').slice(0, 100)}, which codi cannot read`,
  )
}
