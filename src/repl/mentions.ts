/**
 * `@path` in a prompt: the file's text is attached (bounded), an image becomes an image block, a directory its list of
 * names. What cannot be attached is said and stays as it was typed. Paths go through the workspace like any other.
 */
import { open, readdir, stat } from 'node:fs/promises'
import { errorMessage } from '../base/errors.ts'
import { formatBytes, plural } from '../base/text.ts'
import type { RunInput } from '../contract/app.ts'
import type { ImageBlock } from '../contract/message.ts'
import type { Workspace } from '../contract/tool.ts'
import { fileKind } from '../tools/files/file-kind.ts'

const maxFileBytes = 200 * 1024
const maxTotalBytes = 600 * 1024
const maxImageBytes = 5 * 1024 * 1024
const maxNames = 200
const maxMentions = 20

export interface Attached {
  input: RunInput
  /** One line each, for the person. */
  notices: { level: 'info' | 'warning'; text: string }[]
}

export async function attachMentions(text: string, workspace: Workspace): Promise<Attached> {
  const notices: Attached['notices'] = []
  const images: ImageBlock[] = []
  let attached = ''
  let room = maxTotalBytes
  for (const name of mentionsOf(text).slice(0, maxMentions)) {
    try {
      const path = await workspace.resolve(name)
      const shown = workspace.display(path)
      const found = await contentOf(path)
      if (found.type === 'image') {
        images.push({ ...found.image, name: shown })
        notices.push({ level: 'info', text: `attached ${shown} (image)` })
      } else if (found.text.length > room) {
        notices.push({
          level: 'warning',
          text: `${name} is left out: too much is attached already`,
        })
      } else {
        room -= found.text.length
        attached += `\n\n<file path="${shown}">\n${found.text.trimEnd()}\n</file>`
        notices.push({ level: 'info', text: `attached ${shown} (${found.note})` })
      }
    } catch (thrown) {
      if (looksLikePath(name)) {
        notices.push({
          level: 'warning',
          text: `@${name} is not attached: ${errorMessage(thrown)}`,
        })
      }
    }
  }
  const input: RunInput = { text: `${text}${attached}` }
  return { input: images.length > 0 ? { ...input, images } : input, notices }
}

/** Names behind `@` at the start of a word, each once; punctuation at the end of a sentence is not part of one. */
export function mentionsOf(text: string): string[] {
  const names = new Set<string>()
  for (const found of text.matchAll(/(?:^|[\s(,])@(?:"([^"\n]+)"|([^\s"]+))/g)) {
    const name = found[1] ?? (found[2] as string).replace(/[),.;:!?]+$/, '')
    if (name !== '') names.add(name)
  }
  return [...names]
}

/** `@param` and `@someone` are words; only what could be a file is worth a warning. */
function looksLikePath(name: string): boolean {
  return /[/\\]|\.\w{1,8}$/.test(name)
}

type Content =
  | { type: 'text'; text: string; note: string }
  | { type: 'image'; image: Omit<ImageBlock, 'name'> }

async function contentOf(path: string): Promise<Content> {
  const info = await stat(path)
  if (info.isDirectory()) return directoryContent(path)
  if (!info.isFile()) throw new Error('It is not a regular file')
  const head = await readHead(path, Math.min(info.size, maxFileBytes))
  const kind = fileKind(head)
  if (kind?.type === 'image') return imageContent(path, info.size, kind.mediaType)
  if (kind || head.subarray(0, 8192).includes(0)) {
    throw new Error('It is binary; codi can look at it with its tools when you say what for')
  }
  const text = new TextDecoder().decode(head)
  if (info.size <= maxFileBytes) return { type: 'text', text, note: formatBytes(info.size) }
  const cut = text.slice(0, text.lastIndexOf('\n') + 1) || text
  const mark = `[cut: the first ${formatBytes(maxFileBytes)} of ${formatBytes(info.size)}; read_file has the rest]`
  const note = `first ${formatBytes(maxFileBytes)} of ${formatBytes(info.size)}`
  return { type: 'text', text: `${cut}${mark}`, note }
}

async function imageContent(
  path: string,
  size: number,
  mediaType: ImageBlock['mediaType'],
): Promise<Content> {
  if (size > maxImageBytes) {
    throw new Error(`The image has ${formatBytes(size)}; at most ${formatBytes(maxImageBytes)}`)
  }
  const data = Buffer.from(await readHead(path, size)).toString('base64')
  return { type: 'image', image: { type: 'image', mediaType, data } }
}

async function directoryContent(path: string): Promise<Content> {
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
  const left = names.length - maxNames
  const lines = [...names.slice(0, maxNames), ...(left > 0 ? [`[${left} more]`] : [])]
  return { type: 'text', text: lines.join('\n'), note: plural(names.length, 'name') }
}

async function readHead(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const buffer = new Uint8Array(bytes)
    let at = 0
    while (at < bytes) {
      const { bytesRead } = await file.read(buffer, at, bytes - at, at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return buffer.subarray(0, at)
  } finally {
    await file.close()
  }
}
