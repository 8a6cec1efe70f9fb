import { Problem } from '../kernel/problem';
import { StartupProblem } from '../platform/db/startup-problem';

export type Print = (line: string) => void;

/**
 * Runs a program of the command line. What the person at the terminal can mend is said in one
 * clear line; anything else is a bug and shown with its stack. Either ends with exit code 1.
 */
export function runProgram(work: (print: Print) => Promise<void>): void {
  const print: Print = (line) => {
    process.stdout.write(`${line}\n`);
  };
  work(print).catch((error: unknown) => {
    process.stderr.write(`${explained(error)}\n`);
    process.exitCode = 1;
  });
}

function explained(error: unknown): string {
  if (error instanceof StartupProblem) return `\n  ${error.message}\n`;
  if (error instanceof Problem) return `\n  ${error.title}. ${error.detail ?? ''}\n`;
  if (error instanceof Error) {
    // What `listen` and the argument parser say is meant for people; the rest is ours to mend.
    return /^(Port \d+|Usage:|\S+ is not an address)/.test(error.message)
      ? `\n  ${error.message}\n`
      : (error.stack ?? error.message);
  }
  return String(error);
}

/** Whether somebody wants the program to end, and when. */
export interface StopRequest {
  readonly isMade: boolean;
  readonly made: Promise<void>;
}

/** npm, `timeout` and terminals signal the whole group: one wish may arrive more than once. */
const SAME_WISH_MS = 1000;

/** Listens for the first signal to stop; a second one ends the process at once. */
export function listenForStop(): StopRequest {
  let isMade = false;
  let madeAt = 0;
  const made = new Promise<void>((resolve) => {
    const stop = (): void => {
      if (isMade && performance.now() - madeAt > SAME_WISH_MS) process.exit(1);
      if (!isMade) madeAt = performance.now();
      isMade = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
  return {
    get isMade() {
      return isMade;
    },
    made,
  };
}
