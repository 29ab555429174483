/** What git does to a watched project: branches, rebases, a switch while the index is being written, submodules. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { makeProject, type Project } from './project.ts'

const identity = [
  '-c',
  'user.name=t',
  '-c',
  'user.email=t@example.org',
  '-c',
  'commit.gpgsign=false',
]

function git({ root }: Project, ...argv: string[]): void {
  const ran = Bun.spawnSync(['git', ...identity, ...argv], {
    cwd: root,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  })
  if (ran.exitCode !== 0) throw new Error(ran.stderr.toString())
}

/** A repository with two branches that differ in every file, in names and in directories. */
function twoBranches(count: number): Project {
  const project = makeProject({ 'README.md': '# Two branches' })
  git(project, 'init', '-q', '-b', 'main')
  for (let at = 0; at < count; at++)
    project.write(`src/d${at % 20}/f${at}.ts`, `export const main${at} = 1\n`)
  git(project, 'add', '-A')
  git(project, 'commit', '-q', '-m', 'main')
  git(project, 'checkout', '-q', '-b', 'other')
  for (let at = 0; at < count; at += 2) project.remove(`src/d${at % 20}/f${at}.ts`)
  for (let at = 1; at < count; at += 2)
    project.write(`src/d${at % 20}/f${at}.ts`, `export const other${at} = 1\n`)
  for (let at = 0; at < count; at += 4)
    project.write(`new/e${at}/g.ts`, `export const new${at} = 1\n`)
  git(project, 'add', '-A')
  git(project, 'commit', '-q', '-m', 'other')
  return project
}

/** What the index says must be what a fresh one would say. */
async function expectTrue(project: Project): Promise<void> {
  const list = { name: '', match: 'exact', limit: 10_000 } as const
  await project.index.update({})
  const told = await project.index.findSymbols(list)
  const fresh = makeProject({ from: project.root })
  await fresh.index.update({})
  expect(told.map((row) => `${row.path} ${row.name}`).sort()).toEqual(
    (await fresh.index.findSymbols(list)).map((row) => `${row.path} ${row.name}`).sort(),
  )
}

test.skipIf(process.platform !== 'linux')(
  'switching branches, rebasing and stashing leave the index true',
  async () => {
    const project = twoBranches(200)
    await project.index.watch({})
    await expectTrue(project)
    git(project, 'checkout', '-q', 'main')
    await expectTrue(project)
    project.write('src/d3/f3.ts', 'export const mine = 1\n')
    git(project, 'stash', '-q')
    await expectTrue(project)
    git(project, 'stash', 'pop', '-q')
    git(project, 'commit', '-q', '-am', 'mine')
    git(project, 'rebase', '-q', '-X', 'theirs', 'other')
    await expectTrue(project)
  },
)

test('a switch in the middle of the first index ends in the branch that is there', async () => {
  const project = twoBranches(400)
  const begun = project.nextEvent((event) => event.type === 'progress' && event.done > 0)
  const first = project.index.update({})
  await begun
  git(project, 'checkout', '-q', 'main')
  await first
  await expectTrue(project)
})

test('files of a submodule are files of the project', async () => {
  const library = makeProject({ 'lib.ts': 'export const lib = 1' })
  git(library, 'init', '-q')
  git(library, 'add', '-A')
  git(library, 'commit', '-q', '-m', 'lib')
  const project = makeProject({ 'a.ts': 'export const a = 1' })
  git(project, 'init', '-q')
  await project.index.watch({})
  git(
    project,
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    library.root,
    'sub',
  )
  await project.index.update({})
  expect(await project.index.findSymbols({ name: 'lib', match: 'exact', limit: 2 })).toMatchObject([
    { path: 'sub/lib.ts' },
  ])
})

// The limit is the kernel's own, in a namespace of the child's: where none can be had, there is nothing to see.
const unshare = ['unshare', '-Ur', 'sh', '-c']
const mayLimit = Bun.spawnSync([
  ...unshare,
  'echo 20 > /proc/sys/user/max_inotify_watches',
]).exitCode
test.skipIf(process.platform !== 'linux' || mayLimit !== 0)(
  'where no watches are left, every question checks the files, and the status says why',
  async () => {
    const project = makeProject({})
    for (let at = 0; at < 40; at++) project.write(`d${at}/a.ts`, `export const a${at} = 1`)
    const script = join(import.meta.dir, 'watch-with-limit.ts')
    const line = `echo 20 > /proc/sys/user/max_inotify_watches; exec "$@"`
    const child = Bun.spawnSync(
      [...unshare, line, '_', process.execPath, script, project.root, project.database],
      { stderr: 'inherit' },
    )
    expect(JSON.parse(child.stdout.toString())).toMatchObject({
      watching: false,
      watchNote: 'no inotify watches are left; raise fs.inotify.max_user_watches',
      parsedAfterChange: 1,
    })
  },
)
