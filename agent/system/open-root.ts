import type { Root } from './root.ts';
import { accessTo } from './root-access.ts';
import { reading } from './root-reading.ts';
import { writing } from './root-writing.ts';

/** The root at a directory; `/` is the running system. */
export function openRoot(directory: string): Root {
  const access = accessTo(directory);
  return { path: access.path, live: access.live, ...reading(access), ...writing(access) };
}
