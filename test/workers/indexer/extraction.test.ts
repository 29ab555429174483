/** What a file says, language by language: visibility, bases, receivers, the names of imports, and broken code. */
import { Database } from 'bun:sqlite'
import { beforeAll, describe, expect, test } from 'bun:test'
import { brokenFiles } from './extraction-cases.ts'
import { makeProject, type Project } from './project.ts'

async function indexed(files: Record<string, string>): Promise<Project> {
  const project = makeProject(files)
  await project.index.update({})
  return project
}

function rows<Row>(project: Project, sql: string): Row[] {
  const database = new Database(project.database, { readonly: true })
  try {
    return database.query<Row, []>(sql).all()
  } finally {
    database.close()
  }
}

/** `Container.name visibility`, `+` when exported. */
async function visibilities(path: string, source: string): Promise<Record<string, string>> {
  const project = await indexed({ [path]: source })
  const outline = await project.index.outline({ path })
  return Object.fromEntries(
    outline.map((row) => [
      row.container ? `${row.container}.${row.name}` : row.name,
      `${row.visibility}${row.exported ? ' +' : ''}`,
    ]),
  )
}

/** `Type kind Base`. */
async function basesOf(files: Record<string, string>): Promise<string[]> {
  const project = await indexed(files)
  return rows<{ said: string }>(
    project,
    `SELECT s.name || ' ' || b.kind || ' ' || b.name AS said FROM bases b JOIN symbols s ON s.id = b.symbol_id
     ORDER BY b.line, b.rowid`,
  ).map((row) => row.said)
}

/** `kind receiver . name`. */
async function usesIn(path: string, source: string): Promise<string[]> {
  const project = await indexed({ [path]: source })
  return rows<{ said: string }>(
    project,
    `SELECT kind || ' ' || receiver || ' . ' || name AS said FROM refs WHERE receiver <> '' ORDER BY line, column`,
  ).map((row) => row.said)
}

/** `specifier: names`, `!` when it is given on. */
async function importNames(path: string, source: string): Promise<string[]> {
  const project = await indexed({ [path]: source })
  return rows<{ said: string }>(
    project,
    `SELECT specifier || ': ' || names || CASE reexport WHEN 1 THEN ' !' ELSE '' END AS said FROM imports ORDER BY line, rowid`,
  ).map((row) => row.said)
}

describe('visibility follows the rules of the language', () => {
  test('TypeScript: exports, modifiers, #names, parameter properties, ambient modules', async () => {
    expect(
      await visibilities(
        'a.ts',
        [
          'export class A {',
          '  constructor(private readonly dep: B, public open: C) {}',
          '  protected shut() {}',
          '  #own = 1',
          '  plain() {}',
          '}',
          'class Hidden { visible() {} }',
          'const later = 1, other = () => later',
          'export { other as renamed }',
          "declare module 'm' { function inside(): void }",
        ].join('\n'),
      ),
    ).toEqual({
      A: 'public +',
      'A.constructor': 'public +',
      'A.dep': 'private',
      'A.open': 'public +',
      'A.shut': 'protected',
      'A.#own': 'private',
      'A.plain': 'public +',
      Hidden: 'private',
      'Hidden.visible': 'public',
      later: 'private',
      other: 'public +',
      m: 'private',
      'm.inside': 'public',
    })
  })

  test('Python: underscores, dunders, attributes of the instance', async () => {
    expect(
      await visibilities(
        'a.py',
        'class A:\n    def __init__(self):\n        self.open = 1\n        self._near = 2\n        self.__own = 3\n    def _step(self): pass\n    def __mangled(self): pass\n\ndef _module(): pass\n',
      ),
    ).toEqual({
      A: 'public +',
      'A.__init__': 'public +',
      'A.open': 'public +',
      'A._near': 'protected',
      'A.__own': 'private',
      'A._step': 'protected',
      'A.__mangled': 'private',
      _module: 'private',
    })
  })

  test('Go by the case of the first letter, Rust by pub and its scope', async () => {
    expect(
      await visibilities(
        'a.go',
        'package a\n\ntype T struct {\n\tOpen, shut int\n}\n\nfunc (t *T) Do() {}\nfunc help() {}\n',
      ),
    ).toEqual({
      T: 'public +',
      'T.Open': 'public +',
      'T.shut': 'internal',
      'T.Do': 'public +',
      help: 'internal',
    })
    expect(
      await visibilities(
        'a.rs',
        'pub struct S { pub a: u8, pub(crate) b: u8, c: u8 }\nimpl S { pub fn new() {} fn own(&self) {} }\nimpl Drop for S { fn drop(&mut self) {} }\npub(crate) mod m { pub fn f() {} }\n#[macro_export]\nmacro_rules! shout { () => {} }\n',
      ),
    ).toEqual({
      S: 'public +',
      'S.a': 'public +',
      'S.b': 'internal +',
      'S.c': 'private',
      'S.new': 'public +',
      'S.own': 'private',
      'S.drop': 'public +',
      m: 'internal +',
      'm.f': 'public +',
      shout: 'public +',
    })
  })

  test('Java, C# and PHP by modifiers and by what stands for none', async () => {
    expect(
      await visibilities(
        'A.java',
        'public class A {\n  @Deprecated("private") protected int near;\n  int here;\n  private void own() {}\n  public interface I { void open(); }\n}\nrecord R(int part) {}\n',
      ),
    ).toEqual({
      A: 'public +',
      'A.near': 'protected +',
      'A.here': 'internal',
      'A.own': 'private',
      'A.I': 'public +',
      'A.I.open': 'public +',
      R: 'internal',
      'R.part': 'public',
    })
    expect(
      await visibilities(
        'A.cs',
        'namespace N;\npublic class A {\n  int own;\n  internal void Here() {}\n  protected internal int Near { get; set; }\n  class Inner {}\n}\ninterface I { void Open(); }\n',
      ),
    ).toEqual({
      N: 'public +',
      'N.A': 'public +',
      'N.A.own': 'private',
      'N.A.Here': 'internal +',
      'N.A.Near': 'protected +',
      'N.A.Inner': 'private',
      'N.I': 'internal +',
      'N.I.Open': 'public +',
    })
    expect(
      await visibilities(
        'a.php',
        '<?php\nclass A {\n  private const OWN = 1;\n  protected $near;\n  function __construct(private int $part) {}\n}\n',
      ),
    ).toEqual({
      A: 'public +',
      'A.OWN': 'private',
      'A.near': 'protected',
      'A.__construct': 'public +',
      'A.part': 'private',
    })
  })

  test('Ruby and C++ by sections, and by the words that name or precede a member', async () => {
    expect(
      await visibilities(
        'a.rb',
        'class A\n  def open; end\n  def late; end\n  private :late\n  private def inline; end\n  def self.make; end\n  private_class_method :make\n  private\n  attr_reader :own\n  def shut; end\n  protected\n  def near; end\nend\n',
      ),
    ).toEqual({
      A: 'public +',
      'A.open': 'public +',
      'A.late': 'private',
      'A.inline': 'private',
      'A.make': 'private',
      'A.own': 'private',
      'A.shut': 'private',
      'A.near': 'protected',
    })
    expect(
      await visibilities(
        'a.cpp',
        'class A {\n  int own;\n public:\n  void open();\n  template <class T> T get();\n protected:\n  int near;\n};\nstruct S { int all; };\nstatic int here() { return 1; }\nnamespace { int hidden() { return 1; } }\nvoid A::open() {}\n',
      ),
    ).toEqual({
      A: 'public +',
      'A.own': 'private',
      'A.open': 'public +',
      'A.get': 'public +',
      'A.near': 'protected +',
      S: 'public +',
      'S.all': 'public +',
      here: 'private',
      hidden: 'private',
    })
  })
})

describe('bases', () => {
  test('of classes and interfaces in TypeScript, JavaScript and Python', async () => {
    expect(
      await basesOf({
        'a.ts':
          'class A<T> extends ns.Base<T> implements I, p.J<T> {}\ninterface K extends I, J<string> {}\nclass M extends mixed(A, B) {}\nfunction f() { return class extends A {} }\n',
      }),
    ).toEqual([
      'A extends Base',
      'A implements I',
      'A implements J',
      'K extends I',
      'K extends J',
      'M mixin A',
      'M mixin B',
    ])
    expect(
      await basesOf({ 'a.js': 'class A extends lib.Base {}\nconst B = class extends A {}\n' }),
    ).toEqual(['A extends Base', 'B extends A'])
    expect(await basesOf({ 'a.py': 'class A(Base, pkg.Other[int], metaclass=M): pass\n' })).toEqual(
      ['A extends Base', 'A extends Other'],
    )
  })

  test('embedded in Go, implemented and derived in Rust, also in another file than the type', async () => {
    expect(
      await basesOf({
        'a.go':
          'package a\n\ntype S struct {\n\tBase\n\t*pkg.Ptr\n\tname string\n}\n\ntype I interface {\n\tio.Reader\n\tM()\n}\n',
      }),
    ).toEqual(['S extends Base', 'S extends Ptr', 'I extends Reader'])
    expect(
      await basesOf({
        'src/lib.rs':
          'pub mod other;\n#[derive(Debug, serde::Serialize)]\npub struct P;\npub trait Tr: Sup {}\nimpl<T> Tr for P {}\n',
        'src/other.rs':
          '\n\n\n\n\nimpl std::fmt::Display for crate::P {}\nimpl Tr for Vec<u8> {}\n',
      }),
    ).toEqual([
      'P mixin Debug',
      'P mixin Serialize',
      'Tr extends Sup',
      'P implements Tr',
      'P implements Display',
    ])
  })

  test('in Java, C#, C++, PHP and Ruby', async () => {
    expect(
      await basesOf({
        'A.java': 'class A<T> extends Base<T> implements I, p.J {}\ninterface K extends I {}\n',
      }),
    ).toEqual(['A extends Base', 'A implements I', 'A implements J', 'K extends I'])
    expect(
      await basesOf({
        'A.cs': 'class A : Base<int>, IThing, N.IOther {}\ninterface IMore : IThing {}\n',
      }),
    ).toEqual([
      'A extends Base',
      'A implements IThing',
      'A implements IOther',
      'IMore extends IThing',
    ])
    expect(
      await basesOf({ 'a.cpp': 'class A : public Base<int>, private ns::Other {};\n' }),
    ).toEqual(['A extends Base', 'A extends Other'])
    expect(
      await basesOf({
        'a.php': '<?php\nclass A extends \\X\\Base implements I { use T, N\\U; }\n',
      }),
    ).toEqual(['A extends Base', 'A implements I', 'A mixin T', 'A mixin U'])
    expect(
      await basesOf({ 'a.rb': 'class A < Base::Thing\n  include M, N::Deep\n  extend E\nend\n' }),
    ).toEqual(['A extends Thing', 'A mixin M', 'A mixin Deep', 'A mixin E'])
  })
})

describe('a use tells what stands before its dot', () => {
  test('TypeScript: this, members, calls, indices, and what cannot be said', async () => {
    expect(
      await usesIn(
        'a.ts',
        'class A { go() {\n this.store.get(1)?.next;\n path.posix.join(list[0].name);\n (await open()).close();\n "x".trim();\n new Foo<T>().run()\n} }\n',
      ),
    ).toEqual([
      'use this . store',
      'call this.store . get',
      'use this.store.get() . next',
      'use path . posix',
      'call path.posix . join',
      'use list.[] . name',
      'call open() . close',
      'call ? . trim',
      'call Foo() . run',
    ])
  })

  test('other languages write other signs and mean the same', async () => {
    expect(await usesIn('a.cpp', 'void f() { this->a.b(); ns::g(); p->q; }\n')).toEqual([
      'use this . a',
      'call this.a . b',
      'call ns . g',
      'use p . q',
    ])
    expect(await usesIn('a.rs', 'fn f() { self.a.go(); crate::net::dial(1)?; }\n')).toEqual([
      'use self . a',
      'call self.a . go',
      'use crate . net',
      'call crate.net . dial',
    ])
    expect(await usesIn('a.php', '<?php $this->a->go(); self::make(); parent::close();\n')).toEqual(
      ['use this . a', 'call this.a . go', 'call self . make', 'call parent . close'],
    )
    expect(
      await usesIn('a.rb', 'def f\n  self.go\n  @store.get(1)\n  Foo::Bar.new\nend\n'),
    ).toEqual(['call self . go', 'call store . get', 'use Foo . Bar', 'call Foo.Bar . new'])
    expect(
      await usesIn('a.cs', 'class A { void F() { this.x.Go(); base.M(); a?.B(); } }\n'),
    ).toEqual(['use this . x', 'call this.x . Go', 'call base . M', 'call a . B'])
  })
})

describe('imports say what they take', () => {
  test('TypeScript and CommonJS', async () => {
    expect(
      await importNames(
        'a.ts',
        [
          "import d, * as ns from './x'",
          "import e, { a as b, type C, default as dd } from './y'",
          "import './side'",
          "export * from './all'",
          "export * as q from './q'",
          "export { m as n, o } from './mno'",
          "const { r1, r2: r3 } = require('./r')",
          "const whole = require('./w')",
          "const { late } = await import('./late')",
          'export { b }',
        ].join('\n'),
      ),
    ).toEqual([
      './x: default=d *=ns',
      './y: default=e C default=dd',
      './y: a=b !',
      './side: ',
      './all: * !',
      './q: *=q !',
      './mno: m=n o !',
      './r: r1 r2=r3',
      './w: *=whole',
      './late: late',
    ])
  })

  test('the other languages', async () => {
    expect(
      await importNames(
        'a.py',
        'import a.b\nimport numpy as np\nfrom .m import x as y\nfrom star import *\n',
      ),
    ).toEqual(['a.b: *=a.b', 'numpy: *=np', '.m: x=y', 'star: *'])
    expect(
      await importNames(
        'a.go',
        'package a\n\nimport (\n\t"net/http"\n\tl "x.org/led/v2"\n\t. "dot"\n\t_ "blank"\n)\n',
      ),
    ).toEqual(['net/http: *=http', 'x.org/led/v2: *=l', 'dot: *', 'blank: '])
    expect(
      await importNames(
        'a.rs',
        'use std::{fmt as f, io::{self, Read}};\npub use crate::net::*;\nmod child;\n',
      ),
    ).toEqual([
      'std::fmt: fmt=f',
      'std::io: io',
      'std::io::Read: Read',
      'crate::net::*: * !',
      'child: *=child',
    ])
    expect(
      await importNames(
        'A.java',
        'import java.util.*;\nimport static a.D.m;\nimport a.E;\nclass A {}\n',
      ),
    ).toEqual(['java.util: *', 'a.D.m: m', 'a.E: E'])
    expect(await importNames('A.cs', 'using System;\nusing Al = X.Y;\n')).toEqual([
      'System: *',
      'X.Y: Y=Al',
    ])
    expect(
      await importNames(
        'a.php',
        "<?php\nuse A\\B as C, D\\E;\nuse G\\{H, I as J};\nrequire 'x.php';\n",
      ),
    ).toEqual(['A\\B: B=C', 'D\\E: E', 'G\\H: H', 'G\\I: I=J', 'x.php: *'])
  })
})

describe('a syntax error loses at most its own region', () => {
  const cases = brokenFiles().map((row, index) => ({ ...row, path: `${index}/${row.path}` }))
  let project: Project
  beforeAll(async () => {
    project = await indexed(Object.fromEntries(cases.map(({ path, source }) => [path, source])))
  })

  for (const { language, damage, path, names } of cases)
    test(`${language}: ${damage}`, async () => {
      const found = await project.index.findSymbols({ name: '', match: 'exact', path, limit: 100 })
      expect(found.map((row) => row.name)).toEqual(expect.arrayContaining(names))
    })

  test('macros of C++ where the grammar expects none hide nothing', async () => {
    const path = 'a.h'
    const project = await indexed({
      [path]:
        'BEGIN_DECLS\n\nstruct first { int a; };\n\nclass LIB_EXPORT Shape : public Base {\n public:\n  Q_OBJECT\n  int area() const NOEXCEPT;\n};\nextern LIB_EXPORT(int) beep (void);\nLIB_API int call(int a) ATTRIBUTE_PURE;\nextern int io_read (struct cb *p) __THROW __nonnull ((1));\n',
    })
    const found = (await project.index.outline({ path })).map(
      (row) => `${row.kind} ${row.container}.${row.name}`,
    )
    expect(found).toEqual([
      'struct .first',
      'property first.a',
      'class .Shape',
      'method Shape.area',
      'function .beep',
      'function .call',
      'function .io_read',
    ])
  })

  test('what ends a macro of several lines is none of those, and macros belong to no namespace', async () => {
    const path = 'a.h'
    const project = await indexed({
      [path]:
        'namespace a {\n#define ONE(x) \\\n  CHECK_ALL(x)\n#define TWO(x) \\\n  CHECK_ALL(x)\nvoid f();\n}\nclass { ( ;\n',
    })
    const found = (await project.index.outline({ path })).map(
      (row) => `${row.kind} ${row.container}.${row.name} | ${row.signature}`,
    )
    expect(found).toEqual([
      'module .a | namespace a',
      'macro .ONE | #define ONE(x) CHECK_ALL(x)',
      'macro .TWO | #define TWO(x) CHECK_ALL(x)',
      'function a.f | void f();',
    ])
  })

  test('branches of the preprocessor that cut a namespace apart hide nothing', async () => {
    const path = 'a.h'
    const project = await indexed({
      [path]:
        'namespace Napi {\n\n#ifdef CUSTOM\nnamespace CUSTOM {\n#endif\n\nclass A {\n public:\n  void one();\n};\n\n#ifdef X\ninline int two(int a) {\n#else\ninline int two(long a) {\n#endif\n  return 1;\n}\n\ninline void A::one() {}\n\n#ifdef CUSTOM\n}\n#endif\n\n}\n',
    })
    const found = (await project.index.outline({ path })).map((row) => row.name)
    expect(found).toEqual(expect.arrayContaining(['Napi', 'A', 'one', 'two']))
  })
})

test('what shares a declaration is beside it', async () => {
  const project = await indexed({
    'a.ts': 'export const one = () => 1,\n  two = 2\n',
    'b.c': 'int p, *q[3], (*fp)(int);\nstruct s { int a, b; struct { int deep; } in; };\n',
  })
  const paths = async (path: string) =>
    (await project.index.outline({ path })).map(
      (row) => `${row.kind} ${row.container}.${row.name}:${row.line}`,
    )
  expect(await paths('a.ts')).toEqual(['function .one:1', 'constant .two:2'])
  expect(await paths('b.c')).toEqual([
    'variable .p:1',
    'variable .q:1',
    'variable .fp:1',
    'struct .s:2',
    'property s.a:2',
    'property s.b:2',
    'property s.in:2',
    'property s.in.deep:2',
  ])
})

test('UTF-16 is told apart from binary, and absurd nesting ends in time', async () => {
  const project = makeProject({
    'deep.ts': `export function kept() {}\nconst a = ${'[\n'.repeat(50_000)}\n`,
  })
  project.write('wide.ts', new Uint8Array([0xff, 0xfe, 0x61, 0, 0x0a, 0]))
  const report = await project.index.update({})
  expect(report.skipped).toContainEqual({ path: 'wide.ts', reason: 'not UTF-8' })
  const [kept] = await project.index.findSymbols({ name: 'kept', match: 'exact', limit: 1 })
  expect(kept).toMatchObject({ path: 'deep.ts', exported: true })
})
