/** The instance that the boot tests boot. */
export const instance = {
  'sdc:uuid': '0a1f9c2e-7b1d-4d2a-9c53-5a1c1c0f2b77',
  'sdc:hostname': 'web-1',
  'sdc:dns_domain': 'example.net',
  'sdc:resolvers': ['192.0.2.53', '192.0.2.54'],
  'sdc:nics': [
    {
      interface: 'net0',
      mac: '02:08:20:11:22:33',
      ips: ['192.0.2.10/24'],
      gateways: ['192.0.2.1'],
      primary: true,
    },
  ],
  'sdc:routes': [],
  root_authorized_keys:
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl operator',
  // Ten minutes, unless it is asked to end. At shutdown it may be asked more than once, by the agent and by init's
  // signal to all that is left: the first time counts. What ignores a signal has children that do: the record is made.
  'user-script': `#!/bin/sh
trap 'trap "" TERM; /usr/lib/boot-test/record user-script asked-to-end; kill $sleeper; exit 0' TERM
/usr/lib/boot-test/record user-script begin
sleep 600 &
sleeper=$!
wait
/usr/lib/boot-test/record user-script end
`,
};
