/**
 * Bun's bundler: the entries, the native parts and the settings of the executable. It runs twice: the first copy
 * records which functions a run needs (profile.ts), the second has their bytecode at the front and starts with 3 MB
 * less in memory. A build for another machine takes the profiles of the last build for this one, where there was one.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { libraryPlugin } from './libraries.ts'
import { type NativeParts, nativePlugin } from './native.ts'
import { openAiPlugin } from './openai.ts'
import { platformPackage } from './packages.ts'
import { profilePaths, recordProfiles } from './profile.ts'
import { runsHere, type Target } from './targets.ts'

export interface BundleOptions {
  root: string
  target: Target
  parts: NativeParts
  output: string
  /** The target is this machine: its own Bun is used and the result can be run. */
  isHost: boolean
}

export async function bundle(options: BundleOptions): Promise<void> {
  const profiles = join(options.root, 'dist', 'profile')
  if (runsHere(options.target)) {
    await compile(options, [])
    recordProfiles(options.output, profiles)
  }
  await compile(options, profilePaths(profiles))
}

async function compile(options: BundleOptions, profiles: string[]): Promise<void> {
  const result = await Bun.build({
    entrypoints: entries(options.root),
    root: options.root,
    format: 'esm',
    target: 'bun',
    minify: { whitespace: true, syntax: true, identifiers: true },
    bytecode: true,
    // A library behind an import() is a file of its own: it is mapped when it is used, and workers share it.
    splitting: true,
    plugins: [
      nativePlugin(options.root, options.parts),
      await libraryPlugin(options.root),
      await openAiPlugin(options.root),
    ],
    throw: false,
    compile: {
      target: options.target.compile,
      outfile: options.output,
      // A project's .env, bunfig.toml or package.json must never steer the agent that looks at it.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      // Functions that only a start runs are not worth compiling: main.ts goes back to 1 when it is over.
      jitPolicy: 4,
      ...(options.isHost ? {} : { executablePath: bunOf(options) }),
      ...(profiles.length === 0 ? {} : { bytecodeOrder: profiles }),
    },
  })
  if (result.success) return
  const reasons = result.logs.map((log) => String(log)).join('\n')
  throw new Error(`the bundle failed\n${reasons}`)
}

function entries(root: string): string[] {
  const main = join(root, 'src/main.ts')
  if (!existsSync(main)) throw new Error(`${main} is missing; run this from a complete checkout`)
  const workers = readdirSync(join(root, 'workers'))
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(root, 'workers', name))
  return [main, ...workers]
}

/** Bun for another platform, of this Bun's version. */
function bunOf({ root, target }: BundleOptions): string {
  const directory = platformPackage({ root, name: target.bunPackage, version: Bun.version })
  return join(directory, 'bin', 'bun')
}
