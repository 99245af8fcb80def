import { type InitSystem, initName } from '../system/init.ts';
import type { Root } from '../system/root.ts';
import type { ReadableRoot } from '../system/system.ts';
import { type Category, categories } from './categories.ts';
import { programPath } from './running-program.ts';

/** The platform's scripts can read it to see what they do not have to do any more; see docs/platform.md. */
const manifestFolder = '/usr/lib/lx-agent';
export const manifestPath = `${manifestFolder}/manifest`;

/** The facts of a manifest. */
export interface Manifest {
  /** The version of the agent in the image; undefined if it is not installed. */
  readonly agent: string | undefined;
  /** The folder of the program, if the platform has it and not the image: `image install --in-place`. */
  readonly place: string | undefined;
  /** SHA-256 of the program, in hexadecimal, if it is in the image; undefined if an older version installed it. */
  readonly digest?: string | undefined;
  /** The init system that the units are for, see `initName`; undefined if an older version installed them. */
  readonly init?: string | undefined;
  /** The version that prepared the image; undefined if none did. */
  readonly prepared: string | undefined;
  /** Categories in which nothing is left to do. */
  readonly done: readonly Category[];
}

export function readManifest(root: ReadableRoot): Manifest {
  const facts = new Map(
    (root.readText(manifestPath) ?? '').split('\n').map((line) => {
      const [key = '', ...value] = line.split('=');
      return [key, value.join('=')];
    }),
  );
  return {
    agent: facts.get('agent'),
    place: facts.get('place'),
    digest: /^sha256:([0-9a-f]{64})$/.exec(facts.get('program') ?? '')?.[1],
    init: facts.get('init'),
    prepared: facts.get('prepared'),
    done: categories.filter((category) => facts.has(`category.${category}`)),
  };
}

/**
 * The manifest as text: one fact a line, so that a shell can test it with `grep -q`. The category resolv.conf is `done`
 * only if the agent is installed, which writes the file at each boot. Otherwise it is only `prepared`.
 */
export function renderManifest({ agent, place, digest, init, prepared, done }: Manifest): string | undefined {
  if (agent === undefined && prepared === undefined) return undefined;
  return [
    '# What lx-agent has done to this image, for the platform.',
    ...(agent === undefined ? [] : [`agent=${agent}`]),
    ...(agent === undefined || place === undefined ? [] : [`place=${place}`]),
    ...(agent === undefined || digest === undefined ? [] : [`program=sha256:${digest}`]),
    ...(agent === undefined || init === undefined ? [] : [`init=${init}`]),
    ...(prepared === undefined ? [] : [`prepared=${prepared}`]),
    ...done.map(
      (category) =>
        `category.${category}=${category === 'resolv.conf' && agent === undefined ? 'prepared' : 'done'}`,
    ),
    '',
  ].join('\n');
}

/**
 * Name an installed agent in the manifest. `image check` recognizes its program by the digest. The platform's agent
 * sees from the init system whether the units are for the wrong one.
 */
export function nameAgent(root: Root, agent: string, init: InitSystem, place: string | undefined): void {
  const digest = place === undefined ? root.digest(programPath) : undefined;
  writeManifest(root, { ...readManifest(root), agent, place, digest, init: initName(root, init) });
}

/** Write the manifest, or remove it if it would be empty. */
export function writeManifest(root: Root, manifest: Manifest): void {
  const text = renderManifest(manifest);
  if (root.readText(manifestPath) === text) return;
  if (text === undefined) root.remove(manifestPath);
  else {
    root.makeDirectory(manifestFolder, { mode: 0o755 });
    root.write(manifestPath, text, { mode: 0o644 });
  }
}
