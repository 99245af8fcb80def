import { endOfValueV1, type FrameReader, fitsV1, isReplyStatus, type Request, unescapeV1 } from './frame.ts';
import { OutOfStep, type Requests, type Speaker, settle } from './speaker.ts';

const nothing = Buffer.alloc(0);

/** Speaks V1. Requests that V1 cannot carry are settled at once. */
export function speakV1(requests: Requests): Speaker {
  const { open } = requests;
  for (const { id } of [...open.values()].filter((request) => !fitsV1(request)))
    settle(requests, id, { status: 'unusable', reason: `the platform's protocol V1 has no such request` });
  let valueFollows = false;

  return {
    opening: [...open.values()].map(({ argument }) => `GET ${argument}\n`).join(''),
    refusedV2: false,
    step(reader) {
      const text = reader.take(valueFollows ? endOfValueV1 : '\n');
      if (text === undefined) return undefined;
      const id = firstOf(open);
      if (id === undefined) throw new OutOfStep('an answer to no request');
      if (valueFollows) {
        valueFollows = false;
        return settle(requests, id, { status: 'SUCCESS', value: unescapeV1(text) });
      }
      const word = text.toString('latin1', 0, 64);
      valueFollows = word === 'SUCCESS';
      if (valueFollows) return true;
      if (word === 'invalid command') return settle(requests, id, { status: 'FAILURE', value: nothing });
      if (!isReplyStatus(word)) throw new OutOfStep('an answer that is not of the metadata protocol');
      return settle(requests, id, { status: word, value: nothing });
    },
    answering: (_reader: FrameReader) => (valueFollows ? firstOf(open) : undefined),
  };
}

/** V1 has no ids: answers arrive in the order of the requests, which is the order of the map. */
function firstOf(open: ReadonlyMap<string, Request>): string | undefined {
  return open.keys().next().value;
}
