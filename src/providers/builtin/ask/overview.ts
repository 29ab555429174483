/** "What is this project", "how do I run the tests": from the README, the manifest and the tree. */
import { isJsonObject, parseJson } from '../../../base/json.ts'
import { oneLine } from '../../../base/text.ts'
import { isCode, isTest } from '../languages.ts'
import { type FileText, fileText, globPaths, mapFiles } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import { firstSentence } from '../words.ts'
import type { Asked } from './asked.ts'
import { code, fence, fileDoc, listed, paragraphs } from './markdown.ts'
import { isForeign } from './place-files.ts'

const manifests =
  'package.json,Cargo.toml,go.mod,pyproject.toml,setup.py,Makefile,justfile,Gemfile,composer.json,pom.xml,build.gradle,CMakeLists.txt'
const readmes = 'README*,readme*,Readme*'

const shownCentre = 6
const headLines = 30

interface Known {
  readme: { path: string; text: FileText } | undefined
  manifests: { path: string; body: string }[]
  tree: string
}

export function* overview(asked: Asked): Script {
  const known = yield* readProject(asked)
  const about = known.readme ? readmeAbout(known.readme.text) : ''
  if (about === '' && known.manifests.length === 0 && known.tree === '') {
    return 'There is nothing here yet that says what it is: no README, no manifest, no files.'
  }
  return paragraphs(
    about || manifestAbout(known.manifests),
    kindOf(known.manifests),
    known.tree === '' ? '' : `How it is laid out:\n${fence(known.tree, '')}`,
    yield* centre(asked),
    commandLines(known, /./).slice(0, 8).join('\n'),
    'Go on with `explain DIRECTORY` or `how does X work?`.',
  )
}

/** What most of the rest relies on, each with what it says of itself. */
function* centre({ toolkit }: Asked): Script {
  const mapped: Outcome[] = yield toolkit.outline('.')
  const files = mapFiles(mapped)
    .filter((file) => isCode(file) && !isTest(file) && !isForeign(file))
    .slice(0, shownCentre)
  const heads: Outcome[] = yield files.flatMap((file) =>
    toolkit.read(file, { offset: 1, limit: headLines }),
  )
  if (files.length === 0) return ''
  const lines = files.map((file) => {
    const said = firstSentence(fileDoc(fileText(heads, file), file))
    return `- ${code(file)}${said === '' ? '' : `: ${said}`}`
  })
  return `What the rest relies on most:\n${lines.join('\n')}`
}

/** Commands of the manifest and of the README that fit the question. */
export function* howToRun(asked: Asked): Script {
  const known = yield* readProject(asked)
  const { text } = asked.question
  const wanted = /\btests?\b/i.test(text)
    ? /test|check|spec/i
    : /\b(build|compile)\b/i.test(text)
      ? /build|compile|dist|bundle/i
      : /\blint\b/i.test(text)
        ? /lint|format|check/i
        : /\b(install|set ?up)\b/i.test(text)
          ? /install|setup|get started|getting started/i
          : /\b(deploy|launch)\b/i.test(text)
            ? /deploy|release|publish|start/i
            : /start|run|dev|serve|usage|quick/i
  const fitting = commandLines(known, wanted)
  const all = fitting.length > 0 ? fitting : commandLines(known, /./)
  const section = known.readme ? readmeSection(known.readme, wanted) : ''
  if (all.length === 0 && section === '') {
    return 'I find neither a README nor a manifest (package.json, Cargo.toml, Makefile …) here that says how.'
  }
  return paragraphs(
    fitting.length === 0 && section === ''
      ? 'No command says so by its name; the ones there are:'
      : '',
    all.slice(0, 12).join('\n'),
    section,
  )
}

function* readProject({ toolkit }: Asked): Script<Known> {
  const first: Outcome[] = yield [
    ...toolkit.glob(`{${readmes},${manifests}}`),
    ...toolkit.tree('.', 2),
  ]
  const files = globPaths(first)
    .filter((file) => !file.includes('/'))
    .sort((a, b) => Number(/\.md$/i.test(b)) - Number(/\.md$/i.test(a)))
  const reads: Outcome[] = yield files
    .slice(0, 6)
    .flatMap((file) => toolkit.read(file, { offset: 1, limit: 400 }))
  const readme = files.find((file) => /^readme/i.test(file))
  const text = readme === undefined ? undefined : fileText(reads, readme)
  return {
    readme: readme !== undefined && text ? { path: readme, text } : undefined,
    manifests: files.flatMap((path) => {
      const body = /^readme/i.test(path) ? undefined : fileText(reads, path)
      return body ? [{ path, body: body.lines.join('\n') }] : []
    }),
    tree: treeText(first),
  }
}

function treeText(outcomes: readonly Outcome[]): string {
  const outcome = outcomes.find((entry) => entry.name === 'print_tree' && entry.ok)
  const lines = (outcome?.text ?? '')
    .split('\n')
    .filter(
      (line) =>
        line.trim() !== '' &&
        !line.startsWith('[') &&
        !/^\.\/ |is empty\.$|^\. holds only/.test(line),
    )
  // Directories tell the layout; files at the top are many and known.
  const directories = lines.filter((line) => /\/(\s|$)/.test(line))
  const shown = (directories.length >= 3 ? directories : lines).slice(0, 24)
  return shown.join('\n')
}

/** The title and the first paragraph that is prose. */
function readmeAbout(text: FileText): string {
  const body = text.lines.join('\n').replace(/<!--[\s\S]*?-->/g, '')
  const title = /^#\s+(.+)$/m.exec(body)?.[1]?.replace(/[*_`]/g, '').trim()
  const paragraph = body
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .find(
      (part) =>
        /^[A-Za-z*_`>"]/.test(part) && !/^(\[!|!\[|=+|-+$)/.test(part) && /\w+ \w+ \w+/.test(part),
    )
  const said = oneLine((paragraph ?? '').replace(/^>\s*/gm, ''), 500)
  if (title === undefined) return said
  return said === '' ? `**${title}**` : `**${title}**: ${said}`
}

function manifestAbout(rows: Known['manifests']): string {
  for (const { path, body } of rows) {
    if (path === 'package.json' || path === 'composer.json') {
      const parsed = parseJson(body)
      if (!isJsonObject(parsed)) continue
      const name = typeof parsed.name === 'string' ? parsed.name : ''
      const said = typeof parsed.description === 'string' ? parsed.description : ''
      if (name !== '' || said !== '') return `**${name}**${said === '' ? '' : `: ${said}`}`
    }
    const name = /^name\s*=\s*"([^"]+)"/m.exec(body)?.[1]
    const said = /^description\s*=\s*"([^"]+)"/m.exec(body)?.[1]
    if (name !== undefined) return `**${name}**${said === undefined ? '' : `: ${said}`}`
    const module = /^module\s+(\S+)/m.exec(body)?.[1]
    if (module !== undefined) return `Go module **${module}**`
  }
  return ''
}

function kindOf(rows: Known['manifests']): string {
  const known = rows.map((row) => row.path)
  return known.length === 0
    ? ''
    : `Its manifest${known.length > 1 ? 's' : ''}: ${listed(known.map(code), 6)}.`
}

/** `npm run x`: what it runs; targets of a Makefile; what every Cargo or Go project has. */
function commandLines(known: Known, wanted: RegExp): string[] {
  return known.manifests.flatMap(({ path, body }) => {
    if (path === 'package.json') return scripts(body, wanted)
    if (path === 'Makefile' || path === 'justfile') {
      const tool = path === 'Makefile' ? 'make' : 'just'
      const targets = [...body.matchAll(/^([a-z][\w-]*)\s*:(?!=)/gm)].map(
        (found) => found[1] as string,
      )
      return [...new Set(targets)]
        .filter((name) => wanted.test(name))
        .map((name) => `- ${code(`${tool} ${name}`)}`)
    }
    const usual: Record<string, string[]> = {
      'Cargo.toml': ['cargo build', 'cargo run', 'cargo test'],
      'go.mod': ['go build ./...', 'go run .', 'go test ./...'],
      'pyproject.toml': [/pytest/.test(body) ? 'pytest' : 'python -m unittest', 'pip install .'],
    }
    return (usual[path] ?? []).filter((line) => wanted.test(line)).map((line) => `- ${code(line)}`)
  })
}

function scripts(body: string, wanted: RegExp): string[] {
  const parsed = parseJson(body)
  if (!isJsonObject(parsed) || !isJsonObject(parsed.scripts)) return []
  return Object.entries(parsed.scripts)
    .filter(
      ([name, value]) => typeof value === 'string' && (wanted.test(name) || wanted.test(value)),
    )
    .map(([name, value]) => {
      const command = /^(test|start|stop|restart)$/.test(name) ? `npm ${name}` : `npm run ${name}`
      return `- ${code(command)}: ${code(oneLine(String(value), 100))}`
    })
}

/** The first section whose heading fits, with its first code block. */
function readmeSection(readme: { path: string; text: FileText }, wanted: RegExp): string {
  const { lines } = readme.text
  const start = lines.findIndex((line) => /^#{1,4} /.test(line) && wanted.test(line))
  if (start < 0) return ''
  const after = lines.slice(start + 1)
  const end = after.findIndex((line) => /^#{1,4} \S/.test(line))
  const body = after
    .slice(0, end < 0 ? 25 : Math.min(end, 25))
    .join('\n')
    .trim()
  const heading = (lines[start] as string).replace(/^#+ /, '')
  if (body === '') return ''
  const closed = (body.match(/^```/gm) ?? []).length % 2 === 1 ? `${body}\n\`\`\`` : body
  return `From ${code(`${readme.path}:${start + 1}`)}, "${heading}":\n\n${closed}`
}
