import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  askForRoot,
  checkResolvConf,
  checkResolversAnswer,
  nameServers,
} from '../../agent/doctor/resolvers.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';

const at = (text: string | undefined) => ({ readText: () => text });
const instance = (resolvers?: string) =>
  decodeInstance(
    new Map(
      resolvers === undefined
        ? []
        : [['sdc:resolvers', { status: 'found' as const, value: Buffer.from(resolvers) }]],
    ),
  );

describe('resolv.conf against the metadata', () => {
  it('is told apart from comments', () => {
    expect(
      nameServers(at('# nameserver 1\nnameserver 192.0.2.1\n nameserver x\nnameserver\t::1 \n')),
    ).toEqual(['192.0.2.1', '::1']);
    expect(nameServers(at(undefined))).toBeUndefined();
  });

  it('is right when it names a server', () => {
    expect(checkResolvConf(at('nameserver 192.0.2.1\n'), instance('["192.0.2.1"]'))).toEqual([]);
    expect(checkResolvConf(at('nameserver 192.0.2.1\n'), instance())).toEqual([]);
  });

  it.each([
    [
      'no file, and a run would write one',
      undefined,
      '["192.0.2.1"]',
      /no \/etc\/resolv.conf/,
      'lx-agent run resolver',
    ],
    [
      'no server, and none in the metadata',
      'search x\n',
      undefined,
      /names no name server/,
      /names no resolver; set them/,
    ],
    [
      'no server, and none that is valid',
      '',
      '["x"]',
      /names no name server/,
      /no address in sdc:resolvers is valid/,
    ],
    [
      'a server from earlier metadata beside an empty list',
      'nameserver 192.0.2.9\n',
      '[]',
      /empty list, and \/etc\/resolv.conf still names 192.0.2.9/,
      /vmadm update/,
    ],
  ])('%s', (_name, text, resolvers, said, remedy) => {
    expect(checkResolvConf(at(text), instance(resolvers))).toEqual([
      {
        status: 'wrong',
        subject: 'resolvers',
        text: expect.stringMatching(said),
        remedy: expect.stringMatching(remedy),
      },
    ]);
  });

  it('says that a fourth server is never asked', () => {
    const text = [1, 2, 3, 4].map((n) => `nameserver 192.0.2.${n}\n`).join('');
    expect(checkResolvConf(at(text), instance())).toMatchObject([{ status: 'note' }]);
  });
});

/** A name server on the loopback: answers with the code, or never. */
async function server(code: number | undefined): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port }) => {
    if (code === undefined) return;
    const answer = Buffer.from(question);
    answer[2] = 0x81;
    answer[3] = 0x80 | code;
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => new Promise((resolve) => socket.close(() => resolve())));
  return `127.0.0.1:${socket.address().port}`;
}

describe('a name server', () => {
  it('answers, whether or not it knows the record', async () => {
    expect(await askForRoot(await server(0))).toMatchObject({ status: 'answered' });
    expect(await askForRoot(await server(3))).toMatchObject({ status: 'answered' });
  });

  it('answers that it does not serve this machine, or that it cannot', async () => {
    expect(await askForRoot(await server(5))).toEqual({ status: 'failed', code: 'REFUSED' });
    expect(await askForRoot(await server(2))).toEqual({ status: 'failed', code: 'SERVFAIL' });
  });

  it('is silent, and given up at the deadline', async () => {
    expect(await askForRoot(await server(undefined), 300)).toEqual({ status: 'silent' });
  });

  it('is not there', async () => {
    const gone = createSocket('udp4');
    gone.bind(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address();
    await new Promise<void>((resolve) => gone.close(() => resolve()));
    expect(await askForRoot(`127.0.0.1:${port}`, 1000)).toEqual({ status: 'refused' });
  });

  it('that is no address is a failure, and stops nothing', async () => {
    expect(await askForRoot('not-an-address', 300)).toMatchObject({ status: 'failed' });
  });
});

it('each of the three that the C library asks has its finding', async () => {
  const text = [1, 2, 3, 4].map((n) => `nameserver 192.0.2.${n}\n`).join('');
  const findings = await checkResolversAnswer(at(text), async (address) =>
    address.endsWith('1')
      ? { status: 'answered', milliseconds: 12 }
      : address.endsWith('2')
        ? { status: 'silent' }
        : { status: 'refused' },
  );
  expect(findings).toMatchObject([
    { status: 'ok', text: '192.0.2.1 answers, in 12 ms' },
    { status: 'wrong', text: '192.0.2.2 gave no answer within 3 s' },
    { status: 'wrong', text: 'nothing listens on port 53 of 192.0.2.3' },
  ]);
});
