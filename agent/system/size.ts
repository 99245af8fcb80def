/** A number of bytes as a person says it: `512 bytes`, `64 KiB`, `128 MiB`, `1.5 GiB`. */
export function sizeText(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;
  let size = bytes;
  let unit = 'bytes';
  for (const larger of units) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  return `${Number(size.toFixed(1))} ${bytes === 1 ? 'byte' : unit}`;
}
