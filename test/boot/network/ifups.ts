import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ifupdown as format } from '../../../agent/network/ifupdown.ts';
import type { Network } from '../../../agent/network/model.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { temporaryRoot } from '../../support/temporary-root.ts';
import { layersFolder } from '../installed.ts';
import type { Machine } from './machine.ts';
import type { NetworkService } from './services.ts';

/** The programs that read /etc/network/interfaces. Debian packages all of them; only one can be installed. */
export const ifupNames = ['ifupdown', 'ifupdown-ng', 'ifupdown2', 'BusyBox'] as const;
export type IfupName = (typeof ifupNames)[number];

/** Put an ifup into the place of the machine's own. */
async function installIfup(machine: Machine, name: IfupName): Promise<void> {
  if (name === 'ifupdown') return;
  const programs = name === 'BusyBox' ? busyboxLinks() : unpacked(name);
  if (name === 'BusyBox') await machine.run('cp', '-a', join(unpacked('udhcpc'), 'etc/udhcpc'), '/etc/');
  // A mount inside the machine; what is in the way below /usr/sbin is hidden by it.
  await machine.run(
    ...(['bash', '-euc'] as const),
    `cover() { [ ! -d "$1" ] || mount -t overlay overlay -o "lowerdir=$1:$2" "$2"; }
    cover "$1/usr" /usr
    cover "$1/sbin" /usr/sbin
    [ ! -d "$1/etc/network" ] || cp -a "$1/etc/network/." /etc/network/
    mkdir -p /etc/network/interfaces.d
    # ifupdown2 remembers there what it brought up.
    mount -t tmpfs tmpfs /var/tmp
    # ifupdown2 sets the MTU there.
    mount -o remount,rw /sys`,
    '_',
    programs,
  );
}

/** Each of them as a network service that reads the agent's files, the main file included. */
export function ifup(name: IfupName): NetworkService {
  return {
    async install(machine, network: Network) {
      await installIfup(machine, name);
      const root = openRoot(temporaryRoot({}));
      await machine.write(await format.files(network, root));
    },
    async online(machine) {
      await machine.run('ifup', '-a');
      return async () => {
        await machine.run('ifdown', '-a');
      };
    },
  };
}

function busyboxLinks(): string {
  return temporaryRoot(
    Object.fromEntries(
      ['ifup', 'ifdown', 'udhcpc'].map((program) => [`/sbin/${program}`, '-> /bin/busybox']),
    ),
  );
}

/** The content of a Debian package, downloaded once. */
function unpacked(name: string): string {
  const folder = join(layersFolder, 'packages', name);
  if (existsSync(folder)) return folder;
  mkdirSync(join(layersFolder, 'packages'), { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  execFileSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', name], { cwd: fresh });
  const archive = readdirSync(fresh).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get has downloaded no ${name}`);
  execFileSync('dpkg-deb', ['--extract', join(fresh, archive), join(fresh, 'root')]);
  // What its postinst does.
  const program = join(fresh, 'root/usr/share/ifupdown2/__main__.py');
  if (existsSync(program)) execFileSync('chmod', ['+x', program]);
  renameSync(join(fresh, 'root'), folder);
  rmSync(fresh, { recursive: true });
  return folder;
}
