import { writeFileSync } from 'node:fs';
import { readReport } from '../system/read-report.ts';
import { openRoot, type Root } from '../system/root.ts';
import { errorCode } from '../system/root-error.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { styleFor } from './style.ts';
import { runTrack, type Track, unitTrack } from './timeline-tracks.ts';

/** `lx-agent timeline`: where the time of the last boot went, as text, JSON or a picture. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const tracks = [...runTracks(root), ...(root.live ? await unitTracks(io) : [])];
  if (tracks.length === 0) {
    io.stderr.write('lx-agent: lx-agent has not run here yet; lx-agent run, or lx-agent doctor to see why\n');
    return 1;
  }
  const svg = invocation.values.get('svg');
  if (svg !== undefined) {
    const { drawTimeline } = await import('./timeline-svg.ts');
    const name = readReport(root, 'early')?.hostname ?? readReport(root, 'late')?.hostname;
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
    const reason = errorCode(error) ?? error;
    throw new Error(`cannot write ${path} (${reason}); name a file in a folder that you may write`, {
      cause: error,
    });
  }
}

/** One track a run; both stages done by one run are one. */
function runTracks(root: Root): Track[] {
  const early = readReport(root, 'early');
  const late = readReport(root, 'late');
  if (early !== undefined && late !== undefined && early.started === late.started)
    return [runTrack({ ...early, steps: [...early.steps, ...late.steps] }, ['early', 'late'])];
  return [
    ...(early === undefined ? [] : [runTrack(early, ['early'])]),
    ...(late === undefined ? [] : [runTrack(late, ['late'])]),
  ];
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
