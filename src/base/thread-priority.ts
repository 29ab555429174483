/** Lets a thread stand back behind others: what a person waits for comes first. Linux only; elsewhere it does nothing. */
import { dlopen, FFIType } from 'bun:ffi'
import { openLibc } from './libc.ts'

const processPriority = 0
/** For `setpriority`, 0 is the calling thread on Linux, not the whole process. */
const callingThread = 0
const politeNice = 10

export function standBack(): void {
  // The main thread is never in somebody's way: a person waits for it.
  if (Bun.isMainThread) return
  const { int } = FFIType
  const library = openLibc((name) =>
    dlopen(name, { setpriority: { args: [int, int, int], returns: int } }),
  )
  library?.symbols.setpriority(processPriority, callingThread, politeNice)
  library?.close()
}
