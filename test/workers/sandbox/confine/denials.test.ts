/** Refusals as programs of many languages tell them, and words that only sound like one. */
import { describe, expect, test } from 'bun:test'
import { type Ended, findBlocked } from '../../../../workers/sandbox/confine/denials.ts'
import { noLimits } from '../../../../workers/sandbox/confine/no-limits.ts'

const base: Ended = {
  output: '',
  exitCode: 1,
  signal: null,
  cwd: '/w',
  mounts: true,
  hosts: true,
  plan: {
    writable: ['/w'],
    visible: [],
    watched: [],
    protected: ['/w/.git', '/w/.codi'],
    unreadable: ['/home/me/.ssh', '/home/me/.npmrc'],
    gitWrite: [],
    gitNames: [],
    temporary: '/private',
    network: 'off',
    limits: noLimits,
  },
}

const find = (output: string, over: Partial<Ended> = {}) =>
  findBlocked({ ...base, output, ...over })
const told = (output: string, over: Partial<Ended> = {}) =>
  find(output, over).map(({ what, subject }) => [what, subject])

describe('what only a person can do', () => {
  test.each([
    ['error: gpg failed to sign the data', 'read'],
    ['git@example.org: Permission denied (publickey).', 'read'],
    ['ssh: Could not resolve hostname example.org: Temporary failure in name resolution', 'read'],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'network',
    ],
    [
      'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
      'call',
    ],
  ] as const)('%s', (line, what) => {
    expect(told(line)).toEqual([[what, undefined]])
    expect(find(line)[0]?.text).toContain('escalate {unsandboxed: true, reason}')
  })
})

describe('a write outside', () => {
  test.each([
    ["touch: cannot touch '/etc/x': Read-only file system"],
    ['bash: line 1: /etc/x: Read-only file system'],
    ['mkdir: cannot create directory ‘/etc/x’: Read-only file system'],
    ["OSError: [Errno 30] Read-only file system: '/etc/x'"],
    ["Error: EROFS: read-only file system, open '/etc/x'"],
    ['open /etc/x: read-only file system'],
    ['/usr/bin/ld: cannot open output file /etc/x: Read-only file system'],
    ['java.nio.file.FileSystemException: /etc/x: Read-only file system'],
    ['error: could not write `/etc/x`: Read-only file system (os error 30)'],
    ["npm error EROFS: read-only file system, mkdir '/etc/x'"],
  ])('%s', (line) => {
    expect(told(line)).toEqual([['write', '/etc/x']])
    expect(find(line)[0]?.text).toContain('escalate {path: "/etc", reason}')
  })

  test('beside credentials names no directory that is never opened', () => {
    const [blocked] = find("touch: cannot touch '/root-like/new': Read-only file system", {
      plan: { ...base.plan, unreadable: ['/root-like/.ssh', '/.ssh'] },
    })
    expect(blocked?.subject).toBe('/root-like/new')
    expect(blocked?.text).toContain('escalate {unsandboxed: true, reason}')
    expect(blocked?.text).not.toContain('escalate {path')
  })

  test('is told as a missing directory by Node, which makes the parents, too', () => {
    const says = (path: string) => `Error: ENOENT: no such file or directory, mkdir '${path}'`
    expect(told(says('/etc/x/y'))).toEqual([['write', '/etc/x/y']])
    expect(told(says('/w/x/y'))).toEqual([])
  })

  test('without a path it is told all the same', () => {
    expect(told('tool: Read-only file system (os error 30)')).toEqual([['write', undefined]])
  })

  test('is permission denied where no mounts hold, if the person could write there', () => {
    const line = "touch: cannot touch '/tmp/x': Permission denied"
    expect(told(line, { mounts: false })).toEqual([['write', '/tmp/x']])
    expect(told(line)).toEqual([])
    expect(told("cp: cannot create '/proc/x': Permission denied", { mounts: false })).toHaveLength(
      process.getuid?.() === 0 ? 1 : 0,
    )
  })
})

describe('what stays closed', () => {
  test('git’s own files name the way to write them', () => {
    const [blocked] = find("fatal: Unable to create '/w/.git/index.lock': Read-only file system", {
      exitCode: 128,
    })
    expect(blocked?.text).toContain('call git itself')
    const [hook] = find('bash: line 1: .git/hooks/pre-commit: Read-only file system')
    expect(hook?.text).toContain('hooks and settings of git stay closed')
  })

  test('settings of codi cannot be asked for', () => {
    const [blocked] = find('bash: line 1: .codi/hooks.json: Read-only file system')
    expect(blocked?.subject).toBe('/w/.codi/hooks.json')
    expect(blocked?.text).not.toContain('escalate')
  })

  test('credentials cannot be asked for', () => {
    const [blocked] = find('cat: /home/me/.ssh/id_rsa: Permission denied')
    expect(blocked).toMatchObject({ what: 'read', subject: '/home/me/.ssh/id_rsa' })
    expect(blocked?.text).not.toContain('escalate')
  })
})

describe('the network', () => {
  test.each([
    ['curl: (6) Could not resolve host: example.org', 'example.org'],
    [
      "fatal: unable to access 'https://example.org/': Could not resolve host: example.org",
      'example.org',
    ],
    [
      'npm error request to https://example.org/x failed, reason: getaddrinfo EAI_AGAIN example.org',
      'example.org',
    ],
    ['Error: getaddrinfo ENOTFOUND example.org', 'example.org'],
    ['wget: unable to resolve host address ‘example.org’', 'example.org'],
    ['dial tcp: lookup example.org on 127.0.0.53:53: read: connection refused', 'example.org'],
    [
      "HTTPSConnectionPool(host='example.org', port=443): Max retries exceeded with url: /",
      'example.org',
    ],
    ['socket.gaierror: [Errno -3] Temporary failure in name resolution', undefined],
    ['connect: Network is unreachable', undefined],
  ])('%s', (line, host) => {
    expect(told(line)).toEqual([['network', host]])
    expect(find(line)[0]?.text).toContain(`escalate {host: "${host ?? 'NAME'}"`)
    expect(told(line, { plan: { ...base.plan, network: 'on' } })).toEqual([])
  })

  test('past the proxy has no DNS', () => {
    const network = { socket: '/s', port: 3128 }
    const [blocked] = find('Error: getaddrinfo ENOTFOUND example.org', {
      plan: { ...base.plan, network },
    })
    expect(blocked?.text).toContain('HTTPS_PROXY')
  })

  test('the loopback is not that of the machine', () => {
    const host = '127.0.0.1'
    const line = `curl: (7) Failed to connect to ${host} port 5432 after 0 ms: Could not connect to server`
    for (const network of ['off' as const, { socket: '/s', port: 3128 }]) {
      const [blocked] = find(line, { plan: { ...base.plan, network } })
      expect(blocked).toMatchObject({ what: 'network', subject: host })
      expect(blocked?.text).toContain('a loopback of its own')
      expect(blocked?.text).not.toContain('escalate {host')
    }
  })

  test('can only be left where single hosts cannot be granted', () => {
    const [blocked] = find('curl: (6) Could not resolve host: example.org', { hosts: false })
    expect(blocked?.text).toContain('unsandboxed')
  })
})

describe('limits and system calls', () => {
  const limited = {
    ...base.plan,
    limits: { cpuSeconds: 5, memoryBytes: 1e9, processes: 50, fileBytes: 1e6 },
  }

  test('are known by their signal', () => {
    expect(told('', { signal: 'SIGSYS', exitCode: null })).toEqual([['call', undefined]])
    expect(told('', { exitCode: 152, plan: limited })).toEqual([['limit', undefined]])
    expect(told('', { signal: 'SIGXFSZ', exitCode: null, plan: limited })).toEqual([
      ['limit', undefined],
    ])
    expect(told('', { exitCode: 152 })).toEqual([])
  })

  test('are known by words only where there is a limit', () => {
    for (const line of [
      'bash: fork: retry: Resource temporarily unavailable',
      "RuntimeError: can't start new thread",
      'MemoryError',
      "terminate called after throwing an instance of 'std::bad_alloc'",
      'dd: File too large',
    ]) {
      expect(told(line, { plan: limited })).toEqual([['limit', undefined]])
      expect(told(line)).toEqual([])
    }
  })

  test('strace and unshare hear that nobody gets them', () => {
    expect(told('unshare: unshare failed: Operation not permitted')).toEqual([['call', undefined]])
    expect(told('strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted')).toEqual([
      ['call', undefined],
    ])
  })
})

test('a command that succeeded was refused nothing', () => {
  const output = "touch: cannot touch '/etc/x': Read-only file system"
  expect(find(output, { exitCode: 0 })).toEqual([])
})

test('words about places that are open prove nothing', () => {
  expect(told("expected 'read-only file system' in /w/src/fs.ts")).toEqual([])
  expect(told('AssertionError: /w/a: Permission denied')).toEqual([])
  expect(told("rm: cannot remove '/w/sub': Device or resource busy")).toEqual([])
})

test('the same refusal is told once, and not without end', () => {
  const line = "touch: cannot touch '/etc/x': Read-only file system\n"
  expect(find(line.repeat(1000))).toHaveLength(1)
  const many = Array.from({ length: 100 }, (_, n) => line.replace('/x', `/x${n}`)).join('')
  expect(find(many)).toHaveLength(5)
})
