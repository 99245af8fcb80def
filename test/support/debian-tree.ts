/** What a small Debian image has where the agent looks: path → content. */
export const debianTree: Readonly<Record<string, string>> = {
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
  '/etc/hostname': 'debian\n',
  '/etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n',
  '/etc/resolv.conf': '# AUTOMATIC ZONE CONFIG\nnameserver 8.8.8.8\n',
  '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  '/etc/ssh/sshd_config': 'PermitRootLogin prohibit-password\n',
  '/usr/sbin/sshd': '',
  '/sbin/ifup': '',
  '/var/svc/provisioning': '',
};
