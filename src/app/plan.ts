/**
 * Plans are files below `.codi/plans` of the project, written by codi itself: its directory is closed to tools. What is
 * approved is the file as it is then; its steps become the todo list, and are ticked in it as that list gets done.
 */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { writeAtomic } from '../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage, reasonOf } from '../base/errors.ts'
import { pinRefusal } from '../base/pin-refusal.ts'
import { pinDirectory } from '../base/pinned-directory.ts'
import { readSmallFile } from '../base/small-file.ts'
import { oneLine } from '../base/text.ts'
import type { Gate, Mode } from '../contract/permission.ts'
import type { PlanFile, Plans } from '../contract/plan.ts'
import type { PlanState } from '../contract/session.ts'
import type { TodoItem } from '../contract/tool.ts'
import instruction from './plan.md' with { type: 'text' }
import { planText, readPlan, withTicks } from './plan-file.ts'
import type { SessionInForce } from './todo.ts'

export interface PlanOptions {
  session: SessionInForce
  /** Absolute, symbolic links resolved. */
  project: string
  cwd: string
  gate: Gate
  /** The mode of the settings. */
  mode: Mode
  today(): string
  setTodo(items: TodoItem[]): void
  warn(text: string): void
}

export interface TickingPlans extends Plans {
  /** Ticks the steps of the approved plan whose items are done, behind whatever goes on. */
  tick(items: readonly TodoItem[]): void
  /** Resolves when everything is ticked. */
  settled(): Promise<void>
}

const maxPlanBytes = 256 * 1024
const maxTaskChars = 20_000
const maxSlugChars = 48
const maxListed = 200
const maxSameNames = 100

export function openPlans(options: PlanOptions): TickingPlans {
  const { session, project } = options
  const directory = join(project, '.codi', 'plans')
  let ticking: Promise<void> = Promise.resolve()

  const current = (): PlanState | undefined => session.read()?.last('plan')?.plan ?? undefined

  function keepState(plan: PlanState): PlanState {
    session.write().append({ type: 'plan', plan })
    return plan
  }

  function list(): PlanFile[] {
    let names: string[]
    try {
      names = readdirSync(directory).filter((name) => name.endsWith('.md'))
    } catch {
      return []
    }
    const files = names
      .sort()
      .reverse()
      .slice(0, maxListed)
      .flatMap((name) => {
        const path = join(directory, name)
        if (!isPlainFile(path)) return []
        try {
          return [readFile(path)]
        } catch {
          return []
        }
      })
    return files.sort((a, b) => b.changedAt - a.changedAt)
  }

  function find(name: string | undefined): PlanFile {
    if (name !== undefined) return named(name)
    const state = current()
    if (state && state.state !== 'dropped') return readFile(state.path)
    const [newest] = list()
    if (newest) return newest
    throw new CodiError(
      'not_found',
      'There is no plan here; a task makes one: /plan TASK, codi plan "TASK"',
    )
  }

  function named(name: string): PlanFile {
    const own = [join(directory, name), join(directory, `${name}.md`)]
    const typed = resolve(options.cwd, name)
    const path = existsSync(typed) && statSync(typed).isFile() ? typed : own.find(isPlainFile)
    if (path !== undefined) return readFile(path)
    const fits = list().filter((plan) => basename(plan.path).includes(name.toLowerCase()))
    const [first] = fits
    if (first && fits.length === 1) return first
    const what = fits.length > 1 ? `"${name}" fits several plans` : `There is no plan "${name}"`
    throw new CodiError(
      fits.length > 1 ? 'ambiguous' : 'not_found',
      `${what}; codi plan list shows them`,
    )
  }

  async function keep(task: string, answer: string): Promise<PlanFile> {
    if (answer.trim() === '')
      throw new CodiError('provider', 'The model gave no plan, so that no file was written')
    const bytes = new TextEncoder().encode(planText(task, answer))
    const path = await place(`${options.today()}-${slugOf(task)}`, bytes)
    keepState({ path, task: oneLine(task, 200), state: 'draft' })
    return readFile(path)
  }

  /** The first free name. */
  async function place(stem: string, bytes: Uint8Array): Promise<string> {
    try {
      using pinned = pinDirectory(directory, { made: [] })
      for (let number = 1; number <= maxSameNames; number++) {
        const name = `${stem}${number === 1 ? '' : `-${number}`}.md`
        if (lstatSync(pinned.entry(name), { throwIfNoEntry: false })) continue
        await writeAtomic(pinned.entry(name), bytes, {
          mustBeNew: true,
          shownAs: join(directory, name),
        })
        pinned.verify()
        return join(directory, name)
      }
    } catch (thrown) {
      throw new CodiError('io', `The plan was not written to ${directory}: ${pinRefusal(thrown)}`, {
        cause: thrown,
      })
    }
    throw new CodiError('limit', `${directory} is full of plans named ${stem}; delete some`)
  }

  async function write(path: string, text: string): Promise<void> {
    using pinned = pinDirectory(dirname(path))
    await writeAtomic(pinned.entry(basename(path)), new TextEncoder().encode(text), {
      shownAs: path,
    })
  }

  async function tickFile({ path }: PlanState, items: readonly TodoItem[]): Promise<void> {
    try {
      const text = readSmallFile(path, maxPlanBytes)
      const ticked = withTicks(text, items)
      if (ticked !== text) await write(path, ticked)
    } catch (thrown) {
      options.warn(`The steps in ${path} were not ticked: ${errorMessage(thrown)}`)
    }
  }

  return {
    get current() {
      return current()
    },
    list,
    find,
    request(typed) {
      const task = typed.trim()
      if (task === '') throw new CodiError('usage', 'What is to be planned? Give a task: plan TASK')
      if (task.length > maxTaskChars)
        throw new CodiError(
          'usage',
          `The task has ${task.length} characters, more than ${maxTaskChars}; put it into a file and name that`,
        )
      return {
        text: `${task}\n\n<plan-request>\n${instruction.trim()}\n</plan-request>`,
        mode: 'plan',
        recipe: 'plan',
      }
    },
    keep,
    async approve({ path }) {
      const plan = readFile(path)
      if (plan.steps.length === 0)
        throw new CodiError(
          'invalid',
          `${path} has no steps: add lines such as "- [ ] write the test" below "## Steps"`,
        )
      keepState({ path, task: oneLine(plan.task, 200), state: 'approved' })
      options.setTodo(plan.steps)
      if (options.gate.mode === 'plan')
        options.gate.mode = options.mode === 'plan' ? 'ask' : options.mode
      return {
        text: `Carry out this plan, which I have approved. Its steps are your todo list, in these words; keep it up to date.\n\n<plan file="${path}">\n${plan.text.trim()}\n</plan>`,
        label: `plan: ${oneLine(plan.task, 80)}`,
      }
    },
    drop() {
      const state = current()
      if (state && state.state !== 'dropped') return keepState({ ...state, state: 'dropped' })
      throw new CodiError('not_found', 'This conversation has no plan to drop')
    },
    async remove({ path }) {
      if (dirname(path) !== directory)
        throw new CodiError(
          'outside',
          `${path} is none of the plans in ${directory}; delete it yourself`,
        )
      using pinned = pinDirectory(directory)
      await unlink(pinned.entry(basename(path)))
      const state = current()
      if (state?.path === path && state.state !== 'dropped')
        keepState({ ...state, state: 'dropped' })
    },
    tick(items) {
      const state = current()
      if (state?.state !== 'approved') return
      ticking = ticking.then(() => tickFile(state, items))
    },
    settled: () => ticking,
  }
}

/** A link that came with the repository may lead to any file of the person. */
function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Throws a CodiError where it cannot be read. */
function readFile(path: string): PlanFile {
  try {
    const text = readSmallFile(path, maxPlanBytes)
    return { path, text, ...readPlan(text), changedAt: Math.round(statSync(path).mtimeMs) }
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT')
      throw new CodiError(
        'not_found',
        `The plan ${path} is gone; plan TASK makes another, plan show NAME shows one of the others`,
      )
    throw new CodiError('io', `Cannot read the plan ${path}: ${reasonOf(thrown)}`, {
      cause: thrown,
    })
  }
}

function slugOf(task: string): string {
  const words =
    task
      .toLowerCase()
      .normalize('NFKD')
      .match(/[a-z0-9]+/g) ?? []
  let slug = ''
  for (const word of words) {
    if (slug.length + word.length >= maxSlugChars) break
    slug += slug === '' ? word : `-${word}`
  }
  return slug === '' ? 'plan' : slug
}
