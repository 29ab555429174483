/** Random texts from a seed, so that a failure can be run again. */

export type Random = (limit: number) => number

export function randomFrom(seed: number): Random {
  let state = seed >>> 0 || 1
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

const words = [
  'alpha',
  'beta',
  'if (x) {',
  '}',
  'return 1',
  '',
  '  ',
  '\tend',
  'gamma  ',
  'x = "y"',
]

/** Lines without their ends; many stand more than once, as in real code. */
export function randomLines(random: Random, options: { max: number; extra?: string[] }): string[] {
  const pool = [...words, ...(options.extra ?? [])]
  return Array.from({ length: random(options.max) }, () => {
    const word = pool[random(pool.length)] ?? ''
    return random(3) === 0 ? `${word} ${random(1000)}` : word
  })
}

/** A few lines removed, replaced and added. */
export function mutate(lines: readonly string[], random: Random): string[] {
  const mutated = [...lines]
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(mutated.length + 1)
    const added = Array.from({ length: random(3) }, () => `new ${random(10_000)}`)
    mutated.splice(at, random(3), ...added)
  }
  return mutated
}
