import {
  binLabel,
  binShares,
  psi,
  type CardFile,
  type Performance,
  type TrainingTable,
} from '../modules/credit';

/** What a person wants to know of a card that was just trained. */
export function cardSummary(card: CardFile): readonly string[] {
  const { training, performance, scaling } = card;
  const { method, window } = performance;
  return [
    '',
    `${card.title.en} (${card.id}/${card.version})`,
    `  ${training.rows} rows, ${training.bad} bad, ${span(training.window)}`,
    `  ${scaling.points} points at ${scaling.odds}:1, ${scaling.pointsToDoubleOdds} to double; base ${card.baseScore}`,
    `  ridge ${training.ridge}, shrinkage ${training.shrinkage}`,
    '',
    `Validation, ${method}${window ? `, ${span(window)}` : ''}`,
    ...performanceLines(performance.validation, performance.benchmark),
    'On its own rows',
    ...performanceLines(performance.development, undefined),
    '',
    ...card.characteristics.flatMap(characteristicLines),
    '',
    'Left out by selection',
    ...training.excluded.map(
      ({ variable, reason, informationValue }) =>
        `  ${variable.padEnd(34)} IV ${informationValue}  ${reason}`,
    ),
  ];
}

export function performanceLines(
  { rows, bad, auc, gini, ks, brier, calibration }: Performance,
  benchmark: { readonly auc: number; readonly ks: number } | undefined,
): readonly string[] {
  const { slope, intercept, meanPd, badRate } = calibration;
  return [
    `  ${rows} rows, ${bad} bad: AUC ${short(auc)}, Gini ${short(gini)}, KS ${short(ks)}, Brier ${short(brier)}`,
    `  calibration: slope ${short(slope)}, intercept ${short(intercept)}, mean PD ${short(meanPd)}, bad rate ${short(badRate)}`,
    ...(benchmark
      ? [`  the grade in the file: AUC ${short(benchmark.auc)}, KS ${short(benchmark.ks)}`]
      : []),
  ];
}

/** How far the applicants have moved from those the card was made for. */
export function stabilityLines(card: CardFile, table: TrainingTable): readonly string[] {
  return [
    'Moved since development (PSI; 0.10 is worth a look, 0.25 an alarm)',
    ...card.characteristics.map((characteristic) => {
      const { expected, actual } = binShares(characteristic, table);
      return `  ${characteristic.variable.padEnd(34)} ${short(psi(expected, actual))}`;
    }),
  ];
}

function characteristicLines(
  characteristic: CardFile['characteristics'][number],
): readonly string[] {
  const { variable, informationValue, coefficient, standardError, reason, bins } = characteristic;
  return [
    `${variable}  IV ${informationValue}  weight ${coefficient} ± ${standardError}  ${reason.code}`,
    ...bins.map((bin) => {
      const rate = bin.rows === 0 ? '-' : short(bin.bad / bin.rows);
      const label = binLabel(bin).padEnd(28);
      return `  ${label} ${String(bin.rows).padStart(7)} rows  bad ${rate.padStart(7)}  ${String(bin.points).padStart(3)} points`;
    }),
  ];
}

function span(window: { readonly from: string; readonly until: string } | undefined): string {
  return window ? `${window.from} to ${window.until}` : 'undated';
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
