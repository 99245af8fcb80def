/** Debian packages that the boot tests need on the machine that runs them: each names a program that tells. */
export const packages: readonly { readonly name: string; readonly program: string }[] = [
  { name: 'mmdebstrap', program: 'mmdebstrap' },
  { name: 'busybox-static', program: 'busybox' },
  { name: 'iproute2', program: 'ip' },
  { name: 'util-linux', program: 'nsenter' },
  { name: 'bsdutils', program: 'script' },
  { name: 'systemd', program: 'systemd-analyze' },
  { name: 'ifupdown', program: 'ifup' },
  { name: 'netplan.io', program: 'netplan' },
  { name: 'network-manager', program: 'nmcli' },
  { name: 'dbus', program: 'dbus-daemon' },
  { name: 'strace', program: 'strace' },
  { name: 'python3-minimal', program: 'python3' },
  { name: 'man-db', program: 'man' },
  { name: 'zsh', program: 'zsh' },
  { name: 'fish', program: 'fish' },
];
