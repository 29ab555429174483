/**
 * A real Secret Service of its own: gnome-keyring on a private D-Bus, in a home that goes with it. The keyring of whoever
 * runs the tests is never touched.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const programs = ['dbus-daemon', 'gnome-keyring-daemon'].map((name) => Bun.which(name))

/** Why there can be none here; undefined where there can. */
export const noSecretService: string | undefined = programs.includes(null)
  ? 'dbus-daemon and gnome-keyring-daemon are not installed'
  : undefined

/** Variables under which no keyring answers, whatever the machine has. */
export const noKeyring = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }

export interface SecretService extends AsyncDisposable {
  /** Variables under which programs find it. */
  env: Record<string, string>
}

/** `isReady` is asked again and again until it says so: the service tells nobody when it begins to answer. */
export async function openSecretService(
  isReady: (env: Record<string, string>) => Promise<boolean>,
): Promise<SecretService> {
  const [bus = '', keyring = ''] = programs.map((program) => program ?? '')
  const home = mkdtempSync(join(tmpdir(), 'codi-keyring-'))
  mkdirSync(join(home, 'run'), { mode: 0o700 })
  const base = { ...process.env, HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }
  const options = { stdout: 'pipe', stderr: 'ignore' } as const
  const address = `unix:path=${join(home, 'bus')}`
  const daemon = Bun.spawn(
    [bus, '--session', '--nofork', '--print-address', `--address=${address}`],
    { ...options, env: base },
  )
  await daemon.stdout.getReader().read()
  const env = { XDG_RUNTIME_DIR: base.XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS: address }
  const service = Bun.spawn(
    [keyring, '--unlock', '--components=secrets', '--foreground', `--control-directory=${home}/c`],
    { ...options, env: { ...base, ...env }, stdin: Buffer.from('password of the tests') },
  )
  while (!(await isReady(env))) if (service.exitCode !== null) throw new Error('No secret service')
  return {
    env,
    async [Symbol.asyncDispose]() {
      for (const child of [service, daemon]) {
        child.kill('SIGKILL')
        await child.exited
      }
      rmSync(home, { recursive: true, force: true })
    },
  }
}
