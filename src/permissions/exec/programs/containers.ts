/** Containers: what shows them, what runs in them, what can reach out of them. */
import type { Family, Row } from '../row.ts'

const shows: Row = {
  act: 'network',
  text: 'asks the container service',
  category: 'docker-read',
  operands: 'text',
  remember: 2,
}
const starts: Row = {
  act: 'system',
  text: 'runs a container, which may reach the files of the machine',
  special: 'docker',
  remember: 0,
}
const removes: Row = { act: 'system', text: 'removes or changes what runs elsewhere', danger: true }

const subcommands: Family = {
  'ps images logs inspect version info stats top port history diff events search ls df': shows,
  'run create': { ...starts, danger: true },
  exec: starts,
  'rm rmi prune kill stop restart start pause unpause update rename commit tag load import save export cp attach wait swarm stack service node secret config plugin trust':
    removes,
  'push login logout': {
    act: 'network',
    text: 'publishes images, or touches credentials',
    danger: true,
  },
  pull: { act: 'network', text: 'fetches an image', remember: 2 },
  'build buildx bake builder': {
    act: 'network',
    text: 'builds an image, which runs commands',
    remember: 2,
  },
  'container image volume network context system': {
    ...shows,
    sub: {
      'ls list inspect logs ps stats top port history df events info show': {
        ...shows,
        remember: 3,
      },
      'rm remove prune kill stop restart start create run exec connect disconnect use export import cp commit tag update rename load save push pull build':
        removes,
    },
  },
  compose: {
    ...shows,
    globals: '-f --file -p --project-name --env-file --profile --project-directory',
    sub: {
      'ps logs config images top port version ls events': { ...shows, remember: 3 },
      'up build pull start run exec create watch': {
        act: 'system',
        text: 'runs containers',
        remember: 3,
      },
      'down rm stop kill restart pause unpause push cp': removes,
    },
  },
}

export const containers: Family = {
  'docker podman nerdctl': {
    ...shows,
    sub: subcommands,
    globals: '-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey',
    options: [
      {
        names: '-H --host -c --context --config',
        text: 'talks to another container service',
        act: 'network',
      },
    ],
  },
  'docker-compose podman-compose': { ...shows, sub: { ...subcommands } },
  'buildah skopeo crictl ctr lxc lxc-attach incus virsh qemu-system-x86_64 qemu-img colima minikube kind k3d multipass limactl':
    removes,
}
