import { existsSync, readFileSync } from 'node:fs';

/** One moment that the booted system put on record, by guest/usr/lib/boot-test/record. */
export interface BootRecord {
  /** Nanoseconds of the machine's clock. */
  readonly at: bigint;
  readonly who: string;
  readonly what: string;
  readonly hostname: string;
  readonly resolvers: readonly string[];
}

/** Read a guest's records, in the order in which they were made; none before the first. */
export function parseRecords(path: string): BootRecord[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [at, who, what, hostname, resolvers] = line.split(' ');
      if (at === undefined || who === undefined || what === undefined) return [];
      if (hostname === undefined || resolvers === undefined) return [];
      return [
        {
          at: BigInt(at),
          who,
          what,
          hostname,
          resolvers: resolvers.split(',').filter((a) => a !== '-' && a !== ''),
        },
      ];
    });
}
