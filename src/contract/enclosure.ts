/**
 * How a program that codi starts for the project (a language server) is fenced in by whoever starts it: plain data, good
 * as long as this codi lives.
 */
export interface Enclosure {
  /** Stands before the program's own words. */
  argv: string[]
  /** The whole environment. */
  env: Record<string, string>
  /** Descriptors of this process, which it gets as 3, 4 … */
  descriptors: number[]
}
