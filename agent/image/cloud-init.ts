import type { ReadableRoot } from '../system/system.ts';

const programs = ['/usr/bin/cloud-init', '/usr/local/bin/cloud-init'];

/**
 * Whether cloud-init will read this instance's metadata: it is installed and not switched off, and its list of data
 * sources contains SmartOS (DataSourceSmartOS in its documentation) or is not set.
 */
export function cloudInitReadsMetadata(root: ReadableRoot): boolean {
  if (!programs.some((path) => root.isExecutable(path))) return false;
  if (root.entry('/etc/cloud/cloud-init.disabled') !== undefined) return false;
  if (root.linkTarget('/etc/systemd/system/cloud-init.service') === '/dev/null') return false;
  const sources = dataSources(root);
  return sources === undefined || sources.includes('SmartOS');
}

/**
 * The list of data sources that takes effect: the one in the last file, in the order in which cloud-init reads them.
 */
function dataSources(root: ReadableRoot): string | undefined {
  const folder = '/etc/cloud/cloud.cfg.d';
  const files = root
    .list(folder)
    .filter((name) => name.endsWith('.cfg'))
    .map((name) => `${folder}/${name}`);
  const lists = ['/etc/cloud/cloud.cfg', ...files].flatMap((path) => {
    const text = root.entry(path)?.kind === 'file' ? (root.readText(path) ?? '') : '';
    const list = /^datasource_list:\s*(\[[^\]]*\]|(?:\n\s*-.*)+)/m.exec(text)?.[1];
    return list === undefined ? [] : [list];
  });
  return lists.at(-1);
}
