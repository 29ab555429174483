/** install.sh as `curl … | sh`: what it puts in place, and that a failure of any kind leaves the old codi alone. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  addAsset,
  makePlace,
  type Place,
  pathWith,
  pipeInstaller,
  platformHere,
  type Release,
  serveRelease,
} from './release.ts'

const oldCodi = "#!/bin/sh\necho 'codi 0.0.1'\n"
/** What the script needs besides the program that downloads. */
const tools = [
  ...['sh', 'uname', 'mkdir', 'mktemp', 'rm', 'grep', 'sed', 'tail', 'tr', 'cut', 'gzip'],
  ...['sha256sum', 'chmod', 'mv', 'cat', 'dirname'],
]

let place: Place
let release: Release

beforeEach(() => {
  place = makePlace()
  release = serveRelease('9.9.9')
})

afterEach(() => {
  release.close()
  place.clean()
})

function install(env: Record<string, string | undefined> = {}, args: string[] = []) {
  return pipeInstaller(place, { env: { CODI_RELEASE_URL: release.url, ...env }, args })
}

function placeOldCodi(): void {
  mkdirSync(place.bin, { recursive: true })
  writeFileSync(join(place.bin, 'codi'), oldCodi, { mode: 0o755 })
}

/** The old one is untouched and nothing else was left behind. */
function expectOldCodi(): void {
  expect(readFileSync(join(place.bin, 'codi'), 'utf8')).toBe(oldCodi)
  expect(readdirSync(place.bin)).toEqual(['codi'])
  expect(readdirSync(place.root).filter((name) => name.startsWith('codi-install'))).toEqual([])
}

describe('A download', () => {
  test('puts an executable codi into ~/.local/bin and says how to reach it', async () => {
    const run = await install()
    expect(run.stderr).toBe('')
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain(`Installed codi 9.9.9 as ${place.bin}/codi`)
    expect(run.stdout).toContain(`export PATH='${place.bin}':"$PATH"`)
    expect(statSync(join(place.bin, 'codi')).mode & 0o777).toBe(0o755)
    expect(readdirSync(place.bin)).toEqual(['codi'])
  })

  test('replaces an old codi', async () => {
    placeOldCodi()
    expect((await install()).exitCode).toBe(0)
    expect(readFileSync(join(place.bin, 'codi'), 'utf8')).toContain('9.9.9')
  })

  test('replaces a codi that is running, which goes on undisturbed', async () => {
    placeOldCodi()
    const sleep = Bun.which('sleep') ?? ''
    const running = join(place.bin, 'codi')
    writeFileSync(running, readFileSync(sleep), { mode: 0o755 })
    const child = Bun.spawn([running, '60'])
    const run = await install()
    expect(run.stderr).toBe('')
    expect(run.exitCode).toBe(0)
    expect(child.exitCode).toBeNull()
    child.kill()
    await child.exited
    expect(readFileSync(running, 'utf8')).toContain('9.9.9')
  })

  test('goes where CODI_INSTALL_DIR or --dir says, also with spaces and quotes in the name', async () => {
    const odd = join(place.root, "it's a place")
    const run = await install({ CODI_INSTALL_DIR: join(place.root, 'unused') }, ['--dir', odd])
    expect(run.exitCode).toBe(0)
    expect(existsSync(join(odd, 'codi'))).toBe(true)
    expect(existsSync(join(place.root, 'unused'))).toBe(false)
    const line = /^ {2}(export PATH=.*)$/m.exec(run.stdout)?.[1] ?? ''
    const shell = Bun.spawnSync(['sh', '-c', `${line}\ncommand -v codi`])
    expect(shell.stdout.toString().trim()).toBe(join(odd, 'codi'))
  })

  test('works with wget where there is no curl', async () => {
    if (!Bun.which('wget')) return console.warn('skipped: wget is not installed')
    const run = await install({ PATH: pathWith(place, [...tools, 'wget']) })
    expect(run.stderr).toBe('')
    expect(run.exitCode).toBe(0)
    expect(existsSync(join(place.bin, 'codi'))).toBe(true)
  })

  test('checks the sum with openssl where there is nothing else', async () => {
    if (!Bun.which('openssl')) return console.warn('skipped: openssl is not installed')
    const others = tools.filter((tool) => tool !== 'sha256sum')
    const run = await install({ PATH: pathWith(place, [...others, 'curl', 'openssl']) })
    expect(run.stderr).toBe('')
    expect(run.exitCode).toBe(0)
  })

  test('prefers the smaller .xz where xz is installed', async () => {
    if (!Bun.which('xz')) return console.warn('skipped: xz is not installed')
    const name = `codi-${platformHere()}.xz`
    const text = "#!/bin/sh\necho 'codi 9.9.9-xz'\n"
    const packed = Bun.spawnSync(['xz', '-c'], { stdin: Buffer.from(text) }).stdout
    const sum = new Bun.CryptoHasher('sha256').update(packed).digest('hex')
    const sums = release.files.get('SHA256SUMS') ?? new Uint8Array()
    release.files.set(name, packed)
    release.files.set('SHA256SUMS', Buffer.concat([sums, Buffer.from(`${sum}  ${name}\n`)]))
    const run = await install()
    expect(run.stdout).toContain('Installed codi 9.9.9-xz')
    expect(release.requests).toEqual(['SHA256SUMS', name])
  })
})

describe('The old codi stays, and nothing is left behind, when', () => {
  beforeEach(placeOldCodi)

  test('the checksum is wrong', async () => {
    const sums = release.files.get('SHA256SUMS')?.toString() ?? ''
    const wrong = Buffer.from(sums)
      .toString()
      .replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
    release.files.set('SHA256SUMS', Buffer.from(wrong))
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('damaged or was tampered with')
    expectOldCodi()
  })

  test('the file is truncated on its way', async () => {
    release.cutAt = 20
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('cannot download')
    expectOldCodi()
  })

  test('the published file itself is truncated', async () => {
    const name = `codi-${platformHere()}.gz`
    release.files.set(name, release.files.get(name)?.subarray(0, 20) ?? new Uint8Array())
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('damaged or was tampered with')
    expectOldCodi()
  })

  test('the release has nothing for this platform, and it says for which it has', async () => {
    release.files.clear()
    addAsset(release.files, 'plan9-mips', 'x')
    addAsset(release.files, 'cpm-z80', 'x')
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(`no codi for ${platformHere()}; it has: plan9-mips cpm-z80`)
    expectOldCodi()
  })

  test('the release is not there', async () => {
    release.files.clear()
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toMatch(/cannot download .*SHA256SUMS.*404/)
    expectOldCodi()
  })

  test('the asset is missing though SHA256SUMS names it', async () => {
    release.files.delete(`codi-${platformHere()}.gz`)
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toMatch(/cannot download .*\.gz.*404/)
    expectOldCodi()
  })

  test('nobody listens at the address', async () => {
    release.close()
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('cannot download')
    expectOldCodi()
  })

  test('SHA256SUMS is a web page', async () => {
    release.files.set('SHA256SUMS', Buffer.from('<html>sign in first</html>'))
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('it has: nothing')
    expectOldCodi()
  })

  test('the new codi does not run here', async () => {
    release.files.clear()
    addAsset(release.files, platformHere(), '#!/bin/sh\necho broken >&2\nexit 3\n')
    const run = await install()
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('does not run on this machine (broken)')
    expectOldCodi()
  })

  test('the directory cannot be written to', async () => {
    chmodSync(place.bin, 0o555)
    if (process.getuid?.() === 0) {
      // Root may write anywhere but to what is no directory.
      const run = await install({ CODI_INSTALL_DIR: '/proc/codi' })
      expect(run.stderr).toContain('cannot make /proc/codi')
      expect(run.exitCode).toBe(1)
    } else {
      const run = await install()
      expect(run.stderr).toContain(`cannot write to ${place.bin}`)
      expect(run.exitCode).toBe(1)
    }
    expect(release.requests).toEqual([])
    expectOldCodi()
  })

  test('there is neither curl nor wget', async () => {
    const run = await install({ PATH: pathWith(place, tools) })
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('curl or wget is needed')
    expectOldCodi()
  })

  test('the script itself was cut off on its way', async () => {
    const whole = readFileSync(join(import.meta.dir, '../../install.sh'), 'utf8')
    const child = Bun.spawn(['/bin/sh'], {
      cwd: place.root,
      stdin: Buffer.from(whole.slice(0, whole.lastIndexOf('main "$@"'))),
      env: { HOME: place.home, PATH: process.env.PATH, CODI_RELEASE_URL: release.url },
      stderr: 'ignore',
    })
    await child.exited
    expect(release.requests).toEqual([])
    expectOldCodi()
  })
})

describe('An address', () => {
  for (const address of [
    'http://example.com/r',
    'http://127.0.0.1.example.com/r',
    'http://localhost@example.com/r',
    'http://localhost:80.example.com/r',
    'http://localhost:/r',
    'ftp://example.com/r',
    'file:///etc',
    'https://',
    'https://example.com/$(id)',
    'https://example.com/a b',
  ]) {
    test(`${address} is refused before anything is asked`, async () => {
      const run = await install({ CODI_RELEASE_URL: address })
      expect(run.exitCode).toBe(1)
      expect(run.stderr).toContain('install.sh: the release address')
      expect(existsSync(join(place.bin, 'codi'))).toBe(false)
    })
  }

  test('is asked for when a release baked none in', async () => {
    const run = await install({ CODI_RELEASE_URL: undefined })
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('set CODI_RELEASE_URL')
  })

  test('may end in a slash', async () => {
    expect((await install({ CODI_RELEASE_URL: `${release.url}/` })).exitCode).toBe(0)
  })
})

describe('PATH', () => {
  test('is left alone without --modify-path', async () => {
    await install({ SHELL: '/bin/bash' })
    expect(readdirSync(place.home)).toEqual(['.local'])
  })

  test('is not spoken of when the directory is in it', async () => {
    const run = await install({ PATH: `${place.bin}:${process.env.PATH}` })
    expect(run.exitCode).toBe(0)
    expect(run.stdout).not.toContain('PATH')
  })

  for (const [shell, file] of [
    ['/bin/bash', '.bashrc'],
    ['/usr/bin/zsh', '.zshrc'],
    ['/usr/bin/fish', '.config/fish/conf.d/codi.fish'],
    ['/bin/dash', '.profile'],
  ] as const) {
    test(`of ${shell} is changed once in ${file} with --modify-path`, async () => {
      const startup = join(place.home, file)
      mkdirSync(dirname(startup), { recursive: true })
      writeFileSync(startup, 'mine=1')
      await install({ SHELL: shell }, ['--modify-path'])
      await install({ SHELL: shell }, ['--modify-path'])
      const lines = readFileSync(startup, 'utf8').split('\n')
      expect(lines[0]).toBe('mine=1')
      expect(lines.filter((line) => line.includes(place.bin)).length).toBe(1)
    })
  }
})

describe('The command line', () => {
  test('has a --help that names every option and variable', async () => {
    const run = await install({}, ['--help'])
    expect(run.exitCode).toBe(0)
    for (const name of [
      '--dir',
      '--modify-path',
      '--download',
      'CODI_INSTALL_DIR',
      'CODI_RELEASE_URL',
    ]) {
      expect(run.stdout).toContain(name)
    }
    expect(release.requests).toEqual([])
  })

  test('refuses what it does not know', async () => {
    const run = await install({}, ['--frobnicate'])
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toBe('install.sh: unknown argument --frobnicate; see --help\n')
  })

  test('refuses --dir without a directory', async () => {
    const run = await install({}, ['--dir'])
    expect(run.exitCode).toBe(2)
  })
})
