import { writeFileSync } from 'node:fs';
import { readBoots } from '../system/read-report.ts';
import { openRoot } from '../system/root.ts';
import { errorCode } from '../system/root-error.ts';
import { meaningOf } from '../system/system-error.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { runsOf } from './runs.ts';
import { styleFor } from './style.ts';
import { runTrack, type Track, unitTrack } from './timeline-tracks.ts';

/** `lx-agent timeline`: where the time of the last boot went, as text, JSON or a picture. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const [last] = readBoots(root, (fault) => io.stderr.write(`lx-agent: ${fault}\n`));
  const runs = runsOf(last?.early, last?.late);
  const tracks = [
    ...runs.map(({ report, stages }) => runTrack(report, stages)),
    ...(root.live ? await unitTracks(io) : []),
  ];
  if (tracks.length === 0) {
    const { sayFailure } = await import('./error-text.ts');
    const message = 'lx-agent has not run here yet; lx-agent run, or lx-agent doctor to see why';
    return sayFailure(message, 1, invocation.flags.has('json'), io);
  }
  const svg = invocation.values.get('svg');
  if (svg !== undefined) {
    const { drawTimeline } = await import('./timeline-svg.ts');
    const name = runs.find(({ report }) => report.hostname !== undefined)?.report.hostname;
    writePicture(svg, drawTimeline(tracks, `lx-agent on ${name ?? 'an instance'}: where the time went`));
    io.stderr.write(`lx-agent: the picture is in ${svg}\n`);
  } else if (invocation.flags.has('json'))
    io.stdout.write(`${JSON.stringify({ version: 1, tracks }, null, 2)}\n`);
  else {
    const { renderTimeline } = await import('./timeline-text.ts');
    io.stdout.write(renderTimeline(tracks, styleFor(io.stdout, io.environment)));
  }
  return 0;
}

function writePicture(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (error) {
    const reason = meaningOf(errorCode(error) ?? '') ?? error;
    throw new Error(`cannot write ${path}: ${reason}; name a file in a folder that you may write`, {
      cause: error,
    });
  }
}

async function unitTracks(io: Io): Promise<Track[]> {
  const { readUnitTimes } = await import('../system/systemd-units.ts');
  try {
    const track = unitTrack(await readUnitTimes());
    return track === undefined ? [] : [track];
  } catch (error) {
    io.stderr.write(`lx-agent: without the units: ${error instanceof Error ? error.message : error}\n`);
    return [];
  }
}
