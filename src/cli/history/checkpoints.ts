/** codi checkpoints: places in the history with a name, to go back to. */
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import { checkpointLine } from '../../terminal/history-text.ts'
import { has, usage } from '../args.ts'
import { type CodeCommand, printJson } from '../code/command.ts'

export async function checkpoints(command: CodeCommand): Promise<number> {
  const { app, args, output } = command
  const [action = 'list', name] = args.words
  switch (action) {
    case 'list': {
      const rows = await app.history.checkpoints()
      if (has(args, 'json')) printJson(output, rows)
      else if (rows.length === 0)
        output.err('codi: no checkpoints of this directory; codi checkpoints add NAME makes one\n')
      else output.out(rows.map((row) => `${checkpointLine(row)}\n`).join(''))
      return exitCodes.done
    }
    case 'add': {
      if (name === undefined) throw usage('codi checkpoints add wants a name')
      const row = await app.history.addCheckpoint(name)
      if (has(args, 'json')) printJson(output, row)
      else output.err(`codi: checkpoint "${neutralize(row.name)}"; codi restore goes back to it\n`)
      return exitCodes.done
    }
    case 'remove':
      if (name === undefined) throw usage('codi checkpoints remove wants a name')
      await app.history.removeCheckpoint(name)
      if (has(args, 'json')) printJson(output, { removed: name })
      else output.err(`codi: removed ${neutralize(name)}\n`)
      return exitCodes.done
    default:
      throw usage(`codi checkpoints knows list, add and remove, not "${action}"`)
  }
}
