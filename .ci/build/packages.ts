/**
 * Finds the platform packages that a build embeds: in node_modules where npm put them for this machine, else fetched
 * by `npm pack` (which checks their integrity) into dist/packages, once.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface PackageRequest {
  root: string
  name: string
  version: string
}

/** The directory of the package. Throws with what to do where it cannot be had. */
export function platformPackage(request: PackageRequest): string {
  const installed = join(request.root, 'node_modules', request.name)
  if (existsSync(join(installed, 'package.json'))) return installed
  const store = join(request.root, 'dist', 'packages')
  const kept = join(store, `${request.name.replace(/[@/]/g, '_')}-${request.version}`)
  return existsSync(kept) ? kept : fetchPackage(request, store, kept)
}

function fetchPackage(request: PackageRequest, store: string, kept: string): string {
  const spec = `${request.name}@${request.version}`
  mkdirSync(store, { recursive: true })
  const scratch = mkdtempSync(join(store, '.fetch-'))
  try {
    const packed = Bun.spawnSync(['npm', 'pack', spec, '--pack-destination', scratch, '--silent'], {
      cwd: scratch,
      stderr: 'pipe',
    })
    if (packed.exitCode !== 0) throw new Error(lastLine(packed.stderr) || `exit ${packed.exitCode}`)
    const archive = packed.stdout.toString().trim().split('\n').at(-1) ?? ''
    const unpacked = Bun.spawnSync(['tar', '-xzf', archive], { cwd: scratch, stderr: 'pipe' })
    if (unpacked.exitCode !== 0) throw new Error(lastLine(unpacked.stderr))
    // Another build may have been quicker; its copy is the same.
    if (!existsSync(kept)) renameSync(join(scratch, 'package'), kept)
    return kept
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Error(`Cannot fetch ${spec} from npm (${reason}); check the network and try again`, {
      cause: thrown,
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function lastLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim().split('\n').at(-1) ?? ''
}
