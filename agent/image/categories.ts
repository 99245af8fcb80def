/** The seven categories of RFD 15, and what image builders clean up by hand. The manifest in an image uses these names. */
export const categories = [
  'directories',
  'native-runtime',
  'native-links',
  'config',
  'resolv.conf',
  'stand-ins',
  'services',
  'clean',
] as const;
export type Category = (typeof categories)[number];
