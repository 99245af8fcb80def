import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PassRecord } from '../../build/passes/attempts.ts';
import type { PassName } from '../../build/passes/passes.ts';
import { agentBinary } from './built.ts';

/** Which passes the program under test was built with: the build records it beside the program. */
export function wasBuiltWith(pass: PassName): boolean {
  const record: PassRecord = JSON.parse(readFileSync(join(dirname(agentBinary), 'passes.json'), 'utf8'));
  return record.applied.includes(pass);
}
