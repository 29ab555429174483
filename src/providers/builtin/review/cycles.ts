/** Import cycles that an added import line closes: followed from the file it imports back to its own, shortest first. */
import type { Finding } from '../../../contract/review.ts'
import type { DiffLine, FileDiff } from '../diff.ts'
import { type Graph, type GraphLink, graphOf, linksFrom } from '../graph-results.ts'
import { isCode, isTest, languageOf } from '../languages.ts'
import { shortestPath } from '../paths.ts'
import { fileText } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'

const maxFiles = 8
const depth = 8
/** Of other languages the compiler forbids cycles, or they mean nothing. */
const fences = new Set(['ts', 'python'])

export function* importCycles(files: readonly FileDiff[], toolkit: Toolkit): Script<Finding[]> {
  const importing = files
    .filter((file) => isCode(file.path) && !isTest(file.path) && file.status !== 'deleted')
    .filter((file) => fences.has(languageOf(file.path)?.fence ?? ''))
    .filter((file) => addedImports(file).length > 0)
    .slice(0, maxFiles)
  const outcomes: Outcome[] = yield importing.flatMap((file) =>
    toolkit.imports(file.path, { direction: 'out', depth }),
  )
  const cycles = importing.flatMap((file) => {
    const graph = graphOf(outcomes, 'get_dependency_graph', file.path)
    return graph ? cyclesOf(file, graph) : []
  })
  if (cycles.length === 0) return []
  const reads: Outcome[] = yield cycles.flatMap((cycle) =>
    cycle.flatMap((link) => toolkit.read(link.from.file, { offset: link.line, limit: 1 })),
  )
  const seen = new Set<string>()
  return cycles.flatMap((cycle) => {
    const key = cycle
      .map((link) => link.from.file)
      .toSorted()
      .join('\n')
    if (seen.has(key) || cycle.some((link) => isTypeOnly(link, reads))) return []
    seen.add(key)
    return [findingOf(cycle)]
  })
}

function addedImports(file: FileDiff): DiffLine[] {
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  const removed = lines.filter((line) => line.type === '-').map((line) => specifierOf(line.text))
  return lines.filter((line) => {
    if (line.type !== '+' || typeOnly.test(line.text)) return false
    const specifier = specifierOf(line.text)
    return specifier !== undefined && !removed.includes(specifier)
  })
}

const typeOnly = /^\s*(import|export)\s+type\b/

function specifierOf(text: string): string | undefined {
  return (
    /\bfrom\s+['"](\.[^'"]*)['"]|^\s*import\s+['"](\.[^'"]*)['"]/.exec(text)?.[1] ??
    /^\s*from\s+(\S+)\s+import\b|^\s*import\s+([\w.]+)\s*$/.exec(text)?.[1]
  )
}

/** One for each added import that leads back. */
function cyclesOf(file: FileDiff, graph: Graph): GraphLink[][] {
  const added = new Set(addedImports(file).map((line) => line.newLine))
  return linksFrom(graph)
    .filter((link) => added.has(link.line))
    .flatMap((link) => {
      const back = shortestPath(graph, link.to, link.from)
      return back ? [[link, ...back]] : []
    })
}

/** Such an import is gone when the program runs. */
function isTypeOnly(link: GraphLink, reads: readonly Outcome[]): boolean {
  const own = reads.filter((outcome) => outcome.input.offset === link.line)
  return typeOnly.test(fileText(own, link.from.file)?.lines[0] ?? '')
}

function findingOf(cycle: GraphLink[]): Finding {
  const [first] = cycle
  const steps = cycle.map(
    (link) => `\`${link.from.file}:${link.line}\` imports \`${link.to.file}\``,
  )
  return {
    severity: 'warning',
    file: first?.from.file ?? '',
    line: first?.line ?? 0,
    title: 'An import cycle is closed here',
    detail: `${steps.join(', ')}. Which of them is loaded first decides what is defined.`,
  }
}
