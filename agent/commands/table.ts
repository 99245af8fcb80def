import type { Command, Exit, Operand, Option } from './command.ts';
import { deadline, dryRun, force, imageRoot, json, only, root, skip, socket } from './options.ts';

const usage: Exit = { status: 3, meaning: 'the arguments are wrong' };
const metadataExits: readonly Exit[] = [
  { status: 1, meaning: 'there is no such key' },
  { status: 2, meaning: 'the metadata service gave an error or no answer' },
  usage,
];
const keyOperand: Operand = {
  name: 'KEY',
  summary: 'A metadata key, sdc:uuid for instance',
  required: true,
  completes: 'key',
};
const last: Option = { name: 'last', summary: 'Show what the last boot read, and ask no service' };
const metadataOptions = [deadline, socket, json];

/**
 * What can be typed after `lx-agent`: the one source that argument parsing, help, the manual page and the shell
 * completions read. Plain data, cheap to load, for a boot parses arguments too.
 */
export const commands = [
  {
    name: 'run',
    summary: 'Make this instance what its metadata says',
    description: [
      'Init calls it in a boot, once for each stage, and for the late one only where that has something to do; an operator calls it again at any time. A run that has nothing to do changes nothing.',
      'With steps named, only those are run, and scripts among them run again even if they ran in this boot.',
      'With --root, only files below DIR change; what would touch the running machine is listed.',
    ],
    operands: [
      {
        name: 'STEP',
        summary: 'Run only these steps; all steps of the stage by default',
        required: false,
        repeats: true,
        completes: 'step',
      },
    ],
    options: [
      {
        name: 'stage',
        value: 'STAGE',
        choices: ['early', 'late', 'all'],
        default: 'all',
        summary: 'Before the network comes up, after it, or both',
      },
      dryRun,
      {
        name: 'exit-code',
        summary: 'With --dry-run, exit with status 4 when something would change',
      },
      {
        name: 'deadline',
        value: 'SECONDS',
        type: 'seconds',
        summary: 'Wait for the metadata so long; by default as lx-agent.ini says',
      },
      force,
      root,
      socket,
      json,
    ],
    examples: [
      { command: 'lx-agent run --dry-run', meaning: 'show what a run would change' },
      {
        command: 'lx-agent run --dry-run --exit-code --deadline 5',
        meaning: 'whether a run would change something, for a script',
      },
      { command: 'lx-agent run hostname resolver', meaning: 'run two steps again' },
      { command: 'lx-agent run user-script', meaning: 'run the user-script once more' },
      {
        command: 'lx-agent run --force resolver',
        meaning: 'replace a resolv.conf that was edited by hand',
      },
    ],
    exits: [
      { status: 0, meaning: 'done, or nothing to do' },
      { status: 1, meaning: 'a step failed' },
      { status: 2, meaning: 'the metadata could not be had' },
      usage,
      { status: 4, meaning: 'with --exit-code: something would change' },
    ],
  },
  {
    name: 'boot',
    summary: 'Prepare an instance before its init starts: for platforms',
    description: [
      'A platform that carries this program calls it in each zone before init. In the first boot it prepares the root and lays down units, which call the program where it is; then, as in every later boot, it runs the early stage. An image that brings the same or a newer agent is left to that one.',
      'It ends within 20 seconds and always with 0: what goes wrong is said, and init starts. The file /etc/lx-agent/off in the root, or the metadata key lx-agent:boot with the value off, keeps it away.',
    ],
    operands: [],
    options: [
      {
        name: 'place',
        value: 'DIR',
        completes: 'directory',
        default: 'its own folder',
        summary: 'The folder of the program as the zone sees it',
      },
      dryRun,
      root,
      socket,
      json,
    ],
    examples: [{ command: 'lx-agent boot --dry-run --root DIR', meaning: 'show what it would do' }],
    exits: [{ status: 0, meaning: 'in any case' }, usage],
  },
  {
    name: 'status',
    summary: 'Show what the last boot did',
    description: [
      'For each stage and step: changed, unchanged, kept, skipped with the reason, or failed with the cause and what to do about it; how long it took; and how the scripts ended. What runs now is shown with its process and since when. Runs by hand since the boot are shown apart from it.',
    ],
    operands: [],
    options: [
      {
        name: 'wait',
        summary: 'First wait until both stages of this boot have ended, and no script runs',
      },
      { ...deadline, default: '600', summary: 'With --wait: give up when they have not ended by then' },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent status', meaning: 'the last boot in one screen' },
      {
        command: 'lx-agent status --wait --deadline 60',
        meaning: 'for a script that needs what the user-script does',
      },
      { command: 'lx-agent status --json', meaning: 'the same for a program' },
    ],
    exits: [
      { status: 0, meaning: 'the last boot went well' },
      {
        status: 1,
        meaning:
          'a step of it or of the last run by hand failed, there is no report, or --wait waited in vain',
      },
      { status: 2, meaning: 'the metadata could not be had' },
      usage,
    ],
  },
  {
    name: 'doctor',
    summary: 'Find out what is wrong, and say what to do about it',
    description: [
      'Looks at the zone, the metadata socket and what it answers, the unit that starts the agent, other software that writes the same files, addresses and routes, and what a run would change. It changes nothing.',
    ],
    operands: [],
    options: [root, socket, json],
    examples: [{ command: 'lx-agent doctor', meaning: 'each finding with its remedy' }],
    exits: [{ status: 0, meaning: 'nothing is wrong' }, { status: 1, meaning: 'something is wrong' }, usage],
  },
  {
    name: 'logs',
    summary: 'Show what the agent and its scripts said',
    description: [
      'The last lines of the log of the agent and of the output of the operator-script, the user-script and the hooks. A line with time and program stands before the output of each run. Under systemd, journalctl -u lx-agent-early -u lx-agent-late has more.',
    ],
    operands: [
      {
        name: 'LOG',
        summary: 'agent, operator-script, user-script or hooks; all by default',
        required: false,
        repeats: true,
        completes: 'log',
      },
    ],
    options: [
      {
        name: 'lines',
        short: 'n',
        value: 'COUNT',
        type: 'count',
        default: '100',
        summary: 'Show this many lines of each',
      },
      { name: 'last-run', summary: 'Only the output of the last run of a script' },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent logs user-script --last-run', meaning: 'what the user-script said last' },
      { command: 'lx-agent logs agent -n 20', meaning: 'the last faults and warnings' },
    ],
    exits: [
      { status: 0, meaning: 'shown, or there is nothing to show' },
      { status: 1, meaning: 'a log cannot be read' },
      usage,
    ],
  },
  {
    name: 'collect',
    summary: 'Gather what a support ticket needs, without secrets',
    description: [
      'One archive (.tar.gz, readable by its owner alone) with the findings of the doctor, the reports of the last boots and runs, the log of the agent, the names of all metadata keys with the values that hold no secret, and the files that the agent writes or reads.',
      "Left out are scripts, user-data, keys of SSH and the customer's metadata; wherever their values, or passwords and tokens, turn up in the rest, they are masked. The output of scripts is left out unless --script-logs is given.",
    ],
    operands: [],
    options: [
      {
        name: 'output',
        short: 'o',
        value: 'FILE',
        completes: 'file',
        summary: 'Write to FILE, - is standard output; by default lx-agent-TIME.tar.gz in the current folder',
      },
      { name: 'script-logs', summary: 'Add the output of scripts and hooks, masked as well' },
      root,
      socket,
      json,
    ],
    examples: [
      { command: 'lx-agent collect', meaning: 'an archive in the current folder' },
      { command: 'lx-agent collect -o - --root /mnt/image', meaning: 'from an image, to a pipe' },
    ],
    exits: [
      { status: 0, meaning: 'the archive is written; what could not be read is named' },
      { status: 1, meaning: 'the archive could not be written' },
      usage,
    ],
  },
  {
    name: 'history',
    summary: 'List the boots and runs that are on record',
    description: [
      'The last five boots and the last ten runs by hand, the newest first: when it was, what was run, how long it took, which steps changed something, kept something or failed, and why.',
    ],
    operands: [],
    options: [
      {
        name: 'lines',
        short: 'n',
        value: 'COUNT',
        type: 'count',
        default: 'all',
        summary: 'Show this many runs',
      },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent history', meaning: 'when something changed, and when it began to fail' },
      { command: 'lx-agent history -n 1', meaning: 'the last run alone' },
    ],
    exits: [
      { status: 0, meaning: 'shown' },
      { status: 1, meaning: 'nothing is on record, or a report cannot be read' },
      usage,
    ],
  },
  {
    name: 'explain',
    summary: 'Tell who wrote a file and why, or what a step does',
    description: [
      'Of a path: which step of the agent wants it, from which metadata keys, when it was written, and whose file it is now.',
      'Of a step: what it does, the metadata keys that it reads, the files that it had to do with, and how it ended last.',
      'Nothing is changed, and the metadata service is not asked.',
    ],
    operands: [
      {
        name: 'SUBJECT',
        summary: 'A step, hostname for instance, or a path, /etc/resolv.conf for instance',
        required: true,
        completes: 'step or file',
      },
    ],
    options: [root, json],
    examples: [
      { command: 'lx-agent explain /etc/resolv.conf', meaning: 'where this file comes from' },
      { command: 'lx-agent explain network', meaning: 'what this step does here' },
    ],
    exits: [
      { status: 0, meaning: 'explained' },
      { status: 1, meaning: 'the agent has nothing to do with it, or its record cannot be read' },
      usage,
    ],
  },
  {
    name: 'config check',
    summary: 'Find faults in the configuration or in metadata',
    description: [
      'Names each section, key, step and value that cannot be used, with its line and what was probably meant. A boot goes on with the default in its place.',
      'With --metadata, a JSON object of metadata keys and values is checked as well: what a boot would leave out, and why. A value that is not a string stands for its JSON text.',
    ],
    operands: [
      {
        name: 'FILE',
        summary: 'The configuration to check; /etc/lx-agent.ini by default',
        required: false,
        completes: 'file',
      },
    ],
    options: [
      {
        name: 'metadata',
        value: 'FILE',
        completes: 'file',
        summary: 'Check the metadata in this JSON file too',
      },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent config check', meaning: 'the configuration of this machine' },
      { command: 'lx-agent config check ./lx-agent.ini', meaning: 'before it goes into an image' },
      {
        command: 'lx-agent config check --metadata instance.json',
        meaning: 'metadata before it goes to vmadm',
      },
    ],
    exits: [
      { status: 0, meaning: 'nothing is wrong' },
      { status: 1, meaning: 'there are faults, or a file cannot be read' },
      usage,
    ],
  },
  {
    name: 'timeline',
    summary: 'Show where the time of the last boot went',
    description: [
      "From the start of the process to its exit: start-up, connection, each step; and where systemd is there, the units around it, all on one axis. Times are the last boot's.",
    ],
    operands: [],
    options: [
      {
        name: 'svg',
        value: 'FILE',
        completes: 'file',
        summary: 'Write a picture to FILE, for a bug report for instance',
      },
      { name: 'blame', summary: 'List what took time, the longest first' },
      { name: 'chain', summary: 'Show which units of systemd the boot had to wait for, one after the other' },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent timeline --svg boot.svg', meaning: 'a picture of the boot' },
      { command: 'lx-agent timeline --blame', meaning: 'the slowest first' },
    ],
    exits: [
      { status: 0, meaning: 'shown' },
      { status: 1, meaning: 'there is no report, no unit with --chain, or FILE cannot be written' },
      usage,
    ],
  },
  {
    name: 'metadata get',
    summary: 'Print the value of a metadata key',
    description: [
      'The value is printed as it is, with a line feed after it, as mdata-get does.',
      'With --last the service is not asked: it is the value that the last boot read. Values that may hold a secret (scripts, user-data, keys, what the customer set) are not kept.',
    ],
    operands: [keyOperand],
    options: [last, root, ...metadataOptions],
    examples: [
      { command: 'lx-agent metadata get sdc:uuid', meaning: 'the id of this instance' },
      {
        command: 'lx-agent metadata get --last sdc:nics',
        meaning: 'the interfaces, while the service is away',
      },
    ],
    exits: [{ status: 0, meaning: 'printed' }, ...metadataExits],
  },
  {
    name: 'metadata list',
    summary: "List the customer's metadata keys",
    description: [
      'One key a line. Keys of the platform, those that begin with sdc:, are never listed by the service.',
      'With --last the service is not asked: the keys are those whose values the last boot kept, of the platform, too.',
    ],
    operands: [],
    options: [last, root, ...metadataOptions],
    examples: [
      { command: 'lx-agent metadata list', meaning: 'one key a line' },
      {
        command: 'lx-agent metadata list --last --json',
        meaning: 'all that the last boot kept, with values',
      },
    ],
    exits: [{ status: 0, meaning: 'listed' }, ...metadataExits.slice(1)],
  },
  {
    name: 'metadata put',
    summary: 'Set a metadata key',
    description: [
      "The value is read from standard input when it is not given. The platform's own keys are read-only.",
    ],
    operands: [
      keyOperand,
      { name: 'VALUE', summary: 'The value; standard input by default', required: false },
    ],
    options: metadataOptions,
    examples: [
      { command: 'lx-agent metadata put role web', meaning: 'set role to web' },
      { command: 'lx-agent metadata put motd < /etc/motd', meaning: 'the content of a file' },
    ],
    exits: [{ status: 0, meaning: 'set' }, ...metadataExits.slice(1)],
  },
  {
    name: 'metadata delete',
    summary: 'Delete a metadata key',
    description: ['Deleting a key that is not there is no error.'],
    operands: [keyOperand],
    options: metadataOptions,
    examples: [{ command: 'lx-agent metadata delete role', meaning: 'forget role' }],
    exits: [{ status: 0, meaning: 'deleted' }, ...metadataExits.slice(1)],
  },
  {
    name: 'image install',
    summary: 'Put the agent into an image',
    description: [
      'Copies this program, the units of the init system found there, the default configuration and the manual page, and enables the units. A private C library goes with it where the one in the image cannot carry the program. Installing again changes nothing; a newer version upgrades.',
      'Install the init system first. Where none is found, a line in rc.local is all that may start the agent, which is said, with exit status 1. Installing again once the init system has come, or after it was replaced by another, takes back what was put there for the one before.',
    ],
    operands: [],
    options: [
      imageRoot,
      {
        name: 'runtime',
        value: 'CHOICE',
        choices: ['auto', 'private', 'system'],
        default: 'auto',
        summary: 'Use the C library of the image, or the private one',
      },
      { name: 'without-init', summary: 'Do not fail where nothing is known yet to start the agent' },
      force,
      dryRun,
      json,
    ],
    examples: [
      { command: 'lx-agent image install --root /mnt/image', meaning: 'into a tree' },
      { command: 'RUN lx-agent image install --root /', meaning: 'in a Dockerfile' },
    ],
    exits: [
      { status: 0, meaning: 'installed, or nothing to do' },
      { status: 1, meaning: 'it could not be installed, or nothing would start it' },
      usage,
    ],
  },
  {
    name: 'image uninstall',
    summary: 'Take the agent out of an image again',
    description: [
      'Leaves the image as it was before the installation; files that were edited since are kept, and named. What image prepare changed stays: image unprepare takes it back.',
    ],
    operands: [],
    options: [imageRoot, force, dryRun, json],
    examples: [{ command: 'lx-agent image uninstall --root /mnt/image', meaning: 'undo the installation' }],
    exits: [
      { status: 0, meaning: 'removed, or nothing to do' },
      { status: 1, meaning: 'something could not be removed' },
      usage,
    ],
  },
  {
    name: 'image prepare',
    summary: 'Make an image fit for lx zones, once',
    description: [
      'Does what the platform would otherwise patch at every boot: services that cannot run in a zone off, file systems and consoles that a zone does not have removed, links to the native tools. Preparing again changes nothing.',
    ],
    operands: [],
    options: [imageRoot, only, skip, force, dryRun, json],
    examples: [
      { command: 'lx-agent image prepare --root /mnt/image --dry-run', meaning: 'see what it would change' },
      { command: 'RUN lx-agent image prepare --root /', meaning: 'in a Dockerfile' },
    ],
    exits: [
      { status: 0, meaning: 'prepared, or nothing to do' },
      { status: 1, meaning: 'a rule failed' },
      usage,
    ],
  },
  {
    name: 'image unprepare',
    summary: 'Take back what prepare changed in an image',
    description: [
      'Each path becomes what it was before, if it still is as prepare left it. What somebody changed since is kept and named, or loses only the lines that prepare put there. With --force it is taken back too, and a copy goes into a backup.',
      'What clean removed does not come back: no copy is kept of keys, logs and caches, for an image must not hold them. What the agent in the image needs as well goes with it, by image uninstall, which may come before or after.',
    ],
    operands: [],
    options: [imageRoot, force, dryRun, json],
    examples: [
      {
        command: 'lx-agent image unprepare --root /mnt/image --dry-run',
        meaning: 'see what it would put back',
      },
    ],
    exits: [
      { status: 0, meaning: 'taken back, or nothing to do' },
      { status: 1, meaning: 'something could not be put back, or no record was kept' },
      usage,
    ],
  },
  {
    name: 'image check',
    summary: 'Say what is still wrong with an image',
    description: [
      'Each finding with its reason and its remedy, and at the end the commands that mend all that can be mended. Works on any image, also one that this program never touched, and changes nothing.',
      'The agent itself is looked at too: its program, its C library, what makes the init system start it, and the manifest that the platform goes by. An image for a platform that carries the agent needs none in it: --skip agent.',
    ],
    operands: [],
    options: [imageRoot, only, skip, json],
    examples: [{ command: 'lx-agent image check --root /mnt/image', meaning: 'the findings' }],
    exits: [
      { status: 0, meaning: 'nothing is left to do' },
      { status: 1, meaning: 'there are findings' },
      usage,
    ],
  },
  {
    name: 'image rules',
    summary: 'List what prepare does and check looks at, by name',
    description: [
      'The names of rules and of their categories, which --only and --skip take; each with what it wants, and in brackets the distributions and init systems that it is for where it is not for all, and whether only check knows it.',
    ],
    operands: [],
    options: [json],
    examples: [
      {
        command: 'lx-agent image prepare --root /mnt/image --skip clean,utc',
        meaning: 'all but a category and a rule',
      },
    ],
    exits: [{ status: 0, meaning: 'printed' }, usage],
  },
  {
    name: 'help',
    summary: 'Print the help of a command',
    description: [],
    operands: [
      {
        name: 'COMMAND',
        summary: 'A command, of one or two words; all by default',
        required: false,
        repeats: true,
        completes: 'command',
      },
    ],
    options: [],
    examples: [{ command: 'lx-agent help image check', meaning: 'the help of one command' }],
    exits: [{ status: 0, meaning: 'printed' }, usage],
  },
] as const satisfies readonly Command[];

export type CommandName = (typeof commands)[number]['name'];
