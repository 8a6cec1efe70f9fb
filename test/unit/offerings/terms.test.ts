import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { offeringTerms, termsJson, type OfferingTerms } from '../../../src/modules/offerings';
import { differences, frozenFaults } from '../../../src/modules/offerings/change';
import { termFaults } from '../../../src/modules/offerings/term-faults';
import { someTerms } from '../../support/builders/offering-terms';

const usd = (amount: string) => Money.parse(amount, 'USD');

describe('terms as they are stored', () => {
  it.each([
    { name: 'the least', changes: {} },
    {
      name: 'everything',
      changes: {
        maximumTicket: usd('5000.00'),
        opensAt: new Date('2025-03-05T09:00:00Z'),
        legalFormHolderLimit: 50,
        price: rate('0.0123456'),
      },
    },
  ])('come back unchanged: $name', ({ changes }) => {
    const json = termsJson(someTerms(changes));
    const again = termsJson(offeringTerms(JSON.parse(JSON.stringify(json)) as typeof json));
    expect(again).toEqual(json);
  });

  it('write the price with at least five digits', () => {
    expect(termsJson(someTerms({ price: rate('2.04') })).price).toBe('2.04000');
    expect(termsJson(someTerms({ price: rate('2.0412345') })).price).toBe('2.0412345');
  });
});

describe('terms that contradict themselves', () => {
  const cases: readonly { code: string; changes: Partial<OfferingTerms> }[] = [
    { code: 'mixed-currencies', changes: { minimumTicket: Money.parse('100.00', 'EUR') } },
    { code: 'target-not-positive', changes: { target: usd('0.00') } },
    { code: 'target-above-maximum', changes: { target: usd('250000.01') } },
    { code: 'order-limit-below-maximum', changes: { orderLimit: usd('249999.99') } },
    { code: 'price-too-small', changes: { price: rate('0.00999') } },
    { code: 'minimum-ticket-below-price', changes: { minimumTicket: usd('2.49') } },
    { code: 'minimum-ticket-too-large', changes: { maximumTicket: usd('99.99') } },
    { code: 'minimum-ticket-too-large', changes: { minimumTicket: usd('250000.01') } },
    { code: 'target-out-of-reach', changes: { target: usd('250000.00'), price: rate('3') } },
    { code: 'closes-before-opening', changes: { opensAt: new Date('2025-05-01T16:00:00Z') } },
    { code: 'fee-out-of-range', changes: { feeRate: rate('1') } },
    { code: 'fee-out-of-range', changes: { feeRate: rate('-0.01') } },
    { code: 'holder-limit-too-small', changes: { legalFormHolderLimit: 0 } },
  ];
  it.each(cases)('are told $code', ({ code, changes }) => {
    expect(termFaults(someTerms(changes)).map((fault) => fault.code)).toContain(code);
  });

  it('are none when they make sense', () => {
    expect(termFaults(someTerms())).toEqual([]);
    expect(termFaults(someTerms({ target: usd('250000.00'), price: rate('2.5') }))).toEqual([]);
  });
});

describe('a change of terms', () => {
  const version = { terms: someTerms(), documents: [] };
  const document = {
    id: 'doc_00000000000000000000000001' as const,
    kind: 'form-c' as const,
    title: 'Form C',
    sha256: 'a'.repeat(64),
    mustAcknowledge: true,
  };

  it('names every field and document that differs', () => {
    const after = { terms: someTerms({ maximum: usd('260000.00') }), documents: [document] };
    const fields = differences(version, after).map((difference) => difference.field);
    expect(fields).toEqual(['maximum', `documents.${document.id}`]);
    expect(differences(version, version)).toEqual([]);
  });

  it.each([
    { field: 'price', changes: { price: rate('2.51') } },
    {
      field: 'instrument',
      changes: { instrument: { kind: 'ordinary-shares' as const, className: 'B' } },
    },
    { field: 'isAllOrNothing', changes: { isAllOrNothing: false } },
  ])('may not touch $field', ({ changes }) => {
    const changed = differences(version, { terms: someTerms(changes), documents: [] });
    expect(frozenFaults(changed)).toHaveLength(1);
  });

  it('may touch the fee, but of no loan: its borrower accepted an offer that named it', () => {
    const changed = differences(version, {
      terms: someTerms({ feeRate: rate('0.0777') }),
      documents: [],
    });
    expect(frozenFaults(changed)).toEqual([]);
    expect(frozenFaults(changed, 'loan')).toMatchObject([{ code: 'frozen-term' }]);
  });

  it('may touch what subscriptions do not stand on', () => {
    const changed = differences(version, {
      terms: someTerms({ title: 'Lantern', closesAt: new Date('2025-05-08T16:00:00Z') }),
      documents: [],
    });
    expect(frozenFaults(changed)).toEqual([]);
  });
});
