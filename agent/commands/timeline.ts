import { writeFileSync } from 'node:fs';
import { readBoots } from '../report/read-report.ts';
import { openRoot } from '../system/open-root.ts';
import { errorCode } from '../system/root-error.ts';
import { meaningOf } from '../system/system-error.ts';
import type { UnitTimes } from '../system/systemd-units.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { runsOf } from './runs.ts';
import { styleFor } from './style.ts';
import { blame, chainsOf, renderBlame, renderChains } from './timeline-chain.ts';
import { onOneAxis } from './timeline-tracks.ts';

/** `lx-agent timeline`: shows where the time of the last boot went, as text, JSON or a picture. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const [last] = readBoots(root, (fault) => io.stderr.write(`lx-agent: ${fault}\n`));
  const runs = runsOf(last?.early, last?.late);
  const units = root.live ? await unitTimes(io) : [];
  const tracks = onOneAxis(runs, units);
  const json = invocation.flags.has('json');
  if (tracks.length === 0) {
    const { sayFailure } = await import('./error-text.ts');
    const message = 'lx-agent has not run here yet; lx-agent run, or lx-agent doctor to see why';
    return sayFailure(message, 1, json, io);
  }
  const svg = invocation.values.get('svg');
  const style = styleFor(io.stdout, io.environment);
  const say = (value: object, text: string) =>
    io.stdout.write(json ? `${JSON.stringify({ version: 1, ...value }, null, 2)}\n` : text);
  if (svg !== undefined) {
    const { drawTimeline } = await import('./timeline-svg.ts');
    const name = runs.find(({ report }) => report.hostname !== undefined)?.report.hostname;
    writePicture(svg, drawTimeline(tracks, `lx-agent on ${name ?? 'an instance'}: where the time went`));
    io.stderr.write(`lx-agent: the picture is in ${svg}\n`);
  } else if (invocation.flags.has('blame')) say({ blame: blame(tracks) }, renderBlame(tracks, style));
  else if (invocation.flags.has('chain')) {
    const chains = chainsOf(units);
    if (chains.length === 0) {
      const { sayFailure } = await import('./error-text.ts');
      return sayFailure('--chain needs the units of a running systemd, and there are none', 1, json, io);
    }
    say({ chains }, renderChains(chains, style));
  } else {
    const { renderTimeline } = await import('./timeline-text.ts');
    say({ tracks }, renderTimeline(tracks, style));
  }
  return 0;
}

function writePicture(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (error) {
    const reason = meaningOf(errorCode(error) ?? '') ?? error;
    throw new Error(`cannot write ${path}: ${reason}; choose a file in a writable folder`, {
      cause: error,
    });
  }
}

async function unitTimes(io: Io): Promise<readonly UnitTimes[]> {
  const { readUnitTimes } = await import('../system/systemd-units.ts');
  try {
    return await readUnitTimes();
  } catch (error) {
    io.stderr.write(`lx-agent: units are not shown: ${error instanceof Error ? error.message : error}\n`);
    return [];
  }
}
