/** Finds out how a project runs its tests, from the files that say so. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts'
import { type Runner, runnerOf, runners } from './run-runners.ts'

export interface TestPlan {
  /** The shell command that runs all tests. */
  command: string
  /** Which runner that is, where it is known. */
  runner: Runner | undefined
  /** What stands between the command and further arguments for the runner. */
  separator: string
}

/** Files beyond this size are no manifests. */
const maxManifestBytes = 1024 * 1024

/** The ways to run tests that the directory itself shows, the most telling first. */
export async function detectTests(directory: string): Promise<TestPlan[]> {
  const names = new Set(await readdir(directory).catch(() => []))
  const project: Project = {
    has: (...wanted) => wanted.some((name) => names.has(name)),
    hasLike: (pattern) => [...names].some((name) => pattern.test(name)),
    text: (name) => (names.has(name) ? readText(join(directory, name)) : Promise.resolve('')),
    exists: (path) =>
      access(join(directory, path)).then(
        () => true,
        () => false,
      ),
  }
  const plans: TestPlan[] = []
  for (const detect of [fromPackage, fromPython, ...byMarker, fromMake]) {
    const plan = await detect(project)
    if (plan) plans.push(plan)
  }
  return plans
}

interface Project {
  has(...names: string[]): boolean
  hasLike(pattern: RegExp): boolean
  /** Empty where there is no such file. */
  text(name: string): Promise<string>
  exists(path: string): Promise<boolean>
}

type Detect = (project: Project) => Promise<TestPlan | undefined>

async function readText(path: string): Promise<string> {
  const file = Bun.file(path)
  if (file.size > maxManifestBytes) return ''
  return file.text().catch(() => '')
}

export function planFor(command: string, separator = ' '): TestPlan {
  return { command, runner: runnerOf(command), separator }
}

async function fromPackage(project: Project): Promise<TestPlan | undefined> {
  if (!project.has('package.json')) return undefined
  const manifest = parseJson(await project.text('package.json'))
  if (!isJsonObject(manifest)) return undefined
  const manager = packageManager(project, manifest)
  const script = isJsonObject(manifest.scripts) ? manifest.scripts.test : undefined
  if (typeof script === 'string' && !/no test specified/.test(script)) {
    return { ...managerScripts[manager], runner: runnerOf(script) }
  }
  const known = runners.find(({ name }) => name in jsRunners && dependsOn(manifest, name))
  const command = known && jsRunners[known.name]
  if (command) return planFor(`${managerRun[manager]} ${command}`)
  const bunTests = project.has('bunfig.toml', 'bun.lock', 'bun.lockb')
  return bunTests && manager === 'bun' ? planFor('bun test') : undefined
}

type Manager = 'npm' | 'pnpm' | 'yarn' | 'bun'

const managerScripts: Record<Manager, { command: string; separator: string }> = {
  npm: { command: 'npm test', separator: ' -- ' },
  pnpm: { command: 'pnpm test', separator: ' ' },
  yarn: { command: 'yarn test', separator: ' ' },
  bun: { command: 'bun run test', separator: ' ' },
}

const managerRun: Record<Manager, string> = {
  npm: 'npx --no-install',
  pnpm: 'pnpm exec',
  yarn: 'yarn',
  bun: 'bunx --bun',
}

/** Runners that are dependencies of a package, with the arguments of a single run. */
const jsRunners: Readonly<Record<string, string>> = {
  vitest: 'vitest run',
  jest: 'jest',
  mocha: 'mocha',
  ava: 'ava',
}

function packageManager(project: Project, manifest: JsonObject): Manager {
  const declared = String(manifest.packageManager ?? '').split('@')[0]
  if (declared === 'pnpm' || declared === 'yarn' || declared === 'bun') return declared
  if (project.has('bun.lock', 'bun.lockb')) return 'bun'
  if (project.has('pnpm-lock.yaml')) return 'pnpm'
  return project.has('yarn.lock') ? 'yarn' : 'npm'
}

function dependsOn(manifest: JsonObject, name: string): boolean {
  return [manifest.devDependencies, manifest.dependencies].some(
    (table) => isJsonObject(table) && name in table,
  )
}

async function fromPython(project: Project): Promise<TestPlan | undefined> {
  const isProject = project.has('pyproject.toml', 'setup.py', 'setup.cfg', 'tox.ini', 'pytest.ini')
  const ownTests = project.hasLike(/^(test_.*|.*_test|conftest)\.py$/)
  const testDirectory =
    (await project.exists('tests/__init__.py')) ||
    (await project.exists('tests/conftest.py')) ||
    (isProject && project.has('tests', 'test'))
  if (!ownTests && !testDirectory && !project.has('pytest.ini')) return undefined
  if (project.has('uv.lock')) return planFor('uv run pytest')
  if (project.has('poetry.lock')) return planFor('poetry run pytest')
  const python = (await project.exists('.venv/bin/python'))
    ? '.venv/bin/python'
    : (await project.exists('venv/bin/python'))
      ? 'venv/bin/python'
      : 'python3'
  const usesPytest =
    project.has('pytest.ini', 'conftest.py') ||
    (await project.exists('tests/conftest.py')) ||
    /pytest/.test(await project.text('pyproject.toml')) ||
    /pytest/.test(await project.text('setup.cfg')) ||
    /pytest/.test(await project.text('tox.ini')) ||
    Bun.which('pytest') !== null
  return planFor(usesPytest ? `${python} -m pytest` : `${python} -m unittest discover`)
}

const byMarker: readonly Detect[] = [
  marker((project) => project.has('go.mod'), 'go test ./...'),
  marker((project) => project.has('Cargo.toml'), 'cargo test'),
  marker((project) => project.has('deno.json', 'deno.jsonc'), 'deno test'),
  marker((project) => project.has('mix.exs'), 'mix test'),
  marker((project) => project.has('.rspec') || project.has('spec'), 'bundle exec rspec', 'Gemfile'),
  marker((project) => project.has('phpunit.xml', 'phpunit.xml.dist'), 'vendor/bin/phpunit'),
  marker((project) => project.has('mvnw'), './mvnw test', 'pom.xml'),
  marker((project) => project.has('pom.xml') && !project.has('mvnw'), 'mvn test'),
  marker((project) => project.has('gradlew'), './gradlew test'),
  marker(
    (project) => project.has('build.gradle', 'build.gradle.kts') && !project.has('gradlew'),
    'gradle test',
  ),
  marker((project) => project.hasLike(/\.(sln|slnx|csproj|fsproj)$/), 'dotnet test'),
  marker((project) => project.has('Package.swift'), 'swift test'),
]

/** A command that the presence of files alone shows; `alsoNeeds` must be there too. */
function marker(
  isThere: (project: Project) => boolean,
  command: string,
  alsoNeeds?: string,
): Detect {
  return async (project) => {
    const complete = alsoNeeds === undefined || project.has(alsoNeeds)
    return complete && isThere(project) ? planFor(command) : undefined
  }
}

async function fromMake(project: Project): Promise<TestPlan | undefined> {
  for (const name of ['GNUmakefile', 'makefile', 'Makefile']) {
    const rule = /^(test|check)\s*:(?!=)/m.exec(await project.text(name))
    if (rule) return planFor(`make ${rule[1]}`)
  }
  for (const name of ['justfile', 'Justfile']) {
    if (/^@?test\b[^:=]*:(?!=)/m.test(await project.text(name))) return planFor('just test')
  }
  return undefined
}
