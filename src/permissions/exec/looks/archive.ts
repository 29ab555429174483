/** `tar`, `unzip`, `gzip` and their kin: told to list or to print, they write nothing. Any other option asks as before. */
import type { Look } from '../scene.ts'
import type { Word } from '../script.ts'

interface Listing {
  /** What the options must hold for it to write nothing, and all that they may be. */
  wants: RegExp
  plain: RegExp
  /** The first word holds options without a dash: `tar tf`, `7z l`. */
  bundled?: true
}

const tar: Listing = {
  wants: /^-?[a-zA-Z]*t|^--list$/,
  plain: /^(?:-?[tvzjJaf]+|--(?:list|verbose|gzip|bzip2|xz|zstd|wildcards|totals|file)(?:=.*)?)$/,
  bundled: true,
}
const zip7: Listing = { wants: /^l$/, plain: /^(?:l|-ba|-slt)$/, bundled: true }
const packer: Listing = {
  wants: /[clt]|^--(?:stdout|list|test)$/,
  plain: /^(?:-[cdltkv]+|--(?:stdout|list|test|decompress|keep))$/,
}
const listings: Readonly<Record<string, Listing>> = {
  tar,
  gtar: tar,
  bsdtar: tar,
  unzip: { wants: /[lvZtpc]/, plain: /^-[lvZ1qtpc]+$/ },
  '7z': zip7,
  '7za': zip7,
  '7zz': zip7,
  ...Object.fromEntries(
    'gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd'.split(' ').map((name) => [name, packer]),
  ),
}

export const archive: Look = (scene) => {
  const { args, title, row } = scene
  const listing = Object.hasOwn(listings, title) ? listings[title] : undefined
  if (!listing) return {}
  const [first, ...rest] = args
  const isOption = (word: Word) => word.lead.startsWith('-') || word.lead === ''
  const options = [
    ...(listing.bundled && first ? [first] : args.slice(0, 1).filter(isOption)),
    ...rest.filter(isOption),
  ]
  const isPlain = options.every(({ value }) => value !== undefined && listing.plain.test(value))
  // `host:file` is fetched from another machine.
  const isHere = args.every(
    (word) => word.value !== undefined && !word.value.includes(':') && !/^[*?[]/.test(word.lead),
  )
  if (!isPlain || !isHere || !options.some(({ value }) => listing.wants.test(value ?? '')))
    return {}
  return {
    row: {
      ...row,
      act: 'reads',
      text: 'shows what is packed',
      category: 'list-files',
      operands: 'contents',
    },
  }
}
