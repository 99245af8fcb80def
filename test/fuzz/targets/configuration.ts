import assert from 'node:assert/strict';
import { readConfiguration, rendererNames } from '../../../agent/system/configuration.ts';
import { inputOf } from '../input.ts';
import type { Target } from '../target.ts';

const week = 7 * 86_400;

/** /etc/lx-agent.ini: whatever is in it there is a configuration, and every complaint is one line to print. */
export const configurationTarget: Target = {
  seeds: [
    inputOf({
      ini: '; a comment\n[early]\nmetadata_deadline = 15\noperator_script_deadline=300\n[late]\nuser_script_deadline = 86400\n',
    }),
    inputOf({ ini: '[steps]\nnetwork = off\nhostname=on\n[network]\nrenderer = netplan\npolicy = full\n' }),
    inputOf({ ini: '\uFEFF[hooks]\r\ndeadline = "60"\r\n[unknown]\r\na[]=b\r\n' }),
  ],
  tokens: [
    ...[
      '[early]',
      '[steps]',
      '[__proto__]',
      '__proto__ = off',
      'constructor = off',
      '[a.b]',
      'a[]',
      '[',
      ']',
      '=',
    ],
    ...['"', "'", '\\', ';', '#', '\n', '\r', '\0', '\u2028', 'off', 'false', '1e9', '-1', '999999999'],
  ],
  open: () => ({
    hold({ ini = Buffer.alloc(0) }) {
      const said: string[] = [];
      const read = () => readConfiguration({ readText: () => ini.toString() }, (line) => said.push(line));
      const { early, late, hooks, network, stepsOff } = read();
      for (const seconds of [...Object.values(early), ...Object.values(late), hooks.deadline])
        assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= week, `${seconds} seconds`);
      assert.ok(['auto', 'none', ...rendererNames].includes(network.renderer));
      assert.ok(['auto', 'hands-off', 'full'].includes(network.policy));
      for (const line of said)
        assert.match(line, /^\/etc\/lx-agent\.ini:\d+: (warning|error): [ -~]{1,400}$/);
      for (const step of stepsOff) assert.equal(typeof step, 'string');
      assert.equal(Object.hasOwn(Object.prototype, 'off'), false);
    },
    close: () => undefined,
  }),
};
