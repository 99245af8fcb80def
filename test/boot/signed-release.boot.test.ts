import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sign } from '../../build/release/sign.ts';

// Checksums are signed by the real programs, with keys made here, and verified with the commands of docs/release.md.

const folder = mkdtempSync(join(tmpdir(), 'lx-agent-signed-'));
afterAll(() => {
  spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: folder } });
  rmSync(folder, { recursive: true, force: true });
});
const documented = readFileSync(join(import.meta.dirname, '../../docs/release.md'), 'utf8');

/** The line of docs/release.md that begins with a program's name. */
function documentedCommand(program: string): string {
  const line = new RegExp(`^    (${program} .*)$`, 'm').exec(documented)?.[1];
  if (line === undefined) throw new Error(`docs/release.md has no command ${program}`);
  return line;
}

function sums(name: string): string {
  const path = join(folder, name);
  rmSync(path, { force: true });
  writeFileSync(path, `${'0'.repeat(64)}  lx-agent.deb\n`);
  return path;
}

const verify = (command: string) =>
  spawnSync('sh', ['-c', command], { cwd: folder, env: { ...process.env, GNUPGHOME: folder } }).status;

describe('a signed release', () => {
  it('is verified by gpg, and no longer once the checksums were altered', () => {
    process.env.GNUPGHOME = folder;
    const user = 'release-test@lx-agent.invalid';
    execFileSync('gpg', ['--batch', '--passphrase', '', '--quick-generate-key', user, 'ed25519', 'sign'], {
      stdio: 'pipe',
    });
    const path = sums('SHA256SUMS');
    expect(sign(path, { program: 'gpg', key: user })).toBe(`${path}.asc`);
    delete process.env.GNUPGHOME;
    const command = documentedCommand('gpg');
    expect(verify(command)).toBe(0);
    appendFileSync(path, 'x');
    expect(verify(command)).not.toBe(0);
  });

  it('is verified by minisign, and no longer once the checksums were altered', () => {
    const [secret, publicKey] = [join(folder, 'key.sec'), join(folder, 'lx-agent.pub')];
    execFileSync('minisign', ['-G', '-W', '-s', secret, '-p', publicKey], { stdio: 'pipe' });
    const path = sums('SHA256SUMS');
    expect(sign(path, { program: 'minisign', key: secret })).toBe(`${path}.minisig`);
    const command = documentedCommand('minisign');
    expect(verify(command)).toBe(0);
    appendFileSync(path, 'x');
    expect(verify(command)).not.toBe(0);
  });
});
