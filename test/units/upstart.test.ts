import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { eventsOf, JobError, readCondition, readUpstartJob } from './upstart-job.ts';

const job = (name: string) => readUpstartJob(unitText(`upstart/${name}.conf`));

describe('the Upstart jobs', () => {
  test('hold network, resolvers and sshd until the early stage has ended', () => {
    const early = job('lx-agent-early');
    expect(early.task).toBe(true);
    expect(eventsOf(early.startOn)).toEqual([
      'filesystem',
      'starting networking',
      'starting network-interface',
      'starting resolvconf',
      'starting ssh',
    ]);
    expect(early.main.text).toContain('/usr/bin/lx-agent run --stage early');
  });

  test('run the late stage with the runlevel, and nobody waits for its end', () => {
    const late = job('lx-agent-late');
    expect(late.task).toBe(false);
    expect(eventsOf(late.startOn)).toEqual(['runlevel [2345]']);
    expect(eventsOf(late.stopOn)).toEqual(['runlevel [!2345]']);
    expect(late.killTimeout).toBe(30);
    expect(late.main.text).toContain('exec /usr/bin/env -i /usr/bin/lx-agent run --stage late');
  });

  test('give the network events after the early stage, and declare them', () => {
    const events = job('lx-agent-network-events');
    expect(eventsOf(events.startOn)).toEqual(['stopped lx-agent-early']);
    expect(events.emits).toEqual(['net-device-up', 'static-network-up']);
    const emitted = [...events.main.text.matchAll(/^\s*initctl emit (--no-wait )?([a-z-]+)/gm)];
    expect(emitted.map((match) => match[2])).toEqual(events.emits);
    expect(emitted.every((match) => match[1] !== undefined)).toBe(true);
  });

  test.each(['lx-agent-early', 'lx-agent-late', 'lx-agent-network-events'])(
    '%s is a script that sh can read',
    (name) => {
      const { status, stderr } = spawnSync('sh', ['-en'], { input: job(name).main.text, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});

describe('the network events', () => {
  /** Run the job's script on folders of the test's, with an initctl that tells what it is asked for. */
  function emitted(tree: Tree): string[] {
    const root = temporaryRoot({
      '/etc/init': null,
      '/run': null,
      '/bin/initctl': '#!/bin/sh\necho "$@"\n',
      ...tree,
    });
    chmodSync(join(root, 'bin/initctl'), 0o755);
    const script = job('lx-agent-network-events').main.text.replaceAll(
      /(?<= )\/(etc|run|sys)\//g,
      `${root}/$1/`,
    );
    const { status, stdout, stderr } = spawnSync('sh', ['-e'], {
      input: `${script}\n${script}`,
      env: { PATH: `${root}/bin:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.trimEnd().split('\n');
  }

  test('are given once, for each interface, where the image has no job that gives them', () => {
    expect(emitted({ '/sys/class/net/eth0': '', '/sys/class/net/lo': '' })).toEqual([
      'emit --no-wait net-device-up IFACE=eth0 LOGICAL=eth0 ADDRFAM=inet METHOD=manual',
      'emit --no-wait net-device-up IFACE=lo LOGICAL=lo ADDRFAM=inet METHOD=manual',
      'emit --no-wait static-network-up',
    ]);
  });

  test('are given for the loopback where there is no /sys', () => {
    expect(emitted({})[0]).toBe(
      'emit --no-wait net-device-up IFACE=lo LOGICAL=lo ADDRFAM=inet METHOD=manual',
    );
  });

  test('are left to the image that has a networking job', () => {
    expect(emitted({ '/etc/init/networking.conf': '', '/sys/class/net/eth0': '' })).toEqual(['']);
  });
});

// What a slip of the pen would do to each job: the reader must see it, or the test of the job's own meaning.
describe.each(['lx-agent-early', 'lx-agent-late', 'lx-agent-network-events'])('a slip in %s', (name) => {
  const text = unitText(`upstart/${name}.conf`);
  const beforeScript = text.split(/^script$/m)[0] ?? '';
  const words = [...beforeScript.matchAll(/^ *#.*$|"[^"]*"|\/.*$|[a-z][a-z-]+/gm)]
    .filter(([word]) => /^[a-z]/.test(word))
    .map(({ 0: word, index }) => ({ word, index }));

  test.each(words)('at character $index: $word', ({ word, index }) => {
    const slip = `${text.slice(0, index)}${word}x${text.slice(index + word.length)}`;
    expect(() => readUpstartJob(slip)).toThrow(JobError);
  });

  test('that leaves out what is run', () => {
    expect(() => readUpstartJob(text.replace(/^(exec.*|script[\s\S]*end script)$/m, ''))).toThrow(JobError);
  });
});

describe('the reader of jobs', () => {
  test('reads conditions from the left, with brackets and matches', () => {
    expect(readCondition('startup or mounted X=1 and (filesystem or starting ssh)')).toEqual({
      operator: 'and',
      left: {
        operator: 'or',
        left: { event: 'startup', match: [] },
        right: { event: 'mounted', match: ['X=1'] },
      },
      right: {
        operator: 'or',
        left: { event: 'filesystem', match: [] },
        right: { event: 'starting', match: ['ssh'] },
      },
    });
  });

  test.each([
    ['an unknown stanza', 'starts on startup\nexec /bin/true'],
    ['nothing to run', 'start on startup'],
    ['two main processes', 'exec /bin/true\nscript\n  true\nend script'],
    ['a script without an end', 'script\n  true'],
    ['an open bracket', 'start on (startup or runlevel\nexec /bin/true'],
    ['an operator without an event', 'start on startup or\nexec /bin/true'],
    ['a second start condition', 'start on startup\nstart on runlevel\nexec /bin/true'],
    ['an event that nobody gives', 'start on filesystems\nexec /bin/true'],
    ['a job that nobody has', 'start on starting sshd\nexec /bin/true'],
    ['an event declared that nobody knows', 'emits static-network\nexec /bin/true'],
    ['a task with an argument', 'task now\nexec /bin/true'],
    ['a value of no stanza', 'kill timeout soon\nexec /bin/true'],
  ])('refuses %s', (_, text) => {
    expect(() => readUpstartJob(text)).toThrow(JobError);
  });
});
