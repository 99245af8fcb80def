/**
 * Milliseconds since this process started, from the monotonic clock. `performance.now()` says the same, and loads
 * the performance modules for it.
 */
export function sinceStart(): number {
  return process.uptime() * 1000;
}
