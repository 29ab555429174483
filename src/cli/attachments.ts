/** What flags add to a prompt: files, pictures, the schema of the answer. Read within bounds, before a model is asked. */
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { formatBytes } from '../base/text.ts'
import type { RunInput } from '../contract/app.ts'
import type { ImageBlock } from '../contract/message.ts'
import { fileKind, kindBytes } from '../tools/files/file-kind.ts'
import { type Arguments, flagValue, usage } from './args.ts'

export type Attachments = Pick<RunInput, 'images' | 'outputSchema' | 'checked'> & {
  /** Blocks that follow the text of the prompt; empty where there are none. */
  files: string
}

export async function readAttachments(args: Arguments, cwd: string): Promise<Attachments> {
  const files = await attachedFiles(args, cwd)
  const images = await attachedImages(args, cwd)
  const schema = await outputSchema(args, cwd)
  return {
    files,
    ...(images.length > 0 ? { images } : {}),
    ...(schema ? { outputSchema: schema, checked: true } : {}),
  }
}

/** With attachments `input` becomes this. */
export function withAttachments(input: RunInput, { files, ...others }: Attachments): RunInput {
  return { ...input, ...others, text: `${input.text}${files}` }
}

const maxAttachedBytes = 1024 * 1024
const maxImageBytes = 10 * 1024 * 1024

/** `--file`: text files as blocks of the prompt. */
async function attachedFiles(args: Arguments, cwd: string): Promise<string> {
  const blocks: string[] = []
  for (const name of args.flags.get('file') ?? []) {
    const bytes = await readInput(resolve(cwd, name), '--file', maxAttachedBytes)
    if (bytes.includes(0)) throw usage(`--file ${name} is binary; --image takes pictures`)
    blocks.push(`\n\n<file path="${name}">\n${bytes.toString('utf8').trimEnd()}\n</file>`)
  }
  return blocks.join('')
}

async function attachedImages(args: Arguments, cwd: string): Promise<ImageBlock[]> {
  const images: ImageBlock[] = []
  for (const name of args.flags.get('image') ?? []) {
    const bytes = await readInput(resolve(cwd, name), '--image', maxImageBytes)
    const kind = fileKind(bytes.subarray(0, kindBytes))
    if (kind?.type !== 'image')
      throw usage(`--image ${name} is not a PNG, JPEG, GIF or WebP picture`)
    const { mediaType } = kind
    images.push({ type: 'image', mediaType, data: bytes.toString('base64'), name: basename(name) })
  }
  return images
}

async function outputSchema(args: Arguments, cwd: string): Promise<JsonObject | undefined> {
  const file = flagValue(args, 'output-schema')
  if (file === undefined) return undefined
  const bytes = await readInput(resolve(cwd, file), '--output-schema', maxAttachedBytes)
  try {
    const schema: unknown = JSON.parse(bytes.toString('utf8'))
    if (isJsonObject(schema)) return schema
  } catch (thrown) {
    throw usage(`--output-schema ${file} is not JSON: ${errorMessage(thrown)}`)
  }
  throw usage(`--output-schema ${file} must hold one JSON object`)
}

/** Also of a pipe, as a shell makes one of `<(command)`: its size shows only at its end. */
async function readInput(path: string, flag: string, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { end: maxBytes })) {
      chunks.push(chunk)
      bytes += chunk.length
    }
  } catch (thrown) {
    throw usage(`${flag}: ${errorMessage(thrown)}`)
  }
  if (bytes > maxBytes) throw usage(`${flag} ${path} is larger than ${formatBytes(maxBytes)}`)
  return Buffer.concat(chunks)
}
