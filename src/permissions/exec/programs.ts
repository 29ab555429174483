/** The table of known commands, put together from its families. */
import { archives } from './programs/archives.ts'
import { changes } from './programs/changes.ts'
import { code } from './programs/code.ts'
import { codi } from './programs/codi.ts'
import { containers } from './programs/containers.ts'
import { facts } from './programs/facts.ts'
import { git } from './programs/git.ts'
import { listing } from './programs/listing.ts'
import { machine } from './programs/machine.ts'
import { network } from './programs/network.ts'
import { packages } from './programs/packages.ts'
import { project } from './programs/project.ts'
import { texts } from './programs/texts.ts'
import { wrappers } from './programs/wrappers.ts'
import type { Family, Row } from './row.ts'

export type Programs = ReadonlyMap<string, Row>

const families: readonly Family[] = [
  archives,
  changes,
  code,
  codi,
  containers,
  facts,
  git,
  listing,
  machine,
  network,
  packages,
  project,
  texts,
  wrappers,
]

/** Where programs of the system lie: with this before it a name means the same. */
const systemDirectories =
  /^(?:\/usr(?:\/local)?|\/opt\/homebrew)?\/s?bin\/([^/]+)$|^\/run\/current-system\/sw\/bin\/([^/]+)$/

export function openPrograms(): Programs {
  const programs = new Map<string, Row>()
  for (const family of families)
    for (const [names, row] of Object.entries(family))
      for (const name of names.split(' ')) programs.set(name, row)
  return programs
}

export interface FoundProgram {
  name: string
  row: Row
  /** A program of that name in a directory that is not the system's: it may be anything. */
  isElsewhere: boolean
  /** `RM`: the same program only where the file system knows no case. */
  isOtherCase?: true
}

export function findProgram(programs: Programs, name: string): FoundProgram | undefined {
  const found = findByName(programs, name)
  if (found || name === name.toLowerCase()) return found
  const other = findByName(programs, name.toLowerCase())
  return other && { ...other, isOtherCase: true }
}

function findByName(programs: Programs, name: string): FoundProgram | undefined {
  const row = programs.get(name)
  if (row) return { name, row, isElsewhere: false }
  if (!name.includes('/')) return findVersioned(programs, name)
  const found = systemDirectories.exec(name)
  const base = found?.[1] ?? found?.[2] ?? name.replace(/^.*\//, '')
  const known = programs.get(base)
    ? { name: base, row: programs.get(base) }
    : findVersioned(programs, base)
  if (!known?.row) return undefined
  return { name: known.name, row: known.row, isElsewhere: found === null }
}

/** `python3.12`, `gcc-13`, `mkfs.ext4`. */
function findVersioned(programs: Programs, name: string): FoundProgram | undefined {
  const base = name.startsWith('mkfs.') ? 'mkfs' : name.replace(/-?\d+(?:\.\d+)*$/, '')
  const row = base === name || base === '' ? undefined : programs.get(base)
  // What only reads has no versions: such a name is another program.
  if (!row || (row.act === 'reads' && !row.sub)) return undefined
  return { name: base, row, isElsewhere: false }
}
