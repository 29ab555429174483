/** Which files an import means, and which files import one: packages that are directories are taken file by file. */

import { createProjectPaths } from '../project-paths.ts'
import { goPackageFile } from '../specifiers/go.ts'
import { directoryOf } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphImport } from './rows.ts'

export interface Importers {
  /** Files that this row of `imports` takes something from; empty outside the project. */
  targetsOf(row: GraphImport): GraphFile[]
  /** Imports that take something from the file. */
  importsOf(file: GraphFile): { file: GraphFile; row: GraphImport }[]
}

export function createImporters(reader: GraphReader): Importers {
  const definers = new Map<string, Map<string, GraphFile>>()

  function targetsOf(row: GraphImport): GraphFile[] {
    if (row.target === undefined) return []
    if (!row.target.endsWith('/')) return one(reader.fileAt(row.target))
    const names = definersIn(row.target)
    const importer = reader.file(row.fileId)
    const receivers = new Set(row.bindings.map((binding) => binding.local))
    const used = new Set<GraphFile>()
    for (const reference of reader.referencesWithin(row.fileId)) {
      if (!receivers.has('') && !receivers.has(reference.receiver.split('.')[0] ?? '')) continue
      const file = names.get(reference.name)
      if (file && file.id !== importer?.id) used.add(file)
    }
    return used.size > 0 ? [...used] : one(packageFile(reader, row.target))
  }

  /** Which file of a directory defines a top-level name. */
  function definersIn(target: string): Map<string, GraphFile> {
    const known = definers.get(target)
    if (known) return known
    const names = new Map<string, GraphFile>()
    for (const file of reader.filesIn(target)) {
      if (file.test || file.language === '') continue
      for (const row of reader.symbolsIn(file.id))
        if (row.kind !== 'method' && row.kind !== 'property' && !names.has(row.name))
          names.set(row.name, file)
    }
    definers.set(target, names)
    return names
  }

  return {
    targetsOf,
    importsOf(file) {
      const directory = directoryOf(file.path)
      const rows = [
        ...reader.importsFor(file.path),
        ...reader
          .importsFor(`${directory}/`)
          .filter((row) => targetsOf(row).some((target) => target.id === file.id)),
      ]
      return rows.flatMap((row) => {
        const importer = reader.file(row.fileId)
        return importer && importer.id !== file.id ? [{ file: importer, row }] : []
      })
    },
  }
}

function packageFile(reader: GraphReader, target: string): GraphFile | undefined {
  const files = reader.filesIn(target).filter((file) => file.language !== '')
  const project = createProjectPaths(
    '',
    files.map((file) => file.path),
  )
  const path = goPackageFile(project, target.replace(/\/$/, ''))
  return path === undefined ? files[0] : reader.fileAt(path)
}

function one<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}
