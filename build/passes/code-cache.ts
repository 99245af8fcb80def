import { spawnSync } from 'node:child_process';
import { DoesNotApply } from './does-not-apply.ts';

/**
 * The number with which V8 begins its code caches (its SerializedCodeData), little-endian. It is not the same in every
 * version of V8; a cache that this Node.js makes shows it.
 */
export function codeCacheMagic(node: string): Buffer {
  const script = "process.stdout.write(new vm.Script('').createCachedData().subarray(0, 4))";
  const { status, stdout } = spawnSync(node, ['--eval', script]);
  if (status !== 0 || stdout.length !== 4 || stdout.readUInt16LE(2) !== 0xc0de)
    throw new DoesNotApply('this Node.js makes no code cache as V8 is known to make it');
  return stdout;
}
