import { type Answer, answers, errorNumbers, lastCall, routeCall, type Test } from './answers.ts';

/** One instruction of classic BPF: `struct sock_filter`. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const [loadWord, and, jumpEqual, jumpGreater, jumpBits, giveBack] = [0x20, 0x54, 0x15, 0x25, 0x45, 0x06];
/** Offsets in `struct seccomp_data`; an argument's lower half comes first. */
const [numberAt, architectureAt, argumentsAt] = [0, 4, 16];
const x86_64 = 0xc000003e;
const [allow, error, notify] = [0x7fff0000, 0x00050000, 0x7fc00000];

const noCall = error | errorNumbers[lastCall.answer];

const load = (k: number): Instruction => ({ code: loadWord, jt: 0, jf: 0, k });
const end = (k: number): Instruction => ({ code: giveBack, jt: 0, jf: 0, k });
const jump = (code: number, k: number, jt: number, jf: number): Instruction => ({ code, jt, jf, k });

/**
 * The seccomp program that answers system calls as the table says, or as `before` says, which is tried first. A 32-bit
 * program finds no system call at all.
 */
export function seccompProgram(before: readonly Answer[] = []): Instruction[] {
  const calls = [...Map.groupBy([...before, ...answers], ({ number }) => number)];
  return [
    load(architectureAt),
    jump(jumpEqual, x86_64, 1, 0),
    end(noCall),
    load(numberAt),
    jump(jumpEqual, routeCall, 0, 1),
    end(notify),
    jump(jumpGreater, lastCall.number, 0, 1),
    end(noCall),
    ...calls.flatMap(([number, ofCall]) => {
      const block = [...ofCall.flatMap(answered), end(allow)];
      return [jump(jumpEqual, number, 0, block.length), ...block];
    }),
    end(allow),
  ];
}

/** Give the answer where the call fits, else go on behind. */
function answered({ when, answer }: Answer): Instruction[] {
  const tests = when === undefined ? [] : 'all' in when ? when.all : [when];
  let block = [end(action(answer))];
  for (const test of tests.toReversed()) block = [...condition(test, block.length), ...block];
  return block;
}

/** Go on with the next instruction where the test holds, else skip as many more. */
function condition(test: Test, skip: number): Instruction[] {
  const argument = load(argumentsAt + 8 * test.argument);
  if ('bits' in test)
    return [
      argument,
      { code: and, jt: 0, jf: 0, k: test.bits.mask },
      jump(jumpEqual, test.bits.are, 0, skip),
    ];
  if ('hasAnyBitOf' in test) return [argument, jump(jumpBits, test.hasAnyBitOf, 0, skip)];
  const isOneOf = 'isOneOf' in test;
  const values = isOneOf ? test.isOneOf : test.isNoneOf;
  const compare = values.map((value, index) => {
    const toTheLast = values.length - 1 - index;
    if (!isOneOf) return jump(jumpEqual, value, toTheLast + skip, 0);
    return jump(jumpEqual, value, toTheLast, toTheLast === 0 ? skip : 0);
  });
  return [argument, ...compare];
}

function action(answer: Answer['answer']): number {
  if (answer === 'asked of the supervisor') return notify;
  return answer === 'success without effect' ? error : error | errorNumbers[answer];
}
