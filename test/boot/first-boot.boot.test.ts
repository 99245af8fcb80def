import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { patchBusybox } from '../support/platform-patches.ts';
import { boot } from './guest.ts';
import { lowerLayers } from './installed.ts';
import { type BootPlace, bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';
import { services } from './services.ts';

/** A root on which a shell did something before the image commands, as a builder would have. */
function prepared(name: string, before: string): BootPlace {
  const place = bootPlace();
  const files = join(place.disk.folder, 'files');
  mkdirSync(files, { mode: 0o755 });
  const lower = lowerLayers(rootNamed(name), 'none').join(':');
  const script = `root=$1; ${before}
    "$AGENT" image install --root "$root"; "$AGENT" image prepare --root "$root"; "$AGENT" image check --root "$root"`;
  execFileSync(join(import.meta.dirname, 'install.sh'), [lower, files, 'sh', '-euc', script, 'sh'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AGENT: agentBinary },
  });
  return place;
}

/** Boot it until these have begun, and shut it down; what its init system has on record about its services. */
async function booted(name: string, place: BootPlace, awaited: readonly string[]) {
  const server = await place.serve();
  const root = rootNamed(name);
  const guest = await boot(root, { disk: place.disk, agent: 'none', metadata: place.socketFolder() });
  for (const who of awaited) await guest.waitFor(who, 'begin');
  const found = await services(guest, root.init);
  await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
  await server.close();
  return { ...found, guest };
}

describe.each(['systemd', 'systemd on trixie'])('a prepared root with %s', (name) => {
  test('that had no machine-id asks nothing at its first boot', async () => {
    const place = prepared(name, 'rm -f "$root/etc/machine-id" "$root/var/lib/dbus/machine-id"');
    const { failed, waits, guest } = await booted(name, place, ['getty', 'user-script']);
    expect({ failed, waits }).toEqual({ failed: [], waits: [] });
    expect(guest.console()).not.toMatch(/Welcome to your new installation|press any key to proceed/i);
    place.remove();
  });

  test('whose unit would write /etc/hosts after the early stage keeps the name that the metadata gives', async () => {
    const unit = '/etc/systemd/system/create_hosts_file.service';
    const text =
      '[Unit]\\nAfter=network.target\\n[Service]\\nType=oneshot\\nExecStart=/bin/mv /etc/hosts.lx /etc/hosts\\nExecStart=/bin/sed -i s/HOSTNAME/%%H/g /etc/hosts\\n[Install]\\nWantedBy=multi-user.target\\n';
    const place = prepared(
      name,
      `printf '${text}' > "$root${unit}"
       mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
       ln -s ${unit} "$root/etc/systemd/system/multi-user.target.wants/"
       printf '127.0.0.1 localhost\\n127.0.1.1 HOSTNAME\\n' > "$root/etc/hosts.lx"
       : > "$root/etc/hosts"; : > "$root/.dockerenv"`,
    );
    const { failed } = await booted(name, place, ['getty', 'user-script']);
    expect(failed).toEqual([]);
    const hosts = readFileSync(place.disk.path('/etc/hosts'), 'utf8');
    expect(hosts).toMatch(/^127\.0\.0\.1\tlocalhost$/m);
    expect(hosts).toMatch(/^127\.0\.1\.1\t.*\bweb-1\b/m);
    expect(existsSync(place.disk.path('/.dockerenv'))).toBe(false);
    place.remove();
  });
});

describe.each(['openrc on sysvinit', 'openrc on sysvinit on trixie'])('a root with %s', (name) => {
  // As Alpine has it: the run-levels sysinit, boot and default one after the other, OpenRC's own networking in `boot`, a
  // service for local mounts, and one that needs the network.
  const alpine = `service() {
      printf '#!/sbin/openrc-run\\ndepend() { %s; }\\nstart() { return 0; }\\n' "$2" > "$root/etc/init.d/$1"
      chmod 755 "$root/etc/init.d/$1"
    }
    service localmount :; service networking 'provide net'; service wants-net 'need net'
    rm "$root/etc/runlevels/sysinit/networking"; ln -s /etc/init.d/networking "$root/etc/runlevels/boot/networking"
    ln -s /etc/init.d/wants-net "$root/etc/runlevels/default/wants-net"
    echo 'bo::bootwait:/sbin/openrc boot' >> "$root/etc/inittab"`;

  test.each([2021, 2025])(
    'has its network up on a platform of %s that writes over its stub',
    async (year) => {
      const place = prepared(name, alpine);
      patchBusybox(place.disk.path('/'), { year, resolvers: ['192.0.2.53'] });
      chmodSync(place.disk.path('/etc/init.d/networking'), 0o755);
      const { started, failed } = await booted(name, place, ['getty', 'sshd']);
      expect(started).toEqual(expect.arrayContaining(['networking', 'wants-net']));
      expect(failed).toEqual([]);
      // The early stage has put right what cannot be started.
      expect(readFileSync(place.disk.path('/etc/init.d/networking'), 'utf8')).toMatch(/^#!/);
      place.remove();
    },
  );
});
