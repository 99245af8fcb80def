import { backupFolder } from '../change/backups.ts';
import { readManifest } from '../image/manifest.ts';
import { type PreparationRecord, readPreparation } from '../image/preparation/record.ts';
import { type Unprepared, unprepare } from '../image/preparation/unprepare.ts';
import { readImage } from '../image/prepare.ts';
import { rules } from '../image/rules/all.ts';
import type { Root } from '../system/root.ts';
import type { Invocation } from './arguments.ts';
import { describe, facts, printJson, printLines } from './image-text.ts';
import type { Io } from './io.ts';
import { count } from './style.ts';

/** Why `clean` cannot be undone. */
const noCopy = 'no copy is kept of what an image must not contain';

/** `lx-agent image unprepare --root DIR` */
export async function runUnprepare({ flags }: Invocation, io: Io, root: Root): Promise<number> {
  const record = readPreparation(root);
  if (record === undefined) return sayNothingToDo(flags.has('json'), io, root);
  const place = readManifest(root).place;
  const done = await unprepare(root, record, {
    force: flags.has('force'),
    dryRun: flags.has('dry-run'),
  });
  const cleaned = Object.entries(record.cleaned).map(([rule, count]) => ({ rule, count, reason: noCopy }));
  if (flags.has('json'))
    printJson(io, {
      ...facts(readImage(root)),
      back: done.back,
      parted: done.parted,
      forced: done.forced,
      left: done.left.map(({ path, reason }) => ({ path, reason })),
      agent: done.agents,
      cleaned,
      ...(record.unrecorded !== undefined && { unrecorded: record.unrecorded }),
    });
  else if (flags.has('dry-run'))
    printLines(io, [
      ...[...done.back, ...done.forced].map((path) => `restore    ${path}`),
      ...remarks(done, record, place),
    ]);
  else
    printLines(io, [
      `undone: what lx-agent ${record.agent} prepared in ${describe(readImage(root))} (${count(done.back.length + done.parted.length + done.forced.length, 'path')})`,
      ...remarks(done, record, place),
    ]);
  return 0;
}

/** What differs from the state before `prepare`, and why. */
function remarks(
  { parted, forced, left, agents }: Unprepared,
  { cleaned, unrecorded }: PreparationRecord,
  place: string | undefined,
): readonly string[] {
  const summaries = new Map(rules.map(({ id, summary }) => [id, summary]));
  return [
    ...parted.map((path) => `edited since: ${path}; those edits stay, only our lines were removed`),
    ...forced.map((path) => `undone: ${path}, edited since; a backup is in ${backupFolder}`),
    ...left.map(({ path, reason }) => `kept: ${path}, ${reason}`),
    ...(agents.length === 0
      ? []
      : [
          `kept: ${count(agents.length, 'path')} that the agent in the image needs; image uninstall restores them`,
        ]),
    ...Object.entries(cleaned).map(
      ([rule, number]) =>
        `not undone: clean/${rule}, ${summaries.get(rule) ?? rule} (${count(number, 'change')}): ${noCopy}`,
    ),
    ...(unrecorded === undefined
      ? []
      : [`not undone: what lx-agent ${unrecorded} prepared, because that version kept no record`]),
    ...(place === undefined
      ? []
      : [
          'the platform provides the agent and prepares the root again at the next boot; create /etc/lx-agent/off to prevent that',
        ]),
  ];
}

/** There is no record, but a version that kept none may have prepared the image. */
function sayNothingToDo(json: boolean, io: Io, root: Root): number {
  const { prepared } = readManifest(root);
  if (json)
    printJson(io, {
      ...facts(readImage(root)),
      back: [],
      parted: [],
      forced: [],
      left: [],
      agent: [],
      cleaned: [],
    });
  if (prepared === undefined) {
    if (!json) printLines(io, [`${root.path} is not prepared: there is nothing to undo`]);
    return 0;
  }
  io.stderr.write(
    `lx-agent: cannot undo what lx-agent ${prepared} prepared in ${root.path}: that version kept no record; build the image again\n`,
  );
  return 1;
}
