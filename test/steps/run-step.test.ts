import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../agent/change/change.ts';
import { runStep, type StepOptions } from '../../agent/steps/run-step.ts';
import type { Plan, Step } from '../../agent/steps/step.ts';
import { emptyState, readState, type State } from '../../agent/system/state.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { tellToStopOnceItListens } from '../support/told-to-stop.ts';
import { managedFile as file, liveRoot, uuid, why, workOn } from './fixture.ts';

const command = (script: string, name?: string): Change => ({
  kind: 'command',
  argv: ['/bin/sh', '-c', script],
  deadline: 20,
  why,
  ...(name !== undefined && { script: name }),
});

/** Run a step with this plan on a root that is said to be the running machine's. */
async function ran(
  plan: Plan | (() => Plan),
  options: {
    tree?: Tree;
    path?: string;
    state?: State;
    own?: string;
    named?: readonly string[];
  } & Partial<StepOptions> = {},
) {
  const path = options.path ?? temporaryRoot(options.tree);
  const root = liveRoot(path);
  const step: Step = {
    name: 'trial',
    stage: 'early',
    summary: '',
    keys: [],
    plan: () => (typeof plan === 'function' ? plan() : plan),
  };
  const instance = options.own === undefined ? {} : { uuid: uuid(options.own) };
  const { dryRun = false, force = false, state, named = [], ...more } = options;
  const work = workOn(root, { instance, named: new Set(named), ...(state === undefined ? {} : { state }) });
  const result = await runStep(step, work, { dryRun, force, ...more });
  return { path, ...result, state: work.ledger.state };
}

const results = ({ outcome }: Awaited<ReturnType<typeof ran>>) => outcome.changes.map(({ result }) => result);

describe('a step', () => {
  it('changes what is not as it should be, and the second time nothing', async () => {
    const plan = [file('/etc/a', 'one\n'), file('/etc/b', 'two\n')];
    const first = await ran(plan, { tree: { 'etc/b': 'two\n' } });
    expect(first.outcome).toMatchObject({ name: 'trial', stage: 'early', result: 'changed' });
    expect(results(first)).toEqual(['changed', 'unchanged']);
    const second = await ran(plan, { path: first.path, state: first.state });
    expect(results(second)).toEqual(['unchanged', 'unchanged']);
    expect(second.state).toEqual(first.state);
  });

  it('that throws is a failure with its reason', async () => {
    const { outcome, state } = await ran(() => {
      throw new Error('no ssh-keygen: install it');
    });
    expect(outcome).toMatchObject({ result: 'failed', reason: 'no ssh-keygen: install it', changes: [] });
    expect(state).toBe(emptyState);
  });

  it('that fails in one change goes on with the next', async () => {
    const done = await ran([file('/etc/folder', 'x'), file('/etc/b', 'y')], {
      tree: { 'etc/folder/in-it': '' },
    });
    expect(results(done)).toEqual(['failed', 'changed']);
    expect(done.outcome).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining('/etc/folder'),
    });
  });

  it('keeps an edited file, says which, and takes it over when forced', async () => {
    const first = await ran([file('/etc/a', 'one\n')]);
    const edited = { ...first, tree: { 'etc/a': 'mine\n' }, state: first.state };
    const kept = await ran([file('/etc/a', 'two\n')], { tree: edited.tree, state: edited.state });
    expect(kept.outcome).toMatchObject({ result: 'kept', reason: '/etc/a: edited by hand' });
    const forced = await ran([file('/etc/a', 'two\n')], {
      path: kept.path,
      state: kept.state,
      force: true,
    });
    expect(forced.outcome.result).toBe('changed');
    expect(readFileSync(join(forced.path, 'etc/a'), 'utf8')).toBe('two\n');
  });

  it('takes the edits of another instance for the image of a clone', async () => {
    const [original, clone] = [
      '11111111-2222-4333-8444-555555555555',
      '99999999-2222-4333-8444-555555555555',
    ];
    const first = await ran([file('/etc/a', 'one\n')], { own: original });
    const state = { ...first.state, instance: original };
    const tree = { 'etc/a': 'edited\n' };
    expect((await ran([file('/etc/a', 'two\n')], { tree, state, own: original })).outcome.result).toBe(
      'kept',
    );
    expect((await ran([file('/etc/a', 'two\n')], { tree, state, own: clone })).outcome.result).toBe(
      'changed',
    );
  });

  it('in a dry run shows what it wants, and changes nothing', async () => {
    const shown: string[] = [];
    const { path, state, outcome } = await ran([file('/etc/a', 'one\n'), command('exit 0', 'script')], {
      dryRun: true,
      onWanted: async (_step, { change }) => void shown.push(change.kind),
    });
    expect(shown).toEqual(['file', 'command']);
    expect(outcome.result).toBe('listed');
    expect(existsSync(join(path, 'etc'))).toBe(false);
    expect(state).toBe(emptyState);
  });
});

describe('a program', () => {
  it('is not run when a file of its step could not be written', async () => {
    const done = await ran([file('/etc/folder', 'x'), command('exit 0')], {
      tree: { 'etc/folder/in-it': '' },
    });
    expect(done.outcome.changes[1]).toMatchObject({
      result: 'failed',
      reason: 'not run, for what it needs could not be written',
    });
  });

  it('that fails keeps no other from being run', async () => {
    const { outcome } = await ran([command('exit 2'), command('exit 0')]);
    expect(outcome.changes).toMatchObject([
      { result: 'failed', reason: '/bin/sh: exit status 2' },
      { result: 'changed' },
    ]);
    expect(outcome.result).toBe('failed');
  });

  it.each(['script', undefined])(
    'after which the agent was told to stop is the last (record: %s)',
    async (name) => {
      tellToStopOnceItListens();
      const done = await ran([command('sleep 20', name), command('exit 0')]);
      expect(done.interrupted).toBe(true);
      expect(results(done)).toEqual(['failed']);
    },
  );

  it('that is a script is on record from its start, with its boot, and then with how it ended', async () => {
    const path = temporaryRoot();
    const kept = join(path, 'var/lib/lx-agent/state.json');
    const { state } = await ran([command(`cp ${kept} ${path}/during; exit 7`, 'user-script')], { path });
    const during: State = JSON.parse(readFileSync(join(path, 'during'), 'utf8'));
    expect(during.scripts['user-script']).toMatchObject({ boot: 'this boot', exit: null });
    expect(state.scripts['user-script']).toMatchObject({ boot: 'this boot', exit: 7 });
  });

  it('that is a script fails without its last words, which may be secret', async () => {
    const log = join(temporaryRoot(), 'script.log');
    const { outcome } = await ran([
      { ...command('echo hunter2; exit 1', 'user-script'), output: log } as Change,
    ]);
    expect(outcome.reason).toBe(`/bin/sh: exit status 1; see ${log}`);
    expect(readFileSync(log, 'utf8')).toContain('hunter2');
  });
});

describe('what is being written is on record before it is', () => {
  it('so that after a kill either content is known as our own', async () => {
    const first = await ran([file('/etc/a', 'one\n')]);
    const path = first.path;
    const state = `${path}/var/lib/lx-agent/state.json`;
    const copy = temporaryRoot({ 'var/lib/lx-agent': null });
    // A program of the same step runs when the file is written and that is not on record yet.
    const during = command(`cp ${state} ${copy}/var/lib/lx-agent`);
    const second = await ran([file('/etc/a', 'two\n'), during], { path });
    const kept = readState(liveRoot(copy), () => undefined);
    expect(kept.pending).toEqual({ '/etc/a': second.state.files['/etc/a'] });
    expect(second.state.pending).toBeUndefined();
    for (const content of ['one\n', 'two\n']) {
      const next = await ran([file('/etc/a', 'three\n')], { tree: { 'etc/a': content }, state: kept });
      expect(next.outcome.result).toBe('changed');
    }
  });
});
