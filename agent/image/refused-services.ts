import type { ReadableRoot } from '../system/system.ts';
import { type RefusedDirective, refusedDirectives } from './refused-directives.ts';
import {
  enablingFolders,
  serviceUnits,
  settings,
  type UnitFile,
  unitFolders,
  unitLimit,
} from './unit-files.ts';
import { kernelProbePath } from './units.ts';

/** A service that asks for something that a zone's kernel refuses. */
export interface RefusedService {
  readonly unit: string;
  /** Something starts it: a target, or its socket, timer or path. */
  readonly enabled: boolean;
  readonly refused: readonly RefusedSetting[];
}

export interface RefusedSetting {
  readonly directive: RefusedDirective;
  readonly value: string;
  /** The file whose value takes effect. */
  readonly path: string;
  /** That file is the administrator's drop-in, which the generator leaves in force. */
  readonly own: boolean;
}

/** The services of a systemd root that ask for something that a zone's kernel refuses. Enabled services come first. */
export function refusedServices(root: ReadableRoot): readonly RefusedService[] {
  const wanted = unitFolders.flatMap((folder) =>
    enablingFolders(root, folder).flatMap((wants) => root.list(wants)),
  );
  return serviceUnits(root)
    .map((unit) => ({
      unit: unit.name,
      enabled: isEnabled(unit.name, wanted),
      refused: refusedBy(root, unit),
    }))
    .filter(({ refused }) => refused.length > 0)
    .toSorted((a, b) => Number(b.enabled) - Number(a.enabled) || (a.unit < b.unit ? -1 : 1));
}

function isEnabled(name: string, wanted: readonly string[]): boolean {
  const base = name.replace(/\.service$/, '');
  const names = [name, ...['socket', 'timer', 'path'].map((type) => `${base}.${type}`)];
  // An instance is started by its own name: `foo@a.service` for the template `foo@.service`.
  const isInstance = (other: string) => base.endsWith('@') && other.startsWith(base);
  return wanted.some((one) => names.includes(one) || isInstance(one));
}

/** A unit file or a drop-in of it, in the order in which systemd reads them. */
interface Part extends Pick<UnitFile, 'path' | 'text'> {
  readonly own: boolean;
}

function refusedBy(root: ReadableRoot, unit: UnitFile): readonly RefusedSetting[] {
  const parts: Part[] = [{ path: unit.path, text: unit.text, own: false }, ...dropIns(root, unit.name)];
  const whole = parts.map(({ text }) => text).join('\n');
  const hasUser = settings({ text: whole }, 'User').some((user) => user !== 'root' && user !== '0');
  return refusedDirectives.flatMap((directive) => {
    const value = settings({ text: whole }, directive.name).at(-1);
    if (value === undefined || directive.asks?.(value) === false) return [];
    if (directive.withUser === true && !hasUser) return [];
    const part = parts.findLast(({ text }) => settings({ text }, directive.name).length > 0);
    return part === undefined ? [] : [{ directive, value, path: part.path, own: part.own }];
  });
}

/** The drop-ins of a unit, sorted by file name. If two have the same name, the one in the first folder counts. */
function dropIns(root: ReadableRoot, name: string): readonly Part[] {
  const byName = new Map<string, Part>();
  for (const folder of unitFolders)
    for (const unit of [name, 'service'])
      for (const file of root.list(`${folder}/${unit}.d`)) {
        const path = `${folder}/${unit}.d/${file}`;
        const entry = root.entry(path);
        if (!file.endsWith('.conf') || byName.has(file) || entry === undefined) continue;
        const isReadable = entry.kind === 'file' && entry.size <= unitLimit;
        const text = isReadable ? (root.readText(path, unitLimit) ?? '') : '';
        byName.set(file, { path, text, own: folder.startsWith('/etc/') });
      }
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

/** Whether the generator runs at each boot of a root; `off` is the file that switches it off. */
export type GeneratorState = 'at work' | 'not installed' | { readonly off: string };

export const generatorOff = '/etc/lx-agent/generator.off';

export function generatorState(root: ReadableRoot): GeneratorState {
  const installed = ['/usr/lib', '/lib'].some((folder) =>
    root.isExecutable(`${folder}/systemd/system-generators/lx-agent`),
  );
  if (!installed || !root.isExecutable(kernelProbePath)) return 'not installed';
  const override = '/etc/systemd/system-generators/lx-agent';
  const off = [generatorOff, override].find((path) => root.entry(path) !== undefined);
  return off === undefined ? 'at work' : { off };
}

/** Whether the generator turns a setting off. */
export function isTakenBack({ directive, own }: RefusedSetting, generator: GeneratorState): boolean {
  return generator === 'at work' && directive.instead === undefined && !own;
}

/** The refused settings of a service that the generator does not turn off. */
export function uncovered({ refused }: RefusedService, generator: GeneratorState): readonly RefusedSetting[] {
  return refused.filter((setting) => !isTakenBack(setting, generator));
}

/** What to do about a setting, as a clause. */
export function remedyFor(
  { directive, path, own }: RefusedSetting,
  unit: string,
  generator: GeneratorState,
  root: string,
): string {
  if (directive.instead !== undefined) return directive.instead.replaceAll('UNIT', unit);
  if (own) return `remove ${directive.name}= from ${path}`;
  return typeof generator === 'object'
    ? `remove ${generator.off}, which switches the generator off`
    : `lx-agent image install --root ${root} (its generator turns it off for every service)`;
}
