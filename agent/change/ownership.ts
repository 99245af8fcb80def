import { crypto } from '../system/crypto.ts';
import type { State } from '../system/state.ts';
import type { Claim } from './change.ts';

/**
 * The platform's own scripts put one of these lines into files that they write at each boot: such a file is nobody's
 * edit. SmartOS (lx_boot_zone_suse has it in lower case, too); OmniOS, whose config_network writes the second one.
 */
const platformMarks = /^# (AUTOMATIC ZONE CONFIG|Auto-generated from zone configuration)\b/im;

/** Whether the platform's scripts wrote this file. */
export function isPlatformWritten(content: string | Buffer): boolean {
  return platformMarks.test(typeof content === 'string' ? content : content.toString('latin1'));
}

const notKnown = "not known to be the agent's: its record of what it wrote was lost";

/** SHA-256 of a file's content, in hexadecimal: how the agent recognizes what it wrote. */
export function fingerprint(content: string | Buffer): string {
  return crypto().createHash('sha256').update(content).digest('hex');
}

/**
 * Why an existing file is to be left as it is, for a person; undefined when it is ours to change. A file is ours
 * that still has the content we last wrote, or that the image shipped, or that the platform's scripts wrote.
 */
export function reasonToKeep(path: string, current: Buffer, claim: Claim, state: State): string | undefined {
  if (claim === 'always' || claim === 'shared') return undefined;
  const recorded = [state.files[path], state.pending?.[path]].filter((hash) => hash !== undefined);
  if (recorded.includes(fingerprint(current))) return undefined;
  if (claim === 'once') {
    if (current.length === 0) return undefined;
    return recorded.length === 0 ? 'was there before' : 'edited by hand';
  }
  if (current.length === 0 || isPlatformWritten(current)) return undefined;
  if (state.files[path] !== undefined) return 'edited by hand';
  // With nothing but an intention on record, a first run was killed before it replaced what the image shipped.
  return state.lost === undefined || state.pending?.[path] !== undefined ? undefined : notKnown;
}
