import { execFileSync } from 'node:child_process';
import { repository } from '../bundle.ts';

/**
 * The date of everything in a package, in seconds since 1970: SOURCE_DATE_EPOCH
 * (https://reproducible-builds.org/specs/source-date-epoch/), or the date of the commit, so that a commit always gives
 * the same packages. Throws if the variable is no number.
 */
export function sourceDate(): number {
  const { SOURCE_DATE_EPOCH: given } = process.env;
  if (given === undefined)
    return Number(
      execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: repository, encoding: 'utf8' }).trim(),
    );
  if (!/^\d+$/.test(given)) throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: "${given}"`);
  return Number(given);
}
