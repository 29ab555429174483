/** What shows, searches, compares and counts the contents of files. */
import type { Family } from '../row.ts'

const category = 'read-files' as const
const contents = { act: 'reads', category, operands: 'contents' } as const
const pattern = { act: 'reads', category, operands: 'pattern' } as const

const grepValues =
  '-e --regexp -f --file -m --max-count -A -B -C --after-context --before-context --context --include --exclude --exclude-dir --exclude-from --label --color -D -d'
const rgValues =
  '-e --regexp -f --file -m --max-count -A -B -C --after-context --before-context --context -g --glob --iglob -t --type -T --type-not -r --replace -M --max-columns -j --threads -d --max-depth --max-filesize --sort --sortr -E --encoding --engine --color --colors --context-separator --field-context-separator --field-match-separator --path-separator --ignore-file --type-add --type-clear --dfa-size-limit --regex-size-limit --pre-glob --hostname-bin --hyperlink-format'

export const texts: Family = {
  'cat tac nl rev fold fmt expand unexpand column paste join comm tsort': {
    ...contents,
    text: 'shows files',
    values: '-w -s -d -t -i -p -1 -2 -j -a -e -o -c -N',
  },
  'head tail': {
    ...contents,
    text: 'shows parts of files',
    values: '-n -c --lines --bytes -s --pid',
  },
  'wc cksum sum md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum md5 shasum crc32': {
    ...contents,
    text: 'counts and sums up files',
  },
  strings: {
    ...contents,
    text: 'shows texts in files',
    values: '-n -t -e -s -T',
    special: 'options-file',
  },
  'od hexdump hd': {
    ...contents,
    text: 'shows bytes of files',
    values: '-n -N -s -j -e -t -A -w -C',
  },
  xxd: {
    ...contents,
    text: 'shows bytes of files',
    values: '-c -g -l -s -o',
    most: { operands: 1, text: 'writes to its second file' },
    options: [{ names: '-r -revert', text: 'writes bytes', act: 'writes' }],
  },
  'bat batcat': {
    ...contents,
    text: 'shows files',
    options: [
      { names: '--build --clear', text: 'writes its cache', act: 'writes' },
      { names: '--pager --lessopen', text: 'runs a program' },
      { names: '--generate-config-file', text: 'writes its settings', act: 'writes' },
      { names: '--paging', text: 'shows its text through a pager', act: 'reads' },
    ],
    values:
      '-l --language -r --line-range -H --highlight-line --theme --style --color --paging --wrap',
  },
  'diff sdiff diff3 cmp': {
    ...contents,
    text: 'compares files',
    recursive: '-r --recursive',
    options: [
      { names: '-o --output', text: 'writes its result to a file', act: 'writes' },
      { names: '--diff-program --diff-cmd', text: 'runs a program' },
      { names: '-l --paginate', text: 'runs the program `pr`', act: 'runs' },
    ],
    values: '-U -C -W -x -X -I -F --label -S --exclude --exclude-from -L',
  },
  'grep egrep fgrep zgrep': {
    ...pattern,
    text: 'searches files',
    values: grepValues,
    recursive: '-r -R --recursive --dereference-recursive',
  },
  'rg ripgrep': {
    ...pattern,
    text: 'searches files',
    values: rgValues,
    recursive: true,
    options: [
      { names: '--pre', text: 'runs a program on every file', danger: true },
      { names: '--hostname-bin', text: 'runs a program', danger: true },
      { names: '-z --search-zip', text: 'runs programs that unpack', act: 'runs' },
    ],
  },
  ag: {
    ...pattern,
    text: 'searches files',
    recursive: true,
    options: [
      {
        names: '--pager --filter --output --save-config --filter-magic-label',
        text: 'runs a program or writes a file',
      },
      { names: '-z --search-zip --decompress', text: 'runs programs that unpack', act: 'runs' },
    ],
  },
  sort: {
    ...contents,
    text: 'sorts lines',
    values:
      '-k --key -t --field-separator -S --buffer-size -T --temporary-directory --parallel --batch-size --files0-from --random-source --sort',
    options: [
      { names: '-o --output', text: 'writes its result to a file', act: 'writes' },
      { names: '--compress-program', text: 'runs a program', danger: true },
      { names: '--files0-from', text: 'shows files that a file names', act: 'runs' },
      { names: '-T --temporary-directory', text: 'writes to a directory', act: 'writes' },
    ],
  },
  uniq: {
    ...contents,
    text: 'leaves out repeated lines',
    values: '-f -s -w --skip-fields --skip-chars --check-chars',
    most: { operands: 1, text: 'writes to its second file' },
  },
  'cut tr seq numfmt look': {
    ...contents,
    text: 'chooses and changes text on its way',
    values: '-d -f -c -b -n -i -s --delimiter --fields --characters --output-delimiter -o',
  },
  shuf: {
    ...contents,
    text: 'mixes lines',
    values: '-n -i -o --head-count --input-range --output --random-source',
    options: [{ names: '-o --output', text: 'writes its result to a file', act: 'writes' }],
  },
  'awk gawk mawk nawk': {
    ...pattern,
    text: 'picks text out of files',
    special: 'awk',
    remember: 0,
  },
  'sed gsed': { ...pattern, text: 'changes text on its way', special: 'sed', remember: 0 },
  jq: {
    ...pattern,
    text: 'picks values out of JSON',
    special: 'environment',
    values: '--indent -L --tab',
    options: [
      { names: '-f --from-file -L --library-path', text: 'runs a program of a file', act: 'runs' },
    ],
  },
  'yq xq tomlq': {
    ...pattern,
    text: 'picks values out of files',
    options: [
      { names: '-i --in-place --inplace', text: 'changes the file', act: 'writes' },
      { names: '-s --split-exp --split-exp-file', text: 'writes files', act: 'writes' },
      { names: '--security-enable-system-operator', text: 'runs commands', danger: true },
    ],
  },
  xmllint: {
    ...contents,
    text: 'checks XML',
    options: [
      {
        names: '-o --output --shell -shell',
        text: 'writes a file or runs commands',
        act: 'writes',
      },
      {
        names: '--noent -noent --xinclude -xinclude --loaddtd -loaddtd --dtdattr -dtdattr',
        text: 'reads files that the file names',
        act: 'runs',
      },
    ],
  },
  'less more most pg': {
    act: 'runs',
    text: 'shows files, and runs commands that are typed into it',
    operands: 'contents',
    remember: 0,
  },
  'man info apropos whatis': {
    act: 'reads',
    category,
    operands: 'contents',
    text: 'shows the manual',
    options: [
      {
        names:
          '-P --pager -H --html -C --config-file -X --gxditview -T --troff-device -p --preprocessor -l --local-file -o --output -M --manpath --dribble --restore',
        text: 'runs a program or reads a file of its choice',
        danger: true,
      },
    ],
  },
  'tokei difft': { ...contents, text: 'counts and compares', recursive: true },
  'ack ugrep xsltproc cloc scc wdiff colordiff delta zless': {
    act: 'runs',
    text: 'shows files, and can run programs or write',
    operands: 'contents',
    remember: 1,
  },
  'objdump nm readelf size otool': {
    ...contents,
    text: 'tells about programs',
    options: [{ names: '--plugin', text: 'loads a library', danger: true }],
    special: 'options-file',
  },
  'zcat gzcat bzcat xzcat lzcat': { ...contents, text: 'shows packed files' },
  zstdcat: {
    ...contents,
    text: 'shows packed files',
    options: [
      {
        names: '-o --output-dir-flat --output-dir-mirror --trace --rm --train',
        text: 'writes or deletes files',
        act: 'writes',
      },
    ],
  },
}
