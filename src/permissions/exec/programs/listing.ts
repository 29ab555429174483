/** What lists files, and what tells about them without showing what is in them. */
import type { Family } from '../row.ts'

const category = 'list-files' as const
const names = { act: 'reads', category, operands: 'names' } as const

export const listing: Family = {
  'ls dir vdir eza exa lsd': { ...names, text: 'lists files' },
  tree: {
    ...names,
    text: 'lists files',
    options: [
      { names: '-o -R', text: 'writes lists to files', act: 'writes' },
      { names: '--fromfile --fromtabfile', text: 'shows what is in a file', act: 'runs' },
    ],
    values: '-L -P -I --charset --filelimit --timefmt',
  },
  'find gfind': { ...names, text: 'finds files', special: 'find', remember: 0 },
  'fd fdfind': {
    ...names,
    text: 'finds files',
    values:
      '-d --max-depth -t --type -e --extension -E --exclude -S --size -c --color -j --threads --min-depth --exact-depth --changed-within --changed-before -o --owner --base-directory --path-separator --search-path --format --ignore-file --max-results -C',
    options: [
      { names: '-x --exec -X --exec-batch', text: 'runs a command on what it finds', danger: true },
      { names: '-l --list-details', text: 'lists details', act: 'reads' },
    ],
  },
  'locate mlocate plocate': { ...names, text: 'finds files by name' },
  stat: { ...names, text: 'tells about files', values: '-c --format --printf -f -F -m -e -P' },
  file: {
    ...names,
    text: 'tells about files',
    options: [
      { names: '-C --compile', text: 'writes a file of its own', act: 'writes' },
      { names: '-f --files-from', text: 'shows what is in a file', act: 'runs' },
      { names: '-z -Z --uncompress --uncompress-noreport', text: 'runs programs that unpack' },
    ],
    values: '-f -F -m -e -P',
  },
  'du df': { ...names, text: 'tells how much space is used' },
  'pwd basename dirname realpath readlink': { ...names, text: 'works out a path' },
  'which whereis type': { ...names, text: 'tells where a program lies' },
  'getfacl lsattr namei findmnt lsblk': { ...names, text: 'tells about files and disks' },
  'cd pushd popd dirs': { ...names, text: 'changes the directory of the shell' },
  'test [ [[': {
    act: 'reads',
    category,
    operands: 'names',
    text: 'compares',
    special: 'variables',
  },
}
