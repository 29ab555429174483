/**
 * Opens the files that mention a name, for servers that know only what is open: without that they would answer for a
 * part of the project as if it were all of it.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CodiError } from '../../src/base/errors.ts'
import type { LspClient } from './client.ts'
import { languageIdOf } from './find.ts'
import { readSource } from './source.ts'

/** More are refused: an answer for some of them would be taken for all. */
const maxMentions = 80
const maxFiles = 20_000
const maxBytes = 200 * 1024 * 1024
const skipped = /^(\.|node_modules$|vendor$|build$|dist$|out$|target$|CMakeFiles$)/

/** Of what `line` and `column` (0-based, UTF-16) name in the file; resolves when the server has read all of them. */
export async function openMentions(
  client: LspClient,
  { path, root, line, column }: { path: string; root: string; line: number; column: number },
  signal: AbortSignal,
): Promise<void> {
  const { text } = await readSource(path)
  const word = wordAt(text.split(/\r\n|\n|\r/)[line] ?? '', column)
  if (word === '') return
  const { row, published, documents } = client
  const since = published.now()
  const opened: { path: string; version: number }[] = []
  for await (const found of filesWith(
    word,
    root,
    (name) => languageIdOf(row, name) !== undefined,
  )) {
    if (signal.aborted) return
    if (found === path || documents.version(found) !== undefined) continue
    if (opened.length >= maxMentions)
      throw new CodiError(
        'limit',
        `more than ${maxMentions} files mention ${word}, too many to open for ${row.id}`,
      )
    const { version } = await documents.open(found, languageIdOf(row, found) ?? '')
    opened.push({ path: found, version })
  }
  for (const { path: file, version } of opened)
    await published.wait(file, { version, since }, signal)
}

function wordAt(line: string, column: number): string {
  for (const match of line.matchAll(/[\p{L}\p{N}_$]+/gu))
    if (match.index <= column && column <= match.index + match[0].length) return match[0]
  return ''
}

async function* filesWith(
  word: string,
  root: string,
  isSource: (name: string) => boolean,
): AsyncGenerator<string> {
  const directories = [root]
  let files = 0
  let bytes = 0
  for (let directory = directories.pop(); directory; directory = directories.pop()) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (skipped.test(entry.name)) continue
      const path = join(directory, entry.name)
      if (entry.isDirectory()) directories.push(path)
      if (!entry.isFile() || !isSource(entry.name)) continue
      files++
      bytes += (await stat(path).catch(() => undefined))?.size ?? 0
      if (files > maxFiles || bytes > maxBytes)
        throw new CodiError('limit', `${root} is too big to look for every mention of ${word}`)
      const source = await readSource(path).catch(() => undefined)
      if (source?.text.includes(word)) yield path
    }
  }
}
