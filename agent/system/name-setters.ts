import type { ReadableRoot } from './system.ts';

/** A program that calls sethostname(2). */
interface NameSetter {
  readonly program: string;
  readonly argv: readonly [string, ...string[]];
}

/** The image's own programs, in the order in which they are tried. */
export const ownNameSetters: readonly NameSetter[] = [
  ...['/bin', '/usr/bin', '/sbin', '/usr/sbin'].map(
    (folder): NameSetter => ({ program: `${folder}/hostname`, argv: ['hostname'] }),
  ),
  ...['/bin', '/usr/bin', '/sbin', '/usr/sbin'].map(
    (folder): NameSetter => ({ program: `${folder}/busybox`, argv: ['busybox', 'hostname'] }),
  ),
];
/** The platform's program, which every zone has. */
export const nativeNameSetter: NameSetter = {
  program: '/native/usr/bin/hostname',
  argv: ['/native/usr/bin/hostname'],
};

/** Whether an image has a program of its own that sets the running name. */
export function hasNameSetter(root: Pick<ReadableRoot, 'isExecutable'>): boolean {
  return ownNameSetters.some(({ program }) => root.isExecutable(program));
}
