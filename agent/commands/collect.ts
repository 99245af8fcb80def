import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { gather, type Part } from '../collect/contents.ts';
import { maskFor } from '../collect/masks.ts';
import { readMetadataFacts, secretsOnDisk } from '../collect/secrets.ts';
import { endOfArchive, fileEntry } from '../collect/tar.ts';
import { timestamp } from '../system/clock.ts';
import { openRoot } from '../system/open-root.ts';
import { errorCode } from '../system/root-error.ts';
import { metadataSocket } from '../system/zone.ts';
import type { Invocation } from './arguments.ts';
import { examine } from './doctor.ts';
import { renderFindings } from './doctor-text.ts';
import type { Io } from './io.ts';
import { count } from './style.ts';
import { versionFacts } from './version.ts';

/** How long to wait for all of the metadata, in seconds. */
const metadataTimeout = 5;
/** The longest name that fits into a tar header, in bytes. */
const longestName = 99;

/** `lx-agent collect`: what a support ticket needs, in one archive, without secrets. It changes nothing else. */
export async function run({ flags, values }: Invocation, io: Io): Promise<number> {
  const root = openRoot(values.get('root') ?? '/');
  const socket = values.get('socket');
  const started = new Date();
  const metadata = await readMetadataFacts(socket ?? metadataSocket(), metadataTimeout);
  const { parts, faults } = await gather(root, { scriptLogs: flags.has('script-logs') });
  const plain = { colour: false, unicode: false };
  const all: Part[] = [
    { name: 'doctor.txt', text: renderFindings(await examine(root, socket), plain) },
    { name: 'metadata.json', text: `${JSON.stringify(metadata.shown, null, 2)}\n` },
    ...parts,
  ];
  const missing = [...(metadata.fault === undefined ? [] : [metadata.fault]), ...faults];
  const about = {
    ...versionFacts(),
    collected: timestamp(started),
    scriptLogs: flags.has('script-logs'),
    missing,
  };
  const known = Object.values(metadata.shown)
    .filter((value) => typeof value === 'string')
    .join('\n');
  const mask = maskFor([...metadata.secrets, ...secretsOnDisk(root)], known);
  const files = [{ name: 'about.json', text: `${JSON.stringify(about, null, 2)}\n` }, ...all]
    .filter(({ name }) => Buffer.byteLength(name) < longestName - 'lx-agent/'.length)
    .map(({ name, text }) => ({ name: mask(name), content: Buffer.from(mask(text)) }));

  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const archive = gzipSync(
    Buffer.concat([
      ...files.map(({ name, content }) => fileEntry(`lx-agent/${name}`, content, 0o600)),
      endOfArchive,
    ]),
  );
  const stamp = about.collected.replace(/[-:]/g, '').replace(/\..*/, 'Z');
  const output = values.get('output') ?? `lx-agent-${stamp}.tar.gz`;
  if (output === '-') io.stdout.write(archive);
  else write(output, archive);
  const summary = {
    version: 1,
    exit: 0,
    archive: output,
    bytes: archive.length,
    files: files.map(({ name }) => name),
    missing,
  };
  if (flags.has('json') && output !== '-') io.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  for (const fault of missing) io.stderr.write(`lx-agent: not in the archive: ${fault}\n`);
  if (output !== '-')
    io.stderr.write(
      `lx-agent: ${output}: ${count(files.length, 'file')}, ${Math.ceil(archive.length / 1024)} KiB, secrets masked; review it before you send it: tar -xzOf ${output} | less\n`,
    );
  return 0;
}

/** Readable by its owner only; never replaces an existing file. */
function write(path: string, archive: Buffer): void {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      writeFileSync(descriptor, archive);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    throw new Error(
      code === 'EEXIST'
        ? `${path} exists already; choose another file with --output`
        : `cannot write ${path} (${code}); choose a file in a writable folder with --output`,
      { cause: error },
    );
  }
}
