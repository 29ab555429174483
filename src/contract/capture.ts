/**
 * What a running command leaves about the files it changes, in a directory of its own: `log`, a line of JSON for each
 * path at its first touch, and beside it the images, files named in the log. Each line, and the image that it names, is
 * there before the change is made, so that a log without an end is true as far as it goes. Paths are absolute; one that
 * is no UTF-8 is left out of `path` and stands in `pathHex`, its bytes in hex.
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
        /** Why there is neither: too large, cannot be read. */
        lost?: string
        mode: number
        bytes: number
        /** Nanoseconds since the epoch, decimal. */
        mtimeNs: string
      }
    | { was: 'link'; target: string }
    | { was: 'directory'; mode: number }
    /** Something else, or not known: a scan found only that it is another now. */
    | { was: 'other'; why: string }
    /** A directory stands at `to` from now on, with all that is below it. */
    | { was: 'moved'; to: string; toHex?: string }
  )

export interface CapturedPath {
  path?: string
  pathHex?: string
}

export const captureLogName = 'log'
