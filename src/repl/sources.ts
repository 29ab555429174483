/** What Tab completes in the REPL: `/commands` with their arguments, and `@files` of the workspace. */
import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { runProgram } from '../base/process.ts'
import type { App } from '../contract/app.ts'
import { type Completion, type CompletionSource, mentionAt } from '../terminal/complete.ts'
import type { Command } from './command.ts'

const maxItems = 60
const maxListedFiles = 50_000
const listTimeoutMs = 3000
/** How long a list of files serves before it is made again. */
const listFreshMs = 15_000

export function openSources(
  app: App,
  commands: () => Promise<readonly Command[]>,
): CompletionSource {
  let listed: { at: number; files: Promise<string[]> } | undefined
  return (text, cursor) => {
    const mention = mentionAt(text, cursor)
    if (mention) return fileCompletion(mention.start + 1, cursor, mention.word)
    if (!text.startsWith('/')) return undefined
    return commands().then((rows) => commandCompletion(text, cursor, rows))
  }

  async function fileCompletion(
    start: number,
    end: number,
    word: string,
  ): Promise<Completion | undefined> {
    const direct = await namesBelow(app, word)
    const items = direct.length > 0 ? direct : rank(await allFiles(), word)
    const quoted = items.map((item) => (/\s/.test(item) ? `"${item}"` : item))
    return { start, end, items: quoted.slice(0, maxItems) }
  }

  function allFiles(): Promise<string[]> {
    if (!listed || Date.now() - listed.at > listFreshMs) {
      listed = { at: Date.now(), files: listFiles(app) }
    }
    return listed.files
  }
}

function commandCompletion(
  text: string,
  cursor: number,
  commands: readonly Command[],
): Completion | undefined {
  const before = text.slice(0, cursor)
  const argument = /^\/(\S+)\s+(\S*)$/.exec(before)
  if (argument) {
    const word = argument[2] as string
    const found = commands.find(
      (row) => row.name === argument[1] || row.aliases.includes(argument[1] as string),
    )
    const items = [...(found?.words ?? []), '--help'].filter((choice) => choice.startsWith(word))
    return { start: cursor - word.length, end: cursor, items }
  }
  if (!/^\/\S*$/.test(before)) return undefined
  const items = matchingCommands(before.slice(1), commands).map((row) => `/${row.name}`)
  return { start: 0, end: cursor, items }
}

/** Commands that begin with what is typed, by name or alias. */
export function matchingCommands(word: string, commands: readonly Command[]): Command[] {
  return commands.filter(
    (row) => row.name.startsWith(word) || row.aliases.some((alias) => alias.startsWith(word)),
  )
}

/** Names that begin with `word` in the directory it names. */
async function namesBelow(app: App, word: string): Promise<string[]> {
  const slash = word.lastIndexOf('/')
  const directory = word.slice(0, slash + 1)
  const start = word.slice(slash + 1)
  try {
    const path = await app.workspace.resolve(directory === '' ? '.' : directory)
    const entries = await readdir(path, { withFileTypes: true })
    return entries
      .filter((entry) => entry.name.startsWith(start))
      .filter((entry) => start.startsWith('.') || !entry.name.startsWith('.'))
      .map((entry) => `${directory}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort()
      .slice(0, maxItems)
  } catch {
    return []
  }
}

/** Files as ripgrep sees them (.gitignore honoured); without ripgrep there is only completion by directory. */
async function listFiles(app: App): Promise<string[]> {
  try {
    const ripgrep = await app.services.ripgrep()
    const result = await runProgram([ripgrep, '--files'], {
      cwd: app.workspace.root,
      timeoutMs: listTimeoutMs,
    })
    return result.stdout.split('\n', maxListedFiles).filter((line) => line !== '')
  } catch {
    return []
  }
}

/** Files whose name, then path, contains the word; shorter paths first. */
function rank(files: string[], word: string): string[] {
  const wanted = word.toLowerCase()
  const score = (file: string) => {
    const path = file.toLowerCase()
    const name = basename(path)
    if (name.startsWith(wanted)) return 0
    if (name.includes(wanted)) return 1
    return path.includes(wanted) ? 2 : 3
  }
  return files
    .map((file) => ({ file, score: score(file) }))
    .filter((row) => row.score < 3)
    .sort((a, b) => a.score - b.score || a.file.length - b.file.length)
    .map((row) => row.file)
}
