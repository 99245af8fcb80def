import { markdownTable } from '../../bench/table.ts';
import { type CensusService, type Release, refusals, releases } from './services.ts';

/** What became of a unit that was started. */
export interface Outcome {
  /** `yes`, `no`, `condition` where a condition of the unit was not met, or how it is not there. */
  readonly started: string;
  readonly state: string;
  readonly why: string;
}

export interface Found {
  readonly service: CensusService;
  readonly release: Release;
  readonly unit: string;
  readonly outside: Outcome | undefined;
  readonly inside: Outcome | undefined;
}

const [begin, end] = ['<!-- census: begin -->', '<!-- census: end -->'];

/** The census as Markdown, and how many services start outside and not in a zone without a known reason. */
export function censusText(found: readonly Found[]): { text: string; unexplained: number } {
  const starts = (outcome: Outcome | undefined) => outcome?.started === 'yes';
  const rows = [...Map.groupBy(found, ({ service }) => service)].map(([service, ofService]) => [
    service.kind,
    ofService
      .map(({ unit }) => unit.replace('.service', ''))
      .filter((unit, index, all) => all.indexOf(unit) === index)
      .join(', '),
    ...releases.flatMap((release) => {
      const one = ofService.find((candidate) => candidate.release === release);
      return [word(one?.outside), word(one?.inside)];
    }),
  ]);
  const summary = releases.map((release) => {
    const ofRelease = found.filter((one) => one.release === release);
    const outside = ofRelease.filter((one) => starts(one.outside));
    const inside = outside.filter((one) => starts(one.inside));
    return `${release.name} (systemd ${release.systemd}): ${ofRelease.length} services, of which ${outside.length} start outside of a zone as they are installed, and ${inside.length} of those in it.`;
  });
  const broken = found.filter((one) => starts(one.outside) && !starts(one.inside));
  const faults = [...Map.groupBy(broken, ({ unit }) => unit)].map(([unit, ofUnit]) => {
    const where = ofUnit.map(({ release }) => release.name).join(' and ');
    const [{ inside } = { inside: undefined }] = ofUnit;
    return `- ${unit}, on ${where}: ${refusals[unit] ?? `not explained: ${inside?.state.trim()} ${inside?.why.trim()}`}`;
  });
  const heads = ['kind', 'service', ...releases.flatMap(({ name }) => [`${name}, outside`, 'in a zone'])];
  return {
    text: [
      ...summary,
      ...(faults.length === 0 ? [] : [`Those that start outside only:\n\n${faults.join('\n')}`]),
      markdownTable(heads, rows),
    ].join('\n\n'),
    unexplained: broken.filter(({ unit }) => refusals[unit] === undefined).length,
  };
}

function word(outcome: Outcome | undefined): string {
  switch (outcome?.started) {
    case 'yes':
      return 'starts';
    case 'condition':
      return 'skipped';
    case 'no':
      return 'fails';
    default:
      return '–';
  }
}

/** A document with the census between its marks. Throws where they are missing. */
export function withCensus(document: string, census: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/zone.md has no ${begin} and ${end}`);
  return `${document.slice(0, from)}${begin}\n${census}\n${document.slice(to)}`;
}
