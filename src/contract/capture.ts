/**
 * What a running command leaves about the files it changes, in a directory of its own: `log`, a line of JSON for each
 * path at its first touch, and beside it the images, files named in the log. Each line, and the image that it names, is
 * there before the change is made, so that a log without an end is true as far as it goes. Paths are absolute; one that
 * is no UTF-8 is left out of `path` and stands in `pathHex`, its bytes in hex (`to` and `target` are
 * then there all the same, for the eye, with their bytes in `toHex` and `targetHex`).
 *
 * What was there is restored from the last line to the first: a line says what stood at its path when it was written, so
 * that of several lines of one path the first says what was there before the command. A line says that a change was
 * begun, not that it was made. Whoever takes the lines in before the command has ended renames `log`: the command then
 * begins a new one, in which everything is told again at its next touch.
 */
export type CaptureLine = CapturedPath &
  (
    | { was: 'absent' }
    | {
        was: 'file'
        /** Name of the image in the directory. */
        image?: string
        /** Or the blob of git that holds what was there. */
        blob?: string
        /**
         * Why there is neither: too large, cannot be read. Without all three only the mode, the times or attributes were
         * to change; the content has a line of its own once it is touched.
         */
        lost?: string
        mode: number
        bytes: number
        /** Nanoseconds since the epoch, decimal. */
        mtimeNs: string
        /** How many names the file had, where it had more than this one: written in place, all of them get it back. */
        links?: number
      }
    | { was: 'link'; target: string; targetHex?: string }
    | { was: 'directory'; mode: number }
    /** Something else, or not known: a scan found only that it is another now. */
    | { was: 'other'; why: string }
    /**
     * What stands here stands at `to` from now on, where that could be done: a directory with all that is below it, or a
     * file too large to be kept. Both names are told again at their next touch.
     */
    | { was: 'moved'; to: string; toHex?: string }
  )

export interface CapturedPath {
  path?: string
  pathHex?: string
}

export const captureLogName = 'log'
