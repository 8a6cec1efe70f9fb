import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import {
  externalIdOf,
  isSameTerms,
  offeringRequest,
  revisedTerms,
  type OfferingReading,
} from '../../../src/modules/filings/offering-request';
import { readOffering } from '../../../src/modules/filings/schema';
import type { OfferingTerms } from '../../../src/modules/offerings';
import { changed, statementOf, USUAL_IMPORT } from '../../support/filings';

const SETTINGS = {
  ...USUAL_IMPORT,
  timeZone: 'America/New_York',
  successFeeRate: rate('0.07'),
};
const ISSUER = 'iss_01JTVST7XAES5BXHWZN4KR4VEZ';

function read(source: string): OfferingReading {
  const reading = offeringRequest(statementOf(source), SETTINGS);
  if (reading instanceof Problem) throw reading;
  return reading;
}

function termsOf(source: string): OfferingTerms {
  const draft = readOffering({ ...read(source).request, issuerId: ISSUER });
  if (draft instanceof Problem) throw draft;
  return draft.terms;
}

describe('the offering of a filing as a request', () => {
  it('is what the API would be sent', () => {
    expect(read('c-mini.xml').request).toEqual({
      kind: 'equity',
      externalId: '0009999111-2025-06-30',
      terms: {
        title: 'Mossy Gate Bindery LLC: Membership Units',
        summary: expect.stringContaining('Form C signed on 2025-03-10') as string,
        instrument: { kind: 'ordinary-shares', className: 'Membership Units' },
        currency: 'USD',
        price: '1.20000',
        target: { amount: '5000.00', currency: 'USD' },
        maximum: { amount: '20000.00', currency: 'USD' },
        orderLimit: { amount: '25000.00', currency: 'USD' },
        minimumTicket: { amount: '99.60', currency: 'USD' },
        allocation: { method: 'first-come' },
        // Summer time: midnight in New York is four o'clock in UTC.
        closesAt: '2025-07-01T04:00:00.000Z',
        feeRate: '0.045',
        isAllOrNothing: true,
      },
    });
  });

  it.each([
    { source: 'c-equity.xml', method: 'pro-rata' },
    { source: 'c-mini.xml', method: 'first-come' },
    {
      source: changed('c-mini.xml', [
        ['First-come, first-served basis', 'Other'],
        [
          '<maximumOfferingAmount>',
          '<descOverSubscription>As we like</descOverSubscription><maximumOfferingAmount>',
        ],
      ]),
      method: 'discretionary',
    },
    {
      source: changed('c-mini.xml', [
        [
          '<overSubscriptionAllocationType>First-come, first-served basis</overSubscriptionAllocationType>',
          '',
        ],
      ]),
      method: 'first-come',
    },
  ])('allocates by the method that the filing states: $method', ({ source, method }) => {
    expect(termsOf(source).allocation.method).toBe(method);
  });

  it.each([
    { price: '1.20000', ticket: '99.60 USD', shares: '83' },
    { price: '2.04000', ticket: '99.96 USD', shares: '49' },
    { price: '2.00000', ticket: '100.00 USD', shares: '50' },
    { price: '80.00000', ticket: '80.00 USD', shares: '1' },
    { price: '66.00000', ticket: '132.00 USD', shares: '2' },
    { price: '0.33333', ticket: '100.00 USD', shares: '300' },
    { price: '500.00000', ticket: '500.00 USD', shares: '1' },
  ])('at $price the minimum ticket is $shares shares for $ticket', ({ price, ticket, shares }) => {
    const source = changed('c-mini.xml', [['<price>1.20000', `<price>${price}`]]);
    expect(termsOf(source).minimumTicket.toString()).toBe(ticket);
    expect(read(source).assumed[0]).toContain(`${ticket}: ${shares} at `);
  });

  it('takes the fee of the filing, else the operator’s, and says which', () => {
    expect(termsOf('c-mini.xml').feeRate.toString()).toBe('0.045');
    const vague = changed('c-mini.xml', [['A fee of 4.5% in cash', 'A fee of 7 - 13 percent']]);
    expect(termsOf(vague).feeRate.toString()).toBe('0.07');
    expect(read(vague).assumed.at(-1)).toMatch(
      /^The fee is the operator's 7 %: the filing says "A/,
    );
  });

  it('without oversubscription ends at the target, without a waiting list', () => {
    const terms = termsOf(
      changed('c-mini.xml', [['<overSubscriptionAccepted>Y', '<overSubscriptionAccepted>N']]),
    );
    expect(terms.maximum.toString()).toBe('5000.00 USD');
    expect(terms.orderLimit.toString()).toBe('5000.00 USD');
  });

  it.each([
    { source: 'c-debt.xml', code: 'filings.loan-needs-decision' },
    { source: 'c-update.xml', code: 'filings.offering-unknown' },
    {
      source: changed('c-mini.xml', [['<price>1.20000</price>', '']]),
      code: 'filings.price-missing',
    },
    {
      source: changed('c-mini.xml', [['<price>1.20000', '<price>0.00000']]),
      code: 'filings.price-missing',
    },
  ])('cannot be made: $code', ({ source, code }) => {
    expect(offeringRequest(statementOf(source), SETTINGS)).toMatchObject({ code });
  });

  it('is refused where the API would refuse it', () => {
    const nothing = changed('c-mini.xml', [['<offeringAmount>5000.00', '<offeringAmount>0.00']]);
    const draft = readOffering({ ...read(nothing).request, issuerId: ISSUER });
    expect(draft).toMatchObject({
      code: 'filings.not-accepted',
      errors: [{ pointer: '#/terms/target/amount', detail: 'The amount must be above zero.' }],
    });
  });

  it('is called by its number where the filing has one', () => {
    expect(externalIdOf(statementOf('c-mini.xml'))).toBe('0009999111-2025-06-30');
    expect(externalIdOf(statementOf('c-mini-amendment.xml'))).toBe('020-99911');
  });
});

describe('an amendment on a draft', () => {
  const filed = termsOf('c-mini-amendment.xml');
  const draft: OfferingTerms = {
    ...termsOf('c-mini.xml'),
    minimumTicket: filed.minimumTicket.plus(filed.minimumTicket),
    maximumTicket: filed.target,
    opensAt: new Date('2025-04-01T14:00:00Z'),
    legalFormHolderLimit: 50,
  };

  it('keeps what no filing states as somebody wrote it', () => {
    const { maximum, closesAt, ...terms } = revisedTerms(filed, draft);
    expect(maximum).toEqual(filed.maximum);
    expect(closesAt).toEqual(filed.closesAt);
    const { minimumTicket, maximumTicket, opensAt, legalFormHolderLimit } = draft;
    expect(terms).toMatchObject({ minimumTicket, maximumTicket, opensAt, legalFormHolderLimit });
  });

  it('takes the usual minimum ticket anew where the price changed', () => {
    const revised = revisedTerms({ ...filed, price: rate('2.40') }, draft);
    expect(revised.minimumTicket).toEqual(filed.minimumTicket);
  });

  it('changes nothing where it says the same', () => {
    expect(isSameTerms(revisedTerms(termsOf('c-mini.xml'), draft), draft)).toBe(true);
    expect(isSameTerms(revisedTerms(filed, draft), draft)).toBe(false);
  });
});
