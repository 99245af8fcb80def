import { readFileSync } from 'node:fs';

/** A realistic instance, with two NICs, static routes and a user-script. */
export const web: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('web.json', import.meta.url), 'utf8'),
);
