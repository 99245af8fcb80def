import { underSystemd } from '../report/log.ts';
import type { Io } from './io.ts';

/** Shows what is going on once it has taken a second. On a terminal it updates one line. */
export interface Progress {
  /** Something begins, and whatever was going on before has ended. */
  begin(what: string): void;
  end(): void;
}

const second = 1000;

/** Progress on stderr. Its timer never keeps the program running. */
export function progressOn(io: Pick<Io, 'stderr' | 'environment'>): Progress {
  let timer: NodeJS.Timeout | undefined;
  let what = '';
  let seconds = 0;
  let line = false;

  function tick(): void {
    seconds += 1;
    if (io.stderr.isTerminal && (io.environment.TERM ?? 'dumb') !== 'dumb') {
      io.stderr.write(`\r\u001b[Klx-agent: ${what}, ${seconds} s`);
      line = true;
    } else if (seconds === 1) {
      const prefix = underSystemd(io.environment, io.stderr) ? '<6>' : 'lx-agent: ';
      io.stderr.write(`${prefix}${what}\n`);
    }
  }

  function wipe(): void {
    if (line) io.stderr.write('\r\u001b[K');
    line = false;
  }

  return {
    begin(next) {
      wipe();
      what = next;
      seconds = 0;
      if (timer === undefined) timer = setInterval(tick, second).unref();
      else timer.refresh();
    },
    end() {
      clearInterval(timer);
      timer = undefined;
      wipe();
    },
  };
}
