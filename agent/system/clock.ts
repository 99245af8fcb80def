/**
 * Milliseconds since this process started, from the monotonic clock. `performance.now()` gives the same, but loads the
 * performance modules.
 */
export function sinceStart(): number {
  return process.uptime() * 1000;
}

/**
 * A time in UTC as RFC 3339 writes it, `2026-11-23T12:57:11.042Z`. `toISOString()` gives the same, but makes V8 load the
 * local time zone and its name.
 */
export function timestamp(moment: Date): string {
  const digits = (number: number, count = 2) => String(number).padStart(count, '0');
  const day = `${digits(moment.getUTCFullYear(), 4)}-${digits(moment.getUTCMonth() + 1)}-${digits(moment.getUTCDate())}`;
  const time = `${digits(moment.getUTCHours())}:${digits(moment.getUTCMinutes())}:${digits(moment.getUTCSeconds())}`;
  return `${day}T${time}.${digits(moment.getUTCMilliseconds(), 3)}Z`;
}
