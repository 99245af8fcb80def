import { expect, it } from 'vitest';
import { sayError } from '../../agent/commands/error-text.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { capturedIo } from '../support/captured-io.ts';

const say = (error: unknown, rootDirectory?: string) => {
  const io = capturedIo();
  const exit = sayError(error, false, io, rootDirectory);
  return { exit, ...io.said };
};

it('a path below another root is no path of this machine, and the error says so', () => {
  const error = new RootError('write', '/etc/hosts', 'EROFS');
  expect(say(error, '/mnt/image').stderr).toMatch(
    /^lx-agent: below \/mnt\/image: cannot write \/etc\/hosts: /,
  );
  expect(say(error, '/').stderr).toMatch(/^lx-agent: cannot write \/etc\/hosts: /);
  expect(say(error).stderr).toMatch(/^lx-agent: cannot write \/etc\/hosts: /);
});

it('a mistake in this program asks to be reported', () => {
  expect(say(new TypeError('x is undefined'))).toMatchObject({
    exit: 1,
    stdout: '',
    stderr: expect.stringMatching(/^lx-agent: this is a bug in lx-agent, please report it: TypeError: x is/),
  });
});
