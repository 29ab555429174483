/** What programs do all day, inside the fence: a fence that stops these is taken down by its owner. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { whyNotMode } from '../helper-run.ts'
import { type Mode, openWorld, persons, type World, whyNot } from './world.ts'

interface Control {
  name: string
  sh: string
  out: string | RegExp
  needs?: string[]
  /** Not possible without namespaces, or only with them. */
  only?: Mode
}

const controls: Control[] = [
  {
    name: 'git asks',
    sh: 'echo x >> src/main.c; git status --short src; git log --oneline | wc -l; git diff | wc -l; echo "int main(void) { return 0; }" > src/main.c',
    out: ' M src/main.c\n1\n7\n',
    needs: ['git'],
  },
  {
    name: 'a compiler',
    sh: 'cc -o main src/main.c && ./main && echo built',
    out: 'built\n',
    needs: ['cc'],
  },
  {
    name: 'make with many jobs',
    sh: `printf 'all: a b c d\\na b c d:\\n\\t@sleep 0.01; echo $@ >> made\\n' > Makefile; make -j4 -s; sort made | xargs`,
    out: 'a b c d\n',
    needs: ['make'],
  },
  {
    name: 'node with children and threads',
    sh: `node -e "const {execSync}=require('child_process'); new (require('worker_threads').Worker)('console.log(String(require(\\"child_process\\").execSync(\\"echo child\\")).trim())',{eval:true})"`,
    out: 'child\n',
    needs: ['node'],
  },
  { name: 'npm', sh: 'npm --version', out: /^\d+\.\d+/, needs: ['npm'] },
  ...['fork', 'spawn', 'forkserver'].map(
    (start): Control => ({
      name: `python multiprocessing by ${start}`,
      sh: `cat > pool.py <<'END'\nimport multiprocessing as m\ndef square(x): return x * x\nif __name__ == '__main__':\n    m.set_start_method('${start}')\n    with m.Pool(2) as pool: print(pool.map(square, [1, 2, 3]))\nEND\npython3 pool.py`,
      out: '[1, 4, 9]\n',
      needs: ['python3'],
      // Its server listens on a Unix socket, and there is none without namespaces.
      ...(start === 'forkserver' ? { only: 'full' as const } : {}),
    }),
  ),
  {
    name: 'SQLite with a write-ahead log',
    sh: `python3 -c "import sqlite3; d=sqlite3.connect('x.db'); print(d.execute('pragma journal_mode=wal').fetchone()[0]); d.execute('create table t(a)'); d.execute('insert into t values(1)'); d.commit(); print(d.execute('select a from t').fetchone()[0])"`,
    out: 'wal\n1\n',
    needs: ['python3'],
  },
  {
    name: 'a server on the private loopback',
    sh: `python3 -c "
import socket, threading
for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
    s = socket.create_server((host, 0), family=family)
    threading.Thread(target=lambda: s.accept()[0].sendall(b'hi')).start()
    print(socket.create_connection(s.getsockname()[:2]).recv(9).decode())
"`,
    out: 'hi\nhi\n',
    needs: ['python3'],
    only: 'full',
  },
  {
    name: 'a Unix socket in the workspace',
    sh: `python3 -c "
import socket, threading
s = socket.socket(socket.AF_UNIX); s.bind('own.sock'); s.listen()
threading.Thread(target=lambda: s.accept()[0].sendall(b'hi')).start()
c = socket.socket(socket.AF_UNIX); c.connect('own.sock'); print(c.recv(9).decode())
"`,
    out: 'hi\n',
    needs: ['python3'],
    only: 'full',
  },
  {
    name: 'a terminal of its own',
    sh: `script -qec 'test -t 1 && echo a terminal' /dev/null`,
    out: /a terminal/,
    needs: ['script'],
    only: 'full',
  },
  {
    name: 'a terminal multiplexer',
    sh: `export TMUX_TMPDIR=/tmp SHELL=/bin/sh; tmux -L own -f /dev/null new -d -s s 'echo in > "$WS/seen"; sleep 5' && for i in $(seq 200); do test -s seen && break; sleep 0.01; done; tmux -L own kill-server; cat seen`,
    out: 'in\n',
    needs: ['tmux'],
    only: 'full',
  },
  {
    name: 'process substitution',
    sh: `bash -c 'diff <(echo a) <(echo a) && cat < <(echo b) && echo c | tee >(cat > sub) > /dev/null; wait; sleep 0.02; cat sub'`,
    out: 'b\nc\n',
    needs: ['bash'],
  },
  {
    name: 'the list of processes',
    sh: 'ps ax | grep -c .',
    out: /^[3-9]\n/,
    needs: ['ps'],
    only: 'full',
  },
  {
    name: 'standard names of descriptors',
    sh: '(echo a > /dev/stdout; echo b | cat /dev/stdin; echo c > /dev/fd/1) | cat; cat <<END\nhere\nEND',
    out: 'a\nb\nc\nhere\n',
  },
  {
    name: 'devices',
    sh: 'head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c; echo x > /dev/null; echo y > /dev/full || echo full',
    out: '4\n4\nfull\n',
  },
  {
    name: 'links and renames',
    sh: 'echo a > f; ln f g; ln -s f s; mkdir d; mv g d/g; mv d e; cat e/g s; rm -r e f s; ls | xargs',
    out: /^a\na\n/,
  },
  { name: 'locks', sh: `flock lock -c 'echo locked'`, out: 'locked\n', needs: ['flock'] },
  { name: 'pipes with names', sh: 'mkfifo p; echo through > p & cat p', out: 'through\n' },
  {
    name: 'temporary files',
    sh: 'f=$(mktemp) && echo x > "$f" && cat "$f" && rm "$f"',
    out: 'x\n',
  },
  {
    name: 'modes and times of its own',
    sh: 'touch -d @5 f; chmod 640 f; stat -c "%a %Y" f',
    out: '640 5\n',
  },
  {
    name: 'watching files',
    sh: `node -e "const fs=require('fs'); const w=fs.watch('.',(e,n)=>{ if(n==='seen'){console.log('seen'); w.close()} }); fs.writeFileSync('seen','')"`,
    out: 'seen\n',
    needs: ['node'],
  },
  {
    name: 'signals between its own processes',
    sh: 'sleep 100 & kill $!; wait $!; echo $?',
    out: '143\n',
  },
]

const reason = whyNot()

for (const person of reason === undefined ? persons() : []) {
  for (const mode of ['full', 'weak'] as const) {
    const missingMode = whyNotMode(mode)
    if (missingMode !== undefined) {
      test.skip(`Controls cannot be tried: ${missingMode}`, () => {})
      continue
    }
    describe(`As ${person}, ${mode}`, () => {
      let world: World
      beforeAll(async () => {
        world = await openWorld(person)
      })
      afterAll(() => world.close())
      for (const { name, sh, out, needs = [], only } of controls) {
        if (only !== undefined && only !== mode) continue
        const missing = needs.find((program) => !Bun.which(program))
        test.skipIf(missing !== undefined)(`works: ${name}`, async () => {
          const temp = mode === 'weak' ? `export TMPDIR="$BASE/tmp"; ` : ''
          const run = await world.run(mode, temp + sh)
          expect(run.stdout, run.stderr).toMatch(out)
        })
      }
    })
  }
}
