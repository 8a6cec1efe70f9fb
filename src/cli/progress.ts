import { MultiBar, Presets } from 'cli-progress';
import type { Print } from './program';

/** How far something is that takes a while. */
export interface Progress {
  /** @param done from 0 to 1. */
  update(done: number, what: string): void;
  /** A line that stays, above the bar where there is one. */
  print(line: string): void;
  stop(): void;
}

const STEPS = 1000;

/**
 * A bar where somebody watches; where the output goes to a file, a line for each tenth, or none
 * when what is printed tells how far it is.
 */
export function showProgress(
  title: string,
  print: Print,
  { isNarrated = false }: { readonly isNarrated?: boolean } = {},
): Progress {
  if (process.stdout.isTTY) return bar(title);
  return isNarrated ? { update: ignore, print, stop: ignore } : lines(title, print);
}

function bar(title: string): Progress {
  const bars = new MultiBar(
    {
      format: `  ${title} {bar} {percentage}% {what}`,
      hideCursor: true,
      barsize: 30,
      // It would take Ctrl-C for itself.
      gracefulExit: false,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  const single = bars.create(STEPS, 0, { what: '' });
  return {
    update: (done, what) => {
      single.update(Math.trunc(done * STEPS), { what: what.slice(0, 40) });
    },
    print: (line) => bars.log(`${line}\n`),
    stop: () => {
      // Writes what it was still gathering.
      bars.update();
      bars.stop();
    },
  };
}

function lines(title: string, print: Print): Progress {
  let shown = -1;
  return {
    update: (done, what) => {
      const tenth = Math.trunc(done * 10);
      if (tenth <= shown) return;
      shown = tenth;
      print(`  ${title}: ${tenth * 10}% ${what}`);
    },
    print,
    stop: ignore,
  };
}

function ignore(): void {
  // Nothing is shown.
}
