import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { settle } from '../../../agent/change/settle.ts';
import { checkOtherWriters } from '../../../agent/doctor/writers.ts';
import { editFstab, editInittab, editSelinux } from '../../../agent/image/edits.ts';
import { withBothStages, withLateStage } from '../../../agent/image/inittab.ts';
import { withDependency } from '../../../agent/image/insserv.ts';
import { readReport } from '../../../agent/report/read-report.ts';
import { steps } from '../../../agent/steps/order.ts';
import { detectDistribution } from '../../../agent/system/distribution.ts';
import { detectInit } from '../../../agent/system/init.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { readState } from '../../../agent/system/state.ts';
import { systemAt } from '../../steps/fixture.ts';
import { debianTree } from '../../support/debian-tree.ts';
import { elsewhere, grammars, images, instanceOf, sound, verbatim } from '../../support/tampered.ts';
import { type Input, inputOf } from '../input.ts';
import type { Target } from '../target.ts';

const textsOf = (tree: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(tree).flatMap(([path, text]) => (text === null ? [] : [[path, text]])));
const redhat = {
  ...textsOf(images['Red Hat']?.tree ?? {}),
  '/etc/redhat-release': 'CentOS release 6.10 (Final)\n',
  '/etc/sysconfig/network-scripts/ifcfg-eth0': 'DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n',
  '/etc/group': 'root:x:0:\nssh_keys:x:998:\n',
  '/etc/init.d/.depend.boot':
    'TARGETS = mountall networking ssh\nINTERACTIVE = \nnetworking: mountall\nssh: networking\n',
};
const gentoo = {
  ...textsOf(images.Gentoo?.tree ?? {}),
  '/etc/os-release': "NAME='Gentoo'\nID=gentoo\n",
  '/etc/conf.d/net': 'config_eth0="dhcp"\n',
};
const more = {
  '/etc/fstab': 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n# none\ntmpfs /tmp tmpfs defaults 0 0\n',
  '/etc/inittab':
    '# /etc/inittab\nid:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\n1:2345:respawn:/sbin/getty 38400 tty1\n',
  '/etc/selinux/config': 'SELINUX=enforcing\n',
  '/etc/machine-id': '\n',
  '/etc/ssh/sshd_config':
    'Port 22\nInclude /etc/ssh/sshd_config.d/*.conf\nHostKey /etc/ssh/ssh_host_ed25519_key\n',
  '/etc/ssh/sshd_config.d/a.conf': 'PermitRootLogin no\n',
  '/etc/network/interfaces.d/others': 'auto eth0\niface eth0 inet static\n  address 192.0.2.1/24\n',
  '/etc/netplan/50-others.yaml': 'network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n',
  '/etc/systemd/network/others.network': '[Match]\nName=eth0\n[Network]\nDHCP=yes\n',
  '/etc/rc.local': '#!/bin/sh\n/usr/sbin/mdata-get root_authorized_keys\nexit 0\n',
  '/proc/net/route':
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\neth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n',
  '/proc/net/ipv6_route':
    '20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n',
  '/var/lib/lx-agent/state.json':
    '{"version":1,"instance":"x","files":{"/etc/hostname":"ab"},"scripts":{"user-script":{"boot":"b","started":"s","milliseconds":1,"exit":0}}}\n',
  '/var/lib/lx-agent/report-early.json': '{"version":1,"agent":"0.1.0","stages":["early"]}\n',
};

/** The files of a root, whatever is in them: read without a throw, others' lines kept, and done after one run. */
export const rootTarget: Target = {
  seeds: [
    inputOf({ ...debianTree, ...more }),
    inputOf({ ...redhat, ...more }),
    inputOf({ ...gentoo, ...more }),
  ],
  tokens: [
    ...[
      '\n',
      '\r\n',
      '\r',
      '\0',
      '\\\n',
      '"',
      "'",
      '$(own!ed)',
      '#',
      '=',
      ':',
      '::',
      '\t',
      ' ',
      '\xff',
      '\u2028',
      '\uFEFF',
    ],
    ...[
      '127.0.1.1 a b\n',
      '127.0.1.1\tdebian',
      'web-1',
      'web-1.example.com',
      '::1',
      'root:x:0:0::/../../x:\n',
      '-1',
    ],
    ...[
      'ID=debian\n',
      'ID_LIKE="',
      'HOSTNAME=',
      'hostname="',
      'name_servers=',
      '{',
      '}',
      '[',
      '"files":',
      '"__proto__":{}',
    ],
    ...[
      'source /etc/network/interfaces\n',
      'source-directory ..\n',
      'iface',
      'Include /etc/ssh/sshd_config\n',
      'HostKey ',
      'TARGETS =',
    ],
    ...['# AUTOMATIC ZONE CONFIG\n', 'null', '1e999', 'x'.repeat(3000), '!!js/function', '&a [*a]', '<<: *a'],
  ],
  open(folder) {
    const instance = instanceOf({ ...sound, 'sdc:maintain_resolvers': 'false' });
    return {
      async hold(input) {
        const path = join(folder, 'root');
        lay(path, { ...input, '/sbin/ip': Buffer.alloc(0) });
        chmodSync(join(path, 'sbin/ip'), 0o755);
        try {
          const root = { ...openRoot(path), live: true };
          const text = (name: string) => input[name]?.toString() ?? '';
          steady(editFstab, text('/etc/fstab'));
          steady(editInittab, text('/etc/inittab'));
          steady(editSelinux, text('/etc/selinux/config'));
          steady(withBothStages, text('/etc/inittab'));
          steady(withLateStage, text('/etc/inittab'));
          steady(
            (table) => withDependency(table, 'lx', ['mountall'], ['networking', 'ssh']),
            text('/etc/init.d/.depend.boot'),
          );
          checkOtherWriters(root);
          refusable(() => readReport(root, 'early'));
          const system = systemAt(path, {
            root,
            distribution: detectDistribution(root),
            init: detectInit(root),
            state: readState(root, (message) =>
              assert.match(message, /^\/var\/lib\/lx-agent\/state\.json( is no record|:) /),
            ),
          });
          for (const step of steps) {
            const plan = await step.plan(instance, system);
            if ('skip' in plan) continue;
            for (const settled of settle(plan, root, system.state)) {
              // A home that /etc/passwd gives too long a name cannot be there: said so, and nothing else fails.
              if (settled.result === 'failed')
                assert.match(JSON.stringify(settled), /"path":"[^"]{255,}\/\.ssh.*"code":"ENAMETOOLONG"/);
              if (settled.result !== 'wanted' || settled.change.kind !== 'file') continue;
              const { change } = settled;
              const before = input[change.path] ?? Buffer.alloc(0);
              const content = Buffer.from(change.content);
              if (!verbatim.includes(change.path)) onlyKnownLines(change.path, before, content);
              lay(path, { [change.path]: content });
            }
            // What the step wanted is there now: it wants nothing more of any shared file.
            const again = await step.plan(instance, { ...system, root });
            if ('skip' in again) continue;
            for (const { result, change } of settle(again, root, system.state))
              if (change.kind === 'file' && change.claim === 'shared')
                assert.equal(result, 'unchanged', change.path);
          }
        } finally {
          rmSync(path, { recursive: true, force: true });
        }
      },
      close: () => undefined,
    };
  },
};

function lay(root: string, files: Input): void {
  mkdirSync(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
  }
}

/** An edit that finds its own work done. */
function steady(edit: (text: string) => string, text: string): void {
  const once = edit(text);
  assert.equal(edit(once), once);
}

/** Reading may be refused with an Error that says why, and in no other way. */
function refusable(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof Error && / is not a report of lx-agent/.test(error.message), String(error));
  }
}

/** Every line was there before, or is one that the agent may write. */
function onlyKnownLines(path: string, before: Buffer, after: Buffer): void {
  const linesOf = (bytes: Buffer) => bytes.toString('latin1').split(/\n/);
  // A last line without an end gets that of the file.
  const last = linesOf(before).at(-1);
  const old = new Set(linesOf(before).flatMap((line) => [line, line.replace(/\r$/, '')])).add(`${last}\r`);
  const grammar = grammars[path] ?? elsewhere;
  for (const line of linesOf(after))
    assert.ok(
      line === '' || old.has(line) || grammar.test(line.replace(/\r$/, '')),
      `${path}: ${JSON.stringify(line)}`,
    );
}
