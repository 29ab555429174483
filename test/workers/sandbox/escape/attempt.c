/*
 * Tries one thing that a fenced program must not be able to do: `attempt NAME [args]`. Exit status 0: it could; 1: it
 * could not, with the reason on stderr; 2: no such attempt. `attempt serve DIR` is the other side: servers of a program
 * outside, which append a line to DIR/contacts for whoever comes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char **given;
static const char *text(int i) { return given[i] ? given[i] : ""; }
static long number(int i) { return strtol(text(i), NULL, 10); }
static int could(long result) { return result >= 0; }

/* ---- files ---- */
static int truncate_call(void) { return could(truncate(text(0), 0)); }
static int open_write(void) { return could(open(text(0), O_WRONLY | O_NONBLOCK)); }
static int map_write(void) {
  int fd = open(text(0), O_RDWR);
  char *at = fd < 0 ? MAP_FAILED : mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return 0;
  at[0] = '!';
  return 1;
}
static int link_call(void) { return could(linkat(AT_FDCWD, text(0), AT_FDCWD, text(1), AT_SYMLINK_FOLLOW)); }
static int rename_call(void) { return could(rename(text(0), text(1))); }
static int exchange(void) { return could(syscall(SYS_renameat2, AT_FDCWD, text(0), AT_FDCWD, text(1), 2)); }
static int chmod_call(void) { return could(chmod(text(0), 0666)); }
static int chmod_fd(void) { int fd = open(text(0), O_RDONLY); return fd >= 0 && could(fchmod(fd, 0606)); }
static int chown_call(void) { return could(chown(text(0), getuid(), getgid())); }
static int times_call(void) { struct timespec t[2] = {{1, 0}, {1, 0}}; return could(utimensat(AT_FDCWD, text(0), t, 0)); }
static int xattr_call(void) { return could(setxattr(text(0), "user.codi", "x", 1, 0)); }
static int fifo(void) { return could(mkfifo(text(0), 0666)); }
static int device(void) {
  return could(mknod(text(0), S_IFBLK | 0666, (dev_t)number(1))) && could(open(text(0), O_RDONLY));
}
static int character_device(void) {
  return could(mknod(text(0), S_IFCHR | 0666, (dev_t)0x101)) && could(open(text(0), O_RDONLY));
}
static int unnamed_file(void) {
  int fd = open(text(0), O_TMPFILE | O_RDWR, 0666);
  return fd >= 0 && could(linkat(fd, "", AT_FDCWD, text(1), AT_EMPTY_PATH));
}
static int unnamed_from_workspace(void) {
  char path[64];
  int fd = open(text(0), O_TMPFILE | O_RDWR, 0666);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return fd >= 0 && could(linkat(AT_FDCWD, path, AT_FDCWD, text(1), AT_SYMLINK_FOLLOW));
}
static int by_handle(void) {
  struct { struct file_handle head; char bytes[128]; } handle = {.head = {.handle_bytes = 128}};
  int mount_id;
  if (name_to_handle_at(AT_FDCWD, text(0), &handle.head, &mount_id, 0) != 0) return 0;
  int root = open(text(1), O_RDONLY);
  return could(open_by_handle_at(root, &handle.head, O_RDONLY));
}
static int read_file(void) {
  char byte;
  int fd = open(text(0), O_RDONLY | O_NONBLOCK);
  return fd >= 0 && read(fd, &byte, 1) == 1;
}
static int inherited(void) {
  for (int fd = 3; fd < 64; fd++)
    if (fcntl(fd, F_GETFD) >= 0) return 1;
  errno = EBADF;
  return 0;
}

/* ---- processes ---- */
static int signal_it(void) { return could(kill((pid_t)number(0), (int)number(1))); }
/* Ignored by everybody who does not ask for it. */
static int signal_all(void) { return could(kill(-1, SIGURG)); }
static int signal_thread(void) { return could(syscall(SYS_tgkill, number(0), number(0), 0)); }
static int queue_signal(void) { union sigval v = {0}; return could(sigqueue((pid_t)number(0), 0, v)); }
static int pidfd_signal(void) {
  int fd = (int)syscall(434, number(0), 0);
  return fd >= 0 && could(syscall(424, fd, 0, NULL, 0));
}
static int pidfd_take(void) {
  int fd = (int)syscall(434, number(0), 0);
  return fd >= 0 && could(syscall(438, fd, 0, 0));
}
static int trace_attach(void) { return could(ptrace(PTRACE_ATTACH, (pid_t)number(0), NULL, NULL)); }
static int trace_seize(void) { return could(ptrace(PTRACE_SEIZE, (pid_t)number(0), NULL, NULL)); }
static int read_memory(void) {
  char bytes[8];
  struct iovec near = {bytes, 8}, far = {(void *)0x400000, 8};
  return could(process_vm_readv((pid_t)number(0), &near, 1, &far, 1, 0));
}
static int compare_processes(void) { return could(syscall(SYS_kcmp, getpid(), number(0), 2, 0, 0)); }
static int limit_other(void) {
  struct rlimit64 now;
  return could(prlimit64((pid_t)number(0), RLIMIT_NOFILE, NULL, (void *)&now)) &&
         could(prlimit64((pid_t)number(0), RLIMIT_NOFILE, (void *)&now, NULL));
}
static int renice_other(void) { errno = 0; return could(setpriority(PRIO_PROCESS, (id_t)number(0), 5)); }

/* ---- identity, namespaces, mounts ---- */
static int become_root(void) { return could(setresuid(0, 0, 0)) && getuid() == 0 && could(chown(text(0), 12345, 0)); }
static int effective_root(void) { return geteuid() == 0; }
static int other_user(void) { return could(setresuid(12345, 12345, 12345)); }
static int drop_groups(void) { return could(setgroups(0, NULL)); }
static int raise_capabilities(void) {
  struct { uint32_t version; int pid; } head = {0x20080522, 0};
  struct { uint32_t e, p, i; } all[2] = {{~0u, ~0u, 0}, {0x1ff, 0x1ff, 0}};
  return could(syscall(SYS_capset, &head, all));
}
static int any_capability(void) {
  struct { uint32_t version; int pid; } head = {0x20080522, 0};
  struct { uint32_t e, p, i; } now[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &head, now) != 0) return 0;
  errno = EPERM;
  return now[0].e || now[0].p || now[1].e || now[1].p;
}
static int new_namespaces(void) { return could(unshare((int)strtol(text(0), NULL, 16))); }
static int clone_namespaces(void) {
  long child = syscall(SYS_clone, strtol(text(0), NULL, 16) | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  return could(child);
}
static int clone3_namespaces(void) {
  uint64_t arguments[11] = {CLONE_NEWUSER | CLONE_NEWNS, 0, 0, 0, SIGCHLD};
  long child = syscall(435, arguments, sizeof arguments);
  if (child == 0) _exit(0);
  return could(child);
}
static int enter_namespace(void) { int fd = open(text(0), O_RDONLY); return fd >= 0 && could(setns(fd, 0)); }
static int mount_memory(void) { return could(mount("tmpfs", text(0), "tmpfs", 0, "")); }
static int mount_bind(void) { return could(mount(text(0), text(1), NULL, MS_BIND, NULL)); }
static int mount_again(void) { return could(mount(NULL, text(0), NULL, MS_REMOUNT | MS_BIND, NULL)); }
static int mount_attributes(void) {
  uint64_t attributes[4] = {0, 1, 0, 0};
  return could(syscall(442, AT_FDCWD, text(0), 0, attributes, sizeof attributes));
}
static int unmount(void) { return could(umount2(text(0), MNT_DETACH)); }
static int move_root(void) { return could(syscall(SYS_pivot_root, text(0), text(0))); }
static int change_root(void) { return could(chroot(text(0))); }
static int detach_tree(void) { return could(syscall(428, AT_FDCWD, text(0), 1)); }
static int open_filesystem(void) { return could(syscall(430, "tmpfs", 0)); }
static int pick_filesystem(void) { return could(syscall(433, AT_FDCWD, text(0), 0)); }

/* ---- the kernel ---- */
static int ring(void) { char parameters[120] = {0}; return could(syscall(425, 4, parameters)); }
static int bpf_map(void) { uint32_t attributes[18] = {1, 4, 4, 1}; return could(syscall(SYS_bpf, 0, attributes, sizeof attributes)); }
static int perf(void) { uint32_t attributes[32] = {1, 128}; return could(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0)); }
static int fault_handler(void) { return could(syscall(SYS_userfaultfd, O_CLOEXEC | 1)); }
static int add_key(void) { return could(syscall(SYS_add_key, "user", "codi", "x", 1, -4)); }
static int session_keyring(void) { return could(syscall(SYS_keyctl, 0, -3, 0)); }
static int request_key(void) { return could(syscall(SYS_request_key, "user", "codi", NULL, -4)); }
static int watch_everything(void) { return could(syscall(SYS_fanotify_init, 0, 0)); }
static int kernel_log(void) { char bytes[16]; return could(syscall(SYS_syslog, 3, bytes, 16)); }
static int set_time(void) { struct timespec now; clock_gettime(CLOCK_REALTIME, &now); return could(clock_settime(CLOCK_REALTIME, &now)); }
static int set_time_of_day(void) { struct timeval now; gettimeofday(&now, NULL); return could(settimeofday(&now, NULL)); }
static int adjust_time(void) { char timex[256] = {0}; return could(syscall(SYS_adjtimex, timex)); }
static int host_name(void) { char name[65]; gethostname(name, 64); return could(sethostname(name, strlen(name))); }
static int load_module(void) { int fd = open("/dev/null", O_RDONLY); return could(syscall(SYS_finit_module, fd, "", 0)) || errno != EPERM; }
static int load_kernel(void) { return could(syscall(SYS_kexec_load, 0, 0, NULL, 0)); }
static int reboot_wrongly(void) { return could(syscall(SYS_reboot, 0, 0, 0, NULL)) || errno != EPERM; }
static int swap_off(void) { return could(syscall(SYS_swapoff, "/nonexistent")) || errno != EPERM; }
static int accounting(void) { return could(syscall(SYS_acct, NULL)); }
static int hang_up(void) { return could(syscall(SYS_vhangup)); }
static int ports(void) {
#ifdef SYS_iopl
  return could(syscall(SYS_iopl, 3));
#else
  errno = ENOSYS;
  return 0;
#endif
}
static int old_call(void) {
#ifdef __x86_64__
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
  return result > 0;
#else
  errno = ENOSYS;
  return 0;
#endif
}
static int other_numbers(void) { return could(syscall(0x40000000 + 39)); }
static int from_memory(void) {
  int fd = memfd_create("x", 0);
  const char *script = text(0);
  if (fd < 0 || write(fd, script, strlen(script)) < 0) return 0;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", path, NULL);
    _exit(9);
  }
  int status;
  waitpid(child, &status, 0);
  return status == 0;
}

/* ---- terminals ---- */
static int type_for_others(void) { int fd = open("/dev/tty", O_RDWR); return could(ioctl(fd < 0 ? 0 : fd, 0x5412, "x")); }
static int type_high_bits(void) { int fd = open("/dev/tty", O_RDWR); return could(syscall(SYS_ioctl, fd < 0 ? 0 : fd, 0x100005412L, "x")); }
static int paste(void) { char code = 3; return could(ioctl(0, 0x541c, &code)); }
static int line_discipline(void) { int discipline = 0; return could(ioctl(0, 0x5423, &discipline)); }

/* ---- sockets ---- */
static int family(void) { return could(socket((int)number(0), (int)number(1), (int)number(2))); }
static int connect_four(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(1))};
  inet_pton(AF_INET, text(0), &address.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) return 0;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return 1;
  return errno == EINPROGRESS && strcmp(text(2), "remote") == 0;
}
static int connect_local(void) {
  int six = strcmp(text(0), "::1") == 0;
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(1)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)number(1)), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, (int)number(2));
  return fd >= 0 && could(six ? connect(fd, (struct sockaddr *)&address, sizeof address) : connect(fd, (struct sockaddr *)&four, sizeof four));
}
static int fast_open(void) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(0)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return fd >= 0 && could(sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&four, sizeof four));
}
static int send_datagram(void) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(0)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  return fd >= 0 && could(sendto(fd, text(1), strlen(text(1)), 0, (struct sockaddr *)&four, sizeof four));
}
static socklen_t unix_address(struct sockaddr_un *address, const char *path) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  size_t length = strlen(path);
  if (path[0] == '@') {
    memcpy(address->sun_path + 1, path + 1, length - 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  }
  memcpy(address->sun_path, path, length + 1);
  return (socklen_t)sizeof *address;
}
static int connect_unix(void) {
  struct sockaddr_un address;
  socklen_t length = unix_address(&address, text(0));
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return fd >= 0 && could(connect(fd, (struct sockaddr *)&address, length));
}
static int send_unix(void) {
  struct sockaddr_un address;
  socklen_t length = unix_address(&address, text(0));
  int pair[2] = {-1, -1};
  if (strcmp(text(1), "pair") == 0) {
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return 0;
    // One end that is not connected sends to any path.
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    connect(pair[0], &nobody, sizeof nobody);
  } else {
    pair[0] = socket(AF_UNIX, SOCK_DGRAM, 0);
  }
  return pair[0] >= 0 && could(sendto(pair[0], "x", 1, 0, (struct sockaddr *)&address, length));
}
static int bind_unix(void) {
  struct sockaddr_un address;
  socklen_t length = unix_address(&address, text(0));
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return fd >= 0 && could(bind(fd, (struct sockaddr *)&address, length));
}
static int change_address(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct { char name[16]; struct sockaddr_in address; char rest[8]; } request = {.name = "lo"};
  request.address.sin_family = AF_INET;
  request.address.sin_addr.s_addr = htonl(0x7f000002);
  return fd >= 0 && could(ioctl(fd, 0x8916, &request));
}

/* ---- shared memory ---- */
static int shared_segment(void) { int id = shmget((key_t)number(0), 0, 0); return id >= 0 && shmat(id, NULL, SHM_RDONLY) != (void *)-1; }
static int message_queue(void) { return could(mq_open(text(0), O_RDONLY)); }

/* ---- the other side ---- */
static int contact_log;
static void contact(const char *what) {
  char line[200];
  int length = snprintf(line, sizeof line, "%s\n", what);
  if (write(contact_log, line, (size_t)length) < 0) _exit(3);
}
static void on_signal(int signal_number) {
  (void)signal_number;
  contact("signal");
}
static int serve(void) {
  char path[600];
  struct sockaddr_un address;
  struct pollfd rows[7];
  static const char *const names[] = {"unix", "datagram", "abstract", "four", "six", "udp", "hidden"};
  snprintf(path, sizeof path, "%s/contacts", text(0));
  contact_log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
  for (int i = 0; i < 7; i++) rows[i] = (struct pollfd){.fd = -1, .events = POLLIN};
  snprintf(path, sizeof path, "%s/server.sock", text(0));
  rows[0].fd = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(rows[0].fd, (struct sockaddr *)&address, unix_address(&address, path));
  snprintf(path, sizeof path, "%s/datagram.sock", text(0));
  rows[1].fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  bind(rows[1].fd, (struct sockaddr *)&address, unix_address(&address, path));
  snprintf(path, sizeof path, "@codi-escape-%d", getpid());
  rows[2].fd = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(rows[2].fd, (struct sockaddr *)&address, unix_address(&address, path));
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  rows[3].fd = socket(AF_INET, SOCK_STREAM, 0);
  rows[4].fd = socket(AF_INET6, SOCK_STREAM, 0);
  rows[5].fd = socket(AF_INET, SOCK_DGRAM, 0);
  bind(rows[3].fd, (struct sockaddr *)&four, sizeof four);
  bind(rows[4].fd, (struct sockaddr *)&six, sizeof six);
  bind(rows[5].fd, (struct sockaddr *)&four, sizeof four);
  snprintf(path, sizeof path, "%s/server.sock", text(1));
  rows[6].fd = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(rows[6].fd, (struct sockaddr *)&address, unix_address(&address, path));
  int port[6] = {0};
  for (int i = 3; i < 6; i++) {
    struct sockaddr_in6 bound = {0};
    socklen_t length = sizeof bound;
    getsockname(rows[i].fd, (struct sockaddr *)&bound, &length);
    port[i] = ntohs(bound.sin6_port);
  }
  for (int i = 0; i < 7; i++) if (i != 1 && i != 5) listen(rows[i].fd, 64);
  signal(SIGURG, on_signal);
  char mark[64];
  snprintf(mark, sizeof mark, "/dev/shm/codi-escape-mark-%d", getpid());
  close(open(mark, O_WRONLY | O_CREAT | O_EXCL, 0644));
  int key = 0x0c0d1000 + (getpid() & 0xfff);
  int segment = shmget(key, 4096, IPC_CREAT | 0600);
  printf("{\"pid\":%d,\"four\":%d,\"six\":%d,\"udp\":%d,\"key\":%d}\n", getpid(), port[3], port[4], port[5], key);
  fflush(stdout);
  // Ends with whoever started it.
  struct pollfd all[8];
  for (;;) {
    memcpy(all, rows, sizeof rows);
    all[7] = (struct pollfd){.fd = 0, .events = POLLIN};
    if (poll(all, 8, -1) < 0) continue;
    if (all[7].revents != 0) break;
    for (int i = 0; i < 7; i++) {
      if (all[i].revents == 0) continue;
      char bytes[100] = {0};
      char line[150];
      if (i == 1 || i == 5) {
        if (recv(rows[i].fd, bytes, sizeof bytes - 1, 0) < 0) continue;
      } else {
        close(accept(rows[i].fd, NULL, NULL));
      }
      snprintf(line, sizeof line, "%s %s", names[i], bytes);
      contact(line);
    }
  }
  shmctl(segment, IPC_RMID, NULL);
  unlink(mark);
  return 1;
}

#define ROW(name) {#name, name}
static const struct {
  const char *name;
  int (*run)(void);
} attempts[] = {
    ROW(truncate_call), ROW(open_write), ROW(map_write), ROW(link_call), ROW(rename_call), ROW(exchange), ROW(chmod_call),
    ROW(chmod_fd), ROW(chown_call), ROW(times_call), ROW(xattr_call), ROW(fifo), ROW(device), ROW(character_device),
    ROW(unnamed_file), ROW(unnamed_from_workspace), ROW(by_handle), ROW(read_file), ROW(inherited), ROW(signal_it),
    ROW(signal_all), ROW(signal_thread), ROW(queue_signal), ROW(pidfd_signal), ROW(pidfd_take), ROW(trace_attach),
    ROW(trace_seize), ROW(read_memory), ROW(compare_processes), ROW(limit_other), ROW(renice_other), ROW(become_root),
    ROW(effective_root), ROW(other_user), ROW(drop_groups), ROW(raise_capabilities), ROW(any_capability),
    ROW(new_namespaces), ROW(clone_namespaces), ROW(clone3_namespaces), ROW(enter_namespace), ROW(mount_memory),
    ROW(mount_bind), ROW(mount_again), ROW(mount_attributes), ROW(unmount), ROW(move_root), ROW(change_root),
    ROW(detach_tree), ROW(open_filesystem), ROW(pick_filesystem), ROW(ring), ROW(bpf_map), ROW(perf), ROW(fault_handler),
    ROW(add_key), ROW(session_keyring), ROW(request_key), ROW(watch_everything), ROW(kernel_log), ROW(set_time),
    ROW(set_time_of_day), ROW(adjust_time), ROW(host_name), ROW(load_module), ROW(load_kernel), ROW(reboot_wrongly),
    ROW(swap_off), ROW(accounting), ROW(hang_up), ROW(ports), ROW(old_call), ROW(other_numbers), ROW(from_memory),
    ROW(type_for_others), ROW(type_high_bits), ROW(paste), ROW(line_discipline), ROW(family), ROW(connect_four),
    ROW(connect_local), ROW(fast_open), ROW(send_datagram), ROW(connect_unix), ROW(send_unix), ROW(bind_unix),
    ROW(change_address), ROW(shared_segment), ROW(message_queue), ROW(serve),
};

int main(int argc, char **argv) {
  given = argv + 2;
  for (size_t i = 0; argc > 1 && i < sizeof attempts / sizeof *attempts; i++) {
    if (strcmp(argv[1], attempts[i].name) != 0) continue;
    errno = 0;
    if (attempts[i].run()) return 0;
    fprintf(stderr, "%s\n", strerror(errno));
    return 1;
  }
  fprintf(stderr, "no such attempt: %s\n", argc > 1 ? argv[1] : "");
  return 2;
}
