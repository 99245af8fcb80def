import type { Rule } from '../rule.ts';
import { identityRules } from './clean-identity.ts';
import { networkTraceRules } from './clean-network.ts';
import { secretRules } from './clean-secrets.ts';
import { traceRules } from './clean-traces.ts';

/**
 * What an image must not keep of the machine on which it was built. Only `image prepare` cleans: on a machine that is in
 * use, all of this is somebody's. What only the builder can decide is a finding of `check`.
 */
export const cleanRules: readonly Rule[] = [
  ...identityRules,
  ...secretRules,
  ...networkTraceRules,
  ...traceRules,
];
