import type { Rule } from '../rule.ts';
import { builderRules } from './builders.ts';
import { busRules } from './bus.ts';
import { cleanRules } from './clean.ts';
import { configRules } from './config.ts';
import { directoryRules } from './directories.ts';
import { firstBootRules } from './first-boot.ts';
import { impossibleServiceRules } from './impossible-services.ts';
import { loopbackRules } from './loopback.ts';
import { nativeRules } from './native.ts';
import { otherWriterRules } from './other-writers.ts';
import { programRules } from './programs.ts';
import { resolverRules } from './resolvers.ts';
import { serviceRules } from './services.ts';
import { standInRules } from './stand-ins.ts';

/** Everything that an image needs, in the order in which it is done. */
export const rules: readonly Rule[] = [
  ...directoryRules,
  ...nativeRules,
  ...configRules,
  ...loopbackRules,
  ...resolverRules,
  ...standInRules,
  ...serviceRules,
  ...impossibleServiceRules,
  ...busRules,
  ...firstBootRules,
  ...builderRules,
  ...otherWriterRules,
  ...programRules,
  ...cleanRules,
];
