/** Questions that the code graphs answer, with the whole answer known: nothing missing, nothing that is not so. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openProject, type Project } from './project.ts'

const files = {
  'src/weigh.ts': `/** Weighs parcels. */
import { round } from './round.ts'

/** Grams of one parcel. */
export function weigh(parcel: Parcel): number {
  return round(parcel.grams)
}

export interface Parcel {
  grams: number
}

export function unusedScale(): number {
  return 0
}
`,
  'src/round.ts': `/** Rounds to whole numbers. */
export function round(value: number): number {
  return Math.round(value)
}
`,
  'src/price.ts': `/** What a parcel costs. */
import { type Parcel, weigh } from './weigh.ts'

export function price(parcel: Parcel): number {
  return weigh(parcel) * 2
}
`,
  'src/desk.ts': `import { price } from './price.ts'

/** Where parcels are handed in. */
export class Desk {
  accept(grams: number): number {
    return price({ grams })
  }
}

/** A desk that is open at night. */
export class NightDesk extends Desk {}

export class LateNightDesk extends NightDesk {}

export class Closed extends Error {}
`,
  'src/scale.ts': `/** Another thing of that name. */
export class Scale {
  weigh(): number {
    return 1
  }
}

export function useScale(scale: Scale): number {
  return scale.weigh()
}
`,
  'test/desk.test.ts': `import { Desk } from '../src/desk.ts'
test('a parcel has its price', () => new Desk().accept(3))
`,
  'lone.py': 'def alone(value):\n    """Nobody calls it."""\n    return value\n',
}

let project: Project

beforeAll(async () => {
  project = await openProject(files)
  project.write({ 'src/round.ts': files['src/round.ts'].replace('round(value)', 'floor(value)') })
  await project.commit('fix: round down')
})

afterAll(() => project[Symbol.asyncDispose]())

describe('What a change breaks', () => {
  test('who relies on it at once, who through them, and the tests that reach it', async () => {
    const answer = await project.ask('what breaks if I change weigh?')
    expect(answer).toContain('`src/weigh.ts:5` `function weigh(parcel: Parcel): number`')
    expect(answer).toContain('1 place relies on it directly:\n- `src/price.ts:4` `price` calls it')
    expect(answer).toContain('`src/desk.ts:5` `Desk.accept`')
    expect(answer).toContain('Tests that reach it, the nearest first: `test/desk.test.ts`.')
    expect(answer).not.toContain('useScale')
  })

  test('of a file: the files that import it, and how many follow', async () => {
    const answer = await project.ask('what depends on src/round.ts?')
    expect(answer).toContain(
      '1 file relies on `src/round.ts` directly, 2 more through it:\n- `src/weigh.ts`',
    )
  })

  test('nothing, where nobody uses it', async () => {
    expect(await project.ask('is it safe to remove unusedScale?')).toContain(
      'Nothing else here uses it',
    )
  })
})

describe('Uses', () => {
  test.each([
    ['is weigh used anywhere?', 'Yes, `weigh` is used.'],
    ['is unusedScale used?', 'No, nothing here uses `unusedScale`'],
    ['is alone still called anywhere?', 'No, nothing here uses `alone`'],
    ['does anything use Parcel?', 'Yes, `Parcel` is used.'],
  ])('%j is answered first of all', async (question, said) => {
    expect(await project.ask(question)).toStartWith(said)
  })

  test('calls of a namesake are told apart', async () => {
    const [own = '', other = ''] = (await project.ask('what calls weigh?')).split('The one at')
    expect(own).toContain('`src/price.ts:5` in `price`')
    expect(own).not.toContain('src/scale.ts:9')
    expect(other).toStartWith(' `src/scale.ts:3` is used in:\n- `src/scale.ts:9` in `useScale`')
  })
})

describe('One step', () => {
  test('down: what it calls, in order, by line', async () => {
    expect(await project.ask('what does price call?')).toContain(
      '`price` calls 1 function:\n- line 5: `weigh` `src/weigh.ts:5`',
    )
  })

  test('of imports, up and down', async () => {
    expect(await project.ask('who imports src/weigh.ts?')).toContain(
      '`src/weigh.ts` is imported by 1 file:\n- `src/price.ts:2`',
    )
    expect(await project.ask('what does src/weigh.ts import?')).toContain(
      '- line 2: `src/round.ts`',
    )
    expect(await project.ask('who imports src/nowhere.ts?')).toContain('There is no file')
  })
})

describe('Inheritance', () => {
  test('down to the last heir', async () => {
    const answer = await project.ask('what are the subclasses of Desk?')
    expect(answer).toContain('1 type extends or implements `Desk`:\n- `NightDesk` `src/desk.ts:11`')
    expect(answer).toContain('Through them:\n- `LateNightDesk` `src/desk.ts:13`, by `NightDesk`')
  })

  test('of a base that is not defined here', async () => {
    expect(await project.ask('what extends Error?')).toContain(
      '`Error` is not defined here; it is extended or implemented in 1 place:\n- `src/desk.ts:15`',
    )
  })

  test('up to the first base', async () => {
    expect(await project.ask('what does NightDesk extend?')).toContain(
      '`NightDesk` extends or implements 1 type:\n- `Desk` `src/desk.ts:4`',
    )
    expect(await project.ask('what implements Scale?')).toContain(
      'Nothing here extends or implements `Scale`.',
    )
  })
})

describe('Ways', () => {
  test('by calls, each step with its place', async () => {
    expect(await project.ask('how does price reach round?')).toContain(
      '`price` calls `round` in 2 steps:\n\n1. `price` `src/price.ts:5` calls `weigh` `src/weigh.ts:5`\n2. `weigh` `src/weigh.ts:6` calls `round` `src/round.ts:2`',
    )
  })

  test('by imports between files, in either direction', async () => {
    expect(await project.ask('how do src/round.ts and src/desk.ts relate?')).toContain(
      '`src/desk.ts` imports `src/round.ts` in 3 steps',
    )
  })

  test('none, where there is none', async () => {
    expect(await project.ask('does alone call weigh?')).toContain('do not hang together')
  })
})

describe('History', () => {
  test('of lines only the commits behind them', async () => {
    const answer = await project.ask('when was round last changed?')
    expect(answer).toMatch(/- \d{4}-\d\d-\d\d `[0-9a-f]+` Ada: fix: round down/)
    expect(await project.ask('who wrote unusedScale?')).not.toContain('round down')
  })

  test('of a file and of everything', async () => {
    expect(await project.ask('history of src/desk.ts')).toContain('Ada: feat: all of it')
    expect(await project.ask('recent changes')).toContain('fix: round down')
  })
})

test('an explanation has callers, importers, tests and the last change', async () => {
  const answer = await project.explain('round')
  expect(answer).toContain('`round` is called by `weigh` (`src/weigh.ts:6`).')
  expect(answer).toContain('`src/round.ts` is imported by `src/weigh.ts`.')
  expect(answer).toContain('Tests reach it through others: `test/desk.test.ts`.')
  expect(answer).toMatch(/Last changed \d{4}-\d\d-\d\d by Ada \(`[0-9a-f]+`\): fix: round down\./)
  const desk = await project.explain('NightDesk')
  expect(desk).toContain('`NightDesk` extends or implements `Desk` `src/desk.ts:4`.')
  expect(desk).toContain('It is extended or implemented by `LateNightDesk` `src/desk.ts:13`.')
})
