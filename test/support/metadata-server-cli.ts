import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Faults, startMetadataServer } from './metadata-server.ts';

const faults: Readonly<Record<string, Faults>> = {
  'v1-only': { v1Only: true },
  mute: { mute: true },
  late: { late: 3000 },
  slow: { slow: 500 },
  restart: { restartAfterAnswers: 3 },
  nonsense: { nonsense: true },
  corrupt: { corrupt: 1 },
  'wrong-id': { wrongIds: 1 },
  cut: { cut: true },
  joined: { joined: true },
  reversed: { reversed: true },
  duplicated: { duplicated: true },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { socket: { type: 'string' }, fault: { type: 'string' } },
});
const [file] = positionals;
const fault = values.fault === undefined ? {} : faults[values.fault];

if (file === undefined || fault === undefined) {
  process.stderr.write(
    `usage: npm run metadata-server -- FILE.json [--socket PATH] [--fault ${Object.keys(faults).join('|')}]\n`,
  );
  process.exitCode = 3;
} else {
  const folder = values.socket === undefined ? mkdtempSync(join(tmpdir(), 'metadata-')) : undefined;
  const socketPath = values.socket ?? join(folder ?? '.', 'metadata.sock');
  const metadata = JSON.parse(readFileSync(file, 'utf8'));
  const server = await startMetadataServer({ socketPath, metadata, faults: fault });
  process.stdout.write(`${socketPath}\n`);

  const end = async () => {
    await server.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
    process.exit(0);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}
