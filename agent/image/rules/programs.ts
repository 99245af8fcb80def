import { hasNameSetter } from '../../system/name-setters.ts';
import type { Image, Rule } from '../rule.ts';

/** A program that the agent starts at boot. */
interface Needed {
  readonly what: string;
  /** What an image without it does without. */
  readonly cost: string;
  readonly isThere: (image: Image) => boolean;
  /** Where it has no work to do; everywhere when absent. */
  readonly isNeeded?: (image: Image) => boolean;
}

const has = (image: Image, ...programs: string[]) =>
  programs.some((program) =>
    ['/bin', '/sbin', '/usr/bin', '/usr/sbin'].some((folder) =>
      image.root.isExecutable(`${folder}/${program}`),
    ),
  );

const needed: readonly Needed[] = [
  {
    what: 'hostname, or BusyBox',
    cost: "the running name is set by the platform's own program or the kernel's file; where neither does, it stays the image's for the first boot",
    isThere: ({ root }) => hasNameSetter(root),
  },
  {
    what: 'ssh-keygen',
    cost: 'sshd has no host keys, and does not start',
    isThere: (image) => has(image, 'ssh-keygen'),
    isNeeded: (image) => has(image, 'sshd'),
  },
  {
    what: 'ip',
    cost: "missing static routes are added by the platform's own route, which takes no interface without an address",
    isThere: (image) => has(image, 'ip', 'busybox'),
  },
];

/** A root without a shell is no system that boots; nothing of it is said. */
function lacking(image: Image): readonly string[] {
  if (!has(image, 'sh')) return [];
  return needed
    .filter(({ isThere, isNeeded }) => (isNeeded === undefined || isNeeded(image)) && !isThere(image))
    .map(({ what, cost }) => `there is no ${what}: ${cost}`);
}

export const programRules: readonly Rule[] = [
  {
    id: 'programs',
    category: 'config',
    summary: 'the programs that the agent starts at boot',
    reason: 'a boot would only then find out that one is missing',
    source: 'agent/steps',
    wants: [],
    decision: { left: lacking, remedy: "install the distribution's package that has it" },
  },
];
