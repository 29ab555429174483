/** What creates, changes and removes files, in the workspace or elsewhere. */
import type { Family } from '../row.ts'

export const changes: Family = {
  'mkdir touch mktemp mkfifo mknod truncate fallocate split csplit tee sponge patch install': {
    act: 'writes',
    text: 'writes files',
    remember: 1,
  },
  'cp mv ln link rename prename ditto': {
    act: 'writes',
    text: 'copies, moves or links files',
    special: 'remove',
    remember: 1,
  },
  'rm rmdir unlink srm trash trash-put del': {
    act: 'writes',
    text: 'deletes files',
    special: 'remove',
    remember: 0,
  },
  shred: { act: 'writes', text: 'overwrites files for good', danger: true, special: 'remove' },
  chmod: {
    act: 'writes',
    text: 'changes who may do what with files',
    special: 'remove',
    remember: 0,
    options: [{ names: '-R --recursive', text: 'changes a whole tree', danger: true }],
  },
  'chown chgrp chattr setfacl setcap xattr': {
    act: 'system',
    text: 'changes owners or attributes of files',
    danger: true,
    special: 'remove',
  },
  dd: { act: 'writes', text: 'copies raw data', special: 'dd', remember: 0 },
  rsync: {
    act: 'writes',
    text: 'copies trees of files',
    special: 'remove',
    remember: 0,
    values: '-e --rsh --rsync-path --exclude --include --filter -f --password-file --log-file',
    options: [
      { names: '-e --rsh --rsync-path', text: 'runs a program', danger: true },
      {
        names:
          '--delete --delete-before --delete-after --delete-during --delete-excluded --del --remove-source-files',
        text: 'deletes files',
        danger: true,
      },
      { names: '--daemon --config', text: 'starts a server', act: 'network', danger: true },
    ],
  },
  'mkfs mke2fs mkswap wipefs blkdiscard newfs diskutil fdisk sfdisk gdisk sgdisk parted cfdisk cryptsetup lvremove vgremove pvremove zpool zfs mdadm hdparm':
    {
      act: 'system',
      text: 'formats or changes disks',
      danger: true,
      special: 'remove',
    },
  'mount umount swapon swapoff losetup chroot unshare nsenter pivot_root': {
    act: 'system',
    text: 'changes what the system sees of disks and namespaces',
    danger: true,
  },
}
