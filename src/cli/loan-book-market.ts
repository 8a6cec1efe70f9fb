import { rate } from '../kernel/rate';
import type { MandateTerms } from '../modules/matching';
import { Office } from '../../seeds/office';
import { ELBE } from '../../seeds/operators';
import { signedLender } from '../../seeds/signed-lender';
import type { World } from '../../seeds/world';

/** From careful to bold: which grades each kind of lender takes. A loan has four to twelve lenders. */
const KINDS = [
  ['A', 'B', 'C'],
  ['B', 'C', 'D', 'E'],
  ['C', 'D', 'E', 'F', 'G'],
] as const;
const LENDERS_OF_A_KIND = 4;
/** More than any file lends: what is lent where is for the grades to say. */
const CASH = '1000000000.00';

/** The operator that takes the book over: opened with its lenders the first time. */
export async function openMarket(world: World): Promise<Office> {
  const [operator] = world.services.directory.all();
  if (operator) return new Office(world, operator);
  // The file names no fees.
  const house = await world.operator({ ...ELBE, successFeeRate: '0' });
  await house.write(house.staff.compliance, (tx) =>
    world.services.listing.setPolicy(tx, {
      reviewedBy: 'credit-decision',
      note: 'A loan book that is taken over.',
    }),
  );
  for (const grades of KINDS) {
    for (let lender = 0; lender < LENDERS_OF_A_KIND; lender += 1) {
      const terms = wishes(house, grades);
      await signedLender(house, { cash: CASH, tier: 'sophisticated' }, terms);
    }
  }
  return house;
}

function wishes(office: Office, grades: readonly string[]): MandateTerms {
  const budget = office.money(CASH);
  return {
    currency: budget.currency,
    budget,
    keepUninvested: office.money('0.00'),
    ticket: office.money('25.00'),
    maxPerLoan: budget,
    grades,
    maxPerGrade: [],
    mostTermMonths: 60,
    minimumRate: rate('0'),
    reinvest: true,
    approvesEach: false,
  };
}
