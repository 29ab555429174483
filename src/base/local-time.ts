/**
 * The time of day for what every run needs. The first local time that JavaScript is asked for loads all time zones, which
 * takes 5 ms; the C library reads one file.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { existsSync } from 'node:fs'
import { openLibc } from './libc.ts'
import { formatMinute } from './text.ts'

/** `struct tm` begins with these, as 32-bit numbers; the year counts from 1900, the month from 0. */
const fields = { minute: 1, hour: 2, day: 3, month: 4, year: 5 } as const
/** With room to spare: C libraries append fields of their own. */
const structBytes = 128

/** As `formatMinute` writes it: `2026-11-22 08:31`. */
export function localMinute(msSinceEpoch: number): string {
  // Without the zones of the system the C library takes a name of one for UTC; JavaScript has its own.
  const isKnown = !process.env.TZ || existsSync('/usr/share/zoneinfo')
  const fast = isKnown ? openLibc((library) => readLibc(library, msSinceEpoch)) : undefined
  return fast ?? formatMinute(msSinceEpoch)
}

function readLibc(library: string, msSinceEpoch: number): string {
  const { symbols, close } = dlopen(library, {
    localtime_r: { args: [FFIType.ptr, FFIType.ptr], returns: FFIType.ptr },
  })
  const seconds = new BigInt64Array([BigInt(Math.floor(msSinceEpoch / 1000))])
  const result = new Int32Array(structBytes / 4)
  const answer = symbols.localtime_r(ptr(seconds), ptr(result))
  close()
  if (answer === null) throw new Error('localtime_r failed')
  const field = (name: keyof typeof fields) => result[fields[name]] ?? 0
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [1900 + field('year'), two(field('month') + 1), two(field('day'))].join('-')
  return `${day} ${two(field('hour'))}:${two(field('minute'))}`
}
