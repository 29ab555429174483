/** The person's own editor ($VISUAL, $EDITOR, else vi): for the text being typed, and for a file. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CodiError } from '../base/errors.ts'
import { runAttached } from '../base/process.ts'
import type { Env } from '../terminal/color-level.ts'
import { splitWords } from './words.ts'

/** Answers the edited text; the terminal must be free for the editor. */
export async function editOutside(
  text: string,
  options: { env: Env; cwd: string },
): Promise<string> {
  const { env } = options
  const directory = await mkdtemp(join(env.TMPDIR || tmpdir(), 'codi-edit-'))
  const file = join(directory, 'prompt.md')
  try {
    await writeFile(file, text === '' ? '' : `${text}\n`, { mode: 0o600 })
    await runEditor(file, options)
    return (await readFile(file, 'utf8')).replace(/\n+$/, '')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A file that is not there yet may be made by the editor. The terminal must be free. */
export async function editFile(path: string, options: { env: Env; cwd: string }): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await runEditor(path, options)
}

async function runEditor(path: string, { env, cwd }: { env: Env; cwd: string }): Promise<void> {
  const words = splitWords(env.VISUAL || env.EDITOR || 'vi')
  const status = await runAttached([...words, path], { cwd })
  if (status === 0) return
  throw new CodiError('io', `${words[0]} ended with status ${status}; the text is as it was`)
}
