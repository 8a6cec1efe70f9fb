import { compareAucs, aucEstimate, type AucEstimate } from '../delong';
import { brier, calibration, ks } from '../metrics';
import { brierParts, calibrationError, hosmerLemeshow, reliabilityBands } from '../reliability';
import { decimals, percent, probabilityText, table, whole, type Cell } from './html';
import type { Rival, ScorecardReportInput } from './input';

const FIGURES = ['AUC, 95% interval', 'Gini', 'KS', 'Brier', 'Slope', 'Mean PD', 'Bad rate'];

/** The card beside whoever else was asked about the same rows. */
export function performanceSection(input: ScorecardReportInput): string {
  const { pd, bad, rivals, card } = input;
  const own: Rival = { name: 'This card', gives: 'probabilities', scores: pd };
  const { development } = card.performance;
  const { slope, meanPd, badRate } = development.calibration;
  const rows = [own, ...rivals].map((rival) => performanceRow(rival, input));
  const onOwnRows: readonly Cell[] = [
    'This card, on the rows it learnt from',
    decimals(development.auc, 4),
    decimals(development.gini, 3),
    decimals(development.ks, 3),
    decimals(development.brier, 4),
    decimals(slope, 2),
    percent(meanPd),
    percent(badRate),
    '',
  ];
  return `${table({
    headings: [
      { text: 'Model' },
      ...[...FIGURES, 'Card ahead by'].map((text) => ({ text, isFigure: true })),
    ],
    rows: [...rows, onOwnRows],
  })}<p class="note">The interval and the test of a difference are DeLong’s, which knows that both
models were asked about the same people. A challenger is measured and never decides: nobody could
tell an applicant why.</p>${calibrationTable(pd, bad)}`;
}

function performanceRow(
  { name, gives, scores }: Rival,
  { pd, bad }: ScorecardReportInput,
): readonly Cell[] {
  const { auc, lower, upper }: AucEstimate = aucEstimate(scores, bad);
  const isProbability = gives === 'probabilities';
  const found = isProbability ? calibration(scores, bad) : undefined;
  return [
    name,
    `${decimals(auc, 4)} (${decimals(lower, 3)}–${decimals(upper, 3)})`,
    decimals(2 * auc - 1, 3),
    decimals(ks(scores, bad), 3),
    isProbability ? decimals(brier(scores, bad), 4) : '–',
    decimals(found?.slope ?? NaN, 2),
    percent(found?.meanPd ?? NaN),
    percent(found?.badRate ?? NaN),
    scores === pd ? '' : { html: difference(scores, { pd, bad }) },
  ];
}

function difference(
  scores: Float64Array,
  { pd, bad }: Pick<ScorecardReportInput, 'pd' | 'bad'>,
): string {
  const { difference: by, pValue } = compareAucs({ first: pd, second: scores }, bad);
  const sign = by < 0 ? '−' : '+';
  return `${sign}${decimals(Math.abs(by), 4)}, p ${probabilityText(pValue)}`;
}

function calibrationTable(pd: Float64Array, bad: Uint8Array): string {
  const bands = reliabilityBands(pd, bad);
  const fit = hosmerLemeshow(bands, 'elsewhere');
  const parts = brierParts(pd, bad);
  const rows = bands.map((band, index) => [
    whole(index + 1),
    `${percent(band.lowest)} – ${percent(band.highest)}`,
    whole(band.rows),
    whole(band.bad),
    percent(band.meanPd),
    percent(band.badRate),
  ]);
  return `<h3>Probabilities against outcomes, by tenths</h3>${table({
    headings: [
      { text: 'Tenth' },
      ...['Range', 'Cases', 'Bad', 'Mean PD', 'Bad rate'].map((text) => ({ text, isFigure: true })),
    ],
    rows,
  })}<p class="note">Expected calibration error ${percent(calibrationError(bands), 2)}. Hosmer and
Lemeshow: ${decimals(fit.statistic, 1)} on ${whole(fit.degreesOfFreedom)} degrees of freedom,
p ${probabilityText(fit.pValue)}. Brier’s score ${decimals(parts.score, 4)} = reliability
${decimals(parts.reliability, 4)} − resolution ${decimals(parts.resolution, 4)} + uncertainty
${decimals(parts.uncertainty, 4)} + within the tenths
${decimals(parts.withinBands, 4)}.</p>`;
}
