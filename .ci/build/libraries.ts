/**
 * Libraries that few runs use, packed: their bytecode would take five times the room of their code, and packed they take
 * a third of it. One is bundled to a single function, which is read, unpacked and evaluated when it is imported first.
 */
import { join } from 'node:path'
import type { BunPlugin } from 'bun'

/** By the entry file; of other modules they may use those of Node alone, and what they bring along. */
const libraries = [
  '@cfworker/json-schema/dist/esm/index.js',
  '@clack/prompts/dist/index.mjs',
  '@mixmark-io/domino/lib/index.js',
  'iconv-lite/lib/index.js',
  'vscode-jsonrpc/lib/node/main.js',
]
const packLevel = 19

/** They are bundled before the program is: one bundler cannot run inside the other. */
export async function libraryPlugin(root: string): Promise<BunPlugin> {
  const packed = new Map<string, Uint8Array>()
  for (const library of libraries) {
    const path = join(root, 'node_modules', library)
    packed.set(path, Bun.zstdCompressSync(await libraryText(path), { level: packLevel }))
  }
  return {
    name: 'packed-libraries',
    setup(build) {
      const names = libraries.map((name) => name.replaceAll('.', '\\.'))
      const files = new RegExp(`/node_modules/(?:${names.join('|')})$`)
      build.onLoad({ filter: files }, ({ path }) =>
        packed.has(path) ? { contents: libraryModule(root, path), loader: 'js' } : undefined,
      )
      // Under another name than the module that reads it: the bundler would take them for one.
      build.onResolve({ filter: /\.m?js\.packed$/ }, ({ path }) => ({
        path,
        namespace: 'codi-packed',
      }))
      build.onLoad({ filter: /.*/, namespace: 'codi-packed' }, ({ path }) => ({
        contents: packed.get(path.replace(/\.packed$/, '')) ?? '',
        loader: 'file',
      }))
    },
  }
}

/** A whole library as one function of `exports`, `require` and `module`. */
async function libraryText(path: string): Promise<Uint8Array> {
  const built = await Bun.build({
    entrypoints: [path],
    target: 'bun',
    format: 'cjs',
    minify: { whitespace: true, syntax: true, identifiers: true },
  })
  const [output] = built.outputs
  if (!output) throw new Error(`${path} could not be bundled`)
  return new Uint8Array(await output.arrayBuffer())
}

function libraryModule(root: string, path: string): string {
  const read = JSON.stringify(join(root, 'src/base/packed.ts'))
  const file = JSON.stringify(`${path}.packed`)
  return `const { readPackedSync } = require(${read})
const text = Buffer.from(readPackedSync(require(${file}))).toString()
;(0, eval)(text)(exports, (name) => process.getBuiltinModule(name), module)`
}
