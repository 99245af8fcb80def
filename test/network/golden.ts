import type { RenderedFile, Renderer } from '../../agent/network/renderer.ts';

/**
 * Rendered files as one text for a person: each under a heading with its path and mode, and after it the links that
 * go with it.
 */
export function asGolden(files: readonly RenderedFile[], linksOf: Renderer['linksOf'] = () => []): string {
  if (files.length === 0) return '(no files)\n';
  return files
    .map(({ path, content, mode = 0o644, linked }) => {
      const links = linked ? linksOf(path) : [];
      return [
        `=== ${path} ${mode.toString(8).padStart(4, '0')} ===\n${content}`,
        ...links.map((link) => `=== ${link.path} -> ${link.target} ===\n`),
      ].join('');
    })
    .join('\n');
}
