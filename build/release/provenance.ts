import type { Digest } from './digests.ts';

/** Where a release comes from: its version, and the commit that was built. */
export interface Source {
  readonly version: string;
  readonly commit: string;
}

/**
 * What was built, from what, and how: an in-toto statement with SLSA's provenance as its predicate
 * (https://in-toto.io/Statement/v1, https://slsa.dev/spec/v1.0/provenance). It names no machine and no time, so that
 * everybody who builds the commit gets the same text.
 */
export function provenance({ version, commit }: Source, built: readonly Digest[]): string {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: built.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:lx-agent:npm-run-release:v1',
        externalParameters: { version },
        internalParameters: { commands: ['npm ci', 'npm run build -- --strict', 'npm run package'] },
        resolvedDependencies: [{ name: 'source', digest: { gitCommit: commit } }],
      },
      runDetails: { builder: { id: 'urn:lx-agent:build/release.ts' } },
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}
