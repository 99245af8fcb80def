import { onTestFinished } from 'vitest';

/**
 * Tell the program under test to stop as soon as it listens for that: this process plays the agent, and a real signal
 * that came a moment earlier would end it.
 */
export function tellToStopOnceItListens(): void {
  const before = process.listenerCount('SIGTERM');
  const timer = setInterval(() => {
    if (process.listenerCount('SIGTERM') === before) return;
    clearInterval(timer);
    process.emit('SIGTERM', 'SIGTERM');
  }, 2);
  onTestFinished(() => clearInterval(timer));
}
