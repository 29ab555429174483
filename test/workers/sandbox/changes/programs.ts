/** What programs do to files, as data: each is run in a prepared workspace, and then taken back by its capture alone. */

export interface Program {
  name: string
  sh: string
  needs?: string[]
  /** Without namespaces it is refused. */
  namespaces?: true
  /** Paths that the log must name, relative to the workspace. */
  touches?: string[]
  /** Of these nothing may be kept. */
  leaves?: string[]
}

const python = (code: string) => `python3 - <<'END'\n${code}\nEND`
const node = (code: string) => `node - <<'END'\n${code}\nEND`

export const programs: readonly Program[] = [
  {
    name: 'redirections',
    sh: 'echo x > a; echo y >> b; : > c; echo z > new',
    touches: ['a', 'new'],
  },
  { name: 'a redirection through a link', sh: 'echo x > to-a', touches: ['a'] },
  {
    name: 'a redirection through a linked directory',
    sh: 'echo x > to-d/one; echo x > to-d/../d/two',
  },
  {
    name: 'a redirection through a descriptor',
    sh: 'exec 3<> a; echo x > /proc/self/fd/3; echo y >> /dev/fd/3',
  },
  {
    name: 'a read descriptor opened again for writing',
    sh: 'exec 3< a; echo x > /dev/fd/3',
    touches: ['a'],
  },
  {
    name: 'paths from afar',
    sh: 'cd /; echo x > "$W/a"; cd "$W/d/deep"; echo y > ../../b; cd "$W/to-d"; echo z > one',
  },
  {
    name: 'a path through the private temp',
    sh: 'ln -s "$W" /tmp/back; echo x > /tmp/back/a; echo y > /tmp/none',
  },
  { name: 'sed in place', sh: 'sed -i s/1/one/ a b d/one', touches: ['a', 'b', 'd/one'] },
  { name: 'perl in place', sh: 'perl -pi -e s/1/one/ a b', needs: ['perl'] },
  { name: 'truncation', sh: 'truncate -s 3 a; truncate -s 100000 b', touches: ['a', 'b'] },
  {
    name: 'truncation while reading',
    sh: python('import os\nos.close(os.open("a", os.O_RDONLY | os.O_TRUNC))'),
    needs: ['python3'],
  },
  {
    name: 'dd into the middle',
    sh: 'printf XX | dd of=big bs=1 seek=70000 conv=notrunc 2>/dev/null',
    touches: ['big'],
  },
  { name: 'removing a tree', sh: 'rm -rf d', touches: ['d', 'd/deep/three'] },
  { name: 'moving files', sh: 'mv a a2; mv b c; mv big d/big' },
  { name: 'moving and then writing', sh: 'mv a a2; echo more >> a2; echo new > a; echo more >> a' },
  {
    name: 'moving a directory',
    sh: 'mv d e; echo x > e/one; rm e/two; mkdir d; echo y > d/one',
    touches: ['d'],
  },
  {
    name: 'moving directories in a ring',
    sh: 'mv d t; mv other d; mv t other; echo x > d/four; echo y > other/one',
  },
  {
    name: 'moving a directory into another',
    sh: 'mv d other/; mv other/d/deep .; echo x > deep/three; mv other last; rm -rf last',
  },
  { name: 'moving over an empty directory', sh: 'mkdir t; mv -T d t; echo x > t/one' },
  { name: 'moving over a file', sh: 'echo n > t; mv t a; mv big a; cp b big' },
  {
    name: 'exchanging files',
    sh: python(
      'import ctypes\nctypes.CDLL(None).renameat2(-100, b"a", -100, b"b", 2)\nopen("a","a").write("x")',
    ),
    needs: ['python3'],
  },
  { name: 'hard links', sh: 'ln a again; echo x >> again; rm a; ln b c2; echo y > b' },
  { name: 'a hard link that was there', sh: 'echo x >> twin-2; rm twin-1' },
  {
    name: 'a file that takes the place of a hard link',
    sh: 'sed -i s/1/2/ twin-1; echo y >> twin-2',
  },
  {
    name: 'symbolic links',
    sh: 'rm to-a; ln -s b to-a; ln -sfn other to-d; ln -s nowhere dangling; echo x > dangling',
  },
  {
    name: 'modes',
    sh: 'chmod 600 a; chmod 755 b; chmod 700 d; chmod -R go-rwx d; echo x >> a',
    touches: ['a', 'd'],
  },
  {
    name: 'modes by descriptor',
    sh: python(
      'import os\nf=os.open("a",os.O_RDONLY); os.fchmod(f,0o600); os.utime(f,(1,1)); os.fchmod(os.open("d",os.O_RDONLY),0o700)',
    ),
    needs: ['python3'],
  },
  {
    name: 'times',
    sh: 'touch -d 2001-01-01 a b; touch c; touch -h -d 2001-01-01 to-a',
    touches: ['a', 'b', 'c'],
  },
  { name: 'a file without rights', sh: 'chmod 000 a; rm -f a; chmod 444 b; rm -f b' },
  {
    name: 'attributes',
    namespaces: true,
    sh: python('import os\nos.setxattr("a","user.x",b"1")\nopen("a","w").write("x")'),
    needs: ['python3'],
    touches: ['a'],
  },
  {
    name: 'a replacement by Python',
    sh: python(
      'import os\nopen("a.tmp","w").write("n"); os.replace("a.tmp","a")\nos.unlink("b"); os.rmdir("empty"); os.makedirs("p/q"); open("p/q/r","wb").write(bytes(range(256)))',
    ),
    needs: ['python3'],
    touches: ['a', 'b', 'empty'],
  },
  {
    name: 'a mapping',
    sh: python(
      'import mmap\nf=open("big","r+b"); m=mmap.mmap(f.fileno(),0); m[1000:1004]=b"XXXX"; m.flush()',
    ),
    needs: ['python3'],
    touches: ['big'],
  },
  {
    name: 'fallocate and ftruncate',
    sh: python(
      'import os\nf=os.open("a",os.O_RDWR); os.posix_fallocate(f,0,9000); os.ftruncate(f,2)',
    ),
    needs: ['python3'],
    touches: ['a'],
  },
  {
    name: 'a nameless file that gets a name',
    sh: python(
      'import os\nf=os.open(".",os.O_TMPFILE|os.O_RDWR); os.write(f,b"x")\nimport ctypes; ctypes.CDLL(None).linkat(-100,f"/proc/self/fd/{f}".encode(),-100,b"named",0x400)',
    ),
    needs: ['python3'],
    touches: ['named'],
  },
  {
    name: 'by descriptors of directories',
    sh: python(
      'import os\nd=os.open("d",os.O_RDONLY); os.unlink("one",dir_fd=d); os.rename("two","../moved",src_dir_fd=d,dst_dir_fd=d); os.mkdir("n",dir_fd=d)\nos.close(os.open("deep/three",os.O_WRONLY|os.O_TRUNC,dir_fd=d))',
    ),
    needs: ['python3'],
  },
  {
    name: 'threads',
    sh: python(
      'import threading,os\ndef work(n):\n  for i in range(60): open(f"t{n}-{i}","w").write("x")\n  open("a","a").write("y")\nts=[threading.Thread(target=work,args=(n,)) for n in range(8)]\n[t.start() for t in ts];[t.join() for t in ts]',
    ),
    needs: ['python3'],
    touches: ['a', 't7-59'],
  },
  {
    name: 'renames by Node',
    sh: node(
      'const fs=require("fs"); fs.renameSync("d","e"); fs.writeFileSync("e/one","x"); fs.writeFileSync("w.tmp","y"); fs.renameSync("w.tmp","a"); fs.cpSync("other","o2",{recursive:true}); fs.rmSync("other",{recursive:true}); fs.appendFileSync("b","z"); fs.copyFileSync("b","c")',
    ),
    needs: ['node'],
    touches: ['a', 'b', 'other/four'],
  },
  {
    name: 'an archive',
    sh: 'tar cf /tmp/t.tar d other a; rm -rf d; echo x > a; tar xf /tmp/t.tar; echo y > d/one',
    needs: ['tar'],
  },
  {
    name: 'compression',
    sh: 'gzip big; mv a z; gzip z; gunzip z.gz',
    needs: ['gzip'],
    touches: ['big', 'big.gz'],
  },
  {
    name: 'make with many jobs',
    sh: `printf 'all: $(shell seq -f o%%g 40)\\no%%:\\n\\t@echo $@ > $@; echo $@ >> a\\n' > Makefile; make -s -j4; rm o1 o2`,
    needs: ['make'],
    touches: ['a', 'o40'],
  },
  {
    name: 'a database with a write-ahead log',
    sh: python(
      'import sqlite3\nd=sqlite3.connect("base.db"); d.execute("pragma journal_mode=wal"); d.execute("create table t(a)")\nfor i in range(50): d.execute("insert into t values(?)",(i,)); d.commit()',
    ),
    needs: ['python3'],
    touches: ['base.db'],
  },
  {
    name: 'a pipe and a socket',
    namespaces: true,
    sh: `mkfifo p; ${python('import socket\ns=socket.socket(socket.AF_UNIX); s.bind("s.sock")')}`,
    needs: ['python3'],
    touches: ['p', 's.sock'],
  },
  {
    name: 'names that are no text',
    sh: 'printf x > "$(printf "bad\\377\\n\\"name")"; echo y > "$(printf "known\\376")"; ln -s "$(printf "to\\375")" odd',
    touches: ['odd'],
  },
  {
    name: 'many processes',
    sh: 'for i in $(seq 60); do (echo $i > f$i; echo x >> a) & done; wait',
    touches: ['a', 'f60'],
  },
  {
    name: 'a process that ends in the middle',
    sh: '(while :; do echo x >> a; done) & p=$!; while ! grep -q x a; do :; done; kill -9 $p; wait $p 2>/dev/null; rm b',
    touches: ['a', 'b'],
  },
  {
    name: 'git in the working tree',
    sh: 'git checkout -q other-branch; git mv tracked.txt renamed.txt; echo x >> side.txt; git stash -q; git checkout -q main; git rm -q tracked.txt',
    needs: ['git'],
    touches: ['tracked.txt', 'side.txt'],
    leaves: ['.git'],
  },
  {
    name: 'nothing at all',
    sh: 'cat a b > /dev/null; ls -R . > /dev/null; test -w a; grep -r x . ; true',
    leaves: ['a', 'b'],
  },
]
