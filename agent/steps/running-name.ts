import type { Change } from '../change/change.ts';
import { nativeNameSetter, ownNameSetters } from '../system/name-setters.ts';
import type { ReadableRoot } from '../system/system.ts';

/** The kernel's file for the name. Linux accepts a name there; the kernel of an lx zone may refuse it. */
const kernelFile = '/proc/sys/kernel/hostname';
/** The deadline of a request to the kernel, in seconds. The kernel answers at once or not at all. */
const deadline = 10;

/**
 * Set the running name. Images of Arch, Fedora and others have no `hostname`. Then BusyBox or the platform's own program
 * sets the name, or the kernel's file if there is no program. hostnamectl needs D-Bus, which is not up yet.
 */
export function setRunningName(root: ReadableRoot, name: string, why: string): Change {
  const there = [...ownNameSetters, nativeNameSetter]
    .filter(({ program }) => root.isExecutable(program))
    .map(({ argv }) => argv);
  const [first = ['hostname'] as const, ...others] = there;
  if (there.length === 0 && root.entry(kernelFile) !== undefined)
    return {
      kind: 'file',
      path: kernelFile,
      content: `${name}\n`,
      mode: 0o644,
      claim: 'shared',
      inPlace: true,
      why: `${why}; no program is there that could set it`,
    };
  const second = others.find(([program]) => program !== first[0]);
  return {
    kind: 'command',
    argv: [...first, name],
    ...(second === undefined ? {} : { otherwise: [...second, name] }),
    deadline,
    why,
  };
}
