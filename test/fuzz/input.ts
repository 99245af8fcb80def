/** What a target is given: named pieces of bytes, a metadata key or a path with its content for instance. */
export type Input = Readonly<Record<string, Buffer>>;

/** Numbers from 0 to below `limit`, the same again from the same seed. */
export type Chance = (limit: number) => number;

/** A generator of 32 bits of state (Marsaglia's xorshift): good enough to vary inputs, and the same everywhere. */
export function chanceFrom(seed: number): Chance {
  let state = seed | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, limit);
  };
}

const longest = 64 * 1024;

/** One to four alterations of an input; `others` lend their pieces, `tokens` are words worth putting in. */
export function altered(
  input: Input,
  others: readonly Input[],
  tokens: readonly string[],
  chance: Chance,
): Input {
  let result = input;
  for (let left = 1 + chance(4); left > 0; left--) {
    const names = Object.keys(result);
    const name = names[chance(names.length)] ?? '';
    const piece = result[name] ?? Buffer.alloc(0);
    const lender = others[chance(others.length)]?.[name] ?? piece;
    result = { ...result, [name]: alteredPiece(piece, lender, tokens, chance).subarray(0, longest) };
  }
  return result;
}

function alteredPiece(piece: Buffer, lender: Buffer, tokens: readonly string[], chance: Chance): Buffer {
  const at = chance(piece.length + 1);
  const to = Math.min(piece.length, at + 1 + chance(chance(2) === 0 ? 4 : piece.length));
  const around = (middle: Buffer, from = at) =>
    Buffer.concat([piece.subarray(0, at), middle, piece.subarray(from)]);
  const token = Buffer.from(tokens[chance(tokens.length)] ?? '');
  switch (chance(9)) {
    case 0:
      return around(Buffer.alloc(0), to);
    case 1:
      return around(Buffer.of(chance(256)), Math.min(piece.length, at + 1));
    case 2:
      return around(piece.subarray(at, to), at);
    case 3:
      return around(lender.subarray(chance(lender.length + 1)));
    case 4:
      return around(token, to);
    case 5:
      return piece.length === 0 ? token : Buffer.concat([piece.subarray(at), piece.subarray(0, at)]);
    case 6:
      return chance(8) === 0 ? Buffer.concat(Array.from({ length: 200 }, () => piece)) : around(token);
    default:
      return around(token);
  }
}

/** The smallest input, by cutting pieces out, for which `fails` still says so; looks at a few thousand at most. */
export async function smallest(input: Input, fails: (input: Input) => Promise<boolean>): Promise<Input> {
  let best = input;
  let looks = 3000;
  const attempt = async (candidate: Input) => {
    if (looks-- <= 0 || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (const name of Object.keys(input)) {
    const { [name]: _gone, ...rest } = best;
    if (await attempt(rest)) continue;
    for (let size = Math.ceil((best[name]?.length ?? 0) / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < (best[name]?.length ?? 0); ) {
        const piece = best[name] ?? Buffer.alloc(0);
        const shorter = Buffer.concat([piece.subarray(0, at), piece.subarray(at + size)]);
        if (!(await attempt({ ...best, [name]: shorter }))) at += size;
      }
    }
  }
  return best;
}

/** An input as JSON that a person can read where it is text; a byte is a character (latin1). */
export function encodeInput(input: Input): string {
  const texts = Object.entries(input).map(([name, piece]) => [name, piece.toString('latin1')]);
  return `${JSON.stringify(Object.fromEntries(texts), null, 1)}\n`;
}

/** The reverse of `encodeInput`. */
export function decodeInput(text: string): Input {
  const pieces: Record<string, string> = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(pieces).map(([name, piece]) => [name, Buffer.from(piece, 'latin1')]),
  );
}

/** An input from text. */
export function inputOf(pieces: Readonly<Record<string, string>>): Input {
  return Object.fromEntries(Object.entries(pieces).map(([name, text]) => [name, Buffer.from(text)]));
}
