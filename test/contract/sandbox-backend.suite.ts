/**
 * What every way to confine a command must do, run with real commands in a real workspace. A backend joins with one
 * line (test/workers/sandbox/confine/backends.test.ts); one that cannot work on a machine is skipped with its reason,
 * and what a backend does not promise is skipped with its own words for it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../src/base/remove-tree.ts'
import type { CommandAccess, SandboxPolicy } from '../../src/contract/sandbox-service.ts'
import type { Backend, Promised } from '../../workers/sandbox/confine/backend.ts'
import type { Finished } from '../../workers/sandbox/confine/command.ts'
import { type Confiner, openConfiner } from '../../workers/sandbox/confine/confiner.ts'
import type { Lifeline } from '../../workers/sandbox/confine/lifeline.ts'
import { openHostQuestions } from '../../workers/sandbox/proxy/questions.ts'
import { sandboxOptions } from '../support/sandbox-options.ts'

interface Ran extends Finished {
  exitCode: number | null
  signal: string | null
  output: string
}

export function sandboxBackendSuite(
  name: string,
  {
    open,
    reason,
  }: { open: (lifeline: Lifeline | undefined) => Backend; reason: string | undefined },
): void {
  if (reason !== undefined) {
    test.skip(`the ${name} backend (${reason})`, () => {})
    return
  }
  const gaps = open(undefined).gaps

  describe(`the ${name} backend`, () => {
    // Seen in the sandbox, wherever it lies: where a checkout is below /tmp, that is covered.
    const root = realpathSync(mkdtempSync(join(process.cwd(), 'dist', 'sandbox-test-')))
    const workspace = join(root, 'workspace')
    const outside = join(root, 'outside')
    const secret = join(root, 'secret')
    let confiner: Confiner
    let server: Server
    let port = 0

    const promised = (promise: Promised, title: string, body: () => Promise<void>) => {
      const gap = gaps[promise]
      if (gap === undefined) test(title, body)
      else test.skip(`${title} (${gap})`, body)
    }

    const openWith = (policy: Partial<SandboxPolicy> = {}) =>
      openConfiner({
        ...sandboxOptions({
          mode: 'workspace',
          writable: [workspace],
          visible: [root],
          protected: [join(workspace, '.git'), join(workspace, '.codi')],
          unreadable: [secret],
          network: 'off',
          ...policy,
        }),
        questions: openHostQuestions(() => {}),
        emit: () => {},
        backends: (lifeline) => [open(lifeline)],
      })

    beforeAll(async () => {
      for (const path of [workspace, outside, secret]) mkdirSync(path)
      mkdirSync(join(workspace, '.git', 'hooks'), { recursive: true })
      writeFileSync(join(workspace, '.git', 'config'), '[core]\n')
      writeFileSync(join(outside, 'file'), 'as it was')
      chmodSync(join(outside, 'file'), 0o600)
      writeFileSync(join(secret, 'key'), 'the key itself')
      server = createServer((socket) => socket.end('hello'))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      port = typeof address === 'object' && address ? address.port : 0
      confiner = openWith()
    })
    afterAll(async () => {
      await confiner.close()
      server.close()
      removeTree(root)
    })

    async function run(
      command: string,
      options: { access?: CommandAccess; stdin?: string; by?: Confiner; cwd?: string } = {},
    ): Promise<Ran> {
      const { access, stdin, by = confiner, cwd = workspace } = options
      const child = await by.start({
        id: 'test',
        argv: ['bash', '-c', command],
        cwd,
        ...(access ? { access } : {}),
        stdin: stdin === undefined ? 'ignore' : new TextEncoder().encode(stdin),
        output: 'pipe',
      })
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      const { exitCode, signal } = child
      return { ...(await child.finish(out + err)), exitCode, signal, output: out + err }
    }

    test('is the one that the trial chooses', async () => {
      const { backend, holds, tried } = await confiner.state()
      expect({ backend, tried: tried.map(({ works, note }) => ({ works, note })) }).toEqual({
        backend: open(undefined).name,
        tried: [{ works: true, note: '' }],
      })
      expect(holds).not.toBe('nothing')
    })

    test('passes input, output and the exit status', async () => {
      const ran = await run('cat; echo err >&2; exit 7', { stdin: 'in\n' })
      expect({ ...ran, blocked: [] }).toEqual({
        output: 'in\nerr\n',
        exitCode: 7,
        signal: null,
        blocked: [],
        warnings: [],
      })
    })

    test('tells the signal that ended a command', async () => {
      const { exitCode, signal } = await run('kill -KILL $$')
      // A program in between can only say it as a shell does.
      expect(['SIGKILL', 128 + 9]).toContain(signal ?? exitCode ?? 0)
    })

    test('lets a command write in the workspace and in its own temp', async () => {
      const { exitCode, output } = await run(
        'echo a > made && cat made && echo b > "$TMPDIR/b" && cat "$TMPDIR/b"',
      )
      expect([exitCode, output]).toEqual([0, 'a\nb\n'])
      expect(readFileSync(join(workspace, 'made'), 'utf8')).toBe('a\n')
    })

    test('refuses writes elsewhere, and says how to ask for them', async () => {
      const { exitCode, blocked } = await run('echo x > ../outside/made')
      expect(exitCode).not.toBe(0)
      expect(existsSync(join(outside, 'made'))).toBeFalse()
      expect(blocked).toEqual([
        {
          what: 'write',
          subject: join(outside, 'made'),
          text: expect.stringContaining(`escalate {path: "${outside}"`),
        },
      ])
    })

    test('says nothing about refusals of a command that succeeded', async () => {
      expect((await run('echo x > ../outside/made; true')).blocked).toEqual([])
    })

    test('grants one further path', async () => {
      const access = { writePath: outside }
      expect((await run('echo x > ../outside/granted', { access })).exitCode).toBe(0)
      expect((await run('echo x > ../outside/granted')).exitCode).not.toBe(0)
    })

    test('grants nothing where credentials are', async () => {
      expect(run('true', { access: { writePath: secret } })).rejects.toThrow('holds credentials')
    })

    test('writes nothing but its temp for a command that only reads', async () => {
      const { exitCode } = await run('echo x > made; r=$?; : > "$TMPDIR/x" && exit $r', {
        access: { readOnly: true },
      })
      expect(exitCode).toBe(1)
    })

    promised('credentials', 'keeps credentials from being read', async () => {
      const { output, blocked } = await run('cat ../secret/key')
      expect(output).not.toContain('the key itself')
      expect(blocked.map(({ what }) => what)).toEqual(['read'])
    })

    promised('metadata', 'keeps mode and times elsewhere', async () => {
      await run('chmod 777 ../outside/file; touch -d 2001-01-01 ../outside/file')
      expect((await Bun.file(join(outside, 'file')).stat()).mode & 0o777).toBe(0o600)
    })

    test('leaves .git, .codi and what is planted there as they were', async () => {
      const { warnings } = await run(
        'echo "[core] fsmonitor = evil" >> .git/config; echo x > .git/hooks/pre-commit; mkdir -p .codi; echo x > .codi/hooks.json; true',
      )
      expect(readFileSync(join(workspace, '.git', 'config'), 'utf8')).toBe('[core]\n')
      expect(existsSync(join(workspace, '.git', 'hooks', 'pre-commit'))).toBeFalse()
      expect(existsSync(join(workspace, '.codi'))).toBeFalse()
      if (gaps.protected === undefined) expect(warnings).toEqual([])
      else expect(warnings.join('\n')).toContain('protected')
    })

    test('commits with git once that is granted, hooks and settings stay closed', async () => {
      const cwd = join(workspace, 'repository')
      mkdirSync(cwd)
      Bun.spawnSync(['git', 'init', '-q'], { cwd })
      const before = readFileSync(join(cwd, '.git', 'config'), 'utf8')
      const commit =
        'git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one; git log --format=%s'
      expect((await run(commit, { cwd, access: { gitWrite: true } })).output).toContain('one')
      const evil = 'echo x > .git/hooks/pre-commit; git config core.fsmonitor evil'
      await run(evil, { cwd, access: { gitWrite: true } })
      expect(existsSync(join(cwd, '.git', 'hooks', 'pre-commit'))).toBeFalse()
      expect(readFileSync(join(cwd, '.git', 'config'), 'utf8')).toBe(before)
      if (gaps.protected !== undefined) return
      const { blocked, exitCode } = await run(commit.split(';')[0] ?? '', { cwd })
      expect(exitCode).toBe(128)
      expect(blocked[0]?.text).toContain('.git is read-only')
    })

    test('reaches no server of this machine without the network', async () => {
      const { output } = await run(`exec 3<>/dev/tcp/127.0.0.1/${port} && head -c 5 <&3`)
      expect(output).not.toContain('hello')
    })

    test('has the network where it is on', async () => {
      const open = openWith({ network: 'on' })
      try {
        const { output } = await run(`exec 3<>/dev/tcp/127.0.0.1/${port} && head -c 5 <&3`, {
          by: open,
        })
        expect(output).toBe('hello')
      } finally {
        await open.close()
      }
    })

    test('has no capabilities and may gain none', async () => {
      const { output } = await run('grep -E "^(CapPrm|CapEff|NoNewPrivs)" /proc/self/status')
      expect(output.replace(/\s+/g, ' ').trim()).toBe(
        'CapPrm: 0000000000000000 CapEff: 0000000000000000 NoNewPrivs: 1',
      )
      // Only who has capabilities may lower the bound of them; without new privileges it means nothing.
      if (process.getuid?.() !== 0) return
      expect((await run('grep CapBnd /proc/self/status')).output).toEndWith('\t0000000000000000\n')
    })

    test('takes secrets out of the environment, keeps the rest and says that it is there', async () => {
      process.env.CODI_TEST_API_KEY = 'k'
      process.env.CODI_TEST_PLAIN = 'p'
      try {
        const { output } = await run(
          'echo "$CODI_TEST_API_KEY/$CODI_TEST_PLAIN/$CODI_SANDBOXED/$HOME"',
        )
        expect(output).toBe(`/p/1/${process.env.HOME ?? ''}\n`)
      } finally {
        delete process.env.CODI_TEST_API_KEY
        delete process.env.CODI_TEST_PLAIN
      }
    })

    promised('ending', 'leaves nothing running behind a command', async () => {
      const mark = `${tmpdir().length}${process.pid}.5`
      await run(`(setsid sleep ${mark} >/dev/null 2>&1 &) ; true`)
      const isThere = () =>
        Bun.spawnSync(['ps', '-eo', 'args']).stdout.toString().includes(`sleep ${mark}`)
      const end = performance.now() + 2000
      while (isThere() && performance.now() < end) await Bun.sleep(10)
      expect(isThere()).toBeFalse()
    })

    test('serves many commands at once', async () => {
      const all = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => run(`sleep 0.05; echo ${n}`)))
      expect(all.map(({ output }) => output)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n', '6\n'])
    })
  })
}
