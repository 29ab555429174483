/**
 * The language servers that codi knows, one row each; a further one is a further row. Where several rows know a kind
 * of file, the first that is there is used.
 */
import type { JsonObject } from '../../src/base/json.ts'

export interface ServerRow {
  id: string
  /** File extension (or whole file name) to the language id of the protocol. */
  languages: Record<string, string>
  /** Tried in order: in the project first, then on PATH. */
  commands: [program: string, ...args: string[]][]
  /** How to get it, for people and models. */
  install: string
  /** The server's root is the nearest (or outermost) directory with one of these, else the workspace. */
  root?: { markers: string[]; pick: 'nearest' | 'outermost' }
  /** Only for projects that have this file in the directory of the file or above. */
  needs?: string
  /** A file of the project that the server runs by itself. */
  runs?: string
  /** Answers to `workspace/configuration`. */
  settings?: JsonObject
  initialization?: JsonObject
  /** How the server is asked, where neither push nor pull tells when its answer is complete. */
  ask?: 'tsserver'
  /** It answers only for files that are open: those that mention a name are opened before it is asked about that name. */
  openFilesOnly?: true
  /** Quiet time after which pushed diagnostics count as complete; most servers push once for a version. */
  settleMs?: number
}

const typescript = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.tsx': 'typescriptreact',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.jsx': 'javascriptreact',
}

const python = { '.py': 'python', '.pyi': 'python' }
const pythonRoot: ServerRow['root'] = {
  markers: ['pyrightconfig.json', 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'],
  pick: 'nearest',
}

export const servers: readonly ServerRow[] = [
  {
    id: 'typescript-native',
    languages: typescript,
    commands: [['tsc', '--lsp', '--stdio']],
    // TypeScript 7 and later, whose compiler is the server.
    needs: 'node_modules/typescript/lib/getExePath.js',
    runs: 'node_modules/typescript/lib/getExePath.js',
    install: 'npm install --save-dev typescript',
  },
  {
    id: 'typescript',
    languages: typescript,
    commands: [['typescript-language-server', '--stdio']],
    install: 'npm install -g typescript-language-server typescript',
    ask: 'tsserver',
    // One server that knows the types answers everything; a second one would answer sooner and wrong. No types of
    // others are downloaded.
    initialization: {
      disableAutomaticTypingAcquisition: true,
      tsserver: { useSyntaxServer: 'never' },
    },
    runs: 'node_modules/typescript/lib/tsserver.js',
  },
  {
    id: 'pyright',
    languages: python,
    commands: [
      ['pyright-langserver', '--stdio'],
      ['basedpyright-langserver', '--stdio'],
    ],
    root: pythonRoot,
    settings: { python: { analysis: { diagnosticMode: 'openFilesOnly', autoSearchPaths: true } } },
    install: 'npm install -g pyright',
  },
  {
    id: 'pylsp',
    languages: python,
    commands: [['pylsp']],
    root: pythonRoot,
    settleMs: 500,
    install: 'pip install python-lsp-server',
  },
  {
    id: 'gopls',
    languages: { '.go': 'go', 'go.mod': 'go.mod', 'go.work': 'go.work' },
    commands: [['gopls']],
    root: { markers: ['go.work', 'go.mod'], pick: 'nearest' },
    settleMs: 400,
    install: 'go install golang.org/x/tools/gopls@latest',
  },
  {
    id: 'rust-analyzer',
    languages: { '.rs': 'rust' },
    commands: [['rust-analyzer']],
    root: { markers: ['Cargo.toml'], pick: 'outermost' },
    settleMs: 800,
    install: 'rustup component add rust-analyzer',
  },
  {
    id: 'clangd',
    languages: {
      '.c': 'c',
      '.h': 'c',
      '.cc': 'cpp',
      '.cpp': 'cpp',
      '.cxx': 'cpp',
      '.hh': 'cpp',
      '.hpp': 'cpp',
      '.hxx': 'cpp',
      '.m': 'objective-c',
      '.mm': 'objective-cpp',
    },
    // Its own index of the project would be written into the project.
    commands: [['clangd', '--background-index=false']],
    openFilesOnly: true,
    install: 'install clangd with the package manager of the system (Debian: apt install clangd)',
  },
  {
    id: 'bash',
    languages: { '.sh': 'shellscript', '.bash': 'shellscript', '.ksh': 'shellscript' },
    commands: [['bash-language-server', 'start']],
    settings: { bashIde: { shellcheckPath: 'shellcheck', backgroundAnalysisMaxFiles: 0 } },
    install: 'npm install -g bash-language-server, and install shellcheck',
  },
  {
    id: 'json',
    languages: { '.json': 'json', '.jsonc': 'jsonc' },
    commands: [['vscode-json-language-server', '--stdio']],
    settings: { json: { validate: { enable: true } }, http: {} },
    initialization: { provideFormatter: false },
    install: 'npm install -g vscode-langservers-extracted',
  },
  {
    id: 'css',
    languages: { '.css': 'css', '.scss': 'scss', '.less': 'less' },
    commands: [['vscode-css-language-server', '--stdio']],
    settings: {
      css: { validate: true },
      scss: { validate: true },
      less: { validate: true },
    },
    install: 'npm install -g vscode-langservers-extracted',
  },
  {
    id: 'html',
    languages: { '.html': 'html', '.htm': 'html' },
    commands: [['vscode-html-language-server', '--stdio']],
    settings: { html: { validate: { scripts: true, styles: true } }, css: {}, javascript: {} },
    install: 'npm install -g vscode-langservers-extracted',
  },
  {
    id: 'yaml',
    languages: { '.yaml': 'yaml', '.yml': 'yaml' },
    commands: [['yaml-language-server', '--stdio']],
    settings: { yaml: { validate: true, schemaStore: { enable: false } } },
    install: 'npm install -g yaml-language-server',
  },
  {
    id: 'dockerfile',
    languages: { '.dockerfile': 'dockerfile', Dockerfile: 'dockerfile' },
    commands: [['docker-langserver', '--stdio']],
    install: 'npm install -g dockerfile-language-server-nodejs',
  },
  {
    id: 'lua',
    languages: { '.lua': 'lua' },
    commands: [['lua-language-server']],
    root: { markers: ['.luarc.json', '.luarc.jsonc'], pick: 'nearest' },
    settleMs: 500,
    install: 'see https://luals.github.io for lua-language-server',
  },
  {
    id: 'ruby-lsp',
    languages: { '.rb': 'ruby', '.rake': 'ruby', Gemfile: 'ruby' },
    commands: [['ruby-lsp']],
    root: { markers: ['Gemfile'], pick: 'nearest' },
    install: 'gem install ruby-lsp',
  },
  {
    id: 'jdtls',
    languages: { '.java': 'java' },
    commands: [['jdtls']],
    root: { markers: ['pom.xml', 'build.gradle', 'build.gradle.kts'], pick: 'outermost' },
    settleMs: 1000,
    install: 'see https://github.com/eclipse-jdtls/eclipse.jdt.ls for jdtls',
  },
  {
    id: 'intelephense',
    languages: { '.php': 'php' },
    commands: [['intelephense', '--stdio']],
    root: { markers: ['composer.json'], pick: 'nearest' },
    settleMs: 500,
    install: 'npm install -g intelephense',
  },
  {
    id: 'zls',
    languages: { '.zig': 'zig' },
    commands: [['zls']],
    root: { markers: ['build.zig'], pick: 'outermost' },
    install: 'install zls of the same version as zig',
  },
]
