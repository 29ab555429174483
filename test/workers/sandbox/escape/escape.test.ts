/**
 * The fence against those who want out: every attempt, as root and as a plain user, in both modes and on a copy. What
 * only full mode holds is asserted to be open in weak mode.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { whyNotMode } from '../helper-run.ts'
import { noOverlay } from '../tries/bench.ts'
import { type Attempt, attempts } from './attempts.ts'
import { type Mode, openWorld, persons, secretText, type World, whyNot } from './world.ts'

const reason = whyNot()
// A test that is given up takes the servers of its world with it.
setDefaultTimeout(30_000)

const uncaptured = 'reach what is captured'
const missing = {
  full: whyNotMode('full'),
  tried: whyNotMode('full') ?? noOverlay,
  weak: whyNotMode('weak'),
}

for (const person of reason === undefined ? persons() : []) {
  describe(`As ${person}`, () => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(person)
    })
    afterAll(() => world.close())

    // Attempts that could never succeed would prove nothing.
    if (person === 'a plain user') realityOf(() => world)

    for (const mode of ['full', 'tried', 'weak'] as const) {
      if (missing[mode] !== undefined) {
        test.skip(`Escapes cannot be tried: ${missing[mode]}`, () => {})
        continue
      }
      for (const [group, rows] of Object.entries(attempts)) {
        // A copy tells what it changes by itself.
        if (mode === 'tried' && group === uncaptured) continue
        describe(`${mode}, to ${group}`, () => {
          for (const row of rows) {
            if (row.only !== undefined && row.only !== person) continue
            if (row.cpu !== undefined && row.cpu !== process.arch) continue
            const isOpen = mode === 'weak' && row.weak === 'open'
            test(`${isOpen ? 'nothing stops' : 'fails'}: ${row.name}`, async () => {
              const { escaped, said } = await tryOut(world, mode, row)
              expect(escaped, said).toBe(isOpen)
            })
          }
        })
      }
    }
  })
}

if (reason !== undefined) test.skip(`Escapes cannot be tried here: ${reason}`, () => {})

/** Attempts that could never succeed would prove nothing. */
function realityOf(world: () => World): void {
  test('most attempts succeed where nothing is fenced in', async () => {
    const groups = [
      'change files outside',
      'change what is protected',
      'read a secret',
      'reach the network',
    ]
    const rows = groups.flatMap((name) => attempts[name] ?? [])
    const failed: string[] = []
    for (const row of rows) {
      const { escaped } = await tryOut(world(), 'keep', row)
      if (!escaped) failed.push(row.name)
    }
    expect(failed.length, failed.join(', ')).toBeLessThan(rows.length * 0.4)
  })
}

async function tryOut(world: World, mode: Mode, row: Attempt) {
  const before = world.contacts()
  const { status, stdout, stderr, leaked } = await world.run(mode, row.sh)
  if (row.escape === 'contact') await settle(world)
  const seen: Record<Attempt['escape'], boolean> = {
    changes: false,
    succeeds: status === 0,
    reads: stdout.includes(secretText),
    contact: status === 0 || contactsOf(world) !== before.replace(/^udp mark.*\n/gm, ''),
  }
  // Whatever it was after: nothing outside may be different. What a mode does not hold is known by its own row.
  const changed = world.changed()
  const escaped =
    seen[row.escape] ||
    leaked ||
    (changed && (row.escape === 'changes' || mode === 'full' || mode === 'tried'))
  return { escaped, said: `exit ${status}\n${stdout}\n${stderr}` }
}

function contactsOf(world: World): string {
  return world.contacts().replace(/^udp mark.*\n/gm, '')
}

/** What reached the servers was written down before what this sends them from outside. */
async function settle(world: World): Promise<void> {
  const mark = `mark-${crypto.randomUUID()}`
  const sent = Bun.spawnSync([world.env.A ?? '', 'send_datagram', world.env.UDP ?? '', mark])
  if (sent.exitCode !== 0) throw new Error('the server outside is gone')
  while (!world.contacts().includes(mark)) {
    if (!world.isAlive()) throw new Error('the server outside is gone')
    await Bun.sleep(1)
  }
}
