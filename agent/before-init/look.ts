import { readManifest } from '../image/manifest.ts';
import { commandPath } from '../image/running-program.ts';
import { detectInit, initName } from '../system/init.ts';
import type { Root } from '../system/root.ts';
import { offFile, type RootFacts } from './decision.ts';

/** The cheap look at a root that each boot takes: a few names and one small file. Throws RootError. */
export function lookAtRoot(root: Root): RootFacts {
  const init = detectInit(root);
  return {
    switchedOff: root.entry(offFile) !== undefined,
    init: init === 'rc.local' && root.entry('/sbin/init') === undefined ? undefined : initName(root, init),
    manifest: readManifest(root),
    hasCommand: root.entry(commandPath) !== undefined,
  };
}
