import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { assess, Rulebooks, type ActionFacts } from '../../../src/modules/rulebooks';

/*
 * The lending limits of India and China written a second time, in whole minor units and as plain
 * sentences of the law, without any of the engine: both must object to the same orders.
 */

const rulebooks = Rulebooks.load('compliance/rulebooks');
const india = rulebooks.get('in-p2p');
const china = rulebooks.get('cn-p2p');

const LAKH = 100_000_00n;

/** Amounts around every threshold of both laws, and any others. */
const around = (...values: readonly bigint[]) =>
  fc.oneof(
    fc.constantFrom(...values.flatMap((value) => [value - 1n, value, value + 1n])),
    fc.bigInt(0n, 60n * LAKH),
  );

const day = (from: string, to: string, ...turns: readonly string[]) =>
  fc.oneof(
    fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }),
    fc.constantFrom(
      ...turns.flatMap((turn) => [new Date(turn), new Date(new Date(turn).getTime() - 1)]),
    ),
  );

describe('an order under the Indian directions', () => {
  interface Order {
    readonly at: Date;
    readonly amount: bigint;
    readonly lent: bigint;
    readonly lentElsewhere: bigint;
    readonly toBorrower: bigint;
    readonly certified: bigint | undefined;
    readonly isApproved: boolean;
  }

  const since = (at: Date, turn: string) => at.getTime() >= Date.parse(turn);

  function objections(order: Order): readonly string[] {
    const { at, amount, lent, lentElsewhere, toBorrower, certified, isApproved } = order;
    if (!since(at, '2017-10-04T00:00:00+05:30')) return ['in-force'];
    const rules: string[] = [];
    if (since(at, '2024-08-16T00:00:00+05:30') && !isApproved) rules.push('individual-approval');
    const afterwards = lent + lentElsewhere + amount;
    if (since(at, '2019-12-23T00:00:00+05:30')) {
      const needsCertificate = afterwards > 10n * LAKH;
      const hasCertificate = certified !== undefined && certified >= 50n * LAKH;
      if (afterwards > 50n * LAKH || (needsCertificate && !hasCertificate)) {
        rules.push('lender-cap');
      }
    } else if (afterwards > 10n * LAKH) rules.push('lender-cap');
    if (toBorrower + amount > LAKH / 2n) rules.push('pair-cap');
    return rules;
  }

  const inr = (minor: bigint) => Money.ofMinor(minor, 'INR');

  it('meets the same objections whoever reads the law', () => {
    const order = fc.record<Order>({
      at: day(
        '2017-09-01',
        '2026-01-01',
        '2017-10-04T00:00:00+05:30',
        '2019-12-23T00:00:00+05:30',
        '2024-08-16T00:00:00+05:30',
      ),
      amount: fc.oneof(around(LAKH / 2n), fc.bigInt(1n, LAKH / 2n)),
      lent: around(10n * LAKH - LAKH / 2n, 50n * LAKH - LAKH / 2n, 0n).map((n) =>
        n < 0n ? 0n : n,
      ),
      lentElsewhere: fc.oneof(fc.constant(0n), fc.bigInt(0n, 10n * LAKH)),
      toBorrower: fc.oneof(fc.constant(0n), fc.bigInt(0n, LAKH / 2n)),
      certified: fc.option(around(50n * LAKH), { nil: undefined }),
      isApproved: fc.boolean(),
    });
    fc.assert(
      fc.property(order, (each) => {
        const { certified } = each;
        const facts: ActionFacts['subscribe'] = {
          at: each.at,
          amount: inr(each.amount),
          investor: {
            kind: 'natural',
            tier: 'uncertified',
            isVerified: true,
            outstandingElsewhere: inr(each.lentElsewhere),
            certifiedNetWorth: certified === undefined ? undefined : inr(certified),
          },
          offering: { kind: 'loan' },
          acknowledged: {
            documents: true,
            riskWarning: true,
            lossOfAll: true,
            limitsObserved: true,
            borrowerApproved: each.isApproved,
          },
          usage: { 'lender-cap': inr(each.lent), 'pair-cap': inr(each.toBorrower) },
        };
        const { findings } = assess(india, 'subscribe', facts);
        expect(findings.map(({ rule }) => rule)).toEqual(objections(each));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a request under the Chinese measures', () => {
  interface Request {
    readonly at: Date;
    readonly isCompany: boolean;
    readonly amount: bigint;
    readonly here: bigint;
    readonly onAll: bigint;
    readonly elsewhere: bigint;
    /** In ten-thousandths of a percent. */
    readonly apr: number;
  }

  const WAN = 10_000_00n;

  function objections({ at, isCompany, amount, here, onAll, elsewhere, apr }: Request) {
    const time = at.getTime();
    if (time < Date.parse('2016-08-24T00:00:00+08:00')) return ['in-force'];
    if (time >= Date.parse('2020-11-16T00:00:00+08:00')) return ['in-force'];
    const isAfterReform = time >= Date.parse('2020-08-20T00:00:00+08:00');
    const most = isAfterReform ? 4 * 38_500 : 360_000;
    return [
      ...(apr > most ? ['cost-ceiling'] : []),
      ...(here + amount > (isCompany ? 100n : 20n) * WAN ? ['borrower-cap'] : []),
      ...(onAll + elsewhere + amount > (isCompany ? 500n : 100n) * WAN ? ['borrower-cap-all'] : []),
    ];
  }

  const cny = (minor: bigint) => Money.ofMinor(minor, 'CNY');

  it('meets the same objections whoever reads the law', () => {
    const request = fc.record<Request>({
      at: day(
        '2016-08-01',
        '2020-12-01',
        '2016-08-24T00:00:00+08:00',
        '2020-08-20T00:00:00+08:00',
        '2020-11-16T00:00:00+08:00',
      ),
      isCompany: fc.boolean(),
      amount: around(20n * WAN, 100n * WAN),
      here: fc.oneof(fc.constant(0n), fc.bigInt(0n, 100n * WAN)),
      onAll: fc.oneof(fc.constant(0n), fc.bigInt(0n, 500n * WAN)),
      elsewhere: fc.oneof(fc.constant(0n), fc.bigInt(0n, 500n * WAN)),
      apr: fc.oneof(fc.constantFrom(153_999, 154_000, 154_001, 360_000, 360_001), fc.nat(400_000)),
    });
    fc.assert(
      fc.property(request, (each) => {
        const facts: ActionFacts['apply'] = {
          at: each.at,
          amount: cny(each.amount),
          offering: {
            kind: 'loan',
            loan: { apr: rate(`0.${String(each.apr).padStart(6, '0')}`), purpose: 'rent' },
          },
          borrower: {
            kind: each.isCompany ? 'legal' : 'natural',
            isVerified: true,
            hasDeclaredLoans: true,
            hasRepaymentSource: true,
            outstandingElsewhere: cny(each.elsewhere),
          },
          usage: { 'borrower-cap': cny(each.here), 'borrower-cap-all': cny(each.onAll) },
        };
        const { findings } = assess(china, 'apply', facts);
        expect(findings.map(({ rule }) => rule)).toEqual(objections(each));
      }),
      { numRuns: 2000 },
    );
  });
});
