/**
 * Whether the name of an interface is valid in every format of network files and in a file's name. Linux itself allows
 * up to 15 characters, except blanks and slashes.
 */
export function isInterfaceName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(name);
}

/** Whether a name matches a shell pattern of `*` and `?`, as network services match interfaces. */
export function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}
