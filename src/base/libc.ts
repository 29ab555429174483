/** The C library of this machine for `bun:ffi`: glibc and musl have it under different names. */

/**
 * What `bind` gives for the first name that opens (`(name) => dlopen(name, …)`); undefined where none does, and off
 * Linux.
 */
export function openLibc<T>(bind: (name: string) => T): T | undefined {
  if (process.platform !== 'linux') return undefined
  const musl = `/lib/ld-musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`
  for (const name of ['libc.so.6', musl]) {
    try {
      return bind(name)
    } catch {
      // The other name is the right one, or there is none: both are expected.
    }
  }
  return undefined
}
