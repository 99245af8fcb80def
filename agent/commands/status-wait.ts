import { readBoots } from '../report/read-report.ts';
import { bootIdentity } from '../system/boot.ts';
import type { Root } from '../system/root.ts';
import { readScriptsOfBoot } from '../system/scripts-of-boot.ts';
import { findState } from '../system/state.ts';
import { whatRuns } from '../system/what-runs.ts';

/** Polling interval in milliseconds. */
const pause = 200;

/**
 * Wait at most `seconds` until both stages of this boot have written their reports and no script runs. Returns what is
 * still missing when the time is over, or undefined. A root that is not the running system's has no boot to wait for.
 */
export async function waitForBoot(root: Root, seconds: number): Promise<string | undefined> {
  if (!root.live) return undefined;
  const end = process.uptime() + seconds;
  for (;;) {
    const missing = whatIsMissing(root);
    if (missing === undefined) return undefined;
    if (process.uptime() >= end) return missing;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function whatIsMissing(root: Root): string | undefined {
  const boot = bootIdentity();
  const scripts = { ...findState(root).state.scripts, ...readScriptsOfBoot(root, boot) };
  const [running] = whatRuns(root, scripts, boot);
  if (running !== undefined)
    return `the ${running.what} is still running: process ${running.pid}, since ${running.since}`;
  const own = readBoots(root, () => undefined).find((one) => one.boot === boot);
  if (own?.early === undefined) return 'the early stage of this boot has written no report';
  return own.late === undefined ? 'the late stage of this boot has written no report' : undefined;
}
