/** Words by which programs of many languages say that the system refused something. A row a kind of refusal. */

export interface Sign {
  what:
    | 'readonly'
    | 'denied'
    | 'network'
    | 'memory'
    | 'processes'
    | 'file-size'
    | 'call'
    | 'keys'
    | 'docker'
    | 'rights'
  /** Found in one line of output. A group named `host` is who was looked for. */
  pattern: RegExp
}

const host = '(?<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9-]+)+)'

export const signs: readonly Sign[] = [
  // Before the rows about the network: ssh has its own way out.
  {
    what: 'keys',
    pattern: /gpg failed to sign|gpg: (?:signing failed|can't connect to the agent)/,
  },
  { what: 'keys', pattern: /gpg: failed to create|keyblock resource|No secret key\b/ },
  { what: 'keys', pattern: /^ssh: |Permission denied \(publickey|Host key verification failed/ },
  { what: 'keys', pattern: /Could not open a connection to your authentication agent/ },
  { what: 'docker', pattern: /connect to the (?:Docker|Podman) (?:daemon|socket)|docker\.sock\b/i },
  { what: 'rights', pattern: /no new privileges|sudo: (?:effective uid|\S+ must be owned)/i },
  { what: 'rights', pattern: /^su: (?:cannot set|Authentication failure)/ },
  // The C library, Python (Errno 30), Node and npm (EROFS), Go, Rust (os error 30), Java.
  { what: 'readonly', pattern: /read-only file ?system|\bEROFS\b|\[Errno 30\]|os error 30/i },
  // Node, making a directory with its parents, says so of a read-only file system.
  { what: 'readonly', pattern: /ENOENT: no such file or directory, mkdir '\// },
  // Moving a mount point aside: `mv .git elsewhere`.
  { what: 'readonly', pattern: /Device or resource busy|\bEBUSY\b/ },

  // curl, git and cargo by libcurl; wget.
  { what: 'network', pattern: new RegExp(`could not resolve (?:host|proxy): ${host}`, 'i') },
  { what: 'network', pattern: new RegExp(`unable to resolve host address ['"‘]?${host}`, 'i') },
  { what: 'network', pattern: new RegExp(`could ?n.t connect to (?:server )?${host}`, 'i') },
  { what: 'network', pattern: new RegExp(`failed to connect to ${host}`, 'i') },
  // Node, npm, yarn, pnpm, Bun.
  { what: 'network', pattern: new RegExp(`getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ${host}`) },
  { what: 'network', pattern: new RegExp(`\\b(?:ENOTFOUND|EAI_AGAIN)\\b.*?${host}`) },
  { what: 'network', pattern: /\bENETUNREACH\b|\bEAI_AGAIN\b|\bERR_SOCKET_CONNECTION_TIMEOUT\b/ },
  // Go.
  { what: 'network', pattern: new RegExp(`lookup ${host}.*(?:no such host|refused|unreachable)`) },
  // pip, requests, urllib3, uv.
  {
    what: 'network',
    pattern: new RegExp(`host='${host}'.*(?:Max retries|NewConnection|NameResolution)`),
  },
  { what: 'network', pattern: new RegExp(`failed to (?:resolve|lookup address).*?${host}`, 'i') },
  { what: 'network', pattern: /Failed to establish a new connection|NameResolutionError|gaierror/ },
  // The C library's own words, ssh, apt.
  { what: 'network', pattern: new RegExp(`could not resolve (?:hostname )?['"]?${host}`, 'i') },
  { what: 'network', pattern: /Temporary failure in name resolution|Name or service not known/ },
  { what: 'network', pattern: /Temporary failure resolving|Network is unreachable/ },
  { what: 'network', pattern: /failed to lookup address information|\bUnknownHostException\b/ },
  // A filter that gives no sockets at all.
  { what: 'network', pattern: /\bsocket\b.*(?:Operation not permitted|EPERM)/i },

  {
    what: 'memory',
    pattern: /Cannot allocate memory|\bENOMEM\b|MemoryError|bad_alloc|OutOfMemory/,
  },
  {
    what: 'memory',
    pattern: /(?:virtual memory exhausted|memory allocation of .* failed|heap out of memory)/,
  },
  {
    what: 'processes',
    pattern: /fork: (?:retry: )?Resource temporarily unavailable|can.t start new thread/,
  },
  {
    what: 'processes',
    pattern: /\bEAGAIN\b.*(?:spawn|fork)|(?:spawn|fork).*\bEAGAIN\b|pthread_create failed/,
  },
  { what: 'file-size', pattern: /File size limit exceeded|File too large|\bEFBIG\b/ },

  // Tools that want what no sandboxed program gets.
  {
    what: 'call',
    pattern:
      /\b(?:ptrace|strace|gdb|perf_event_open|unshare|mount|setns|chroot|pivot_root|keyctl|bpf|userfaultfd|io_uring\w*|bwrap|clone)\b.*(?:Operation not permitted|EPERM|Permission denied)/i,
  },
  {
    what: 'denied',
    pattern: /permission denied|\bEACCES\b|\bEPERM\b|operation not permitted|\[Errno 13\]/i,
  },
]
