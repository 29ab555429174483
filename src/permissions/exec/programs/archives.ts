/** What packs and unpacks. */
import type { Family } from '../row.ts'

const runs = 'runs a program'

export const archives: Family = {
  'tar gtar bsdtar': {
    act: 'writes',
    text: 'packs or unpacks files',
    special: 'archive',
    remember: 0,
    options: [
      {
        names:
          '--to-command --checkpoint-action --use-compress-program -I --rsh-command --rmt-command --info-script --new-volume-script -F --use-compress-prog',
        text: runs,
        danger: true,
      },
      { names: '-P --absolute-names', text: 'writes outside the directory', danger: true },
      {
        names: '--remove-files --unlink-first --recursive-unlink',
        text: 'deletes files',
        danger: true,
      },
    ],
  },
  zip: {
    act: 'writes',
    text: 'packs files',
    remember: 0,
    options: [
      { names: '-TT --unzip-command', text: runs, danger: true },
      { names: '-m --move', text: 'deletes what it packed', danger: true },
    ],
  },
  'unzip 7z 7za 7zz unrar rar ar cpio pax': {
    act: 'writes',
    text: 'packs or unpacks files',
    special: 'archive',
    remember: 0,
    options: [
      { names: '--rsh-command', text: runs, danger: true },
      { names: '-sdel', text: 'deletes what it packed', danger: true },
    ],
  },
  zipinfo: { act: 'reads', text: 'lists an archive', category: 'list-files', operands: 'names' },
  'gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 brotli compress uncompress': {
    act: 'writes',
    text: 'packs or unpacks a file in its place',
    special: 'archive',
    remember: 1,
  },
  'base64 base32': {
    act: 'reads',
    text: 'encodes and decodes',
    category: 'read-files',
    operands: 'contents',
    values: '-w --wrap -i -o',
    options: [{ names: '-o --output', text: 'writes a file', act: 'writes' }],
  },
}
