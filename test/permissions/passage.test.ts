/** Nothing passes beside the gate: every tool of the registry, with generated inputs; a new tool is covered by being there. */
import { describe, expect, test } from 'bun:test'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { allTools } from '../../src/tools/registry.ts'
import { allowAll, denyAll, inputFor, openCalls, openRandom, secret } from './call-tools.ts'

const seed = Number(process.env.CODI_TEST_SEED ?? Date.now() % 1_000_000)
const rounds = 12

describe(`with a gate that denies everything (CODI_TEST_SEED=${seed})`, () => {
  test('no tool changes a file, tells what stands in one, or reaches a command or the network', async () => {
    const random = openRandom(seed)
    await using calls = await openCalls(denyAll)
    furnish(calls.bench.directory, calls.bench.root)
    const before = snapshot(calls.bench.directory)
    for (const tool of allTools) {
      for (let round = 0; round < rounds; round++) {
        const input = inputFor(tool, random)
        const { said } = await calls.call(tool, input)
        const echoed = JSON.stringify(input).includes(secret)
        if (!echoed && said.includes(secret))
          throw new Error(`${tool.name} ${JSON.stringify(input)} told: ${said}`)
      }
    }
    expect(snapshot(calls.bench.directory)).toEqual(before)
    expect(calls.reached).toEqual([])
  })

  const strace = Bun.which('strace')
  test.skipIf(strace === null)(
    'no program is started but ripgrep, and nothing is connected to',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'codi-strace-'))
      const log = join(directory, 'log')
      const trace = Bun.spawn(
        [
          strace ?? '',
          ...['-f', '-qq', '-e', 'trace=execve,connect,sendto', '-e', 'signal=none', '-o', log],
          ...[process.execPath, join(import.meta.dir, 'call-tools.ts'), String(seed), '4'],
        ],
        { stdout: 'pipe', stderr: 'pipe' },
      )
      const [said, failure] = await Promise.all([
        new Response(trace.stdout).text(),
        new Response(trace.stderr).text(),
      ])
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []
      rmSync(directory, { recursive: true, force: true })
      // Where tracing is forbidden there is nothing to see.
      if (/ptrace|not permitted/i.test(failure) && said === '') return
      expect(said).toBe('0\n')
      const started = lines.flatMap((line) => /execve\("([^"]*)".* = 0/.exec(line)?.[1] ?? [])
      expect(started.length).toBeGreaterThan(0)
      const foreign = started.filter(
        (path) => path !== process.execPath && !/\/rg[^/]*$/.test(path),
      )
      expect(foreign).toEqual([])
      // Bun itself talks to nobody; sockets of the machine (nscd) are no network.
      expect(lines.filter((line) => /(connect|sendto)\(.*AF_INET/.test(line))).toEqual([])
    },
  )
})

describe(`with a gate that allows everything (CODI_TEST_SEED=${seed})`, () => {
  test('what a tool changes is among the paths that the gate was asked about', async () => {
    const random = openRandom(seed)
    let changed = 0
    for (let round = 0; round < rounds; round++) {
      await using calls = await openCalls(allowAll)
      const { bench } = calls
      furnish(bench.directory, bench.root)
      for (const tool of allTools) {
        const before = snapshot(bench.directory)
        const { request, input } = await calls.call(tool, inputFor(tool, random))
        const after = snapshot(bench.directory)
        const names = new Set([...Object.keys(before), ...Object.keys(after)])
        for (const name of names) {
          if (before[name] === after[name] || name.startsWith('results')) continue
          changed++
          const path = join(bench.directory, name)
          // Directories on the way to a new file, and a file that shares its bytes by a further name.
          const isNamed = request?.paths.some(
            (allowed) => allowed === path || allowed.startsWith(`${path}/`),
          )
          const shared = request?.linkedPaths?.some((allowed) => sameFile(allowed, path))
          if (request?.effect !== 'write' || !(isNamed || shared))
            throw new Error(
              `${tool.name} ${JSON.stringify(input)} changed ${name}, asked for ${request?.paths}`,
            )
        }
      }
    }
    expect(changed).toBeGreaterThan(0)
  })
})

/** Links in the workspace that lead inside, outside and nowhere, a file with two names, and files outside. */
function furnish(directory: string, root: string): void {
  mkdirSync(join(directory, 'outside'))
  writeFileSync(join(directory, 'outside', 'b.ts'), `${secret}\n`)
  symlinkSync(join(directory, 'outside'), join(root, 'away'))
  symlinkSync('src', join(root, 'link'))
  symlinkSync('nowhere', join(root, 'dangling'))
  linkSync(join(root, 'a.ts'), join(root, 'hard.ts'))
}

/** Name to content or kind, of everything below; links are not followed. */
function snapshot(directory: string): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const below = join(path, entry.name)
      const isDirectory = entry.isDirectory()
      const isFile = entry.isFile()
      found[relative(directory, below)] = isFile
        ? readFileSync(below, 'utf8')
        : isDirectory
          ? 'directory'
          : 'link'
      if (isDirectory) walk(below)
    }
  }
  walk(directory)
  return found
}

function sameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => lstatSync(path, { throwIfNoEntry: false }))
  return one !== undefined && one.ino === other?.ino
}
