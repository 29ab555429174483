/** Random scripts: what a try and its application leave is what the script leaves on the tree itself. */
import { describe, expect, test } from 'bun:test'
import { noOverlay, openTryBench, treeOf } from './bench.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
const linesAScript = 30

const files = {
  a: 'a\n',
  b: 'b\n',
  'd/a': 'da\n',
  'd/b': 'db\n',
  'd/e/f': 'f\n',
  'g/h/i': 'i\n',
  'g/j': 'j\n',
}

describe.skipIf(noOverlay !== undefined)('a random script', () => {
  test.each(seeds)('number %d leaves the same tree as without a copy', async (seed) => {
    await using plain = openTryBench(files)
    await using tried = openTryBench(files)
    const script = randomScript(seed)
    const run = await plain.run(script, false)
    const before = treeOf(tried.root, { times: true })
    const result = await tried.run(script)
    expect(result.exitCode).toBe(run.exitCode)
    expect(treeOf(tried.root, { times: true })).toEqual(before)
    if (result.tried !== undefined) {
      await tried.service.applyTry({ id: result.tried })
    }
    expect({ script, tree: treeOf(tried.root) }).toEqual({ script, tree: treeOf(plain.root) })
  })
})

/** A line each, of which many fail on what an earlier one did: so they do in scripts. */
function randomScript(seed: number): string {
  let state = seed * 2654435761
  const next = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const names = ['a', 'b', 'd', 'e', 'f', 'g', 'h', 'n']
  const name = () => names[next(names.length)] ?? 'a'
  const path = () => Array.from({ length: 1 + next(3) }, name).join('/')
  const lines: (() => string)[] = [
    () => `echo ${next(100)} > ${path()}`,
    () => `echo ${next(100)} >> ${path()}`,
    () => `rm -f ${path()}`,
    () => `rm -rf ${path()}`,
    () => `mkdir -p ${path()}`,
    () => `mv -T ${path()} ${path()}`,
    () => `cp -r ${path()} ${path()}`,
    () => `ln -s ${name()} ${path()}`,
    () => `ln -sfn ${name()} ${path()}`,
    () => `chmod ${['600', '755', '640'][next(3)]} ${path()}`,
    () => `sed -i s/d/D/ ${path()}`,
    () => `tar cf ${name()}.tar ${path()} && rm -f ${name()}.tar`,
  ]
  const body = Array.from({ length: linesAScript }, () => lines[next(lines.length)]?.() ?? 'true')
  // An archive holds times of files: none is left.
  return [...body, 'rm -f *.tar', 'true'].join('\n')
}
