/**
 * What runs another command that it is given. A wrapper is judged by what it runs: its own row only says how many of
 * its words stand before that, and which of its options take a value.
 */
import type { Family, OptionRow, Row } from '../row.ts'

const through: Row = {
  act: 'reads',
  text: 'runs what it is given',
  special: 'wrapper',
  operands: 'text',
  remember: 0,
}
const asRoot: Row = {
  act: 'system',
  text: 'runs as another user',
  special: 'wrapper',
  danger: true,
  remember: 0,
}
const others: OptionRow = {
  names: '-p --pid -P --pgid -u --uid',
  text: 'changes other processes',
  act: 'system',
}

export const wrappers: Family = {
  'nohup chronic unbuffer command builtin nocache eatmydata catchsegv': through,
  caffeinate: { ...through, values: '-t -w' },
  exec: { ...through, values: '-a' },
  time: {
    ...through,
    values: '-f --format -o --output',
    options: [{ names: '-o --output', text: 'writes a file', act: 'writes' }],
  },
  'timeout gtimeout': { ...through, values: '-k --kill-after -s --signal', before: 1 },
  nice: { ...through, values: '-n --adjustment' },
  ionice: { ...through, values: '-c --class -n --classdata', options: [others] },
  chrt: {
    ...through,
    before: 1,
    values: '-T -P -D --sched-runtime --sched-period --sched-deadline',
    options: [{ ...others, names: '-p --pid' }],
  },
  taskset: { ...through, before: 1, options: [{ ...others, names: '-p --pid' }] },
  numactl: { ...through, values: '-C -N -m -i -l -p' },
  prlimit: { ...through, options: [{ ...others, names: '-p --pid' }] },
  stdbuf: { ...through, values: '-i -o -e --input --output --error' },
  setsid: through,
  watch: {
    act: 'runs',
    text: 'runs a command again and again',
    special: 'shell',
    values: '-n --interval',
    remember: 0,
  },
  coproc: through,
  env: { ...through, special: 'env' },
  xargs: { ...through, special: 'xargs' },
  parallel: { ...through, special: 'parallel', act: 'runs', text: 'runs many commands' },
  flock: {
    ...through,
    before: 1,
    values: '-w --timeout --wait -E --conflict-exit-code -c --command',
    special: 'shell',
    act: 'writes',
    text: 'makes a file to wait for, and runs a command',
  },
  script: {
    act: 'writes',
    text: 'writes what a command prints to a file',
    special: 'shell',
    remember: 0,
  },
  'entr watchexec nodemon chokidar reflex hyperfine': {
    act: 'runs',
    text: 'runs commands',
    special: 'shell',
    remember: 0,
  },
  'sudo doas pkexec run0 gosu su-exec': {
    ...asRoot,
    values:
      '-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U --other-user -D --chdir -R --chroot',
  },
  su: { ...asRoot, special: 'shell' },
  'concurrently npm-run-all run-s run-p wireit': {
    act: 'runs',
    text: 'runs scripts of the project',
    remember: 0,
  },
  'dotenv dotenvx cross-env cross-env-shell env-cmd': {
    act: 'runs',
    text: 'runs a command with other variables',
    special: 'env',
    remember: 0,
  },
  'torsocks proxychains proxychains4 tsocks': {
    ...through,
    act: 'network',
    text: 'runs a command by way of another machine',
    danger: true,
  },
}
