/** Commands about what was done to files: undo, redo, diff, checkpoints, what lies on disk. */
import { carryOut } from '../../app/carry-out.ts'
import { exitCodes } from '../../app/exit-code.ts'
import { CodiError } from '../../base/errors.ts'
import type { ConflictAnswer, HistoryPart, HistoryPlan } from '../../contract/history.ts'
import { changesSummary } from '../../terminal/change-list.ts'
import { diffLines } from '../../terminal/diff-view.ts'
import {
  checkpointLine,
  diskLines,
  gcLines,
  hasWork,
  noWork,
  planLines,
  resultLines,
  stepLine,
} from '../../terminal/history-text.ts'
import type { Command, CommandContext, CommandOutcome } from '../command.ts'

const maxDiffLines = 400
const partHelp = [
  '--files: only the files, the conversation stays; --chat: only the conversation.',
  '-y: without a question. --conflicts mine|old: for files that you changed since.',
]

export const historyCommands: readonly Command[] = [
  {
    name: 'undo',
    aliases: ['fileundo', 'fu'],
    summary: 'take back the last steps: files and conversation, shown first',
    usage: '[N] [--files | --chat] [-y]',
    help: [...partHelp, 'N: steps; a step is one prompt to the end of its run. /steps lists them.'],
    async run(context, args) {
      const words = read(args)
      const plan = await context.app.history.planUndo({ count: words.count ?? 1, part: words.part })
      return settle(context, plan, words)
    },
  },
  {
    name: 'redo',
    aliases: [],
    summary: 'take back the last undo',
    usage: '[--files | --chat] [-y]',
    help: partHelp,
    async run(context, args) {
      const words = read(args)
      const plan = await context.app.history.planRedo({ part: words.part })
      return settle(context, plan, words)
    },
  },
  {
    name: 'restore',
    aliases: [],
    summary: 'go back to a checkpoint',
    usage: 'NAME [--files | --chat] [-y]',
    help: partHelp,
    async run(context, args) {
      const words = read(args, { named: true })
      if (words.name === '') throw new CodiError('usage', '/restore wants the name of a checkpoint')
      const plan = await context.app.history.planRestore(words.name, { part: words.part })
      return settle(context, plan, words)
    },
  },
  {
    name: 'diff',
    aliases: ['changes'],
    summary: 'what this conversation changed, or its N-th step from the end',
    usage: '[N] [PATH …]',
    whileBusy: true,
    async run({ app, face, say }, args) {
      const [first = '', ...rest] = args.split(/\s+/).filter((word) => word !== '')
      const isNumber = /^\d+$/.test(first)
      const paths = isNumber || first === '' ? rest : [first, ...rest]
      const flag = paths.find((word) => word.startsWith('-'))
      if (flag !== undefined)
        throw new CodiError('usage', `/diff has no ${flag}; codi diff --help has more ways`)
      const found = await app.history.diff({ paths, ...(isNumber ? { turn: Number(first) } : {}) })
      if (found.changes.length === 0) {
        say('info', 'No file changed')
        return {}
      }
      const { style } = face
      const lines = diffLines(found.diff, { style, maxLines: maxDiffLines, headers: true })
      face.print(`${lines.join('\n')}\n`)
      say('info', changesSummary(found.changes))
      for (const note of found.notes) say('warning', note)
      return {}
    },
  },
  {
    name: 'steps',
    aliases: ['filehistory', 'fh'],
    summary: 'the steps that /undo takes back, newest first',
    usage: '',
    whileBusy: true,
    async run({ app, face, say }) {
      const steps = await app.history.steps()
      if (steps.length === 0) say('info', 'Nothing was done yet')
      else face.print(steps.map((step) => `  ${stepLine(step)}\n`).join(''))
      return {}
    },
  },
  {
    name: 'checkpoint',
    aliases: ['checkpoints', 'cp'],
    summary: 'name this moment, to go back to it with /restore; without a name, list them',
    usage: '[NAME | remove NAME]',
    words: ['remove'],
    async run({ app, face, say }, args) {
      const removed = /^remove\s+(.+)$/.exec(args)?.[1]
      if (removed !== undefined) {
        await app.history.removeCheckpoint(removed)
        say('info', `Removed ${removed}`)
      } else if (args !== '') {
        const { name } = await app.history.addCheckpoint(args)
        say('info', `Checkpoint "${name}"; /restore ${name} goes back to it`)
      } else {
        const rows = await app.history.checkpoints()
        if (rows.length === 0) say('info', 'No checkpoints yet; /checkpoint NAME makes one')
        else face.print(rows.map((row) => `  ${checkpointLine(row)}\n`).join(''))
      }
      return {}
    },
  },
  {
    name: 'du',
    aliases: [],
    summary: 'what codi keeps on disk',
    usage: '',
    async run({ app, face }) {
      const lines = diskLines(await app.history.disk())
      face.print(lines.map((line) => `  ${line}\n`).join(''))
      return {}
    },
  },
  {
    name: 'gc',
    aliases: [],
    summary: 'free what nobody needs any more; codi gc --help has more ways',
    usage: '[--dry-run]',
    words: ['--dry-run'],
    async run({ app, face }, args) {
      if (args !== '' && args !== '--dry-run')
        throw new CodiError('usage', `/gc knows --dry-run, not "${args}"`)
      const isDryRun = args !== ''
      const lines = gcLines(await app.history.gc({ isDryRun }), { isDryRun })
      face.print(lines.map((line) => `  ${line}\n`).join(''))
      return {}
    },
  },
]

interface Words {
  count: number | undefined
  name: string
  part: HistoryPart
  yes: boolean
  conflicts: ConflictAnswer | undefined
}

function read(args: string, { named = false } = {}): Words {
  const words: Words = {
    ...{ count: undefined, name: '', part: 'both', yes: false, conflicts: undefined },
  }
  const names: string[] = []
  const typed = args.split(/\s+/).filter((word) => word !== '')
  for (let word = typed.shift(); word !== undefined; word = typed.shift()) {
    if (word === '--files' || word === 'files') words.part = 'files'
    else if (word === '--chat' || word === 'chat') words.part = 'chat'
    else if (word === '-y' || word === '--yes') words.yes = true
    else if (word === '--conflicts') words.conflicts = conflictAnswer(typed.shift())
    else if (named) names.push(word)
    else if (/^[1-9]\d{0,3}$/.test(word)) words.count = Number(word)
    else
      throw new CodiError(
        'usage',
        `"${word}" is no number of steps and no option; --help shows them`,
      )
  }
  return { ...words, name: names.join(' ') }
}

function conflictAnswer(word: string | undefined): ConflictAnswer {
  if (word === 'mine' || word === 'old') return word
  throw new CodiError('usage', `--conflicts wants mine or old, not "${word ?? ''}"`)
}

async function settle(
  { app, face, say, signal }: CommandContext,
  plan: HistoryPlan,
  { yes, conflicts }: Words,
): Promise<CommandOutcome> {
  const { style } = face
  face.print(`${planLines(plan, { style }).join('\n')}\n`)
  if (!hasWork(plan)) {
    say('warning', noWork(plan))
    return { failed: exitCodes.failed }
  }
  const result = await carryOut(app, plan, { yes, conflicts, signal })
  if (!result) {
    say('info', 'Nothing was done')
    return { failed: exitCodes.failed }
  }
  face.print(`${resultLines(plan, result, { style }).join('\n')}\n`)
  return result.prompt === undefined ? {} : { draft: result.prompt }
}
