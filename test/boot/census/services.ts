/** A release whose services the census starts. */
export const releases = [
  { name: 'Debian 12', release: undefined, systemd: 252, php: '8.2', postgresql: '15' },
  { name: 'Debian 13', release: 'trixie', systemd: 257, php: '8.4', postgresql: '17' },
] as const;
export type Release = (typeof releases)[number];

/** The packages of a group do not conflict with each other. */
export const groups = ['all', 'other'] as const;

/** A service of a package. */
export interface CensusService {
  readonly kind: string;
  readonly package: string;
  readonly group: (typeof groups)[number];
  readonly unit: (release: Release) => string;
}

/** Packages with their units, where those have another name; after a bar the second group's. */
const lists: Readonly<Record<string, string>> = {
  'web and proxies': 'apache2 nginx lighttpd caddy haproxy varnish squid tinyproxy privoxy php-fpm',
  'databases, caches and queues': `mariadb-server=mariadb postgresql redis-server redis-sentinel memcached
    etcd-server=etcd beanstalkd mosquitto rabbitmq-server gearman-job-server pgbouncer slapd`,
  mail: `postfix dovecot-imapd=dovecot opendkim opendmarc spamd rspamd postsrsd postgrey |
    exim4-daemon-light=exim4`,
  names: 'bind9=named unbound dnsmasq knot nsd pdns-server=pdns pdns-recursor dnsdist avahi-daemon',
  monitoring: `prometheus prometheus-node-exporter prometheus-alertmanager prometheus-pushgateway
    prometheus-blackbox-exporter prometheus-apache-exporter prometheus-redis-exporter collectd-core=collectd
    munin-node snmpd zabbix-agent nagios-nrpe-server monit sysstat vnstat graphite-carbon=carbon-cache`,
  'files and transfers': `samba=smbd samba=nmbd vsftpd tftpd-hpa rsync apt-cacher-ng transmission-daemon rpcbind |
    proftpd-core=proftpd`,
  'chat, voice and streams': 'icecast2 ngircd prosody mumble-server coturn kamailio',
  'users and access': 'freeradius nscd accountsservice=accounts-daemon polkitd=polkit fail2ban',
  'tunnels and supervisors': `tor=tor@default i2pd stunnel4 sslh supervisor openbsd-inetd=inetd | xinetd`,
  system: `rsyslog cron at=atd anacron logrotate man-db unattended-upgrades packagekit
    systemd=systemd-hostnamed systemd=systemd-localed systemd=systemd-timedated systemd=systemd-logind
    systemd=systemd-journald systemd=systemd-tmpfiles-clean dbus`,
};

export const services: readonly CensusService[] = Object.entries(lists).flatMap(([kind, list]) =>
  list.split('|').flatMap((names, index) =>
    names
      .trim()
      .split(/\s+/)
      .map((entry): CensusService => {
        const [name = '', unit = name] = entry.split('=');
        return { kind, package: name, group: index === 0 ? 'all' : 'other', unit: unitOf(unit) };
      }),
  ),
);

/** Two packages have the version in the names of their units. */
function unitOf(name: string): CensusService['unit'] {
  if (name === 'php-fpm') return ({ php }) => `php${php}-fpm.service`;
  if (name === 'postgresql') return ({ postgresql }) => `postgresql@${postgresql}-main.service`;
  return () => `${name}.service`;
}

const lowPort = (port: number) =>
  `its user may bind port ${port} only by AmbientCapabilities=CAP_NET_BIND_SERVICE, and the kernel refuses PR_CAP_AMBIENT (lx_prctl.c)`;

/** Why services that start outside of a zone do not start in one: what the kernel refuses, and its source. */
export const refusals: Readonly<Record<string, string>> = {
  'caddy.service': lowPort(80),
  'pdns-recursor.service': lowPort(53),
  'dnsdist.service': lowPort(53),
  'lighttpd.service': 'it ends when the kernel refuses it PR_CAP_AMBIENT (lx_prctl.c)',
};
