import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
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
    expect(late.main).toEqual({ kind: 'exec', text: '/usr/bin/lx-agent run --stage late' });
  });

  test('give the network events after the early stage, and declare them', () => {
    const events = job('lx-agent-network-events');
    expect(eventsOf(events.startOn)).toEqual(['stopped lx-agent-early']);
    expect(events.emits).toEqual(['net-device-up', 'static-network-up']);
    const emitted = [...events.main.text.matchAll(/^\s*initctl emit (--no-wait )?([a-z-]+)/gm)];
    expect(emitted.map((match) => match[2])).toEqual(events.emits);
    expect(emitted.every((match) => match[1] !== undefined)).toBe(true);
  });

  test.each(['lx-agent-early', 'lx-agent-network-events'])('%s is a script that sh can read', (name) => {
    const { status, stderr } = spawnSync('sh', ['-en'], { input: job(name).main.text, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('the reader of jobs', () => {
  test('reads conditions from the left, with brackets and matches', () => {
    expect(readCondition('a or b X=1 and (c or d)')).toEqual({
      operator: 'and',
      left: {
        operator: 'or',
        left: { event: 'a', match: [] },
        right: { event: 'b', match: ['X=1'] },
      },
      right: { operator: 'or', left: { event: 'c', match: [] }, right: { event: 'd', match: [] } },
    });
  });

  test.each([
    ['an unknown stanza', 'starts on a\nexec /bin/true'],
    ['nothing to run', 'start on a'],
    ['two main processes', 'exec /bin/true\nscript\n  true\nend script'],
    ['a script without an end', 'script\n  true'],
    ['an open bracket', 'start on (a or b\nexec /bin/true'],
    ['an operator without an event', 'start on a or\nexec /bin/true'],
    ['a second start condition', 'start on a\nstart on b\nexec /bin/true'],
    ['a value of no stanza', 'kill timeout soon\nexec /bin/true'],
  ])('refuses %s', (_, text) => {
    expect(() => readUpstartJob(text)).toThrow(JobError);
  });
});
