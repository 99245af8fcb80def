/** A file of shell assignments with each of these set, as `withAssignment` does it. */
export function withAssignments(text: string, values: ReadonlyMap<string, string>): string {
  return [...values].reduce((before, [variable, value]) => withAssignment(before, variable, value), text);
}

/**
 * A file of shell assignments with one of them set: in its own place (the last one, which counts in the shell), or
 * at the end. All other lines stay byte for byte. The value is written as given: the caller has validated it.
 */
export function withAssignment(text: string, variable: string, value: string): string {
  const lines = text.split('\n');
  const place = lines.findLastIndex((line) => line.startsWith(`${variable}=`));
  if (place >= 0) return lines.with(place, `${variable}=${value}`).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${variable}=${value}\n`;
}
