import type { ReadableRoot } from '../../system/system.ts';
import { withBlock } from '../edits.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

const mainFile = '/etc/network/interfaces';
const folder = '/etc/network/interfaces.d';
const stanza = /^([ \t]*iface[ \t]+lo[ \t]+inet6?)[ \t]+loopback[ \t]*$/gm;
const definition = /^[ \t]*iface[ \t]+lo[ \t]/m;

/** interfaces(5) without a stanza that brings the loopback up; `manual` asks the kernel too, but minds no refusal. */
export function withManualLoopback(text: string): string {
  return text.replaceAll(stanza, (line, start: string) => `#lx-agent# ${line}\n${start} manual`);
}

/** Where no file defines the loopback, ifupdown adds a stanza of the method `loopback` by itself. */
function manualLoopback({ root }: Image): Want[] {
  const files = [mainFile, ...root.list(folder).map((name) => `${folder}/${name}`)];
  const isDefined = files.some((path) => definition.test(textOf(root, path)));
  return files.map((path) => ({
    edit: path,
    as: (text) =>
      path === mainFile && !isDefined
        ? withBlock(text, ['auto lo', 'iface lo inet manual'], 'first')
        : withManualLoopback(text),
  }));
}

/** Whether ifupdown would bring the loopback up, which a zone's kernel refuses. */
export function bringsLoopbackUp(root: ReadableRoot): boolean {
  const files = [mainFile, ...root.list(folder).map((name) => `${folder}/${name}`)].map((path) =>
    textOf(root, path),
  );
  return (
    !files.some((text) => definition.test(text)) || files.some((text) => withManualLoopback(text) !== text)
  );
}

function textOf(root: ReadableRoot, path: string): string {
  return root.entry(path)?.kind === 'file' ? (root.read(path)?.toString('latin1') ?? '') : '';
}

export const loopbackRules: readonly Rule[] = [
  {
    id: 'ifupdown-loopback',
    category: 'config',
    summary: 'ifupdown leaves the loopback interface as the platform has it',
    reason:
      'it is up before init, and the kernel refuses to bring interfaces up: `ip link set lo up` fails, and with it the networking service',
    source: 'lx_netlink.c; interfaces(5)',
    when: { families: ['debian'] },
    wants: manualLoopback,
  },
];
