import type { Image, Rule } from '../rule.ts';
import { matches, removeAll } from '../want.ts';

/** Places of private keys that nothing makes anew when they are gone. */
const keyPlaces = `/etc/ssl/private/* /etc/pki/tls/private/* /etc/letsencrypt/archive/*/privkey* /etc/dovecot/private/*
/etc/postfix/*.key /etc/exim4/*.key /etc/unbound/*.key /etc/bind/*.key /etc/rndc.key /etc/wireguard/*.conf
/etc/openvpn/*.key /etc/openvpn/*/*.key /etc/ipsec.d/private/* /etc/swanctl/private/* /etc/nginx/*.key
/etc/apache2/*.key /etc/mysql/*.pem /var/lib/mysql/*-key.pem /etc/samba/*.key /etc/stunnel/*.pem /etc/stunnel/*.key`;

/** What tells a secret in them; a public certificate has none of it. */
const secret = /PRIVATE KEY|^\s*PrivateKey\s*=|^\s*secret\s+"/m;
/** Larger than any key. */
const keyLimit = 64 * 1024;

function privateKeys({ root }: Image): readonly string[] {
  return keyPlaces
    .split(/\s+/)
    .flatMap((pattern) => matches(pattern, root))
    .filter((path) => {
      const entry = root.entry(path);
      return entry?.kind === 'file' && entry.size <= keyLimit && secret.test(root.readText(path) ?? '');
    })
    .map((path) => `${path} holds a private key`);
}

/** Credentials of whoever built the image, by which other people's services can be reached. */
const credentialFiles = `.netrc .git-credentials .docker/config.json .aws/credentials .kube/config .pypirc
.config/gcloud/credentials.db .azure/accessTokens.json .my.cnf .pgpass .vault-token`
  .split(/\s+/)
  .map((name) => `/${name}`);

function credentials({ root }: Image): readonly string[] {
  return ['/root', '/home/*']
    .flatMap((home) => credentialFiles.flatMap((name) => matches(`${home}${name}`, root)))
    .map((path) => `${path} holds somebody's credentials`);
}

/** shadow(5): no password, or a hash that a person may know. `!` and `*` let nobody in. */
function passwords({ root }: Image): readonly string[] {
  const lines = (root.readText('/etc/shadow') ?? '').split('\n');
  return lines.flatMap((line) => {
    const [name = '', hash] = line.split(':');
    if (name === '' || hash === undefined || /^[!*]/.test(hash)) return [];
    return [`${name} has ${hash === '' ? 'an empty password' : 'a password'}`];
  });
}

export const secretRules: readonly Rule[] = [
  {
    id: 'instance-secrets',
    category: 'clean',
    summary: 'no secrets that software made for the machine on which the image was built',
    reason: 'every instance would have the same, and who has the image knows it; the software makes new ones',
    source:
      'systemd-creds(1); NetworkManager(8); dhcpcd(8); httpd-init.service; cockpit-certificate-helper(8); virt-sysprep(1)',
    wants: removeAll(`/var/lib/systemd/credential.secret /var/lib/NetworkManager/secret_key /etc/dhcpcd.secret
      /var/lib/dhcpcd/secret /etc/docker/key.json /etc/pki/tls/private/localhost.key /etc/pki/tls/certs/localhost.crt
      /etc/cockpit/ws-certs.d/0-self-signed* /var/lib/tailscale/tailscaled.state /var/lib/sss/secrets/*`),
  },
  {
    id: 'enrolments',
    category: 'clean',
    summary: 'no enrolment of the machine with configuration management, a domain or a vendor',
    reason: 'all instances would act as one machine there, and who has the image could act as it',
    source:
      'virt-sysprep(1): kerberos-hostkeytab, puppet-data, rh-subscription, rhn-systemid, samba-db, sssd-db',
    wants: removeAll(
      `/etc/krb5.keytab /etc/salt/pki/minion/* /etc/puppetlabs/puppet/ssl/* /etc/puppet/ssl/* /var/lib/puppet/ssl/*
      /etc/chef/client.pem /etc/cinc/client.pem /var/lib/cfengine3/ppkeys/localhost.* /var/cfengine/ppkeys/localhost.*
      /etc/pki/consumer/* /etc/pki/entitlement/* /etc/sysconfig/rhn/systemid /etc/zypp/credentials.d/SCCcredentials
      /var/lib/ubuntu-advantage/private/* /var/lib/samba/private/secrets.tdb /var/lib/sss/db/* /var/lib/sss/mc/*`,
    ),
  },
  {
    id: 'account-backups',
    category: 'clean',
    summary: 'no former versions of the password files',
    reason: "they hold the hashes of passwords that were changed, and the builder's accounts",
    source: 'passwd(5), pam_pwhistory(8); virt-sysprep(1): passwd-backups',
    wants: [
      ...removeAll('/etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid-'),
      { empty: '/etc/security/opasswd' },
    ],
  },
  {
    id: 'private-keys',
    category: 'clean',
    summary: 'no private keys, such as the certificate that Debian makes for a host (snakeoil)',
    reason:
      'every instance would have the same, and who has the image knows it; but services may not start without',
    source: 'make-ssl-cert(8)',
    wants: [],
    decision: {
      left: privateKeys,
      remedy: 'remove them, and have new ones made by a hook in /etc/lx-agent/early.d',
    },
  },
  {
    id: 'credentials',
    category: 'clean',
    summary: "no credentials of the builder's",
    reason: "who has the image could reach the builder's services",
    source: "image builders' practice",
    wants: [],
    decision: { left: credentials, remedy: 'remove them' },
  },
  {
    id: 'passwords',
    category: 'clean',
    summary: 'no account with a password',
    reason: 'a password in an image is known to everybody who has the image',
    source: "image builders' practice",
    wants: [],
    decision: { left: passwords, remedy: 'passwd -l ACCOUNT; keys from the metadata let root in' },
  },
];
