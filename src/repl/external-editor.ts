/** The text being typed in the person's own editor ($VISUAL, $EDITOR, else vi), and back. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const words = splitWords(env.VISUAL || env.EDITOR || 'vi')
  const directory = await mkdtemp(join(env.TMPDIR || tmpdir(), 'codi-edit-'))
  const file = join(directory, 'prompt.md')
  try {
    await writeFile(file, text === '' ? '' : `${text}\n`, { mode: 0o600 })
    const status = await runAttached([...words, file], { cwd: options.cwd })
    if (status !== 0) {
      throw new CodiError('io', `${words[0]} ended with status ${status}; the text is as it was`)
    }
    return (await readFile(file, 'utf8')).replace(/\n+$/, '')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
