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
const last: Option = {
  name: 'last',
  summary: 'Show what the last boot read, without a query to the service',
};
const metadataOptions = [deadline, socket, json];

/**
 * All commands. Argument parsing, help, the manual page and the shell completions all come from this table. It is plain
 * data and cheap to load, because a boot parses arguments too.
 */
export const commands = [
  {
    name: 'run',
    summary: 'Configure this instance from its metadata',
    description: [
      'At boot, init calls it once for each stage; it calls the late stage only if that has something to do. An operator can call it again at any time. A run that finds nothing to do changes nothing.',
      'If steps are given, only those run. A script among them runs again, even if it ran in this boot.',
      'With --root, only files below DIR change. Commands for the running machine are listed, not run.',
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
        summary: 'With --dry-run, exit with status 4 if something would change',
      },
      {
        name: 'deadline',
        value: 'SECONDS',
        type: 'seconds',
        summary: 'How long to wait for the metadata; the default is set in lx-agent.ini',
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
        meaning: 'test in a script whether a run would change something',
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
      { status: 2, meaning: 'the metadata could not be read' },
      usage,
      { status: 4, meaning: 'with --exit-code: something would change' },
    ],
  },
  {
    name: 'boot',
    summary: 'Prepare an instance before its init starts (for platforms)',
    description: [
      'A platform that provides this program calls it in each zone before init. At the first boot it prepares the root and installs units that call the program where the platform has it. At every boot it then runs the early stage. If the image has the same or a newer agent, it does nothing.',
      'It ends within 20 seconds, and always with status 0: it reports errors, and init starts. To disable it, create the file /etc/lx-agent/off in the root, or set the metadata key lx-agent:boot to off.',
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
    exits: [{ status: 0, meaning: 'always' }, usage],
  },
  {
    name: 'status',
    summary: 'Show what the last boot did',
    description: [
      'Shows for each stage and step whether it changed something, kept a file, was skipped or failed, with the reason, the remedy and the time it took; and how the scripts ended. For a stage or script that is still running, it shows the process and the start time. Runs by hand since the boot are listed separately.',
    ],
    operands: [],
    options: [
      {
        name: 'wait',
        summary: 'First wait until both stages of this boot have ended and no script runs',
      },
      { ...deadline, default: '600', summary: 'With --wait: give up after this time' },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent status', meaning: 'the last boot in one screen' },
      {
        command: 'lx-agent status --wait --deadline 60',
        meaning: 'wait in a script until the user-script is done',
      },
      { command: 'lx-agent status --json', meaning: 'the same for a program' },
    ],
    exits: [
      { status: 0, meaning: 'the last boot went well' },
      {
        status: 1,
        meaning: 'a step of it or of the last run by hand failed, there is no report, or --wait gave up',
      },
      { status: 2, meaning: 'the metadata could not be read' },
      usage,
    ],
  },
  {
    name: 'doctor',
    summary: 'Find out what is wrong, and say how to fix it',
    description: [
      'Checks the zone, the metadata socket and its answers, the unit that starts the agent, other software that writes the same files, addresses and routes, and what a run would change. It changes nothing.',
    ],
    operands: [],
    options: [root, socket, json],
    examples: [{ command: 'lx-agent doctor', meaning: 'each finding with its remedy' }],
    exits: [{ status: 0, meaning: 'nothing is wrong' }, { status: 1, meaning: 'something is wrong' }, usage],
  },
  {
    name: 'logs',
    summary: 'Show the output of the agent and its scripts',
    description: [
      'Shows the last lines of the log of the agent, and of the output of the operator-script, the user-script and the hooks. The output of each run begins with a line that gives the time and the program. Under systemd, journalctl -u lx-agent-early -u lx-agent-late has more.',
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
      { name: 'last-run', summary: 'Show only the output of the last run of each script' },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent logs user-script --last-run', meaning: 'the last output of the user-script' },
      { command: 'lx-agent logs agent -n 20', meaning: 'the last errors and warnings' },
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
      'Writes an archive (.tar.gz, readable by its owner only) with the findings of the doctor, the reports of the last boots and runs, the log of the agent, the names of all metadata keys, the values that are not secret, and the files that the agent writes or reads.',
      "It leaves out scripts, user-data, SSH keys and the customer's metadata. It masks their values, passwords and tokens wherever they occur in the rest. It leaves out the output of scripts unless --script-logs is given.",
    ],
    operands: [],
    options: [
      {
        name: 'output',
        short: 'o',
        value: 'FILE',
        completes: 'file',
        summary:
          'Write to FILE, or to standard output if FILE is -; by default lx-agent-TIME.tar.gz in the current folder',
      },
      { name: 'script-logs', summary: 'Add the output of scripts and hooks, also masked' },
      root,
      socket,
      json,
    ],
    examples: [
      { command: 'lx-agent collect', meaning: 'an archive in the current folder' },
      { command: 'lx-agent collect -o - --root /mnt/image', meaning: 'from an image, to a pipe' },
    ],
    exits: [
      { status: 0, meaning: 'the archive is written, and files that could not be read are named' },
      { status: 1, meaning: 'the archive could not be written' },
      usage,
    ],
  },
  {
    name: 'history',
    summary: 'List the recorded boots and runs',
    description: [
      'Lists the last five boots and the last ten runs by hand, newest first: when, what was run, how long it took, and which steps changed something, kept something or failed, and why.',
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
      { command: 'lx-agent history -n 1', meaning: 'only the last run' },
    ],
    exits: [
      { status: 0, meaning: 'shown' },
      { status: 1, meaning: 'nothing is on record, or a report cannot be read' },
      usage,
    ],
  },
  {
    name: 'explain',
    summary: 'Explain who wrote a file and why, or what a step does',
    description: [
      'For a path: which step of the agent writes it, from which metadata keys, when it was written, and who owns the file now.',
      'For a step: what it does, the metadata keys that it reads, the files that it manages, and how it ended last.',
      'It changes nothing and does not query the metadata service.',
    ],
    operands: [
      {
        name: 'SUBJECT',
        summary: 'A step, such as hostname, or a path, such as /etc/resolv.conf',
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
      { status: 1, meaning: 'the agent has nothing to do with the path, or its records cannot be read' },
      usage,
    ],
  },
  {
    name: 'config check',
    summary: 'Find faults in the configuration or in metadata',
    description: [
      'Names each section, key, step and value that is not valid, with its line and a suggestion. A boot uses the default instead.',
      'With --metadata, it also checks a JSON object of metadata keys and values: what a boot would ignore, and why. A value that is not a string stands for its JSON text.',
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
        summary: 'Also check the metadata in this JSON file',
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
      'Shows the last boot from the start of the process to its exit: start-up, connection and each step. Under systemd it also shows the units around it, on the same axis.',
    ],
    operands: [],
    options: [
      {
        name: 'svg',
        value: 'FILE',
        completes: 'file',
        summary: 'Write a picture to FILE, for a bug report for instance',
      },
      { name: 'blame', summary: 'List what took time, longest first' },
      { name: 'chain', summary: 'Show the chain of systemd units that the boot had to wait for' },
      root,
      json,
    ],
    examples: [
      { command: 'lx-agent timeline --svg boot.svg', meaning: 'a picture of the boot' },
      { command: 'lx-agent timeline --blame', meaning: 'what took longest' },
    ],
    exits: [
      { status: 0, meaning: 'shown' },
      {
        status: 1,
        meaning: 'there is no report, there are no units for --chain, or FILE cannot be written',
      },
      usage,
    ],
  },
  {
    name: 'metadata get',
    summary: 'Print the value of a metadata key',
    description: [
      'Prints the value unchanged and adds a line feed, as mdata-get does.',
      "With --last it prints the value that the last boot read and does not query the service. Values that may be secret (scripts, user-data, keys, the customer's metadata) are not kept.",
    ],
    operands: [keyOperand],
    options: [last, root, ...metadataOptions],
    examples: [
      { command: 'lx-agent metadata get sdc:uuid', meaning: 'the id of this instance' },
      {
        command: 'lx-agent metadata get --last sdc:nics',
        meaning: 'the interfaces, while the service does not answer',
      },
    ],
    exits: [{ status: 0, meaning: 'printed' }, ...metadataExits],
  },
  {
    name: 'metadata list',
    summary: "List the customer's metadata keys",
    description: [
      "Prints one key per line. The service never lists the platform's keys, which begin with sdc:.",
      'With --last it lists the keys whose values the last boot kept, including those of the platform, and does not query the service.',
    ],
    operands: [],
    options: [last, root, ...metadataOptions],
    examples: [
      { command: 'lx-agent metadata list', meaning: 'one key per line' },
      {
        command: 'lx-agent metadata list --last --json',
        meaning: 'the keys that the last boot kept, with their values',
      },
    ],
    exits: [{ status: 0, meaning: 'listed' }, ...metadataExits.slice(1)],
  },
  {
    name: 'metadata put',
    summary: 'Set a metadata key',
    description: [
      "If VALUE is not given, it is read from standard input. The platform's keys are read-only.",
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
    description: ['It is not an error to delete a key that does not exist.'],
    operands: [keyOperand],
    options: metadataOptions,
    examples: [{ command: 'lx-agent metadata delete role', meaning: 'delete role' }],
    exits: [{ status: 0, meaning: 'deleted' }, ...metadataExits.slice(1)],
  },
  {
    name: 'image install',
    summary: 'Put the agent into an image',
    description: [
      "Copies this program, the units for the image's init system, the default configuration and the manual page, and enables the units. If the program cannot run with the C library of the image, a private one is installed with it. Installing again changes nothing; installing a newer version upgrades.",
      'Install the init system first. If none is found, only a line in rc.local may start the agent; the command says so and exits with status 1. Install again after an init system was added or replaced: that removes the files for the previous one.',
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
      { name: 'without-init', summary: 'Do not fail if nothing would start the agent yet' },
      force,
      dryRun,
      json,
    ],
    examples: [
      { command: 'lx-agent image install --root /mnt/image', meaning: 'into a directory' },
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
    summary: 'Remove the agent from an image',
    description: [
      'Restores the image to its state before the installation. Files that were edited since are kept and named. The changes of image prepare stay; image unprepare undoes them.',
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
    summary: 'Prepare an image for lx zones, once',
    description: [
      'Makes the changes that the platform would otherwise make at every boot: it turns off services that cannot run in a zone, removes file systems and consoles that a zone does not have, and links the native tools. Preparing again changes nothing.',
    ],
    operands: [],
    options: [imageRoot, only, skip, force, dryRun, json],
    examples: [
      { command: 'lx-agent image prepare --root /mnt/image --dry-run', meaning: 'show what it would change' },
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
    summary: 'Undo what prepare changed in an image',
    description: [
      'Restores each path that is still as prepare left it. A file that was edited since is kept and named, or loses only the lines that prepare added. With --force it is restored too, and a backup keeps the edited file.',
      'What clean removed cannot be restored: no copy is kept of keys, logs and caches, because an image must not contain them. Changes that the installed agent also needs stay until image uninstall, which can run before or after.',
    ],
    operands: [],
    options: [imageRoot, force, dryRun, json],
    examples: [
      {
        command: 'lx-agent image unprepare --root /mnt/image --dry-run',
        meaning: 'show what it would restore',
      },
    ],
    exits: [
      { status: 0, meaning: 'undone, or nothing to do' },
      { status: 1, meaning: 'something could not be restored, or no record was kept' },
      usage,
    ],
  },
  {
    name: 'image check',
    summary: 'Show what is still wrong with an image',
    description: [
      'Prints each finding with its reason and its remedy, and at the end the commands that fix what commands can fix. It works on any image, even if this program never changed it, and it changes nothing.',
      'It also checks the agent itself: its program, its C library, what makes the init system start it, and the manifest that the platform reads. If the platform provides the agent, the image needs none: use --skip agent.',
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
    summary: 'List the rules of prepare and check',
    description: [
      'Lists the names of rules and categories that --only and --skip take, each with a summary. Brackets hold the distributions and init systems of a rule that is not for all of them, and mark rules that only check uses.',
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
