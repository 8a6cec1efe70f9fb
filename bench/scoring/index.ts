import { cpus } from 'node:os';
import type { Print } from '../../src/cli/program';
import { referenceData } from '../../test/support/reference-data';
import { barLine, digits, isMet, type Bar } from './bars';
import { benchGerman, type Measured } from './german';
import { benchLendingClub } from './lending-club';

/**
 * How well the scorecards tell good from bad on public data that nobody here chose, against bars.
 * The data are not part of the product: `--data FOLDER` says where they are, and what is not there
 * is left out and said so.
 */
export async function benchScoring(
  print: Print,
  { isQuick }: { readonly isQuick: boolean },
): Promise<void> {
  print(`Node ${process.version}, ${cpus().length} processors`);
  const repeats = isQuick ? 1 : 10;
  const german = await onFile(print, 'german.data', (path) =>
    benchGerman(print, path, { repeats }),
  );
  const lendingClub = await onFile(print, 'lc_creditmodel.csv', (path) =>
    benchLendingClub(print, path, { isQuick }),
  );
  const bars = [german, lendingClub].flatMap((measured) => measured?.bars ?? []);
  bars.map(barLine).forEach(print);
  print(
    JSON.stringify({
      bench: 'scoring',
      german_credit: german?.figures,
      lending_club_2018: lendingClub?.figures,
      bars: bars.map(wire),
      violations: bars.filter((bar) => !isMet(bar)).length,
    }),
  );
}

async function onFile(
  print: Print,
  file: string,
  measure: (path: string) => Promise<Measured>,
): Promise<Measured | undefined> {
  const at = process.argv.indexOf('--data');
  const path = referenceData(file, at < 0 ? undefined : process.argv[at + 1]);
  if (path !== undefined) return measure(path);
  print(`${file} is not there: left out. Say where with --data FOLDER.`);
  return undefined;
}

function wire(bar: Bar) {
  const { name, value, atLeast, atMost } = bar;
  return { name, value: digits(value), at_least: atLeast, at_most: atMost, is_met: isMet(bar) };
}
