import type { MandateTerms } from '../src/modules/matching';
import type { House } from './house';
import { sha256, type Investor, type InvestorDraft } from './people';

const CONFIRMED = [
  'riskWarning',
  'lossOfAll',
  'consentAboveThreshold',
  'understanding',
  'limitsObserved',
];

/** A lender with a mandate, drafted and signed. */
export async function signedLender(
  house: House,
  draft: InvestorDraft,
  terms: MandateTerms,
): Promise<Investor> {
  const { mandates } = house.stage.services;
  const lender = await house.investor(draft);
  await house.write(lender, async (tx) => {
    const { mandate, text } = await mandates.draft(tx, lender.id, terms);
    await mandates.sign(tx, mandate.id, { textSha256: sha256(text.en), acknowledged: CONFIRMED });
  });
  return lender;
}
