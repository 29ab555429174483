/** What changes the machine: processes, services, users, packages of the system, schedules. */
import type { Family, Row } from '../row.ts'

const changesPrograms = 'changes programs of the machine'
const showsPackages: Row = {
  act: 'reads',
  text: 'shows packages',
  category: 'system-info',
  operands: 'text',
  options: [
    {
      names:
        '-o --option -c --config --config-file --setopt --installroot --root --dbpath --pluginpath --enableplugin --hookdir --admindir --pre-invoke --post-invoke --status-logger --pipe -E --eval -D --define --load --macros --rcfile --specfile',
      text: 'changes its settings, or runs a program',
      danger: true,
    },
  ],
}

export const machine: Family = {
  'kill killall pkill xkill skill fuser': {
    act: 'system',
    text: 'ends processes',
    danger: true,
    options: [{ names: '-l -L --list', text: 'lists signals', act: 'reads' }],
  },
  'shutdown reboot halt poweroff init telinit': {
    act: 'system',
    text: 'stops the machine',
    danger: true,
  },
  'systemctl service rc-service initctl launchctl loginctl timedatectl hostnamectl localectl': {
    act: 'system',
    text: 'changes services of the machine',
    danger: true,
    sub: {
      'status list-units list-unit-files is-active is-enabled is-failed show cat list-timers get-default list-dependencies':
        {
          act: 'reads',
          text: 'shows services',
          category: 'system-info',
          operands: 'text',
          options: [
            {
              names: '-H --host -M --machine',
              text: 'connects to another machine',
              act: 'network',
            },
          ],
        },
      'start stop restart reload enable disable mask unmask daemon-reload kill edit set-property isolate poweroff reboot halt suspend hibernate link revert import-environment set-environment load unload bootstrap bootout':
        {
          act: 'system',
          text: 'changes services of the machine',
          danger: true,
        },
    },
  },
  journalctl: {
    act: 'reads',
    text: 'shows the log of the machine',
    category: 'system-info',
    operands: 'text',
    options: [
      {
        names:
          '--vacuum-size --vacuum-time --vacuum-files --rotate --flush --sync --relinquish-var --smart-relinquish-var --setup-keys --update-catalog --image',
        text: 'changes the log',
        act: 'system',
        danger: true,
      },
      { names: '--cursor-file', text: 'writes a file', act: 'writes' },
    ],
  },
  dmesg: {
    act: 'reads',
    text: 'shows the log of the kernel',
    category: 'system-info',
    operands: 'text',
    options: [
      {
        names: '-c -C --clear --read-clear -D --console-off -E --console-on -n --console-level',
        text: 'changes the log',
        act: 'system',
        danger: true,
      },
    ],
  },
  'crontab at batch atrm anacron': { act: 'system', text: 'runs commands later', danger: true },
  'useradd userdel usermod groupadd groupdel groupmod adduser deluser addgroup delgroup passwd chpasswd chsh chfn vipw visudo newgrp gpasswd':
    {
      act: 'system',
      text: 'changes users of the machine',
      danger: true,
    },
  'sysctl modprobe insmod rmmod depmod setenforce iptables ip6tables nft ufw firewall-cmd tc bpftool ethtool iw nmcli networksetup brctl':
    {
      act: 'system',
      text: 'changes the kernel or the network of the machine',
      danger: true,
    },
  ip: {
    act: 'system',
    text: 'changes the network of the machine',
    danger: true,
    special: 'ip',
  },
  dpkg: {
    act: 'system',
    text: changesPrograms,
    danger: true,
    sub: { '-l --list -L --listfiles -s --status -S --search --get-selections': showsPackages },
  },
  rpm: {
    act: 'system',
    text: changesPrograms,
    danger: true,
    sub: { '-q -qa -qi -ql -qf -qR -qc -qd': showsPackages },
  },
  pacman: {
    act: 'system',
    text: changesPrograms,
    danger: true,
    sub: { '-Q -Qi -Ql -Qo -Qs -Qe -Qm -Qdt -Ss -Si': showsPackages },
  },
  'apt apt-get aptitude yum dnf zypper apk emerge snap flatpak brew port nix-env choco winget xbps-install':
    {
      act: 'system',
      text: 'changes programs of the machine',
      danger: true,
      sub: {
        'list show search info policy madison depends rdepends outdated leaves deps': showsPackages,
        'install remove purge upgrade full-upgrade dist-upgrade autoremove update add del reinstall uninstall tap untap link unlink refresh clean autoclean build-dep source download fetch':
          {
            act: 'system',
            text: 'changes programs of the machine',
            danger: true,
          },
      },
    },
  'apt-cache dpkg-query pkg-config pkgconf': {
    act: 'reads',
    text: 'shows packages',
    category: 'system-info',
    operands: 'text',
    options: [
      { names: '-o --option -c --config-file', text: 'changes its settings', act: 'runs' },
      { names: '--log-file', text: 'writes a file', act: 'writes' },
    ],
  },
  'ldd ldconfig update-alternatives update-ca-certificates alternatives dpkg-reconfigure dpkg-divert':
    {
      act: 'runs',
      text: 'runs or changes programs of the machine',
      remember: 0,
    },
  'open xdg-open start osascript say notify-send wall write mesg xclip xsel pbcopy pbpaste wl-copy wl-paste screencapture scrot import defaults':
    {
      act: 'runs',
      text: 'opens or controls other programs of the person',
      remember: 0,
    },
  'gpg gpg2 gpgsm gpgv ssh-add ssh-agent ssh-keygen ssh-copy-id ssh-keyscan security secret-tool keyctl pass op vault kinit klist age sops aws-vault bw':
    {
      act: 'system',
      text: 'touches credentials',
      danger: true,
    },
  openssl: { act: 'runs', text: 'reads and makes keys', remember: 0 },
  'strace ltrace gdb lldb perf bpftrace valgrind dtrace dtruss ptrace': {
    act: 'runs',
    text: 'runs or looks into other programs',
    remember: 0,
  },
  'tmux screen dtach abduco zellij byobu reptyr': {
    act: 'runs',
    text: 'types commands into other terminals, or keeps them running',
    danger: true,
  },
  'fusermount sg runuser setpriv capsh machinectl systemd-run systemd-nspawn bwrap firejail': {
    act: 'system',
    text: 'runs commands with other rights',
    danger: true,
  },
}
