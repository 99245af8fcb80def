// Name servers that answer each question with "no such record". Arguments: their addresses. Says "ready" when all listen.
import { createSocket } from 'node:dgram';

await Promise.all(
  process.argv.slice(2).map(
    (address) =>
      new Promise((ready) => {
        const socket = createSocket('udp4');
        socket.on('message', (query, from) => {
          const answer = Buffer.from(query);
          answer.writeUInt16BE(0x8180, 2); // a response without error; what is asked is repeated, nothing follows
          socket.send(answer, from.port, from.address);
        });
        socket.bind(53, address, ready);
      }),
  ),
);
process.stdout.write('ready\n');
