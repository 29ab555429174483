/**
 * Real pipes for what a command writes. Bun's own are socket pairs, which Linux cannot open by name: with them
 * `echo … > /dev/stderr` and `| tee /dev/stderr` fail in every script.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { closeSync } from 'node:fs'
import { CodiError } from '../../../src/base/errors.ts'
import { openLibc } from '../../../src/base/libc.ts'

export interface Pipe {
  /** Never blocks who reads it. */
  read: number
  /** To be given to the command, then closed. */
  write: number
}

const closeOnExec = 0o2000000
const setStatusFlags = 4
const nonBlocking = 0o4000

/** For stdout and stderr. Undefined off Linux, where Bun's own do. */
export function openPipes(): [Pipe, Pipe] | undefined {
  const first = openPipe()
  if (!first) return undefined
  try {
    const second = openPipe()
    if (second) return [first, second]
  } catch (thrown) {
    closeSync(first.read)
    closeSync(first.write)
    throw thrown
  }
  return undefined
}

/** The library is opened by the first call. */
const openPipe: () => Pipe | undefined = openedOnce()

function openedOnce(): () => Pipe | undefined {
  let opened: { make: (() => Pipe) | undefined } | undefined
  return () => {
    opened ??= { make: pipeMaker() }
    return opened.make?.()
  }
}

function pipeMaker(): (() => Pipe) | undefined {
  return openLibc((library) => {
    const { i32, ptr: pointer } = FFIType
    const { symbols } = dlopen(library, {
      pipe2: { args: [pointer, i32], returns: i32 },
      fcntl: { args: [i32, i32, i32], returns: i32 },
    })
    return () => {
      const ends = new Int32Array(2)
      if (symbols.pipe2(ptr(ends), closeOnExec) !== 0)
        throw new CodiError('io', 'Cannot open a pipe for a command; close some programs')
      const [read = -1, write = -1] = ends
      symbols.fcntl(read, setStatusFlags, nonBlocking)
      return { read, write }
    }
  })
}

/** Reads to the end of file or the cancel, then closes the descriptor, which Bun leaves open. */
export function readPipe(fd: number): ReadableStream<Uint8Array> {
  const reader = Bun.file(fd).stream().getReader()
  let isOpen = true
  function close(): void {
    if (isOpen) closeSync(fd)
    isOpen = false
  }
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) {
            controller.enqueue(value)
            return
          }
          close()
          controller.close()
        } catch (thrown) {
          close()
          controller.error(thrown)
        }
      },
      async cancel() {
        await reader.cancel()
        close()
      },
    },
    // Nothing is read ahead: the pipe holds the command back.
    { highWaterMark: 0 },
  )
}
