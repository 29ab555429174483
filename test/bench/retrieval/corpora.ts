/**
 * The repositories that search quality is measured on, at exact versions, from the packages that carry their sources.
 * Constants are fitted on those of `tune` and never on those of `test`; none is a package that `bun run train` learns from.
 */

export type Language = 'typescript' | 'javascript' | 'go' | 'rust' | 'python' | 'java' | 'cpp'

export interface Corpus {
  name: string
  language: Language
  part: 'tune' | 'test'
  /** npm: `name@version`; apt (Debian 12): `package=version`. */
  from: 'npm' | 'apt'
  spec: string
  /** Directories inside the package whose files are taken; a `.zip` is unpacked first: `src.zip!java.base/java/time`. */
  directories: string[]
}

const go = 'usr/share/gocode/src/github.com'
const crates = 'usr/share/cargo/registry'
const python = 'usr/lib/python3/dist-packages'
const java = 'usr/lib/jvm/openjdk-17/lib/src.zip!'
const openjdk = 'openjdk-17-source=17.0.21.1+2-1~deb12u1'

const rows: [Corpus['part'], Language, string, Corpus['from'], string, string[]][] = [
  ['tune', 'typescript', 'rxjs', 'npm', 'rxjs@7.8.2', ['src']],
  ['tune', 'typescript', 'mobx', 'npm', 'mobx@7.1.3', ['src']],
  ['tune', 'javascript', 'eslint', 'npm', 'eslint@10.15.0', ['lib']],
  ['tune', 'go', 'gin', 'apt', 'golang-github-gin-gonic-gin-dev=1.8.1-1', [`${go}/gin-gonic/gin`]],
  [
    'tune',
    'go',
    'go-git',
    'apt',
    'golang-github-go-git-go-git-dev=5.4.2-3',
    [`${go}/go-git/go-git`],
  ],
  ['tune', 'rust', 'tokio', 'apt', 'librust-tokio-dev=1.24.2-1', [`${crates}/tokio-1.24.2/src`]],
  ['tune', 'rust', 'hyper', 'apt', 'librust-hyper-dev=0.14.19-1', [`${crates}/hyper-0.14.19/src`]],
  ['tune', 'python', 'httpx', 'apt', 'python3-httpx=0.23.3-1', [`${python}/httpx`]],
  [
    'tune',
    'python',
    'sqlalchemy',
    'apt',
    'python3-sqlalchemy=1.4.46+ds1-1',
    [`${python}/sqlalchemy`],
  ],
  [
    'tune',
    'java',
    'java-time',
    'apt',
    openjdk,
    [`${java}java.base/java/time`, `${java}java.base/java/text`],
  ],
  ['tune', 'cpp', 'googletest', 'apt', 'googletest=1.12.1-0.2', ['usr/src/googletest']],
  ['test', 'typescript', 'xterm', 'npm', '@xterm/xterm@6.0.0', ['src']],
  ['test', 'typescript', 'rxdb', 'npm', 'rxdb@17.6.0', ['src']],
  ['test', 'javascript', 'webpack', 'npm', 'webpack@5.112.2', ['lib']],
  ['test', 'go', 'dns', 'apt', 'golang-github-miekg-dns-dev=1.1.50-2', [`${go}/miekg/dns`]],
  ['test', 'go', 'kit', 'apt', 'golang-github-go-kit-kit-dev=0.10.0-1', [`${go}/go-kit/kit`]],
  [
    'test',
    'go',
    'serf',
    'apt',
    'golang-github-hashicorp-serf-dev=0.9.4~ds1-1',
    [`${go}/hashicorp/serf`],
  ],
  ['test', 'rust', 'clap', 'apt', 'librust-clap-dev=4.0.32-1', [`${crates}/clap-4.0.32/src`]],
  ['test', 'rust', 'regex', 'apt', 'librust-regex-dev=1.7.1-1', [`${crates}/regex-1.7.1/src`]],
  [
    'test',
    'rust',
    'regex-syntax',
    'apt',
    'librust-regex-syntax-dev=0.6.27-1',
    [`${crates}/regex-syntax-0.6.27/src`],
  ],
  ['test', 'python', 'networkx', 'apt', 'python3-networkx=2.8.8-1', [`${python}/networkx`]],
  ['test', 'python', 'scrapy', 'apt', 'python3-scrapy=2.8.0-2', [`${python}/scrapy`]],
  ['test', 'python', 'werkzeug', 'apt', 'python3-werkzeug=2.2.2-3+deb12u1', [`${python}/werkzeug`]],
  [
    'test',
    'java',
    'java-net-http',
    'apt',
    openjdk,
    [`${java}java.net.http`, `${java}java.base/java/util/concurrent`],
  ],
  ['test', 'cpp', 're2', 'npm', 're2@1.24.0', ['vendor/re2/re2', 'vendor/abseil-cpp/absl/strings']],
]

export const corpora: readonly Corpus[] = rows.map(
  ([part, language, name, from, spec, directories]) => ({
    name,
    language,
    part,
    from,
    spec,
    directories,
  }),
)
