/** Shell assignments as these formats have them, read strictly: `NAME=value` or quoted words, a name once. */
export function assignments(content: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of content.split('\n')) {
    if (line === '' || line.startsWith('# ')) continue;
    const match = /^(\w+)=(?:([\w.:/-]*)|(["'])([\w.:/+ -]*)\3)$/.exec(line);
    const [, name, bare, , quoted] = match ?? [];
    if (name === undefined) throw new Error(`not an assignment: ${line}`);
    if (values.has(name)) throw new Error(`assigned twice: ${name}`);
    values.set(name, quoted ?? bare ?? '');
  }
  return values;
}

/** Hands out each value once; what nobody asked for by then is an error. */
export function taker(values: Map<string, string>) {
  return {
    take(name: string): string | undefined {
      const value = values.get(name);
      values.delete(name);
      return value;
    },
    end() {
      if (values.size > 0) throw new Error(`unknown: ${[...values.keys()].join(', ')}`);
    },
  };
}
