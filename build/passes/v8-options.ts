import { spawnSync } from 'node:child_process';
import { DoesNotApply } from './does-not-apply.ts';

/**
 * Options of V8 for a process of some 40 ms, which does better without: a hash seed of its own, for which V8 looks for
 * primes and hashes every name in the heap anew (nobody but the instance's owner chooses names that the agent hashes);
 * regular expressions improved for many uses; threads.
 */
const options = [
  '--no-rehash-snapshot',
  '--no-regexp-optimization',
  '--no-regexp-peephole-optimization',
  '--single-threaded-gc',
  '--v8-pool-size=1',
];

/** The options. Throws DoesNotApply if this Node.js refuses one: no promise of V8's covers them. */
export function v8Options(node: string): readonly string[] {
  for (const option of options) {
    const { status, stderr } = spawnSync(node, [option, '--eval', ''], { encoding: 'utf8' });
    if (status !== 0) throw new DoesNotApply(`this Node.js refuses ${option}: ${stderr.trim()}`);
  }
  return options;
}
