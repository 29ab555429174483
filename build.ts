/**
 * Makes the executable: `bun build.ts [--target NAME] [--no-self-test] [--release DIR [--url URL]]`.
 * src/main.ts and every workers/*.ts become one file with bytecode, grammars and native parts inside. Nothing is put
 * in place before the new executable's own `--self-test` passed.
 */
import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './.ci/build/bundle.ts'
import { type NativeParts, nativeParts } from './.ci/build/native.ts'
import { writeRelease } from './.ci/build/release.ts'
import { findTarget, hostTarget, runsHere, type Target, targets } from './.ci/build/targets.ts'

const root = import.meta.dir

interface BuildOptions {
  target: Target
  selfTest: boolean
  release: string | undefined
  url: string | undefined
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options) await build(options)
} catch (thrown) {
  console.error(`build: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  process.exitCode = 1
}

async function build(options: BuildOptions): Promise<void> {
  const started = performance.now()
  const { target } = options
  const tested = options.selfTest && runsHere(target)
  const isHost = target.id === hostTarget()?.id
  const output = isHost ? join(root, 'dist/codi') : join(root, 'dist', target.id, 'codi')
  const fresh = join(dirname(output), `.codi-${process.pid}`)
  mkdirSync(dirname(output), { recursive: true })

  const parts = await nativeParts(root, target)
  reportMissing(parts, target)
  try {
    await bundle({ root, target, parts, output: fresh, isHost })
    chmodSync(fresh, 0o755)
    if (tested) selfTest(fresh, parts)
    renameSync(fresh, output)
  } finally {
    rmSync(fresh, { force: true })
  }

  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const megabytes = (statSync(output).size / 1e6).toFixed(1)
  console.log(
    `${output}  ${megabytes} MB  ${target.id}, ${tested ? 'self-test passed' : 'not self-tested'}, ${seconds} s`,
  )
  if (options.release !== undefined) {
    writeRelease({ root, target, binary: output, directory: options.release, url: options.url })
  }
}

function reportMissing(parts: NativeParts, target: Target): void {
  const consequences: Record<keyof NativeParts, string> = {
    helper: 'commands will be confined in weaker or slower ways',
    hnsw: 'vector search will be exact instead of HNSW (slower on big repositories)',
    keyring: 'credentials will be kept in a file instead of the system keyring',
    ripgrep: 'codi will need `rg` on PATH',
  }
  for (const [name, part] of Object.entries(parts)) {
    // Nothing is missing where a part is not meant for the platform.
    if (part.path !== undefined || (name === 'helper' && target.os !== 'linux')) continue
    const consequence = consequences[name as keyof NativeParts]
    console.error(`build: no ${name} (${part.reason}): ${consequence}`)
  }
}

/** Every worker starts, every grammar loads, the native parts answer: `codi --self-test` prints them and says so. */
function selfTest(binary: string, parts: NativeParts): void {
  const home = join(root, 'dist', `.self-test-${process.pid}`)
  mkdirSync(home, { recursive: true })
  try {
    const run = Bun.spawnSync([binary, '--self-test'], {
      cwd: home,
      env: { ...process.env, HOME: home, CODI_HOME: home },
      stdin: 'ignore',
      timeout: 120_000,
    })
    const said = `${run.stdout}${run.stderr}`.trim()
    if (run.exitCode !== 0) {
      throw new Error(`the self-test failed (exit ${run.exitCode}); nothing was replaced\n${said}`)
    }
    if (parts.helper.path !== undefined && !said.includes('helper: native')) {
      throw new Error(`the helper was built but does not start; nothing was replaced\n${said}`)
    }
    // Without the addon codi works, so its own test passes; but then none must have been built.
    if (parts.hnsw.path !== undefined && !said.includes('hnsw: native')) {
      throw new Error(`the HNSW addon was built but does not load; nothing was replaced\n${said}`)
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function readOptions(argv: string[]): BuildOptions | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      target: { type: 'string' },
      'no-self-test': { type: 'boolean' },
      release: { type: 'string' },
      url: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const names = targets.map((target) => target.id).join(' ')
  if (values.help) {
    console.log(
      `bun build.ts [--target NAME] [--no-self-test] [--release DIR [--url URL]]\n\nTargets: ${names}`,
    )
    return undefined
  }
  const target = values.target === undefined ? hostTarget() : findTarget(values.target)
  if (!target) {
    const asked = values.target ?? `${process.platform}-${process.arch}`
    throw new Error(`codi cannot be built for ${asked}; the targets are ${names}`)
  }
  if (values.url !== undefined && values.release === undefined) {
    throw new Error('--url is baked into install.sh of a release; give --release DIR too')
  }
  return {
    target,
    selfTest: !values['no-self-test'],
    release: values.release,
    url: values.url,
  }
}
