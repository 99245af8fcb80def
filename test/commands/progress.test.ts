import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressOn } from '../../agent/commands/progress.ts';
import { capturedIo } from '../support/captured-io.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('progress', () => {
  it('says nothing of what takes less than a second', () => {
    const io = capturedIo({ isTerminal: true, environment: { TERM: 'xterm' } });
    const progress = progressOn(io);
    progress.begin('hostname is running');
    vi.advanceTimersByTime(900);
    progress.begin('ssh-host-keys is running');
    vi.advanceTimersByTime(900);
    progress.end();
    vi.advanceTimersByTime(5000);
    expect(io.said.stderr).toBe('');
  });

  it('counts the seconds in one line on a terminal, and wipes it', () => {
    const io = capturedIo({ isTerminal: true, environment: { TERM: 'xterm' } });
    const progress = progressOn(io);
    progress.begin('ssh-host-keys is running');
    vi.advanceTimersByTime(2000);
    progress.end();
    expect(io.said.stderr).toBe(
      '\r\u001b[Klx-agent: ssh-host-keys is running, 1 s\r\u001b[Klx-agent: ssh-host-keys is running, 2 s\r\u001b[K',
    );
  });

  it.each([
    ['a pipe', false, {}, 'lx-agent: user-script is running\n'],
    ['a dumb terminal', true, { TERM: 'dumb' }, 'lx-agent: user-script is running\n'],
    ['systemd', false, { INVOCATION_ID: '0f1e' }, '<6>user-script is running\n'],
  ])('is one plain line for %s', (_, isTerminal, environment, expected) => {
    const io = capturedIo({ isTerminal, environment });
    const progress = progressOn(io);
    progress.begin('user-script is running');
    vi.advanceTimersByTime(60_000);
    progress.end();
    expect(io.said.stderr).toBe(expected);
  });
});
