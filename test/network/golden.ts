import type { RenderedFile } from '../../agent/network/renderer.ts';

/** Rendered files as one text for a person: each under a heading with its path and mode. */
export function asGolden(files: readonly RenderedFile[]): string {
  if (files.length === 0) return '(no files)\n';
  return files
    .map(
      ({ path, content, mode = 0o644 }) => `=== ${path} ${mode.toString(8).padStart(4, '0')} ===\n${content}`,
    )
    .join('\n');
}
