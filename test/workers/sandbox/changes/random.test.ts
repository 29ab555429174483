/** Whatever a command does, in whatever order: its capture gives the tree back. Scripts are drawn by seeded numbers. */
import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../../../../src/base/remove-tree.ts'
import { builtHelper, makePlace, whyNotMode } from '../helper-run.ts'
import { restore, snapshot } from './capture-tree.ts'

const helper = builtHelper()
const place = makePlace('path' in helper ? helper.path : '')
const capture = join(place.root, 'capture')
afterAll(() => place.clean())

const scripts = 12
const steps = 120

/** Few names, so that steps meet each other. */
const names = ['a', 'b', 'c', 'x', 'y', 'x/a', 'x/b', 'y/a', 'y/z', 'y/z/a', 'x/y', 'x/y/b']

const deeds: readonly ((one: string, two: string) => string)[] = [
  (one, two) => `echo ${one}-${two} > ${one}`,
  (one, two) => `echo more ${two} >> ${one}`,
  (one, two) => `mv ${one} ${two}`,
  (one, two) => `mv -T ${one} ${two}`,
  (one, two) => `mv -T ${two} ${one}`,
  (one) => `rm -f ${one}`,
  (one) => `rm -rf ${one}`,
  (one) => `rmdir ${one}`,
  (one) => `mkdir -p ${one}`,
  (one, two) => `ln ${one} ${two}`,
  (one, two) => `ln -s ${two.replace('/', '-')} ${one}`,
  (one, two) => `ln -sf "$W/${two}" ${one}`,
  (one, two) => `cp -a ${one} ${two}`,
  (one, two) => `cp ${one} ${two}`,
  (one) => `chmod ${one.length % 2 ? 700 : 755} ${one}`,
  (one) => `touch -h -d 2002-02-02 ${one}`,
  (one) => `truncate -s 3 ${one}`,
  (one, two) => `cd "$W/${one}" && echo in > ../${two.replaceAll('/', '-')}; cd "$W"`,
]

function random(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function scriptOf(seed: number): string {
  const draw = random(seed)
  const name = () => names[draw(names.length)] ?? 'a'
  const lines = Array.from({ length: steps }, () => deeds[draw(deeds.length)]?.(name(), name()))
  return lines.join('\n')
}

function fill(seed: number): void {
  for (const path of [place.workspace, capture]) {
    removeTree(path)
    mkdirSync(path)
  }
  const draw = random(seed + 1000)
  for (const directory of ['x', 'y', 'y/z', 'x/y'])
    if (draw(3) > 0) mkdirSync(join(place.workspace, directory), { recursive: true })
  for (const name of names) {
    try {
      if (draw(2) > 0) writeFileSync(join(place.workspace, name), `first ${name}\n`, { flag: 'wx' })
    } catch {
      // A directory has that name, or there is none to hold it.
    }
  }
}

for (const mode of ['full', 'weak'])
  for (let seed = 1; seed <= scripts; seed++)
    test.skipIf(whyNotMode(mode) !== undefined)(
      `script ${seed} in ${mode} mode is taken back`,
      async () => {
        fill(seed)
        const before = snapshot(place.workspace)
        const script = scriptOf(seed)
        const env = { PATH: process.env.PATH ?? '', W: place.workspace, LC_ALL: 'C' }
        await place.sh(['--mode', mode, '--capture', capture], script, { env })
        const after = snapshot(place.workspace)
        expect(after).not.toEqual(before)
        restore(capture)
        expect(snapshot(place.workspace), script).toEqual(before)
      },
    )
