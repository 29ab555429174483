/**
 * Reads a file for the model: numbered lines within a limit, an image, or the cells of a notebook. Large files are
 * streamed. Whatever was read is in the ledger afterwards, so that it may be edited.
 */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { formatBytes, formatCount } from '../../base/text.ts'
import type { Tool, ToolContext, ToolResult } from '../../contract/tool.ts'
import { requireApproved } from './approved.ts'
import { imageResult } from './file-image.ts'
import { fileKind, kindBytes } from './file-kind.ts'
import { splitLines } from './file-lines.ts'
import { notebookText } from './file-notebook.ts'
import { streamLines } from './file-stream.ts'
import { missingFile } from './file-suggest.ts'
import { maxWholeBytes, type OpenFile, openRegular, toTextFile } from './file-text.ts'
import text from './read-file.md' with { type: 'text' }
import { type Page, type PageOptions, pageOf, renderPage } from './read-file-page.ts'

const input = Type.Object({
  path: Type.String(),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
})

type Input = Static<typeof input>

const maxLines = 2000

export const readFile: Tool<typeof input> = {
  name: 'read_file',
  text,
  input,
  effect: 'read',

  async request(input, context) {
    const path = await context.workspace.resolve(input.path)
    return { summary: `read ${context.workspace.display(path)}`, paths: [path], hosts: [] }
  },

  async run(input, context) {
    const path = await context.workspace.resolve(input.path)
    requireApproved(context, path)
    const opened = await openRegular(path, context)
    if (!opened) throw await missingFile(path, context)
    try {
      return await read(opened, { path, context, page: pageOptions(input) })
    } finally {
      await opened.handle.close()
    }
  },
}

interface Reading {
  /** Absolute, resolved. */
  path: string
  context: ToolContext
  page: PageOptions
}

function pageOptions(input: Input): PageOptions {
  return {
    offset: Math.max(1, input.offset ?? 1),
    limit: Math.min(input.limit ?? maxLines, maxLines),
  }
}

async function read(opened: OpenFile, reading: Reading): Promise<ToolResult> {
  const { path, context } = reading
  const name = context.workspace.display(path)
  const size = Number(opened.info.size)
  const head = new Uint8Array(kindBytes)
  const { bytesRead } = await opened.handle.read(head, 0, kindBytes, 0)
  const kind = fileKind(head.subarray(0, bytesRead))
  switch (kind?.type) {
    case 'image':
    case 'foreign_image':
      return imageResult(opened, name)
    case 'pdf':
      throw new CodiError(
        'unsupported',
        `${name} is a PDF (${formatBytes(size)}), which read_file does not show; get its text with bash: pdftotext -layout '${name}' -`,
      )
    case 'binary':
      throw binaryError(name, size, kind.name)
  }
  if (size > maxWholeBytes) return readLarge(opened, reading)

  const bytes = await readAll(opened)
  const file = await toTextFile(path, bytes, opened.info)
  if (!file) throw binaryError(name, size, undefined)
  context.ledger.record(path, file.stamp)
  const notebook = path.endsWith('.ipynb') ? notebookText(file.text) : undefined
  const page = pageOf(splitLines(notebook?.text ?? file.text), reading.page)
  const notes = [notebook?.note, encodingNote(file.format.encoding, file.lossless)]
  return pageResult(page, { reading, size, notes })
}

/** A file that grows while it is read is taken as long as it was. */
async function readAll(opened: OpenFile): Promise<Uint8Array> {
  const bytes = await opened.handle.readFile()
  if (bytes.length <= maxWholeBytes) return bytes
  return bytes.subarray(0, maxWholeBytes)
}

async function readLarge(opened: OpenFile, reading: Reading): Promise<ToolResult> {
  const { path, context } = reading
  const size = Number(opened.info.size)
  const name = context.workspace.display(path)
  const page = await streamLines(opened.handle, { ...reading.page, signal: context.signal, name })
  if (!page) throw binaryError(name, size, undefined)
  // Known by size and time only: hashing would read all of it.
  context.ledger.record(path, { size, mtimeNs: String(opened.info.mtimeNs), hash: '' })
  return pageResult(page, { reading, size, notes: [encodingNote(page.encoding, true)] })
}

function pageResult(
  page: Page,
  options: { reading: Reading; size: number; notes: (string | undefined)[] },
): ToolResult {
  const { path, context } = options.reading
  const name = context.workspace.display(path)
  const notes = options.notes.filter((note) => note !== undefined)
  return {
    content: renderPage(page, { name, size: options.size, notes }),
    data: {
      path: name,
      firstLine: page.first,
      lastLine: page.first + page.lines.length - 1,
      totalLines: page.total ?? null,
    },
    detail: { type: 'list', lines: [shownRange(page)] },
  }
}

function shownRange(page: Page): string {
  if (page.lines.length === 0) return 'no lines'
  const last = page.first + page.lines.length - 1
  const total = page.total === undefined ? '' : ` of ${formatCount(page.total)}`
  return `lines ${page.first}-${last}${total}`
}

function encodingNote(encoding: string, lossless: boolean): string | undefined {
  if (encoding === 'utf-8') return undefined
  if (encoding === 'utf-8+bytes') return 'UTF-8 with invalid bytes, shown as �; edits keep them'
  if (!lossless) return `encoding ${encoding}, not clean: it cannot be edited without loss`
  return `encoding ${encoding}, kept by edits`
}

function binaryError(name: string, size: number, what: string | undefined): CodiError {
  const kind = what === undefined ? '' : `: ${what}`
  return new CodiError(
    'unsupported',
    `${name} is binary (${formatBytes(size)}${kind}), which read_file does not show; use bash with file, strings, xxd or the program made for it`,
  )
}
