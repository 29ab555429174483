/** build.ts: what it makes without a C++ compiler, what it refuses, and the files of a release. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compileHelper } from '../../.ci/build/helper.ts'
import { writeRelease } from '../../.ci/build/release.ts'
import { findTarget, hostTarget, targets } from '../../.ci/build/targets.ts'
import { makePlace, type Place, pipeInstaller, platformHere } from './release.ts'

const repository = resolve(import.meta.dir, '../..')
const buildLimitMs = 180_000

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.clean())

function build(root: string, args: string[], env: Record<string, string> = {}) {
  const run = Bun.spawnSync([process.execPath, join(root, 'build.ts'), ...args], {
    cwd: place.root,
    env: { HOME: place.home, PATH: process.env.PATH, TMPDIR: place.root, ...env },
    stdin: 'ignore',
  })
  return { exitCode: run.exitCode, stdout: `${run.stdout}`, stderr: `${run.stderr}` }
}

describe('A build', () => {
  test(
    'without compilers succeeds, says what is missing and passes its self-test',
    () => {
      const copy = join(place.root, 'copy')
      for (const name of ['src', 'workers', '.ci', 'build.ts', 'package.json', 'tsconfig.json']) {
        cpSync(join(repository, name), join(copy, name), { recursive: true })
      }
      symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
      const run = build(copy, [], { CC: '/nonexistent/cc', CXX: '/nonexistent/c++' })
      expect(run.stderr).toBe(
        (process.platform === 'linux'
          ? 'build: no helper (/nonexistent/cc is not installed): ' +
            'commands will be confined in weaker or slower ways\n'
          : '') +
          'build: no hnsw (/nonexistent/c++ is not installed): ' +
          'vector search will be exact instead of HNSW (slower on big repositories)\n',
      )
      expect(run.stdout).toContain('self-test passed')
      expect(run.exitCode).toBe(0)
    },
    buildLimitMs,
  )

  test('for a platform that is not in the table is refused with the table', () => {
    const run = build(repository, ['--target', 'plan9-mips'])
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('codi cannot be built for plan9-mips; the targets are linux-x64 ')
  })

  test('refuses an option it does not know', () => {
    const run = build(repository, ['--frobnicate'])
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toStartWith('build: Unknown option')
  })
})

describe('The helper', () => {
  const compilers = ['cc', 'clang', 'musl-gcc', 'aarch64-linux-gnu-gcc'].filter(
    (name) => process.platform === 'linux' && Bun.which(name),
  )
  if (compilers.length === 0) test.skip('is not compiled: no C compiler for Linux', () => {})
  test.each(compilers)(
    'is compiled without a warning by %s',
    (name) => {
      const output = join(place.root, 'helper')
      expect(compileHelper(repository, [name, '-Werror'], output)).toBeUndefined()
    },
    30_000,
  )
})

describe('The targets', () => {
  test('hold this machine, by the name that install.sh gives it', () => {
    expect(platformHere().replace('-baseline', '')).toBe(hostTarget()?.id ?? '')
  })

  test('are found by the names of Bun too', () => {
    for (const target of targets) expect(findTarget(target.compile)).toBe(target)
    expect(findTarget('bun-linux-aarch64')?.id).toBe('linux-arm64')
  })
})

describe('A release', () => {
  function release(url?: string): string {
    const directory = join(place.root, 'release')
    const binary = join(place.root, 'binary')
    writeFileSync(binary, "#!/bin/sh\necho 'codi 4.5.6'\n")
    const target = findTarget(platformHere())
    if (!target) throw new Error(`no target ${platformHere()}`)
    writeRelease({ root: repository, target, binary, directory, url })
    return directory
  }

  test('is installed by the install.sh that it holds, from the address baked into it', async () => {
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) =>
        new Response(Bun.file(join(place.root, 'release', new URL(request.url).pathname))),
    })
    try {
      const directory = release(`http://127.0.0.1:${server.port}`)
      const run = await pipeInstaller(place, { script: join(directory, 'install.sh') })
      expect(run.stderr).toBe('')
      expect(run.stdout).toContain('Installed codi 4.5.6')
    } finally {
      server.stop(true)
    }
  })

  test('keeps one line a file in SHA256SUMS when it is made again', () => {
    release()
    const directory = release()
    const lines = readFileSync(join(directory, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')
    const assets = readdirSync(directory).filter((name) => name.startsWith('codi-'))
    expect(lines.map((line) => line.slice(66))).toEqual(assets.sort())
    for (const line of lines) {
      const bytes = readFileSync(join(directory, line.slice(66)))
      expect(line.slice(0, 64)).toBe(new Bun.CryptoHasher('sha256').update(bytes).digest('hex'))
    }
  })

  for (const url of ['http://example.com', "https://example.com/'; id; '", 'ftp://example.com']) {
    test(`is not made for the address ${url}`, () => {
      expect(() => release(url)).toThrow('is not an https address')
    })
  }
})
