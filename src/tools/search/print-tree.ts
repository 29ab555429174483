/** The shape of a project: what git would see, some levels deep, with how much lies below. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { formatBytes, formatCount, plural } from '../../base/text.ts'
import type { Tool } from '../../contract/tool.ts'
import { requireApproved } from '../files/approved.ts'
import text from './print-tree.md' with { type: 'text' }
import { listFiles } from './search-files.ts'
import { findDirectory } from './search-place.ts'
import { searchRequest } from './search-request.ts'
import { showName, unreadableNote } from './search-run.ts'
import { buildTree, child, type TreeDirectory } from './tree-build.ts'

const input = Type.Object({
  path: Type.Optional(Type.String()),
  depth: Type.Optional(Type.Integer({ description: 'default 3' })),
  show_hidden: Type.Optional(Type.Boolean()),
  show_files: Type.Optional(Type.Boolean({ description: 'default true' })),
})

const defaultDepth = 3
const maxDepth = 20
const maxLines = 400
/** Files shown of one directory, so that a full one does not push out its neighbours. */
const maxFilesInDirectory = 40

interface Drawing {
  lines: string[]
  depth: number
  showHidden: boolean
  showFiles: boolean
  /** Lines that had no room. */
  left: number
}

export const printTree: Tool<typeof input> = {
  name: 'print_tree',
  text,
  input,
  effect: 'read',
  request: ({ path }, context) => searchRequest(context, { tool: 'print_tree', path, about: path }),
  async run(given, context) {
    const place = await findDirectory(context, given.path)
    requireApproved(context, place.absolute)
    const showHidden = given.show_hidden ?? false
    const list = await listFiles(context, place.absolute, { hidden: showHidden })
    const tree = buildTree(list.files)
    const wanted = clampNumber(given.depth, { or: defaultDepth, min: 1, max: maxDepth })
    const showFiles = given.show_files ?? true
    const depth = fittingDepth(tree, wanted, showFiles)
    const drawing: Drawing = { lines: [], depth, showHidden, showFiles, left: 0 }
    await draw(drawing, tree, { path: place.absolute, level: 0 })
    const notes = [unreadableNote(list.unreadable)].filter((note) => note !== '')
    if (list.truncated) notes.push('[too many files to list all; give a narrower path]')
    if (depth < wanted) {
      notes.push(`[only ${plural(depth, 'level')}: more would be too long; give a path below]`)
    }
    if (drawing.left > 0) {
      notes.push(`[${formatCount(drawing.left)} more lines; give a path below]`)
    }
    if (drawing.lines.length === 0 && notes.length === 0) {
      const entries = await readdir(place.absolute)
      notes.push(
        entries.length === 0
          ? `${place.shown} is empty.`
          : `${place.shown} holds only ignored or hidden files; list_directory shows them.`,
      )
    }
    const title = `${place.shown}/ (${plural(tree.total, 'file')})`
    const lines = [title, ...drawing.lines]
    return {
      content: [...lines, ...notes].join('\n'),
      detail: { type: 'list', lines },
      data: { path: place.shown, files: tree.total, lines: drawing.lines },
    }
  },
}

/** The deepest level at which all of the tree still has room: a whole shallow tree beats half of a deep one. */
function fittingDepth(tree: TreeDirectory, wanted: number, showFiles: boolean): number {
  let depth = wanted
  while (depth > 1 && lineCount(tree, depth, showFiles) > maxLines) depth--
  return depth
}

function lineCount(tree: TreeDirectory, depth: number, showFiles: boolean): number {
  const files = showFiles ? Math.min(tree.files.length, maxFilesInDirectory + 1) : 0
  if (depth === 1) return tree.directories.size + files
  let lines = tree.directories.size + files
  for (const directory of tree.directories.values()) {
    lines += lineCount(directory, depth - 1, showFiles)
    if (lines > maxLines) break
  }
  return lines
}

async function draw(
  drawing: Drawing,
  tree: TreeDirectory,
  at: { path: string; level: number },
): Promise<void> {
  const indent = '  '.repeat(at.level)
  if (drawing.lines.length < maxLines) await addEmptyDirectories(drawing, tree, at.path)
  for (const directory of [...tree.directories.values()].sort(byName)) {
    const deeper = at.level + 1 < drawing.depth
    const count = directory.total === 0 ? 'empty' : plural(directory.total, 'file')
    const summary = deeper && directory.total > 0 ? '' : `  (${count})`
    add(drawing, `${indent}${showName(directory.name)}/${summary}`)
    if (!deeper) continue
    const path = join(at.path, directory.name)
    await draw(drawing, directory, { path, level: at.level + 1 })
  }
  if (!drawing.showFiles) return
  const files = tree.files.sort()
  for (const file of files.slice(0, maxFilesInDirectory)) {
    const room = drawing.lines.length < maxLines
    add(drawing, `${indent}${showName(file)}${room ? await sizeText(join(at.path, file)) : ''}`)
  }
  const more = files.length - maxFilesInDirectory
  if (more > 0) add(drawing, `${indent}… ${plural(more, 'more file')}`)
}

function add(drawing: Drawing, line: string): void {
  if (drawing.lines.length < maxLines) drawing.lines.push(line)
  else drawing.left++
}

/** Directories without any file are unknown to git and to the list of files, but people want to see them. */
async function addEmptyDirectories(
  drawing: Drawing,
  tree: TreeDirectory,
  path: string,
): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isDirectory() || tree.directories.has(entry.name)) continue
    if (entry.name.startsWith('.') && !drawing.showHidden) continue
    const inside = await readdir(join(path, entry.name)).catch(() => undefined)
    if (inside?.length === 0) child(tree, entry.name)
  }
}

async function sizeText(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined)
  return found ? `  ${formatBytes(found.size)}` : ''
}

function byName(a: TreeDirectory, b: TreeDirectory): number {
  return a.name < b.name ? -1 : 1
}
