import { networkFrom } from './cases.ts';

const line = '\n    up touch /tmp/owned\n[Link]\nUnmanaged=yes\n';

/** What metadata says when somebody means harm: text in every field that could reach a file. */
export const hostileNetwork = networkFrom({
  nics: [
    {
      interface: 'net0',
      mac: `02:08:20:00:00:00${line}`,
      ips: ['192.0.2.10/24', `192.0.2.11/24${line}`, `2001:db8::1%${line}/64`, `192.0.2.12/24;reboot`],
      gateways: [`192.0.2.1${line}`, '192.0.2.2 dev eth9', '192.0.2.1'],
      mtu: `1500${line}`,
      primary: true,
    },
    { interface: `net1${line}`, ips: ['198.51.100.1/24'] },
    { interface: '../../net2', ips: ['198.51.100.2/24'] },
  ],
  routes: [
    { dst: `10.0.0.0/8${line}`, gateway: '192.0.2.1' },
    { dst: '10.0.0.0/8', gateway: `$(reboot)` },
    { dst: '10.0.0.0/8', gateway: '192.0.2.1', linklocal: line },
  ],
});
