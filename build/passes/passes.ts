/**
 * All that the build does beyond a plain single executable with a plain heap snapshot, in the order of the build. Each
 * rests on something that another Node.js may not have, and checks that it is there. The program works without any of
 * them. docs/performance.md has what each gains, as `npm run bench:passes` measures it.
 */
export const passes = {
  strip: 'Node.js without its table of symbols',
  'v8-options': 'V8 set up for a process of 40 ms',
  'warm-snapshot': 'a heap snapshot in which a boot has already run',
  'unicode-data': "no data of ICU's but what the agent needs",
  'snapshot-code-cache': "no code cache of Node's own modules in the snapshot",
  'embedded-code-caches': "no code caches of Node's own modules beside it",
  'builtin-sources': "no sources of Node's own modules that are never loaded",
} as const;

export type PassName = keyof typeof passes;

export const passNames = Object.keys(passes).filter(isPassName);

export function isPassName(name: string): name is PassName {
  return Object.hasOwn(passes, name);
}
