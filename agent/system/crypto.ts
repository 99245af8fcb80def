/** `node:crypto`, loaded at its first use. A boot that changes nothing needs no hash, and saves some 6 ms. */
export function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
