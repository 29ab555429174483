/** Which file an import means, in the project layouts that people have. */
import { describe, expect, test } from 'bun:test'
import { makeProject, type Project } from './project.ts'

/** `specifier` -> path, of one file of a project that is made of `files`. */
async function importsOf(
  files: Record<string, string>,
  path: string,
): Promise<Record<string, string | undefined>> {
  const project = makeProject(files)
  await project.index.update({})
  return targets(project, path)
}

async function targets(
  project: Project,
  path: string,
): Promise<Record<string, string | undefined>> {
  const { imports } = await project.index.dependencies({ path })
  return Object.fromEntries(imports.map((row) => [row.specifier, row.path]))
}

const code = 'export const one = 1\n'
const json = (value: unknown) => JSON.stringify(value)

describe('TypeScript', () => {
  test('paths of the nearest tsconfig, with what it extends, comments and all', async () => {
    const files = {
      'tsconfig.base.json':
        '{ // shared\n "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["libs/*/src"], "exact": ["libs/exact.ts"], }, }, }',
      'libs/money/src/index.ts': code,
      'libs/exact.ts': code,
      'apps/shop/tsconfig.json': json({
        extends: '../../tsconfig.base',
        files: [],
        references: [{ path: './tsconfig.app.json' }],
      }),
      'apps/shop/tsconfig.app.json': json({
        compilerOptions: { paths: { '~app/*': ['./source/*'] } },
      }),
      'apps/shop/source/view.tsx': code,
      'apps/shop/source/main.ts':
        "import '@lib/money'\nimport 'exact'\nimport '~app/view'\nimport '@lib/none'\nimport 'libs/exact.js'\n",
    }
    expect(await importsOf(files, 'apps/shop/source/main.ts')).toEqual({
      '@lib/money': 'libs/money/src/index.ts',
      exact: 'libs/exact.ts',
      '~app/view': 'apps/shop/source/view.tsx',
      '@lib/none': undefined,
      'libs/exact.js': 'libs/exact.ts',
    })
  })

  test('packages of the workspace by their exports, conditions and patterns; built files mean their source', async () => {
    const files = {
      'package.json': json({ workspaces: ['packages/*'] }),
      'examples/core/package.json': json({ name: '@acme/core' }),
      'examples/core/index.ts': code,
      'packages/core/package.json': json({
        name: '@acme/core',
        exports: {
          '.': { types: './dist/index.d.ts', import: { default: './dist/index.mjs' } },
          './features/*': './dist/features/*.js',
          './deep/*.js': './lib/deep/*.js',
        },
      }),
      'packages/core/src/index.ts': code,
      'packages/core/src/features/cart.ts': code,
      'packages/core/lib/deep/a.js': code,
      'packages/plain/package.json': json({ name: 'plain', main: 'lib/entry.js' }),
      'packages/plain/lib/entry.js': code,
      'packages/plain/tool.ts': code,
      'packages/app/main.ts': [
        "import '@acme/core'",
        "import '@acme/core/features/cart'",
        "import '@acme/core/deep/a.js'",
        "import 'plain'",
        "import 'plain/tool'",
        "import 'react'",
      ].join('\n'),
    }
    expect(await importsOf(files, 'packages/app/main.ts')).toEqual({
      '@acme/core': 'packages/core/src/index.ts',
      '@acme/core/features/cart': 'packages/core/src/features/cart.ts',
      '@acme/core/deep/a.js': 'packages/core/lib/deep/a.js',
      plain: 'packages/plain/lib/entry.js',
      'plain/tool': 'packages/plain/tool.ts',
      react: undefined,
    })
  })

  test('outDir of a project reference leads back to its sources; pnpm lists workspaces, too', async () => {
    const files = {
      'pnpm-workspace.yaml': 'packages:\n  - "modules/**"\n',
      'modules/a/b/package.json': json({ name: 'built', main: './compiled/main.js' }),
      'modules/a/b/tsconfig.json': json({
        compilerOptions: { composite: true, outDir: 'compiled', rootDir: 'ts' },
      }),
      'modules/a/b/ts/main.ts': code,
      'use.ts': "import 'built'\n",
    }
    expect(await importsOf(files, 'use.ts')).toEqual({ built: 'modules/a/b/ts/main.ts' })
  })

  test('`#names` of package.json, `.js` that means `.ts`, directories with an index or a manifest', async () => {
    const files = {
      'package.json': json({
        name: 'own',
        imports: { '#db': './src/db.ts', '#in/*': './src/in/*.ts' },
      }),
      'src/db.ts': code,
      'src/in/deep/x.ts': code,
      'src/types.d.ts': code,
      'src/comp.tsx': code,
      'src/folder/index.mts': code,
      'src/packed/package.json': json({ main: 'inner.js' }),
      'src/packed/inner.ts': code,
      'src/a.ts': [
        "import '#db'",
        "import '#in/deep/x'",
        "import './comp.jsx'",
        "import './folder'",
        "import './packed'",
        "import './types'",
        "import '../../outside'",
        "import './db.js?raw'",
        "import '.'",
      ].join('\n'),
    }
    expect(await importsOf(files, 'src/a.ts')).toEqual({
      '#db': 'src/db.ts',
      '#in/deep/x': 'src/in/deep/x.ts',
      './comp.jsx': 'src/comp.tsx',
      './folder': 'src/folder/index.mts',
      './packed': 'src/packed/inner.ts',
      './types': 'src/types.d.ts',
      '../../outside': undefined,
      './db.js?raw': 'src/db.ts',
      '.': undefined,
    })
  })

  test('broken manifests and a tsconfig that extends itself change nothing', async () => {
    const files = {
      'package.json': '{ "name": ',
      'tsconfig.json': json({ extends: './tsconfig.json', compilerOptions: { paths: 3 } }),
      'a.ts': "import './b'\nimport 'x'\n",
      'b.ts': code,
    }
    expect(await importsOf(files, 'a.ts')).toEqual({ './b': 'b.ts', x: undefined })
  })

  test('a changed tsconfig moves the imports of files that did not change', async () => {
    const config = (place: string) => json({ compilerOptions: { paths: { lib: [place] } } })
    const project = makeProject({
      'tsconfig.json': config('./one.ts'),
      'one.ts': code,
      'two.ts': code,
      'a.ts': "import 'lib'\n",
    })
    await project.index.update({})
    expect(await targets(project, 'a.ts')).toEqual({ lib: 'one.ts' })
    project.write('tsconfig.json', `${config('./two.ts')}\n`)
    await project.index.update({})
    expect(await targets(project, 'a.ts')).toEqual({ lib: 'two.ts' })
  })
})

test('Python: src layout, declared roots, namespace packages, siblings of a monorepo', async () => {
  const files = {
    'pyproject.toml': '[tool.setuptools.packages.find]\nwhere = ["python"]\n',
    'python/top/mod.py': 'X = 1\n',
    'src/shop/__init__.py': '',
    'src/shop/cart.py': 'def add(): pass\n',
    'src/shop/os.py': 'import cart\n',
    'src/shop/use.py': 'import os\nfrom . import os as own\n',
    'space/part/leaf.py': 'Y = 1\n',
    'services/pay/pyproject.toml': '[project]\nname = "pay"\n',
    'services/pay/src/pay/api.py': 'def charge(): pass\n',
    'tests/test_all.py': [
      'import os',
      'from shop import cart',
      'from shop.cart import add as put',
      'import top.mod as m',
      'from space.part import leaf',
      'from pay.api import charge',
      'from . import missing',
    ].join('\n'),
  }
  const project = makeProject(files)
  await project.index.update({})
  // Since Python 3 a neighbour inside the package needs a dot.
  expect(await targets(project, 'src/shop/use.py')).toEqual({
    os: undefined,
    '.': 'src/shop/os.py',
  })
  expect(await targets(project, 'tests/test_all.py')).toEqual({
    os: undefined,
    shop: 'src/shop/cart.py',
    'shop.cart': 'src/shop/cart.py',
    'top.mod': 'python/top/mod.py',
    'space.part': 'space/part/leaf.py',
    'pay.api': 'services/pay/src/pay/api.py',
    '.': undefined,
  })
})

test('Go: modules, replace with a local path, internal packages', async () => {
  const files = {
    'go.work': 'go 1.22\nuse (\n\t./app\n\t./lib\n)\n',
    'app/go.mod':
      'module example.org/app\n\nrequire example.com/forked v1.0.0\n\nreplace (\n\texample.com/forked v1.0.0 => ../fork\n)\nreplace example.com/other => ../lib\n',
    'app/internal/db/db.go': 'package db\n\nfunc Open() {}\n',
    'lib/go.mod': 'module example.org/app/lib\n',
    'lib/lib.go': 'package lib\n',
    'fork/sub/sub.go': 'package sub\n',
    'app/main.go':
      'package main\n\nimport (\n\t"fmt"\n\t"example.org/app/internal/db"\n\t"example.org/app/lib"\n\t"example.com/forked/sub"\n\t"example.com/other"\n\t"example.org/app/none"\n)\n',
  }
  expect(await importsOf(files, 'app/main.go')).toEqual({
    fmt: undefined,
    'example.org/app/internal/db': 'app/internal/db/db.go',
    'example.org/app/lib': 'lib/lib.go',
    'example.com/forked/sub': 'fork/sub/sub.go',
    'example.com/other': 'lib/lib.go',
    'example.org/app/none': undefined,
  })
})

test('Rust: crates of the workspace by name, renamed, with another library name; tests and programs', async () => {
  const files = {
    'Cargo.toml':
      '[workspace]\nmembers = ["*"]\n[workspace.dependencies]\nshared = { path = "shared-code" }\n',
    'shared-code/Cargo.toml':
      '[package]\nname = "shared-code"\n[lib]\nname = "common"\npath = "code/root.rs"\n',
    'shared-code/code/root.rs': 'pub mod deep;\n',
    'shared-code/code/deep.rs': 'pub fn f() {}\n',
    'net-io/Cargo.toml': '[package]\nname = "net-io"\n',
    'net-io/src/lib.rs': 'pub mod wire;\npub mod frame;\n',
    'net-io/src/wire.rs': 'use super::frame::{self, Frame};\npub mod inner;\n',
    'net-io/src/wire/inner.rs': 'use super::super::frame;\nuse crate::wire::*;\n',
    'net-io/src/frame/mod.rs': 'pub struct Frame;\n',
    'app/Cargo.toml':
      '[package]\nname = "app"\n[dependencies]\nshared = { workspace = true }\nio = { path = "../net-io", package = "net-io" }\n',
    'app/src/lib.rs': 'pub mod run;\n',
    'app/src/run.rs':
      'use io::wire::x;\nuse shared::deep::f;\nuse std::fmt;\nuse net_io::frame::Frame;\n',
    'app/tests/all.rs': 'use app::run::go;\nmod helper;\n',
    'app/tests/helper.rs': '',
  }
  const project = makeProject(files)
  await project.index.update({})
  expect(await targets(project, 'app/src/run.rs')).toEqual({
    'io::wire::x': 'net-io/src/wire.rs',
    'shared::deep::f': 'shared-code/code/deep.rs',
    'std::fmt': undefined,
    'net_io::frame::Frame': 'net-io/src/frame/mod.rs',
  })
  expect(await targets(project, 'app/tests/all.rs')).toEqual({
    'app::run::go': 'app/src/run.rs',
    helper: 'app/tests/helper.rs',
  })
  expect(await targets(project, 'net-io/src/wire/inner.rs')).toEqual({
    'super::super::frame': 'net-io/src/frame/mod.rs',
    'crate::wire::*': 'net-io/src/wire.rs',
  })
  expect(await targets(project, 'net-io/src/wire.rs')).toMatchObject({
    'super::frame': 'net-io/src/frame/mod.rs',
    'super::frame::Frame': 'net-io/src/frame/mod.rs',
    inner: 'net-io/src/wire/inner.rs',
  })
})

test('Java: classes of any source root, nested and static ones; a wildcard means the package', async () => {
  const project = makeProject({
    'a/src/main/java/org/x/Money.java':
      'package org.x;\npublic class Money { static int of() { return 1; } }\n',
    'b/src/main/java/org/x/Money.java': 'package org.x;\npublic class Money {}\n',
    'b/src/main/java/org/y/Use.java':
      'package org.y;\nimport org.x.Money;\nimport static org.x.Money.of;\nimport org.x.Money.Inner;\nimport org.x.*;\nimport java.util.List;\nclass Use {}\n',
  })
  await project.index.update({})
  const money = 'b/src/main/java/org/x/Money.java'
  expect(await targets(project, 'b/src/main/java/org/y/Use.java')).toMatchObject({
    'org.x.Money': money,
    'org.x.Money.of': money,
    'org.x.Money.Inner': money,
    'java.util.List': undefined,
  })
})

test('C#: a namespace means the file that declares it, an alias the file of its type', async () => {
  const files = {
    'Core/Jobs.cs': 'namespace Acme.Jobs;\npublic class Queue {}\n',
    'Core/Mail.cs': 'namespace Acme.Mail { namespace Out { class Sender {} } }\n',
    'App/Program.cs':
      'using Acme.Jobs;\nusing Acme.Mail.Out;\nusing Q = Acme.Jobs.Queue;\nusing System.Linq;\nclass Program {}\n',
  }
  expect(await importsOf(files, 'App/Program.cs')).toEqual({
    'Acme.Jobs': 'Core/Jobs.cs',
    'Acme.Mail.Out': 'Core/Mail.cs',
    'Acme.Jobs.Queue': 'Core/Jobs.cs',
    'System.Linq': undefined,
  })
})

test('PHP: psr-4 of composer, requires from the file, a name that only one file can be', async () => {
  const files = {
    'composer.json': json({
      autoload: { 'psr-4': { 'App\\': 'src/', 'App\\Http\\': ['http/'] } },
      'autoload-dev': { 'psr-4': { 'Tests\\': 'tests' } },
    }),
    'src/Mail/Sender.php': '<?php\nnamespace App\\Mail;\nclass Sender {}\n',
    'http/Kernel.php': '<?php\nnamespace App\\Http;\nclass Kernel {}\n',
    'tests/Case1.php': '<?php\nnamespace Tests;\nclass Case1 {}\n',
    'lib/boot.php': '<?php\n',
    'public/inc/util.php': '<?php\n',
    'public/index.php': [
      '<?php',
      'use App\\Mail\\{Sender, Sender as S};',
      'use App\\Http\\Kernel;',
      'use Tests\\Case1;',
      'use Psr\\Log\\LoggerInterface;',
      "require __DIR__ . '/../lib/boot.php';",
      "require_once dirname(__DIR__) . '/lib/boot.php';",
      "include 'inc/util.php';",
      'require $dynamic;',
    ].join('\n'),
  }
  expect(await importsOf(files, 'public/index.php')).toEqual({
    'App\\Mail\\Sender': 'src/Mail/Sender.php',
    'App\\Http\\Kernel': 'http/Kernel.php',
    'Tests\\Case1': 'tests/Case1.php',
    'Psr\\Log\\LoggerInterface': undefined,
    "__DIR__ . '/../lib/boot.php'": 'lib/boot.php',
    "dirname(__DIR__) . '/lib/boot.php'": 'lib/boot.php',
    'inc/util.php': 'public/inc/util.php',
    $dynamic: undefined,
  })
})

test('Ruby: relative requires from the file, others from the roots of the load path', async () => {
  const files = {
    'gems/one/lib/one/part.rb': 'X = 1\n',
    'gems/two/lib/two.rb':
      "require_relative 'two/inner'\nrequire 'one/part'\nrequire 'json'\nautoload :Inner, 'two/inner'\n",
    'gems/two/lib/two/inner.rb': '',
  }
  expect(await importsOf(files, 'gems/two/lib/two.rb')).toEqual({
    './two/inner': 'gems/two/lib/two/inner.rb',
    'one/part': 'gems/one/lib/one/part.rb',
    json: undefined,
    'two/inner': 'gems/two/lib/two/inner.rb',
  })
})

test('C and C++: -I of the compilation database, include directories, the only file of a name', async () => {
  const project = makeProject({
    'lib/api/deep/wire.h': '',
    'lib/api/deep/only.h': '',
    'include/acme/shape.h': '',
    'src/near.h': '',
    'compat/string.h': '',
    'src/main.c': [
      '#include <string.h>',
      '#include "near.h"',
      '#include <acme/shape.h>',
      '#include "deep/wire.h"',
      '#include "only.h"',
      '#include <vector>',
    ].join('\n'),
  })
  project.write(
    'build/compile_commands.json',
    json([{ directory: `${project.root}/build`, command: 'cc -I../lib/api -c ../src/main.c' }]),
  )
  await project.index.update({})
  expect(await targets(project, 'src/main.c')).toEqual({
    'string.h': undefined,
    'near.h': 'src/near.h',
    'acme/shape.h': 'include/acme/shape.h',
    'deep/wire.h': 'lib/api/deep/wire.h',
    'only.h': 'lib/api/deep/only.h',
    vector: undefined,
  })
})

test('Bash: beside the script, above it, or after an expansion', async () => {
  const files = {
    'scripts/ci/run.sh':
      '. ./env.sh\nsource "$(dirname "$0")/../lib/log.sh"\nsource "$ROOT/tools/unique.sh"\nsource $HOME/.profile\n',
    'scripts/ci/env.sh': '',
    'scripts/lib/log.sh': '',
    'x/tools/unique.sh': '',
  }
  expect(await importsOf(files, 'scripts/ci/run.sh')).toEqual({
    './env.sh': 'scripts/ci/env.sh',
    '$(dirname "$0")/../lib/log.sh': 'scripts/lib/log.sh',
    '$ROOT/tools/unique.sh': 'x/tools/unique.sh',
    '$HOME/.profile': undefined,
  })
})
