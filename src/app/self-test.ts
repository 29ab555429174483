/** What `build.ts` asks of a fresh executable: every part that can be missing in a bundle is really there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import { runProgram } from '../base/process.ts'
import type { SandboxPolicy } from '../contract/sandbox-service.ts'
import type { SelfTest } from '../contract/services.ts'
import { connectWorker } from '../rpc/connect.ts'
import { ripgrepPath } from '../tools/search/ripgrep.ts'
import { exitCodes } from './exit-code.ts'

export async function selfTest(output: {
  out(text: string): void
  flush(): Promise<void>
}): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'codi-self-test-'))
  writeFileSync(join(directory, 'sample.ts'), 'export const answer = 42\n')
  const onEvent = () => undefined
  const index = { root: directory, database: join(directory, 'index.db'), ripgrep: 'rg' }
  const vectors = { root: directory, indexDatabase: index.database, directory }
  const workers = [
    connectWorker('sandbox', { policy: selfTestPolicy(directory), directory }, { onEvent }),
    connectWorker('indexer', index, { onEvent }),
    connectWorker('vectors', vectors, { onEvent }),
    connectWorker('lsp', { root: directory }, { onEvent }),
  ]
  const checks: SelfTest[] = [
    await check('keyring', async () => {
      await import('@napi-rs/keyring')
      return 'loads'
    }),
    await check('ripgrep', async () => {
      const path = await ripgrepPath({ cacheDirectory: directory, env: process.env })
      return (await runProgram([path, '--version'])).stdout.split('\n')[0] ?? ''
    }),
  ]
  for (const worker of workers) {
    try {
      checks.push(...(await worker.selfTest()))
    } catch (thrown) {
      checks.push({ name: 'worker', ok: false, note: errorMessage(thrown) })
    } finally {
      await worker.close()
    }
  }
  rmSync(directory, { recursive: true, force: true })
  for (const row of checks) output.out(`${row.ok ? 'ok    ' : 'FAILED'} ${row.name}: ${row.note}\n`)
  await output.flush()
  return checks.every((row) => row.ok) ? exitCodes.done : exitCodes.failed
}

async function check(name: string, run: () => Promise<string>): Promise<SelfTest> {
  try {
    return { name, ok: true, note: await run() }
  } catch (thrown) {
    return { name, ok: false, note: errorMessage(thrown) }
  }
}

function selfTestPolicy(directory: string): SandboxPolicy {
  return {
    mode: 'workspace',
    writable: [directory],
    protected: [],
    unreadable: [],
    unreadableGlobs: [],
    network: 'off',
    allowedHosts: [],
    keepEnvironment: [],
    limits: { cpuSeconds: 0, memoryBytes: 0, processes: 0, fileBytes: 0 },
  }
}
