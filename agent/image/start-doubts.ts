import type { ReadableRoot } from '../system/system.ts';
import { withoutOwnLines } from './own-lines.ts';
import type { Image } from './rule.ts';
import { rcLocalPath } from './units.ts';

/** Where the kernel, or the platform, looks for an image's init. */
const init = '/sbin/init';

/** A doubt whether an image would start the agent. */
export interface StartDoubt {
  /** What is wrong, and what to do about it. */
  readonly text: string;
  /** Nothing at all would start it. */
  readonly nothingStartsIt: boolean;
}

/**
 * Why perhaps nothing starts the agent in an image; undefined if a known init system does. Call it before the
 * installation: an rc.local of the image's own shows that something runs rc.local.
 */
export function startDoubt(image: Image): StartDoubt | undefined {
  if (image.init !== 'rc.local') return undefined;
  const { root } = image;
  const path = rcLocalPath(root);
  const hasInit = root.entry(init) !== undefined;
  const isOff = root.entry(path) !== undefined && !root.isExecutable(path);
  if (hasInit && !isOff && isOthers(path, root)) return undefined;
  const found = hasInit
    ? `${init} in ${root.path} does not belong to an init system that lx-agent knows`
    : `there is no init system in ${root.path}`;
  const fallback = isOff
    ? `its line in ${path} does nothing because that file is not executable`
    : `its line in ${path} starts it only if an init system runs that file`;
  return {
    text: `${found}, so perhaps nothing starts the agent: ${fallback}; install the init system first, then run lx-agent image install again`,
    nothingStartsIt: !hasInit || isOff,
  };
}

/** Whether an rc.local does more than what the agent put there. */
function isOthers(path: string, root: ReadableRoot): boolean {
  const text = root.read(path)?.toString('latin1') ?? '';
  return (withoutOwnLines(path, text) ?? text).split('\n').some((line) => !/^\s*(#|$)/.test(line));
}
