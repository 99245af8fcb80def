import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../agent/change/change.ts';
import { runStep } from '../../agent/steps/run-step.ts';
import type { Step } from '../../agent/steps/step.ts';
import { processIdentity } from '../../agent/system/process-identity.ts';
import { emptyState, readState, type State } from '../../agent/system/state.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { managedFile as file, liveRoot, ranIn, why, workOn } from './fixture.ts';

// Two agents at a time, on one root: each has read the state before the other wrote it.

const script = (body: string): Change => ({
  kind: 'command',
  argv: ['/bin/sh', '-c', body],
  deadline: 60,
  script: 'user-script',
  why,
});
const step = (name: string, plan: Step['plan']): Step => ({
  name,
  stage: 'late',
  summary: '',
  keys: [],
  plan,
});
const options = { dryRun: false, force: false };

/** An agent that has read the state of a root; `named` are the steps that its operator named. */
function agentOn(path: string, named: readonly string[] = [], state?: State) {
  const work = workOn(liveRoot(path), { named: new Set(named), ...(state === undefined ? {} : { state }) });
  return {
    run: (name: string, plan: Step['plan']) => runStep(step(name, plan), work, options),
    work,
  };
}

const stateOf = (path: string) => readState(liveRoot(path), () => undefined);

/** Wait for what another agent does. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5);
}

describe('two agents at a time', () => {
  it('lose no record: what was done beside a running script is known when that has ended', async () => {
    const path = temporaryRoot();
    const late = agentOn(path);
    const operator = agentOn(path);
    const running = late.run('user-script', () => [
      script(`touch ${path}/begun; until [ -e ${path}/end ]; do sleep 0.01; done`),
    ]);
    await until(() => existsSync(join(path, 'begun')));
    // Nobody waits for a running script.
    expect((await operator.run('resolver', () => [file('/etc/resolv.conf', 'one\n')])).outcome.result).toBe(
      'changed',
    );
    writeFileSync(join(path, 'end'), '');
    expect((await running).outcome.result).toBe('changed');
    const state = stateOf(path);
    expect(Object.keys(state.files)).toEqual(['/etc/resolv.conf']);
    expect(state.scripts['user-script']).toMatchObject({ exit: 0 });
    const next = await agentOn(path).run('resolver', () => [file('/etc/resolv.conf', 'two\n')]);
    expect(next.outcome.result).toBe('changed');
  });

  it('do the same step one after the other, and the second finds it done', async () => {
    const path = temporaryRoot({ 'etc/ssh': null });
    const log = join(path, 'made');
    const keys = ({ root }: { root: { entry(path: string): unknown } }): Change[] =>
      root.entry('/etc/ssh/key') !== undefined
        ? []
        : [
            {
              kind: 'generated',
              directory: '/etc/ssh',
              files: [{ name: 'key', mode: 0o600 }],
              argv: ['/bin/sh', '-c', `echo made >>${log}; sleep 0.1; echo key >key`],
              why,
            },
          ];
    const both = await Promise.all(
      [agentOn(path), agentOn(path)].map((agent) => agent.run('ssh-host-keys', (_, system) => keys(system))),
    );
    expect(both.map(({ outcome }) => outcome.result).sort()).toEqual(['changed', 'unchanged']);
    expect(readFileSync(log, 'utf8')).toBe('made\n');
  });

  it('do different steps at the same time', async () => {
    const path = temporaryRoot();
    const waiting = agentOn(path).run('one', () => [
      {
        kind: 'command',
        argv: ['/bin/sh', '-c', `until [ -e ${path}/etc/b ]; do sleep 0.01; done`],
        deadline: 60,
        why,
      },
    ]);
    expect((await agentOn(path).run('other', () => [file('/etc/b', '')])).outcome.result).toBe('changed');
    expect((await waiting).outcome.result).toBe('changed');
  });

  it('run a script once', async () => {
    const path = temporaryRoot();
    const body = () => [script(`echo ran >>${path}/log; sleep 0.1`)];
    const [one, other] = [agentOn(path), agentOn(path)];
    const results = await Promise.all([one.run('user-script', body), other.run('user-script', body)]);
    expect(results.map(({ outcome }) => outcome.result).sort()).toEqual(['changed', 'unchanged']);
    expect(readFileSync(join(path, 'log'), 'utf8')).toBe('ran\n');
  });

  it('and an operator who asks for a script that runs is told which process runs it, and since when', async () => {
    const path = temporaryRoot();
    const running = agentOn(path).run('user-script', () => [
      script(`touch ${path}/begun; until [ -e ${path}/end ]; do sleep 0.01; done`),
    ]);
    await until(() => existsSync(join(path, 'begun')));
    await until(() => stateOf(path).scripts['user-script']?.running?.program !== undefined);
    const record = stateOf(path).scripts['user-script'];
    const pid = record?.running?.program?.split('-')[0];
    const again = await agentOn(path, ['user-script']).run('user-script', () => [
      file('/var/svc/mdata-user-script', 'new'),
      script('exit 0'),
    ]);
    expect(again.outcome).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining(`is running already, as process ${pid} since ${record?.started}`),
      changes: [],
    });
    writeFileSync(join(path, 'end'), '');
    await running;
    expect(
      (await agentOn(path, ['user-script']).run('user-script', () => [script('exit 0')])).outcome.result,
    ).toBe('changed');
  });

  it('do not start a script beside the one that a killed agent left running', async () => {
    const path = temporaryRoot();
    const left = (running: { agent: string; program?: string }): State => ({
      ...emptyState,
      scripts: { 'user-script': { ...ranIn('this boot'), exit: null, running } },
    });
    const dead = '1999999999-1';
    const alive = processIdentity(process.pid);
    const run = (state: State) =>
      agentOn(path, ['user-script'], state).run('user-script', () => [script('exit 0')]);
    expect((await run(left({ agent: dead, program: alive }))).outcome.result).toBe('failed');
    expect((await run(left({ agent: alive }))).outcome.result).toBe('failed');
    expect((await run(left({ agent: dead, program: dead }))).outcome.result).toBe('changed');
  });
});

describe('a script', () => {
  it('that cannot be started is on record as that, and not as running', async () => {
    const path = temporaryRoot();
    const none: Change = { ...script(''), argv: ['/no/such/program'] } as Change;
    const { outcome } = await agentOn(path).run('user-script', () => [none]);
    expect(outcome.result).toBe('failed');
    expect(stateOf(path).scripts['user-script']).toMatchObject({
      exit: null,
      error: expect.stringContaining('cannot run /no/such/program'),
    });
    expect(stateOf(path).scripts['user-script']).not.toHaveProperty('running');
  });

  it('runs where the state cannot be written, and not again in the same boot', async () => {
    // A folder in its place, that cannot be moved away for something is in it: as good as a full disk.
    const path = temporaryRoot({
      run: null,
      'var/lib/lx-agent/state.json.broken/x': '',
      'var/lib/lx-agent/state.json/x': '',
    });
    const said: string[] = [];
    const agent = () => {
      const work = { ...workOn(liveRoot(path)), warn: (message: string) => said.push(message) };
      return (plan: Step['plan']) => runStep(step('user-script', plan), work, options);
    };
    const body = () => [script(`echo ran >>${path}/log`)];
    expect((await agent()(body)).outcome.result).toBe('changed');
    expect(said.join()).toContain('/var/lib/lx-agent/state.json');
    expect((await agent()(body)).outcome.result).toBe('unchanged');
    expect(readFileSync(join(path, 'log'), 'utf8')).toBe('ran\n');
    expect(existsSync(join(path, 'run/lx-agent-scripts.json'))).toBe(true);
  });
});
