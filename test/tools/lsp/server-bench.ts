/** A code bench whose project has a language server: a real one of this repository, or one that answers as told. */
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ToolBench } from '../../support/tool-context.ts'
import { openCodeBench } from '../search/code-bench.ts'

const root = join(import.meta.dir, '../../..')

/** With typescript-language-server and TypeScript 5. */
export async function openTypeScriptBench(files: Record<string, string>): Promise<ToolBench> {
  const bench = await openCodeBench({
    files: {
      'tsconfig.json': '{"compilerOptions":{"strict":true}}',
      '.gitignore': 'node_modules\n',
      ...files,
    },
  })
  await mkdir(join(bench.root, 'node_modules/.bin'), { recursive: true })
  const server = 'node_modules/.bin/typescript-language-server'
  await symlink(join(root, server), join(bench.root, server))
  await symlink(join(root, 'node_modules/typescript5'), join(bench.root, 'node_modules/typescript'))
  return bench
}

/** With a server for `.zig` files that answers as `mode` of the fixture says. */
export async function openScriptedBench(
  mode: string,
  files: Record<string, string>,
): Promise<ToolBench> {
  const bench = await openCodeBench({ files })
  const program = join(bench.root, 'node_modules/.bin/zls')
  const fixture = join(root, 'test/fixtures/lsp/question-server.ts')
  await mkdir(join(bench.root, 'node_modules/.bin'), { recursive: true })
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${fixture}" ${mode}\n`)
  await chmod(program, 0o755)
  return bench
}
