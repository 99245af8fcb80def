import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withDependency, withoutDependencies } from '../../agent/image/insserv.ts';

const boot = `TARGETS = hostname.sh mountall.sh networking mountnfs.sh procps
INTERACTIVE = mountall.sh
mountall.sh: hostname.sh
networking: mountall.sh procps
mountnfs.sh: networking
`;

describe("insserv's dependency files", () => {
  it('get one more script, after those it waits for and before those that wait for it', () => {
    expect(withDependency(boot, 'agent', ['mountall.sh', 'absent.sh'], ['networking', 'procps'])).toBe(
      `TARGETS = hostname.sh mountall.sh agent networking mountnfs.sh procps
INTERACTIVE = mountall.sh
mountall.sh: hostname.sh
networking: mountall.sh procps agent
mountnfs.sh: networking
agent: mountall.sh
procps: agent
`,
    );
  });

  it('name a script that nothing waits for, and that waits for nothing, as a target alone', () => {
    expect(withDependency('TARGETS = ssh\nINTERACTIVE =\n', 'agent', [], [])).toBe(
      'TARGETS = ssh agent\nINTERACTIVE =\n',
    );
  });

  it('stay as they are when they have the script', () => {
    fc.assert(
      fc.property(fc.subarray(['hostname.sh', 'mountall.sh', 'networking', 'none']), (names) => {
        const once = withDependency(boot, 'agent', [], names);
        expect(withDependency(once, 'agent', [], names)).toBe(once);
      }),
    );
  });

  it('are again without our scripts what insserv made of the others', () => {
    const early = withDependency(boot, 'lx-agent-early', ['mountall.sh'], ['networking', 'procps']);
    const both = withDependency(early, 'lx-agent-late', [], []);
    expect(withoutDependencies('/etc/init.d/.depend.boot', both)).toBe(boot);
    expect(withoutDependencies('/etc/init.d/README', both)).toBeUndefined();
  });
});
