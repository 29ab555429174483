/**
 * What the model knows of each file: the stamp of its last read or own write. Texts are kept for the most recent
 * files only, up to a total, so that a long session does not grow.
 */
import type { FileLedger, FileStamp } from '../../contract/tool.ts'

const maxTextChars = 256 * 1024
const maxTotalChars = 4 * 1024 * 1024

/**
 * `standalone`: no conversation came before (`codi tool`, `codi apply-patch`), so that whoever asks for an edit is
 * taken to know the file.
 */
export function createLedger(options?: { standalone?: boolean }): FileLedger {
  /** In order of use: the first is the one whose text goes first. */
  const stamps = new Map<string, FileStamp>()
  let totalChars = 0

  function forgetOldTexts(): void {
    for (const [path, stamp] of stamps) {
      if (totalChars <= maxTotalChars) return
      if (stamp.text === undefined) continue
      totalChars -= stamp.text.length
      const { text: _, ...rest } = stamp
      stamps.set(path, rest)
    }
  }

  return {
    standalone: options?.standalone ?? false,

    record(path, stamp) {
      totalChars -= stamps.get(path)?.text?.length ?? 0
      stamps.delete(path)
      const { text, ...rest } = stamp
      if (text === undefined || text.length > maxTextChars) {
        stamps.set(path, rest)
        return
      }
      totalChars += text.length
      stamps.set(path, stamp)
      forgetOldTexts()
    },

    get(path) {
      return stamps.get(path)
    },
  }
}
