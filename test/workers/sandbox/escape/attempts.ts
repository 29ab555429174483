/**
 * What a fenced program must not be able to do, as data. `sh` runs inside; what tells of an escape is what the outside
 * sees (`changes`, `contact`), what the program printed (`reads`: the secret), or, where only the program itself can
 * know, its exit status (`succeeds`). `weak: 'open'` is what cannot be held without namespaces: asserted as such, so
 * that what the documents say stays true.
 */
export interface Attempt {
  name: string
  sh: string
  escape: 'changes' | 'contact' | 'reads' | 'succeeds'
  weak?: 'open'
  /** Only for one of them: the other may do it anyway. */
  only?: 'root' | 'a plain user'
  cpu?: 'x64'
}

const changes = (name: string, sh: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ name, sh, escape: 'changes', ...more },
})
const reads = (name: string, sh: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ name, sh, escape: 'reads', ...more },
})
const contact = (name: string, sh: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ name, sh, escape: 'contact', ...more },
})
const succeeds = (name: string, sh: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ name, sh, escape: 'succeeds', ...more },
})
const open = { weak: 'open' } as const

const outsideFiles: Attempt[] = [
  changes('make a file', 'echo x > "$OUT/new"'),
  changes('overwrite a file', 'echo x > "$OUT/file"'),
  changes('append to a file', 'echo x >> "$OUT/file"'),
  changes('truncate a file', '"$A" truncate_call "$OUT/file"'),
  changes('write through a mapping', '"$A" map_write "$OUT/file"'),
  changes('copy over a file', 'cp src/main.c "$OUT/file"'),
  changes('edit in place', 'sed -i s/o/0/ "$OUT/file"'),
  changes('remove a file', 'rm -f "$OUT/file"'),
  changes('remove a tree', 'rm -rf "$OUT/directory"'),
  changes('make a directory', 'mkdir "$OUT/new"'),
  changes('rename inside', 'mv "$OUT/file" "$OUT/file2"'),
  changes('move a file out of the workspace', 'mv src/main.c "$OUT/main.c"'),
  changes('move a file into the workspace', 'mv "$OUT/file" ./taken'),
  changes('rename across', '"$A" rename_call src/main.c "$OUT/main.c"'),
  changes('exchange two files across', '"$A" exchange src/main.c "$OUT/file"'),
  changes('link a file of the workspace there', '"$A" link_call src/main.c "$OUT/link"'),
  changes('write by a hard link', '"$A" link_call "$OUT/file" ./link && echo x > ./link'),
  changes('make a symbolic link', 'ln -s /etc/passwd "$OUT/link"'),
  changes('write through a symbolic link', 'ln -s "$OUT/file" ./l; echo x > ./l; rm ./l'),
  changes('write through a linked directory', 'ln -s "$OUT" ./d; echo x > ./d/new; rm ./d'),
  changes('write through ..', 'echo x > "$WS/../outside/new"'),
  changes('write through /proc/self/root', 'echo x > "/proc/self/root$OUT/new"'),
  changes('write through /proc/self/cwd', 'echo x > /proc/self/cwd/../outside/new'),
  changes('write through /proc/1/root', 'echo x > "/proc/1/root$OUT/new"'),
  changes('write through the root of a process outside', 'echo x > "/proc/$PID/root$OUT/new"'),
  changes('write through the cwd of a process outside', 'echo x > "/proc/$PID/cwd/outside/new"'),
  changes('make a pipe with a name', '"$A" fifo "$OUT/fifo"'),
  changes('make a socket', '"$A" bind_unix "$OUT/sock"'),
  changes('give a nameless file a name', '"$A" unnamed_file "$OUT" "$OUT/new"'),
  changes('give a nameless file of the workspace a name', '"$A" unnamed_from_workspace . "$OUT/n"'),
  changes('change a mode', '"$A" chmod_call "$OUT/file"', open),
  changes('change a mode by descriptor', '"$A" chmod_fd "$OUT/file"', open),
  changes('change times', '"$A" times_call "$OUT/file"', open),
  changes('write from a child in a new session', 'setsid sh -c \'echo x > "$OUT/new"\''),
  changes('write from memory', '"$A" from_memory "echo x > $OUT/new"'),
  changes('write by another program', 'dd if=/dev/zero of="$OUT/file" count=1 2>&1'),
  succeeds('take over a file', '"$A" chown_call "$OUT/file"'),
  succeeds('set an attribute', '"$A" xattr_call "$OUT/file"'),
  succeeds('open by handle', '"$A" by_handle "$OUT/file" "$OUT"'),
  succeeds('inherit a descriptor', '"$A" inherited'),
  succeeds('open a configuration of the machine', '"$A" open_write /etc/passwd'),
  succeeds('open a program of the machine', '"$A" open_write /bin/sh'),
  succeeds('make a file in /etc', 'touch /etc/codi-escape && rm -f /etc/codi-escape'),
  succeeds('make a file in /usr', 'touch /usr/bin/codi-escape && rm -f /usr/bin/codi-escape'),
  succeeds('make a file in /run', 'touch /run/codi-escape && rm -f /run/codi-escape'),
  succeeds('make a file in /', 'touch /codi-escape && rm -f /codi-escape'),
]

const temporaries: Attempt[] = [
  succeeds('see the person’s /tmp', 'ls -A /tmp | grep -v "^codi-escape"', open),
  succeeds('see the person’s shared memory', 'test -e "/dev/shm/codi-escape-mark-$PID"', open),
  succeeds('attach shared memory by key', '"$A" shared_segment "$KEY"'),
]

const protectedFiles: Attempt[] = [
  changes('change the configuration of git', 'echo "[core]fsmonitor=evil" >> .git/config', open),
  changes('plant a hook', 'echo evil > .git/hooks/pre-commit', open),
  changes('remove .git', 'rm -rf .git', open),
  changes('rename .git', 'mv .git elsewhere', open),
  changes('exchange .git', 'mkdir fake; "$A" exchange fake .git', open),
  changes('change the mode of .git', 'chmod 777 .git', open),
  changes('link into .git', 'ln src/main.c .git/hooks/pre-commit', open),
  changes('write by a hard link into .git', 'ln .git/config c && echo x >> c', open),
  changes('write by a symbolic link into .git', 'ln -s .git/hooks h; echo x > h/pre-commit', open),
  changes('plant .git/commondir', 'echo ../evil > .git/commondir', open),
  changes('write .git through /proc', 'echo x >> "/proc/self/root$WS/.git/config"', open),
  changes('plant a missing .codi', 'mkdir -p .codi && echo x > .codi/config.json', open),
  changes('plant .codi as a link', 'ln -s "$WS/src" .codi && test -L .codi', open),
  changes('rename a directory to .codi', 'mkdir -p e/x && mv -T e .codi', open),
  changes('plant a missing .codi.json', 'echo {} > .codi.json', open),
  changes('rename a file to .codi.json', 'echo {} > x && mv -fT x .codi.json', open),
  changes('remove the placeholder', 'rmdir .codi.json; echo {} > .codi.json', open),
  changes('link a file to .codi.json', 'ln -f src/main.c .codi.json', open),
  changes('change a protected directory deep inside', 'echo x > deep/kept/file', open),
  changes(
    'rename its parent',
    'mv deep shallow && mkdir -p deep/kept && echo x > deep/kept/f',
    open,
  ),
  changes('exchange its parent', 'mkdir -p o/kept; "$A" exchange o deep', open),
  changes('replace a protected link', 'rm -f linked; echo x > linked', open),
  changes('rename over a protected link', 'echo x > y; mv -f y linked', open),
  changes('write through a protected link', 'echo x > linked', open),
  changes('write the target of a protected link', 'echo x > target-of-link', open),
]

const secrets: Attempt[] = [
  reads('a file in a hidden directory', 'cat "$SECRET/key"'),
  reads('a hidden file', 'cat "$SECRET.txt"'),
  reads('the target of a hidden link', 'cat "$BASE/secret-link"'),
  reads('a hidden directory of the workspace', 'cat private/key', open),
  reads('it through a link', 'ln -s "$SECRET" s; cat s/key'),
  reads('it by a hard link', 'ln "$SECRET.txt" s; cat s'),
  reads('it after a rename', 'mv private public; cat public/key', open),
  reads('it after moving its parent', 'cd ..; mv workspace w2; cat "$WS/private/key"', open),
  reads('it through /proc/self/root', 'cat "/proc/self/root$SECRET/key"'),
  reads('it through /proc/1/root', 'cat "/proc/1/root$SECRET/key"'),
  reads('it through a process outside', 'cat "/proc/$PID/root$SECRET/key"'),
  reads(
    'it after another mode',
    'chmod -R 777 "$SECRET" "$SECRET.txt"; cat "$SECRET/key" "$SECRET.txt"',
  ),
  reads('it after unmounting', 'umount "$SECRET"; umount -l "$SECRET"; cat "$SECRET/key"'),
  reads('it in a namespace', 'unshare -rm sh -c "umount $SECRET; cat $SECRET/key"'),
  reads('the environment of a process outside', 'tr "\\0" "\\n" < "/proc/$PID/environ"'),
  reads('the environment of everybody', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"'),
  succeeds('the memory of a process outside', '"$A" read_file "/proc/$PID/mem"'),
  succeeds('the maps of a process outside', '"$A" read_file "/proc/$PID/maps"'),
  succeeds('the memory of process 1', '"$A" open_write /proc/1/mem'),
]

const captures: Attempt[] = [
  succeeds('list what is captured', 'echo x >> src/main.c; ls "$CAPTURE"/*', open),
  succeeds('read the log', 'echo x >> src/main.c; cat "$CAPTURE/log"'),
  succeeds('write the log', 'echo x >> src/main.c; echo x >> "$CAPTURE/log"'),
  succeeds('take the log away', 'echo x >> src/main.c; mv "$CAPTURE/log" "$CAPTURE/l"'),
  succeeds('plant an image', 'ln -s "$SECRET/key" "$CAPTURE/1"'),
  reads(
    'a secret that was copied for it',
    'echo x >> "$SECRET/key"; mv "$SECRET/key" k; cat "$CAPTURE"/* k',
  ),
  reads(
    'one by a descriptor of the helper',
    'echo x >> src/main.c; for p in /proc/[0-9]*; do cat $p/fd/*/key $p/fd/*/log 2>/dev/null; done',
  ),
  succeeds(
    'supervise itself',
    `python3 -c "
import ctypes, struct
code = struct.pack('HBBI', 6, 0, 0, 0x7fff0000)
room = ctypes.create_string_buffer(code)
program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', 1, ctypes.addressof(room)))
raise SystemExit(ctypes.CDLL(None).syscall(317, 1, 8, program) < 0)"`,
    { cpu: 'x64' },
  ),
]

const processes: Attempt[] = [
  succeeds('signal a process outside', '"$A" signal_it "$PID" 0'),
  contact('signal everybody', '"$A" signal_all; exit 1'),
  succeeds('signal its thread', '"$A" signal_thread "$PID"'),
  succeeds('queue a signal', '"$A" queue_signal "$PID"'),
  succeeds('signal by pidfd', '"$A" pidfd_signal "$PID"'),
  succeeds('take a descriptor', '"$A" pidfd_take "$PID"'),
  succeeds('take a descriptor of process 1', '"$A" pidfd_take 1'),
  succeeds('attach to it', '"$A" trace_attach "$PID"'),
  succeeds('seize it', '"$A" trace_seize "$PID"'),
  succeeds('attach to process 1', '"$A" trace_attach 1'),
  succeeds('attach to a parent', '"$A" trace_attach $PPID'),
  succeeds('read its memory', '"$A" read_memory "$PID"'),
  succeeds('compare with it', '"$A" compare_processes "$PID"'),
  succeeds('limit it', '"$A" limit_other "$PID"'),
  succeeds('slow it down', '"$A" renice_other "$PID"'),
  succeeds('signal the helper', '"$A" signal_it $PPID 0'),
  succeeds('write its standard input', '"$A" open_write "/proc/$PID/fd/0"'),
  succeeds('change its memory policy', '"$A" open_write "/proc/$PID/oom_score_adj"'),
]

const identity: Attempt[] = [
  succeeds('become root', '"$A" become_root "$WS/src/main.c"'),
  succeeds('be root by a program with its bit', 'cp "$A" s && chmod 4755 s && ./s effective_root', {
    only: 'a plain user',
  }),
  succeeds('become somebody else', '"$A" other_user'),
  succeeds('drop groups', '"$A" drop_groups'),
  succeeds('raise capabilities', '"$A" raise_capabilities'),
  succeeds('hold any capability', '"$A" any_capability'),
  succeeds('get privileges by sudo', 'command -v sudo >/dev/null && sudo -n true'),
  succeeds('get privileges by su', 'su -c true root </dev/null'),
  succeeds('map more users', 'echo "0 0 65536" > /proc/self/uid_map'),
  succeeds('allow groups', 'echo allow > /proc/self/setgroups'),
]

const namespaces: Attempt[] = [
  succeeds('a new user namespace', '"$A" new_namespaces 10000000'),
  succeeds('new user and mount namespaces', '"$A" new_namespaces 10020000'),
  succeeds('a new mount namespace', '"$A" new_namespaces 20000'),
  succeeds('a new network namespace', '"$A" new_namespaces 40000000'),
  succeeds('a child in a user namespace', '"$A" clone_namespaces 10000000'),
  succeeds('a child in a pid namespace', '"$A" clone_namespaces 20000000'),
  succeeds('a child by clone3', '"$A" clone3_namespaces'),
  succeeds('enter the mounts of process 1', '"$A" enter_namespace /proc/1/ns/mnt'),
  succeeds('enter the users of a process outside', '"$A" enter_namespace "/proc/$PID/ns/user"'),
  succeeds('enter its network', '"$A" enter_namespace "/proc/$PID/ns/net"'),
  succeeds('mount memory', '"$A" mount_memory "$WS/src"'),
  succeeds('bind a directory', '"$A" mount_bind "$OUT" "$WS/src"'),
  succeeds('make a mount writable again', '"$A" mount_again /'),
  succeeds('make the workspace’s parent writable', '"$A" mount_attributes "$BASE"'),
  succeeds('make .git writable', '"$A" mount_attributes "$WS/.git"'),
  succeeds('unmount .git', '"$A" unmount "$WS/.git"'),
  succeeds('unmount the private temp', '"$A" unmount /tmp'),
  succeeds('unmount /proc', '"$A" unmount /proc'),
  succeeds('move the root', '"$A" move_root "$WS"'),
  succeeds('change the root', '"$A" change_root "$WS"'),
  succeeds('detach a tree', '"$A" detach_tree /'),
  succeeds('open a file system', '"$A" open_filesystem'),
  succeeds('pick a file system', '"$A" pick_filesystem /'),
]

const kernel: Attempt[] = [
  succeeds('io_uring', '"$A" ring'),
  succeeds('bpf', '"$A" bpf_map'),
  succeeds('perf events', '"$A" perf'),
  succeeds('userfaultfd', '"$A" fault_handler'),
  succeeds('a key', '"$A" add_key'),
  succeeds('a keyring', '"$A" session_keyring'),
  succeeds('the request of a key', '"$A" request_key'),
  succeeds('fanotify', '"$A" watch_everything'),
  succeeds('the log of the kernel', '"$A" kernel_log'),
  succeeds('the clock', '"$A" set_time'),
  succeeds('the time of day', '"$A" set_time_of_day'),
  succeeds('the pace of time', '"$A" adjust_time'),
  succeeds('the name of the machine', '"$A" host_name'),
  succeeds('a module', '"$A" load_module'),
  succeeds('another kernel', '"$A" load_kernel'),
  succeeds('a restart', '"$A" reboot_wrongly'),
  succeeds('swap', '"$A" swap_off'),
  succeeds('accounting', '"$A" accounting'),
  succeeds('hanging up', '"$A" hang_up'),
  succeeds('ports of the processor', '"$A" ports'),
  succeeds('calls by the old gate', '"$A" old_call', { cpu: 'x64' }),
  succeeds('calls by other numbers', '"$A" other_numbers', { cpu: 'x64' }),
  succeeds('a setting of the kernel', '"$A" open_write /proc/sys/kernel/core_pattern'),
  succeeds('a setting of the network', '"$A" open_write /proc/sys/net/ipv4/ip_forward'),
  succeeds('the magic key', '"$A" open_write /proc/sysrq-trigger'),
  succeeds('a group of processes', '"$A" open_write /sys/fs/cgroup/cgroup.procs'),
  succeeds('a group of memory', '"$A" open_write /sys/fs/cgroup/memory/cgroup.procs'),
  succeeds('a directory of groups', 'mkdir /sys/fs/cgroup/memory/codi-escape'),
  succeeds('the release agent', '"$A" open_write /sys/fs/cgroup/memory/release_agent'),
  succeeds('a switch in /sys', '"$A" open_write /sys/power/state'),
  succeeds('physical memory', '"$A" open_write /dev/mem'),
  succeeds('messages of the kernel', '"$A" open_write /dev/kmsg'),
  succeeds(
    'a disk',
    'for d in /dev/[svx]d[a-z] /dev/nvme0n1; do "$A" read_file $d && exit 0; done; exit 1',
  ),
  succeeds('a virtual machine', '"$A" open_write /dev/kvm'),
  succeeds('a loop device', '"$A" open_write /dev/loop-control'),
  succeeds('a node of a disk', '"$A" device ./disk 65024'),
  succeeds('a node of a disk in the temp', '"$A" device /tmp/disk 65024'),
  succeeds('a node of physical memory', '"$A" character_device ./mem'),
]

const terminals: Attempt[] = [
  succeeds('type for others', '"$A" type_for_others'),
  succeeds('type with high bits', '"$A" type_high_bits'),
  succeeds('paste', '"$A" paste'),
  succeeds('another line discipline', '"$A" line_discipline'),
]

const network: Attempt[] = [
  contact('a server on 127.0.0.1', '"$A" connect_local 127.0.0.1 "$FOUR" 0'),
  contact('a server on ::1', '"$A" connect_local ::1 "$SIX" 0'),
  contact('a server by MPTCP', '"$A" connect_local 127.0.0.1 "$FOUR" 262'),
  contact('a server by TCP fast open', '"$A" fast_open "$FOUR"'),
  contact('a server by datagrams', '"$A" send_datagram "$UDP" escaped; exit 1'),
  contact('a socket with a path', '"$A" connect_unix "$SERVE/server.sock"'),
  contact('a socket in a hidden directory', '"$A" connect_unix "$BASE/hidden/server.sock"'),
  contact('it by a link', 'ln -s "$SERVE/server.sock" s; "$A" connect_unix s'),
  contact('it through /proc/1/root', '"$A" connect_unix "/proc/1/root$SERVE/server.sock"'),
  contact('a datagram socket with a path', '"$A" send_unix "$SERVE/datagram.sock"; exit 1'),
  contact('it from a pair', '"$A" send_unix "$SERVE/datagram.sock" pair; exit 1'),
  contact('an abstract socket', '"$A" connect_unix "@codi-escape-$PID"'),
  succeeds('an address elsewhere', '"$A" connect_four 192.0.2.1 80 remote'),
  succeeds('the address of the cloud’s secrets', '"$A" connect_four 169.254.169.254 80 remote'),
  succeeds('a name server', '"$A" connect_four 1.1.1.1 53 remote'),
  succeeds('another address', '"$A" change_address'),
  succeeds('raw sockets', '"$A" family 2 3 1'),
  succeeds('packets', '"$A" family 17 3 768'),
  succeeds('the virtual machine’s sockets', '"$A" family 40 1 0'),
  succeeds('the kernel’s cryptography', '"$A" family 38 5 0'),
  succeeds('bluetooth', '"$A" family 31 3 1'),
  succeeds('CAN', '"$A" family 29 3 1'),
  succeeds('RDS', '"$A" family 21 5 0'),
  succeeds('TIPC', '"$A" family 30 5 0'),
  succeeds('XDP', '"$A" family 44 3 0'),
  succeeds('an unknown family', '"$A" family 45 1 0'),
]

export const attempts: Record<string, Attempt[]> = {
  'change files outside': outsideFiles,
  'meet the person in shared places': temporaries,
  'change what is protected': protectedFiles,
  'read a secret': secrets,
  'reach what is captured': captures,
  'reach a process': processes,
  'become more': identity,
  'leave by namespaces and mounts': namespaces,
  'reach the kernel and devices': kernel,
  'drive the terminal': terminals,
  'reach the network': network,
}
