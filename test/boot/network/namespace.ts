import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Run a shell script in a network and mount namespace of its own, with a /sys of its own, and return what it printed.
 * `$1` is a scratch folder, gone with the test, that holds the given files. What fails ends the script.
 */
export function inNamespace(script: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-network-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const prologue = 'set -e; mount -t sysfs sysfs /sys; ip link set lo up';
  return execFileSync('unshare', ['--net', '--mount', 'sh', '-c', `${prologue}\n${script}`, 'sh', folder], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}

/** Shell lines that make a veth interface with this MAC address; its other end stays in the namespace, up. */
export function veth(name: string, mac: string): string {
  return [
    `ip link add ${name} type veth peer name ${name}-peer`,
    `ip link set ${name} address ${mac}`,
    `ip link set ${name}-peer up`,
  ].join('\n');
}
