/** What shows facts about the machine, prints plain text, or waits. */
import type { Family } from '../row.ts'

const category = 'system-info' as const
const fact = { act: 'reads', category, operands: 'text' } as const

export const facts: Family = {
  'echo printf': {
    act: 'reads',
    category,
    operands: 'names',
    text: 'prints text',
    special: 'variables',
  },
  'true false : sleep wait yes exit return break continue shift times logout clear tput reset': {
    ...fact,
    text: 'does nothing but wait or end',
    special: 'variables',
  },
  'whoami id groups logname tty users who w last uptime uname nproc getconf locale cal lscpu lsusb lspci lsmem free vmstat iostat mpstat sw_vers system_profiler lsb_release hostid ulimit umask':
    {
      ...fact,
      text: 'shows facts about the machine',
    },
  jobs: {
    ...fact,
    text: 'shows what runs in the background',
    options: [{ names: '-x', text: 'runs a command', danger: true }],
  },
  arch: {
    ...fact,
    text: 'shows facts about the machine',
    most: { operands: 0, text: 'runs a command', act: 'runs' },
    remember: 0,
  },
  hostname: {
    ...fact,
    text: 'shows the name of the machine',
    most: { operands: 0, text: 'renames the machine', act: 'system' },
    options: [{ names: '-F --file -b --boot', text: 'renames the machine', act: 'system' }],
  },
  date: {
    ...fact,
    operands: 'contents',
    text: 'shows the time',
    special: 'environment',
    values: '-d --date -f --file -r --reference -I',
    options: [{ names: '-s --set', text: 'sets the clock', act: 'system', danger: true }],
  },
  'pgrep pstree pidof': { ...fact, text: 'shows processes' },
  lsof: {
    ...fact,
    text: 'shows processes',
    options: [{ names: '-D', text: 'writes a file', act: 'writes' }],
  },
  ps: { ...fact, text: 'shows processes', special: 'environment' },
  'top htop btop atop': { act: 'runs', text: 'shows processes, and ends those it is told to' },
  'netstat ss': {
    ...fact,
    text: 'shows the network',
    options: [
      { names: '-K --kill', text: 'ends connections', act: 'system' },
      { names: '-D --diag', text: 'writes a file', act: 'writes' },
    ],
  },
  'ifconfig route arp': {
    ...fact,
    text: 'shows the network',
    most: { operands: 0, text: 'may change the network', act: 'system' },
    options: [{ names: '-d -s -f -D', text: 'changes the network', act: 'system' }],
  },
  'expr factor bc': {
    act: 'reads',
    category,
    operands: 'contents',
    text: 'counts',
  },
  printenv: {
    ...fact,
    text: 'shows variables of the environment',
    special: 'environment',
    remember: 0,
  },
  'set export declare typeset readonly local unset unsetenv shopt read mapfile readarray getopts let':
    {
      ...fact,
      text: 'sets variables of the shell',
      special: 'variables',
      remember: 0,
    },
  'alias unalias enable complete compgen compopt bind hash trap disown bg fg suspend caller': {
    act: 'runs',
    text: 'changes what later words of the shell mean or run',
    special: 'variables',
    remember: 0,
  },
  history: {
    ...fact,
    operands: 'names',
    text: 'shows the history of the shell',
    most: { operands: 1, text: 'changes the history of the shell' },
    options: [
      { names: '-c -d -a -w -r -n -s -p', text: 'changes the history of the shell', danger: true },
    ],
  },
  dc: { act: 'runs', text: 'counts, and runs commands that it is told', remember: 0 },
  fc: { act: 'runs', text: 'edits and runs commands of the history', danger: true },
}
