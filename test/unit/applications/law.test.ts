import { Money } from '../../../src/kernel/money';
import { assess, Rulebooks } from '../../../src/modules/rulebooks';

const rulebooks = Rulebooks.load('compliance/rulebooks');

/** What the applications tell a rulebook of a good borrower's request. */
function asked(rulebookId: string, at: string, changes: { months?: number; amount?: string } = {}) {
  const rulebook = rulebooks.get(rulebookId);
  const amount = Money.parse(changes.amount ?? '5000', rulebook.currency);
  return assess(rulebook, 'apply', {
    at: new Date(at),
    amount,
    offering: {
      kind: 'loan',
      target: amount,
      maximum: amount,
      loan: { termMonths: changes.months ?? 24, purpose: 'home-improvement', security: 'none' },
    },
    borrower: {
      kind: 'natural',
      isVerified: true,
      residence: 'domestic',
      outstandingElsewhere: Money.zero(rulebook.currency),
      hasDeclaredLoans: true,
      hasLimitCertificate: true,
      isRelatedToOperator: false,
      hasRepaymentSource: true,
    },
  }).findings.map(({ rule }) => rule);
}

describe('the request of a good borrower', () => {
  test.each([
    { rulebook: 'in-p2p', at: '2025-03-10T09:00:00Z' },
    { rulebook: 'cn-p2p', at: '2018-03-12T09:00:00Z' },
    { rulebook: 'uk-fca', at: '2025-03-10T09:00:00Z' },
    { rulebook: 'eu-ecspr', at: '2025-03-10T09:00:00Z' },
  ])('is lawful under $rulebook', ({ rulebook, at }) => {
    expect(asked(rulebook, at)).toEqual([]);
  });

  test.each([
    { months: 36, findings: [] },
    { months: 37, findings: ['tenor'] },
  ])('for $months months under in-p2p: $findings', ({ months, findings }) => {
    expect(asked('in-p2p', '2025-03-10T09:00:00Z', { months })).toEqual(findings);
  });
});
