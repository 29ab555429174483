/** install.sh in a checkout: what its build made is put in place, and a build that fails changes nothing. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { makePlace, type Place } from './release.ts'

const repository = resolve(import.meta.dir, '../..')
const oldCodi = "#!/bin/sh\necho 'codi 0.0.1'\n"

let place: Place
let checkout: string

beforeEach(() => {
  place = makePlace()
  checkout = join(place.root, 'a checkout')
})

afterEach(() => place.clean())

/** The real scripts and toolchain around a build.ts that is quick. */
function makeCheckout(buildScript: string): void {
  mkdirSync(join(checkout, 'src'), { recursive: true })
  mkdirSync(join(checkout, 'dist'))
  for (const name of ['install.sh', 'package.json', '.ci/bun']) {
    cpSync(join(repository, name), join(checkout, name))
  }
  const modules = join(checkout, 'node_modules')
  mkdirSync(modules)
  for (const name of ['.bin', 'bun']) {
    symlinkSync(join(repository, 'node_modules', name), join(modules, name))
  }
  // Says that the dependencies are in place, as .ci/bun does after it installed them.
  const stamp = `sed -n '/ependencies": {/,/}/p' package.json | cksum > node_modules/.codi-installed`
  Bun.spawnSync(['sh', '-c', stamp], { cwd: checkout })
  writeFileSync(join(checkout, 'src/main.ts'), '')
  writeFileSync(join(checkout, 'build.ts'), buildScript)
}

function runInstaller(cwd: string, env: Record<string, string> = {}) {
  const run = Bun.spawnSync(['/bin/sh', join(checkout, 'install.sh')], {
    cwd,
    env: { HOME: place.home, PATH: process.env.PATH, TMPDIR: place.root, ...env },
    stdin: 'ignore',
  })
  return { exitCode: run.exitCode, stdout: `${run.stdout}`, stderr: `${run.stderr}` }
}

const goodBuild = `
await Bun.write(import.meta.dir + '/dist/codi', '#!/bin/sh\\necho "codi 1.2.3 by Bun ' + Bun.version + '"\\n')
`

describe('In a checkout', () => {
  test('codi is built with the pinned Bun and installed, from any directory', () => {
    makeCheckout(goodBuild)
    const run = runInstaller('/')
    expect(run.stderr).toBe('')
    expect(run.exitCode).toBe(0)
    const pinned = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
    expect(run.stdout).toContain(`Installed codi 1.2.3 by Bun ${pinned.devDependencies.bun}`)
    expect(readdirSync(place.bin)).toEqual(['codi'])
  })

  test('a relative CODI_INSTALL_DIR means the current directory', () => {
    makeCheckout(goodBuild)
    const run = runInstaller(place.root, { CODI_INSTALL_DIR: 'here' })
    expect(run.exitCode).toBe(0)
    expect(readdirSync(join(place.root, 'here'))).toEqual(['codi'])
  })

  test('a build that fails leaves the old codi alone', () => {
    makeCheckout("console.error('build: it broke')\nprocess.exitCode = 1\n")
    mkdirSync(place.bin, { recursive: true })
    writeFileSync(join(place.bin, 'codi'), oldCodi)
    const run = runInstaller(checkout)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('build: it broke')
    expect(run.stderr).toContain('nothing was installed')
    expect(readFileSync(join(place.bin, 'codi'), 'utf8')).toBe(oldCodi)
    expect(readdirSync(place.bin)).toEqual(['codi'])
  })

  test('a directory named codi in the way is told before anything is built', () => {
    makeCheckout("throw new Error('must not run')")
    mkdirSync(join(place.bin, 'codi'), { recursive: true })
    const run = runInstaller(checkout)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(`${place.bin}/codi is a directory`)
  })

  test('nothing can be installed without a home and without a directory', () => {
    makeCheckout(goodBuild)
    const run = runInstaller(checkout, { HOME: '' })
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('HOME is not set')
  })
})
