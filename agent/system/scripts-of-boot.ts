import * as v from 'valibot';
import type { Root } from './root.ts';
import { RootError } from './root-error.ts';
import { type ScriptRecord, scriptRecordSchema } from './state.ts';

/**
 * How the scripts of this boot ran, besides the state: where that is lost or cannot be written, no script runs twice all
 * the same. It also tells users who may not read the state. Not kept where there is no /run.
 */
export const scriptsOfBootPath = '/run/lx-agent-scripts.json';

const schema = v.record(v.string(), scriptRecordSchema);
type Scripts = Readonly<Record<string, ScriptRecord>>;

/** The records of this boot; none where there are none, or they cannot be read. */
export function readScriptsOfBoot(root: Pick<Root, 'live' | 'readText'>, boot: string | undefined): Scripts {
  if (!root.live || boot === undefined) return {};
  try {
    const text = root.readText(scriptsOfBootPath);
    if (text === undefined) return {};
    const records = v.parse(schema, JSON.parse(text));
    return Object.fromEntries(Object.entries(records).filter(([, record]) => record.boot === boot));
  } catch (error) {
    // The state is the first to know; this is for where it does not.
    if (error instanceof RootError || error instanceof SyntaxError || error instanceof v.ValiError) return {};
    throw error;
  }
}

/** Keep the records of this boot. Throws RootError. */
export function writeScriptsOfBoot(root: Root, boot: string | undefined, scripts: Scripts): void {
  if (!root.live || boot === undefined || root.entry('/run/.')?.kind !== 'directory') return;
  const own = Object.fromEntries(Object.entries(scripts).filter(([, record]) => record.boot === boot));
  const text = `${JSON.stringify(own, null, 1)}\n`;
  if (root.readText(scriptsOfBootPath) === text) return;
  root.write(scriptsOfBootPath, text, { mode: 0o644, durable: false });
}
