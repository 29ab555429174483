/**
 * Holds the house rules of src/ARCHITECTURE.md: who may import whom, what is never there, what lies at the top. It
 * reads the sources as text, so a rule here is about what is written. A report of sizes follows; it fails nothing.
 */
import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dir, '..')

/** A folder of src imports only from rows below its own, and from itself. */
const layers: readonly (readonly string[])[] = [
  ['base'],
  ['contract'],
  [
    ...['agent', 'providers', 'tools', 'permissions', 'sessions', 'models', 'auth', 'config'],
    ...['mcp', 'rpc', 'terminal', 'web', 'audit', 'journal', 'usage', 'memory'],
  ],
  ['crew'],
  ['app'],
  ['repl', 'cli', 'serve'],
  ['main.ts'],
]

/** What stands in few files only: a pattern, and the files where it may. */
const confined: readonly { what: string; pattern: RegExp; allowed: RegExp }[] = [
  {
    what: 'writing to stdout or stderr',
    pattern:
      /\bprocess\.(stdout|stderr)\b|\bconsole\.(log|info|warn|error|debug|trace|table|dir)\b|\bBun\.(stdout|stderr)\b/,
    allowed: /^src\/terminal\/output\.ts$/,
  },
  {
    what: 'ending the process',
    pattern: /\bprocess\.(exit\(|exitCode\b|abort\()/,
    allowed: /^src\/main\.ts$/,
  },
  {
    what: 'threads, Comlink and msgpackr',
    pattern: /\bnew Worker\(|from 'comlink|from 'msgpackr|'node:worker_threads'/,
    allowed: /^(src\/rpc\/|workers\/sandbox\/confine\/thread\.ts$)/,
  },
  {
    what: 'starting processes',
    pattern: /\bBun\.(spawn|spawnSync|\$)|'(node:)?child_process'/,
    allowed: /^(src\/base\/process\.ts$|workers\/)/,
  },
  {
    what: 'SQLite',
    pattern: /'bun:sqlite'/,
    allowed:
      /^(src\/base\/database[^/]*\.ts$|src\/(sessions|journal|usage)\/store[^/]*\.ts$|workers\/(indexer|vectors)(\/|\.ts$))/,
  },
  {
    what: 'mutable state of a module',
    pattern: /^(export )?(let|var) /m,
    allowed: /^$/,
  },
  { what: 'an enum', pattern: /^(export )?(const )?enum /m, allowed: /^$/ },
  { what: 'a default export', pattern: /^export default /m, allowed: /^$/ },
  {
    what: 'a re-export',
    pattern: /^export (type )?(\*|\{[^}]*\})( as \w+)? from /m,
    allowed: /^$/,
  },
]

const topLevel = new Set([
  ...['package.json', 'bunfig.toml', 'tsconfig.json', 'biome.json', 'build.ts', 'install.sh'],
  ...['README.md', 'LICENSE', 'CHANGELOG.md', 'src', 'workers', 'test', 'docs', '.ci', '.github'],
  '.gitignore',
])

interface Source {
  path: string
  text: string
  /** Without comments, so that prose may name what code may not. */
  code: string
  /** Files of this repository, relative to its root. */
  imports: string[]
  packages: string[]
}

const sources: readonly Source[] = ['src', 'workers'].flatMap((folder) =>
  filesBelow(folder)
    .filter((path) => path.endsWith('.ts'))
    .map(readSource),
)

describe('The tree', () => {
  test('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(10)
  })

  test('holds nothing at its top but what has a place there', () => {
    const names = new Set(trackedFiles().map((path) => path.split('/')[0] ?? ''))
    expect([...names].filter((name) => !topLevel.has(name))).toEqual([])
  })

  test('has no file or folder named utils, helpers, manager, common, misc or index', () => {
    // `index-…` is the code index; what is forbidden is the barrel. The helper of the sandbox is a program of its own.
    const forbidden =
      /(^|[-./])(utils?|helpers?|managers?|common|misc)(?=[-./]|$)|(^|\/)index(?=[./]|$)/
    const sandboxHelper = /^(workers|test\/workers)\/sandbox\/(confine\/)?helper/
    const named = filesBelow('src', 'workers', 'test').filter((path) =>
      forbidden.test(path.replace(/^test\/fixtures\/.*/, '').replace(sandboxHelper, 'sandbox')),
    )
    expect(named).toEqual([])
  })

  test('names its files in kebab case', () => {
    const misnamed = sources.filter(
      ({ path }) => !/^[a-z0-9-]+(\/[a-z0-9-]+)*(\.d)?\.ts$/.test(path),
    )
    expect(misnamed.map(({ path }) => path)).toEqual([])
  })

  test('opens every source file with what it is', () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/(\*\*|\/) ?/.test(text))
    expect(silent.map(({ path }) => path)).toEqual([])
  })

  test('names no package registry and no path of a machine', () => {
    const forbidden = new RegExp(
      ['registry\\.npmjs', 'npmmirror', 'jfrog', 'artifactory', 'yarnpkg'].join('|') +
        `|["'\`( ]/(${['work', 'home', 'Users'].join('|')})/(main|shared)`,
    )
    const found = trackedFiles()
      .filter((path) => path !== 'test/tidy.test.ts' && existsSync(join(root, path)))
      .filter((path) => forbidden.test(readFileSync(join(root, path), 'latin1')))
    expect(found).toEqual([])
  })
})

describe('Imports', () => {
  test('point down: a folder of src imports from lower rows and itself', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => path.startsWith('src/') && !mayImport(path, target))
        .map((target) => `${path} -> ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('of a worker reach its own folder, src/rpc/serve.ts, src/contract and src/base', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => path.startsWith('workers/') && !workerMayImport(path, target))
        .map((target) => `${path} -> ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('name files that exist', () => {
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !target.startsWith('dist/') && !existsSync(join(root, target)))
        .map((target) => `${path} -> ${target}`),
    )
    expect(missing).toEqual([])
  })

  test('form no cycle', () => {
    expect(findCycle(new Map(sources.map(({ path, imports }) => [path, imports])))).toBeUndefined()
  })

  test('between folders of the tools form no cycle', () => {
    const family = (path: string) => path.replace(/^(src\/tools\/[^/]+)\/.*/, '$1')
    const folders = new Map<string, string[]>()
    for (const { path, imports } of sources) {
      if (!path.startsWith('src/tools/')) continue
      const others = imports.map(family).filter((target) => target !== family(path))
      folders.set(family(path), [...(folders.get(family(path)) ?? []), ...others])
    }
    expect(folders.size).toBeGreaterThan(6)
    expect(findCycle(folders)).toBeUndefined()
  })

  test('form a cycle only where one is found by the search itself', () => {
    const ring = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ])
    expect(findCycle(ring)).toBe('a -> b -> c -> a')
  })
})

describe('Only where it belongs:', () => {
  for (const { what, pattern, allowed } of confined) {
    test(what, () => {
      const found = sources.filter(({ path, code }) => pattern.test(code) && !allowed.test(path))
      expect(found.map(({ path }) => path)).toEqual([])
    })
  }
})

describe('Types', () => {
  test('are escaped by few casts through unknown and fewer uses of any', () => {
    const count = (pattern: RegExp) =>
      sources.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0)
    expect(count(/biome-ignore lint\/suspicious\/noExplicitAny/g)).toBeLessThanOrEqual(3)
    expect(count(/\bas unknown as\b/g)).toBeLessThanOrEqual(12)
    expect(count(/@ts-(ignore|nocheck|expect-error)/g)).toBe(0)
  })
})

describe('Dependencies', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const direct: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies }

  test('are pinned to one version each', () => {
    const loose = Object.entries(direct).filter(
      ([, version]) => !/^(npm:.+@)?\d[\w.-]*$/.test(version),
    )
    expect(loose).toEqual([])
  })

  test('have a row with their version in docs/dependencies.md', () => {
    const table = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
    const missing = Object.entries(direct).filter(
      ([name, version]) => !table.includes(`| \`${name}\` | ${version.replace(/^npm:.+@/, '')} |`),
    )
    expect(missing).toEqual([])
  })

  test('are locked in .ci/lock.json as package.json has them', () => {
    const lock = JSON.parse(readFileSync(join(root, '.ci/lock.json'), 'utf8'))
    expect(lock.packages[''].dependencies).toEqual(manifest.dependencies)
    expect(lock.packages[''].devDependencies).toEqual(manifest.devDependencies)
  })

  test('of the executable are all used', () => {
    const imported = new Set(sources.flatMap(({ packages }) => packages))
    const build = filesBelow('.ci')
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n')
    const unused = Object.keys(manifest.dependencies).filter(
      (name) =>
        !imported.has(name) &&
        !build.includes(`node_modules/${name}/`) &&
        !build.includes(`owner: '${name}'`),
    )
    expect(unused).toEqual([])
  })

  test('that are imported are the direct ones', () => {
    const known = new Set([...Object.keys(direct), 'bun'])
    const unknown = sources.flatMap(({ path, packages }) =>
      packages.filter((name) => !known.has(name)).map((name) => `${path} -> ${name}`),
    )
    expect(unknown).toEqual([])
  })
})

test('Sizes, for the reader: the longest files and the lines of each folder', () => {
  const lines = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length }))
  const folders = new Map<string, { files: number; lines: number }>()
  for (const { path, lines: count } of lines) {
    const folder = path.split('/').slice(0, 2).join('/').replace(/\.ts$/, '')
    const sum = folders.get(folder) ?? { files: 0, lines: 0 }
    folders.set(folder, { files: sum.files + 1, lines: sum.lines + count })
  }
  const longest = lines.sort((a, b) => b.lines - a.lines).slice(0, 12)
  console.log(
    longest.map(({ path, lines: count }) => `${String(count).padStart(6)}  ${path}`).join('\n'),
  )
  for (const [folder, sum] of [...folders].sort()) {
    console.log(`${String(sum.lines).padStart(6)}  ${folder} (${sum.files} files)`)
  }
  expect(longest.length).toBeGreaterThan(0)
})

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
  const specifiers = [
    ...code.matchAll(/(?<!['\w.-])(?:from|import|require\(|import\()\s*'([^'\n]+)'/g),
  ].map((match) => match[1] ?? '')
  const imports = specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, join(root, dirname(path), specifier)))
  const packages = specifiers
    .filter((specifier) => !/^(\.|node:|bun:)/.test(specifier))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    )
  return { path, text, code, imports, packages }
}

function mayImport(from: string, to: string): boolean {
  if (!to.startsWith('src/')) return to === 'package.json'
  const [, ownFolder = ''] = from.split('/')
  const [, folder = ''] = to.split('/')
  return folder === ownFolder || layerOf(folder) < layerOf(ownFolder)
}

function layerOf(folder: string): number {
  const layer = layers.findIndex((row) => row.includes(folder))
  if (layer < 0) throw new Error(`src/${folder} has no layer: add it to the table of this test`)
  return layer
}

function workerMayImport(from: string, to: string): boolean {
  const name = from.split('/')[1]?.replace(/\.ts$/, '') ?? ''
  return (
    to.startsWith(`workers/${name}/`) ||
    to === 'src/rpc/serve.ts' ||
    /^src\/(contract|base)\//.test(to) ||
    to.startsWith('dist/native/')
  )
}

/** `a -> b -> a`, or undefined. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>()
  const path: string[] = []
  function visit(node: string): string | undefined {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(' -> ')
    if (done.has(node)) return undefined
    path.push(node)
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next)
      if (cycle) return cycle
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const cycle = visit(node)
    if (cycle) return cycle
  }
  return undefined
}

function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  )
}

/** What is committed or about to be; without git, what lies here and is not ignored. */
function trackedFiles(): string[] {
  const git = Bun.spawnSync(['git', 'ls-files', '--cached', '-z'], { cwd: root, stderr: 'ignore' })
  if (git.exitCode === 0) return git.stdout.toString().split('\0').filter(Boolean)
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/\/$/, ''))
  const names = readdirSync(root).filter((name) => name !== '.git' && !ignored.includes(name))
  return names.flatMap((name) =>
    name.includes('.') && !/^\./.test(name) ? [name] : filesBelow(name),
  )
}
