/**
 * The OpenAI SDK without the classes of its API's parts: codi sends every request by the client's own `get` and `post`,
 * which `OpenAiClient` in src/providers/openai-client.ts holds it to. Each class becomes an empty one of its name: with
 * their bytecode they would be 2 MB, and be evaluated by every run that asks a model.
 */
import { join } from 'node:path'
import type { BunPlugin } from 'bun'

const names = '[A-Za-z][A-Za-z0-9]*'
/** `import { Files, } from "./resources/files.mjs"`: what client.mjs takes of one part, perhaps under another name. */
const imports = /^import \{([^}]+)\} from "\.\/resources\/([^"]+)\.mjs";$/gm
const namespaceUses = new RegExp(`\\bAPI\\.(${names})`, 'g')

export async function openAiPlugin(root: string): Promise<BunPlugin> {
  const client = await Bun.file(join(root, 'node_modules/openai/client.mjs')).text()
  const parts = new Map<string, Set<string>>()
  for (const [, list = '', part = ''] of client.matchAll(imports)) {
    const taken = list.split(',').map((name) => name.trim().replace(/ as .*/, ''))
    parts.set(part, new Set(taken.filter((name) => name !== '')))
  }
  parts.set('index', new Set([...client.matchAll(namespaceUses)].map(([, name = '']) => name)))
  return {
    name: 'openai-parts',
    setup(build) {
      build.onLoad({ filter: /\/openai\/resources\/.*\.mjs$/ }, ({ path }) => {
        const part = path.slice(path.lastIndexOf('/openai/resources/') + 18, -'.mjs'.length)
        const taken = parts.get(part)
        if (!taken) throw new Error(`openai/${part} is used by more than client.mjs: see openai.ts`)
        return { contents: [...taken].map(emptyClass).join('\n'), loader: 'js' }
      })
    },
  }
}

function emptyClass(name: string): string {
  return `export class ${name} {}`
}
