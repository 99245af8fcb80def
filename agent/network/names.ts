/**
 * Whether a name of an interface can stand in any format of network files, and in a file's name: Linux itself allows
 * all but blanks and slashes in up to 15 characters.
 */
export function isInterfaceName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(name);
}
