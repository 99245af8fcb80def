import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lateMark } from '../../agent/system/boot-marks.ts';
import { copyInChunks } from '../../agent/system/copy-in-chunks.ts';

const roots = process.env.LX_AGENT_ROOTS ?? '/tmp/lx-agent-roots';

/** cloud-init's four stages, as its units call them. */
const stages = ['init --local', 'init', 'modules --mode=config', 'modules --mode=final'];

/** A Debian root with cloud-init and its SmartOS data source; made once, kept for later benchmarks. */
export function debianWithCloudInit(): string {
  const root = join(roots, 'bench');
  if (existsSync(root)) return root;
  mkdirSync(roots, { recursive: true });
  const half = mkdtempSync(`${root}-`);
  const packages = 'cloud-init,openssh-server,ifupdown,iproute2';
  execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${packages}`, 'bookworm', half], {
    stdio: 'inherit',
  });
  // As an image comes: no keys of its own. The platform's name is how cloud-init knows an lx zone.
  execFileSync('bash', ['-c', 'rm -f "$0"/etc/ssh/ssh_host_*', half]);
  writeFileSync(
    `${half}/etc/cloud/cloud.cfg.d/99-smartos.cfg`,
    'datasource_list: [ SmartOS ]\nlocale: C.UTF-8\n',
  );
  writeFileSync(
    `${half}/usr/lib/python3/dist-packages/sitecustomize.py`,
    "import os\nuname = os.uname()\nos.uname = lambda: os.uname_result((*uname[:3], 'BrandZ virtual linux', uname[4]))\n",
  );
  rmSync(`${half}/etc/python3.11/sitecustomize.py`, { force: true });
  rmSync(`${half}/usr/lib/python3.11/sitecustomize.py`, { force: true });
  execFileSync('mv', [half, root]);
  return root;
}

/** Two fresh roots, one for each contender, in namespaces that end with `close`. */
export interface Scene {
  readonly cloudInit: readonly string[];
  readonly agent: readonly string[];
  /** As a reboot does: an empty /run, and another identity of the boot. */
  newBoot(): void;
  close(): Promise<void>;
}

/** Set a scene; commands in it are run through the argument vectors that it gives. */
export async function openScene(debian: string, socketFolder: string, agent: string): Promise<Scene> {
  const folder = mkdtempSync(`${roots}/scene-`);
  mkdirSync(`${folder}/lx-agent.upper/usr/sbin`, { recursive: true });
  copyInChunks(agent, `${folder}/lx-agent.upper/usr/sbin/lx-agent`, 0o755);
  const script = join(import.meta.dirname, 'scene.sh');
  const holder = spawn(
    'unshare',
    ['--mount', '--net', '--uts', '--propagation', 'private', 'bash', script, debian, folder, socketFolder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await firstLine(holder);
  const enter = ['nsenter', '--target', String(holder.pid), '--mount', '--net', '--uts', '--'];
  const inScene = (text: string) =>
    execFileSync('nsenter', [...enter.slice(1), 'sh', '-c', text], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  return {
    newBoot: () => {
      for (const name of ['cloud-init', 'lx-agent']) {
        writeFileSync(`${folder}/${name}.boot_id`, `${randomUUID()}\n`);
        inScene(`find '${folder}/${name}/run' -mindepth 1 -delete`);
      }
    },
    cloudInit: [
      ...enter,
      'chroot',
      `${folder}/cloud-init`,
      'sh',
      '-c',
      stages.map((stage) => `cloud-init ${stage}`).join(' && '),
    ],
    agent: [
      ...enter,
      'chroot',
      `${folder}/lx-agent`,
      'sh',
      '-c',
      // As the units do it.
      `lx-agent run --stage early && { [ -e ${lateMark} ] || lx-agent run --stage late; }`,
    ],
    async close() {
      const gone = new Promise((resolve) => holder.once('close', resolve));
      holder.stdin?.end();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`scene.sh ended with ${status}`)));
  });
}
