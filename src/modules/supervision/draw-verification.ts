import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { rate } from '../../kernel/rate';
import { commitmentTo, draw, type Draw } from './draw';

/**
 * Computes a published draw again from what it says it follows from.
 *
 * @returns what differs; nothing where the draw is as it had to be.
 * @throws Problem `rate.malformed` for terms that are no decimals.
 */
export function flawsOf(published: Draw): readonly string[] {
  const { nonce, reportSha256, ledgerHead, population, roster, inspectors } = published;
  const again = draw(
    population,
    { nonce, reportSha256, ledgerHead },
    {
      detectionRate: rate(published.detectionRate),
      confidence: rate(published.confidence),
      roster,
      inspectors: inspectors.length,
    },
  );
  const differing = (['seed', 'sampleSize', 'inspectors', 'drawn'] as const)
    .filter((field) => textOf(published[field]) !== textOf(again[field]))
    .map((field) => `${field} is ${textOf(published[field])}, and must be ${textOf(again[field])}`);
  const keys = new Set(population.map(({ key }) => key));
  return [
    ...(published.commitment === commitmentTo(nonce)
      ? []
      : ['the nonce is not the one that was committed to']),
    ...(keys.size === population.length ? [] : ['the population names a case twice']),
    ...differing,
  ];
}

function textOf(value: unknown): string {
  const text = canonicalJson(value as Json);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
