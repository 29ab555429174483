/**
 * Applies a try and is killed before the rename of that number: `bun apply-process.ts DIRECTORY NUMBER`. The calls are
 * the real ones, only counted.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyChanges } from '../../../../workers/sandbox/tries/apply.ts'
import { openFileCalls } from '../../../../workers/sandbox/tries/calls.ts'
import { scanLayer } from '../../../../workers/sandbox/tries/scan.ts'

const [directory = '', number = ''] = process.argv.slice(2)
const record = JSON.parse(readFileSync(join(directory, 'try.json'), 'utf8'))
const calls = openFileCalls()
let renames = 0
const scan = await scanLayer(record.layers[0], {
  calls,
  closed: record.closed,
  known: new Map(),
  modes: new Map(),
})
applyChanges(scan.changes, {
  directory,
  scan,
  isWhole: true,
  calls: {
    ...calls,
    rename(from, to, how) {
      if (renames++ === Number(number)) process.kill(process.pid, 'SIGKILL')
      return calls.rename(from, to, how)
    },
  },
})
console.log(`renames: ${renames}`)
