import { hostname } from './hostname.ts';
import { resolver } from './resolver.ts';
import type { Step } from './step.ts';

/** The early steps whose work another program can undo, with the files that it would write for that. */
export const undoable: readonly { readonly step: Step; readonly files: readonly string[] }[] = [
  { step: hostname, files: ['/etc/hosts', '/etc/hostname'] },
  { step: resolver, files: ['/etc/resolv.conf'] },
];
