/**
 * How files that are not code get into the executable: a bundler plugin that answers these imports for the target.
 *
 * - `src/tools/search/ripgrep-embedded.ts` is replaced whole: it then exports the path of the embedded `rg`, or undefined.
 * - `workers/sandbox/helper-embedded.ts` likewise, for the helper that confines commands.
 * - Grammars of `@vscode/tree-sitter-wasm`, `rg`, the helper and addons are packed: 30 MB become 4 (src/base/packed.ts reads them).
 * - `…/dist/native/hnsw.node` by a literal `require`: the addon; throws where the build has none. A run from source
 *   finds the file that `bun build.ts` left there.
 * - `@napi-rs/keyring`: its platform addon without the look-up at run time; throws where the build has none.
 * - Both addons by `loadAddon`, which unpacks them.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BunPlugin } from 'bun'
import { buildHelper } from './helper.ts'
import { type Addon, buildHnsw } from './hnsw.ts'
import { platformPackage } from './packages.ts'
import type { Target } from './targets.ts'

/** The highest that costs no more memory to unpack. */
const packLevel = 19

export interface NativeParts {
  helper: Addon
  hnsw: Addon
  keyring: Addon
  ripgrep: Addon
}

/** Finds, fetches and compiles them. A part that cannot be had is named with its reason, never fatal. */
export async function nativeParts(root: string, target: Target): Promise<NativeParts> {
  return {
    helper: buildHelper(root, target),
    hnsw: buildHnsw(root, target),
    keyring: await fromPackage(root, { name: target.keyringPackage, owner: '@napi-rs/keyring' }),
    ripgrep: await fromPackage(root, { name: target.ripgrepPackage, owner: '@vscode/ripgrep' }),
  }
}

async function fromPackage(root: string, request: { name: string; owner: string }): Promise<Addon> {
  try {
    const manifest = await Bun.file(
      join(root, 'node_modules', request.owner, 'package.json'),
    ).json()
    const directory = platformPackage({ root, name: request.name, version: manifest.version })
    return { path: nativeFile(directory) }
  } catch (thrown) {
    return { path: undefined, reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

/** `bin/rg`, or the one `.node` file. */
function nativeFile(directory: string): string {
  const names = readdirSync(directory)
  if (names.includes('bin')) return join(directory, 'bin', 'rg')
  const addon = names.find((name) => name.endsWith('.node'))
  if (!addon) throw new Error(`${directory} holds no native file`)
  return join(directory, addon)
}

export function nativePlugin(root: string, parts: NativeParts): BunPlugin {
  const sources: Record<string, string> = {
    'codi:hnsw': addonModule(root, parts.hnsw, 'HNSW addon'),
    'codi:keyring': addonModule(root, parts.keyring, 'keyring addon'),
  }
  return {
    name: 'native-parts',
    setup(build) {
      const inside = (name: string) => () => ({ path: name, namespace: 'codi-native' })
      build.onLoad({ filter: /\/src\/tools\/search\/ripgrep-embedded\.ts$/ }, () => ({
        contents: pathModule('embeddedRipgrep', parts.ripgrep),
        loader: 'js',
      }))
      build.onLoad({ filter: /\/workers\/sandbox\/helper-embedded\.ts$/ }, () => ({
        contents: pathModule('embeddedHelper', parts.helper),
        loader: 'js',
      }))
      build.onLoad(
        { filter: /tree-sitter-wasm\/wasm\/.*\.wasm$|\/bin\/rg$|\/codi-sandbox$|\.node$/ },
        async ({ path }) => ({
          contents: Bun.zstdCompressSync(await Bun.file(path).bytes(), { level: packLevel }),
          loader: 'file',
        }),
      )
      build.onResolve({ filter: /^\.\..*\/dist\/native\/hnsw\.node$/ }, inside('codi:hnsw'))
      build.onResolve({ filter: /^@napi-rs\/keyring$/ }, inside('codi:keyring'))
      build.onLoad({ filter: /.*/, namespace: 'codi-native' }, ({ path }) => ({
        contents: sources[path] ?? '',
        loader: 'js',
      }))
    },
  }
}

/** Exports the path of the embedded file, or undefined. */
function pathModule(name: string, part: Addon): string {
  if (part.path === undefined) return `export const ${name} = undefined`
  const path = JSON.stringify(part.path)
  return `import path from ${path} with { type: 'file' }\nexport const ${name} = path`
}

function addonModule(root: string, part: Addon, what: string): string {
  if (part.path === undefined) return missing(what)
  const load = JSON.stringify(join(root, 'src/base/addon.ts'))
  const path = JSON.stringify(part.path)
  return `const { loadAddon } = require(${load})\nmodule.exports = loadAddon(require(${path}))`
}

function missing(what: string): string {
  return `throw new Error(${JSON.stringify(`This build of codi has no ${what}`)})`
}
