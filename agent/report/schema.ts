import * as v from 'valibot';

const stage = v.picklist(['early', 'late']);
const milliseconds = v.pipe(v.number(), v.minValue(0));
const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly());

const change = v.object({
  kind: v.pipe(v.string(), v.description('file, link, directory, absent, rename, generated or command')),
  what: v.pipe(v.string(), v.description('The path, or the command line')),
  why: v.string(),
  result: v.picklist(['changed', 'unchanged', 'kept', 'listed', 'failed']),
  reason: v.optional(v.string()),
});

const step = v.object({
  name: v.string(),
  stage,
  result: v.picklist(['changed', 'unchanged', 'kept', 'skipped', 'listed', 'failed']),
  reason: v.pipe(v.optional(v.string()), v.description('Why it was skipped, kept or failed')),
  remedy: v.pipe(v.optional(v.string()), v.description('What a person can do about it')),
  milliseconds,
  changes: list(change),
});

const metadata = v.variant('status', [
  v.object({
    status: v.literal('read'),
    socket: v.string(),
    keys: v.pipe(list(v.string()), v.description('The keys that were there; never their values')),
    protocol: v.picklist(['V1', 'V2']),
    connections: v.number(),
    writes: v.number(),
    connectMilliseconds: milliseconds,
    milliseconds,
  }),
  v.object({ status: v.literal('unavailable'), socket: v.string(), reason: v.string(), milliseconds }),
]);

/**
 * A report as it is kept and as `--json` prints it; the same shape as `Report`, with absent values left out, as JSON
 * has it. docs/report.schema.json is made from it.
 */
export const reportSchema = v.pipe(
  v.object({
    version: v.literal(1),
    agent: v.pipe(v.string(), v.description('The version of the agent that wrote it')),
    program: v.pipe(
      v.optional(v.string()),
      v.description('Where the program lies, if it is not the one that is installed in the root'),
    ),
    kind: v.pipe(
      v.optional(v.picklist(['boot', 'before init', 'run'])),
      v.description(
        'A stage of a boot, by a unit or before init by the platform, or a run by hand; older versions do not say',
      ),
    ),
    stages: list(stage),
    named: v.pipe(v.optional(list(v.string())), v.description('The steps that the operator named')),
    started: v.pipe(v.string(), v.description('When the process started, ISO 8601')),
    boot: v.pipe(v.optional(v.string()), v.description('An identity of the boot')),
    recorded: v.pipe(
      v.optional(v.literal(true)),
      v.description('What was written is on record in state.json'),
    ),
    instance: v.pipe(v.optional(v.string()), v.description('The UUID of the instance')),
    hostname: v.optional(v.string()),
    distribution: v.string(),
    init: v.string(),
    metadata,
    invalid: v.pipe(
      list(v.object({ key: v.string(), reason: v.string() })),
      v.description('Metadata keys whose values could not be used, as a whole or in part'),
    ),
    warnings: list(v.string()),
    steps: list(step),
    spans: v.pipe(
      list(v.object({ name: v.string(), start: milliseconds, end: milliseconds })),
      v.description('What timeline draws, in milliseconds since the process started'),
    ),
    milliseconds,
    exit: v.pipe(v.number(), v.description('The exit status of the run')),
  }),
  v.description('What one run of lx-agent did. It holds no secret.'),
);

/** A report as it was read back; a `Report` is one too. */
export type KeptReport = v.InferOutput<typeof reportSchema>;
export type KeptStep = KeptReport['steps'][number];
