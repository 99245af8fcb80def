import { getSystemErrorMap } from 'node:util';

/**
 * What an errno name means, in the words of libuv: `ENOBUFS` is "no buffer space available". Undefined for what is no
 * such name. For the places that have no better words of their own.
 */
export function meaningOf(code: string): string | undefined {
  for (const [name, meaning] of getSystemErrorMap().values()) if (name === code) return meaning;
  return undefined;
}
