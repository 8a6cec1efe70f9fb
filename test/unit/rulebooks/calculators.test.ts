import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import {
  dutiesAfter,
  earlyCloseNotBefore,
  figureOf,
  investmentLimit,
  mayGoLive,
  revocableUntil,
  Rulebooks,
} from '../../../src/modules/rulebooks';
import { aParameter, aRule, aRulebook } from '../../support/builders/rulebook';

const rulebooks = Rulebooks.load('compliance/rulebooks');
const usd = (amount: string) => Money.parse(amount, 'USD');
const eur = (amount: string) => Money.parse(amount, 'EUR');

describe('the investment limit', () => {
  const regCf = rulebooks.get('us-reg-cf');
  const ask = (more: object = {}) =>
    investmentLimit(regCf, {
      at: new Date('2025-03-10T12:00:00Z'),
      tier: 'non-accredited',
      means: { annualIncome: usd('80000.00'), netWorth: usd('60000.00') },
      ...more,
    });

  it('comes with its version, its clause, its window and each step with its source', () => {
    const answer = ask({ declaredElsewhere: usd('1500.00') });
    expect(answer).toMatchObject({
      rulebook: { id: 'us-reg-cf', contentHash: regCf.contentHash },
      effectiveFrom: '2022-09-20',
      rule: 'investor-limit',
      citation: '17 CFR 227.100(a)(2)',
      windowMonths: 12,
      limit: usd('4000.00'),
      left: usd('2500.00'),
      isShared: false,
    });
    expect(answer.steps.map(({ words }) => words)).toEqual([
      'Amount that no limited investor may pass in twelve months: 124000.00 USD',
      'annual income: 80000.00 USD',
      'Income and net worth threshold between the two limbs: 124000.00 USD',
      '80000.00 USD is less than 124000.00 USD',
      'Amount that the first limb never falls below: 2500.00 USD',
      'Which of annual income and net worth the share is taken of: greater',
      'net worth: 60000.00 USD',
      'the greater of 80000.00 USD and 60000.00 USD is 80000.00 USD',
      '5 % of 80000.00 USD is 4000.00 USD',
      'the greater of 2500.00 USD and 4000.00 USD is 4000.00 USD',
      'the lesser of 124000.00 USD and 4000.00 USD is 4000.00 USD',
    ]);
  });

  it('is the floor for whoever declares nothing', () => {
    expect(ask({ means: {} }).limit).toEqual(usd('2500.00'));
  });

  it('says that an exempt tier has none', () => {
    const answer = ask({ tier: 'accredited' });
    expect(answer).toMatchObject({ limit: undefined, left: undefined, rule: 'investor-limit' });
    expect(answer.steps).toEqual([
      {
        words:
          'Investor limit across all Regulation Crowdfunding offerings: it does not bind this tier.',
        citation: '17 CFR 227.100(a)(2)',
      },
    ]);
  });

  it('says that a rulebook has none, and names what is asked above a threshold', () => {
    const answer = investmentLimit(rulebooks.get('eu-ecspr'), {
      at: new Date('2025-03-10T12:00:00Z'),
      tier: 'non-sophisticated',
      means: { netWorth: eur('80000.00') },
    });
    expect(answer).toMatchObject({ rule: undefined, limit: undefined, left: undefined });
    expect(answer.thresholds).toMatchObject([
      { rule: 'large-amount-consent', citation: 'Article 21(7)', above: eur('4000.00') },
    ]);
  });

  it('refuses a tier it does not know', () => {
    expect(() => ask({ tier: 'retail' })).toThrow(
      expect.objectContaining({
        code: 'rulebooks.unknown-tier',
        detail: 'us-reg-cf knows accredited, non-accredited.',
      }),
    );
  });

  it('refuses a day on which the rulebook was not in force', () => {
    expect(() => ask({ at: new Date('2016-05-16T03:59:59.999Z') })).toThrow(
      expect.objectContaining({
        code: 'rulebooks.not-in-force',
        findings: [expect.objectContaining({ rule: 'in-force' })],
      }),
    );
  });

  it('refuses another currency', () => {
    expect(() => ask({ means: { annualIncome: eur('1.00'), netWorth: eur('1.00') } })).toThrow(
      expect.objectContaining({ code: 'money.mixed-currencies' }),
    );
  });
});

describe('a figure of a rulebook', () => {
  const ecspr = rulebooks.get('eu-ecspr');
  const facts = (at: string) => ({
    at: new Date(at),
    investor: {
      means: {
        annualIncome: eur('30000.00'),
        liquidAssets: eur('25000.00'),
        annualCommitments: eur('18000.00'),
      },
    },
  });

  it('comes with its source and its steps', () => {
    expect(figureOf(ecspr, 'ability-to-bear-loss', facts('2025-03-10'))).toMatchObject({
      value: eur('3700.00'),
      citation: 'Article 21(5); Delegated Regulation (EU) 2022/2114, Article 7',
      effectiveFrom: '2021-11-10',
      steps: expect.arrayContaining([{ words: '55000.00 EUR less 18000.00 EUR is 37000.00 EUR' }]),
    });
  });

  it('is refused when the rulebook does not define it, or was not in force', () => {
    expect(() => figureOf(ecspr, 'luck', facts('2025-03-10'))).toThrow(
      expect.objectContaining({
        code: 'rulebooks.unknown-figure',
        detail: 'eu-ecspr defines net-worth, ability-to-bear-loss.',
      }),
    );
    expect(() => figureOf(aRulebook(), 'luck', facts('2025-03-10'))).toThrow(/defines none/);
    expect(() => figureOf(ecspr, 'net-worth', facts('2021-11-09'))).toThrow(
      expect.objectContaining({ code: 'rulebooks.not-in-force' }),
    );
  });
});

describe('deadlines', () => {
  const aRight = (id: string, length: string, more: object = {}) =>
    aRule('timer', {
      id,
      actions: ['revoke'],
      purpose: 'revocation',
      permits: 'until',
      start: 'subscription.subscribedAt',
      direction: 'after',
      length,
      ends: 'moment',
      message: 'Too late.',
      ...more,
    });
  const at = new Date('2021-06-01T10:00:00Z');

  it('of several rights the longest counts, in whatever order they stand', () => {
    const rules = [aRight('short', 'hours'), aRight('long', 'days')];
    const ends = [rules, rules.toReversed()].map((order) =>
      revocableUntil(aRulebook({ rules: order }), { at, tier: 'plain' }),
    );
    expect(ends).toMatchObject([{ rule: 'long' }, { rule: 'long' }]);
    expect(ends[0]).toEqual({
      endsAt: new Date('2021-06-05T10:00:00Z'),
      rule: 'long',
      citation: 'Article 2',
      effectiveFrom: '2020-01-01',
    });
  });

  it('there are none on a day the rulebook does not govern', () => {
    const rulebook = aRulebook({ rules: [aRight('right', 'hours')] });
    const early = new Date('2019-06-01T10:00:00Z');
    expect(revocableUntil(rulebook, { at: early, tier: 'plain' })).toBeUndefined();
    expect(dutiesAfter(rulebook, { event: 'record-made', on: calendarDate('2019-06-01') })).toEqual(
      [],
    );
  });

  it('an early close waits for whatever ends last', () => {
    const notice = { noticeAt: at, openedAt: new Date('2021-05-30T10:00:00Z') };
    const wait = { purpose: 'settlement', permits: 'from', start: 'offering.openedAt' };
    const rulebook = aRulebook({ rules: [aRight('wait', 'days', wait)] });
    expect(earlyCloseNotBefore(rulebook, notice)).toMatchObject({ rule: 'wait' });
    expect(earlyCloseNotBefore(aRulebook(), notice)).toBeUndefined();
  });

  it('an event obliges to nothing by a length that was repealed', () => {
    const duty = aRule('obligation', {
      event: 'record-made',
      owedBy: 'operator',
      owedTo: 'nobody',
      duty: 'Keep it.',
      within: 'months',
    });
    const on = { event: 'record-made', on: calendarDate('2021-06-01') } as const;
    const months = aParameter('months', null);
    expect(dutiesAfter(aRulebook({ rules: [duty] }), on)).toHaveLength(1);
    expect(dutiesAfter(aRulebook({ rules: [duty], parameters: { months } }), on)).toEqual([]);
  });
});

describe('going live', () => {
  const checked = { verification: 'verified' };
  const remembered = { verification: 'unverified' };

  it.each([
    { name: 'everything was checked', parts: {}, against: [] },
    { name: 'it is a draft', parts: { status: 'draft' }, against: ['status'] },
    { name: 'it is history', parts: { status: 'historical' }, against: ['status'] },
    {
      name: 'its beginning was not checked',
      parts: { inForce: { from: '2020-01-01', citation: 'Act 9', ...remembered } },
      against: ['in-force'],
    },
    {
      name: 'a value was not checked',
      parts: {
        parameters: {
          x: aParameter('money', '1.00', {
            values: [
              { from: '2020-01-01', value: '1.00', ...checked },
              { from: '2021-01-01', value: '2.00', citation: 'Act 7', ...remembered },
              { from: '2022-01-01', value: '3.00', verification: 'secondary' },
            ],
          }),
        },
      },
      against: ['x'],
    },
    {
      name: 'a rule and a figure were not checked',
      parts: {
        rules: [
          aRule('prohibition', {
            actions: ['publish'],
            mustNot: { known: 'amount' },
            message: 'Do not.',
            ...remembered,
          }),
        ],
        figures: {
          y: { title: 'A figure', citation: 'Act 1', of: { fact: 'amount' }, ...remembered },
        },
      },
      against: ['y', 'a-prohibition'],
    },
  ])('when $name: against it stands $against', ({ parts, against }) => {
    const verdict = mayGoLive(aRulebook(parts));
    expect(verdict.findings.map(({ rule }) => rule)).toEqual(against);
    expect(verdict.allowed).toBe(against.length === 0);
  });

  it('each finding cites what must be read', () => {
    const parameters = {
      x: aParameter('money', '1.00', {
        values: [
          { from: '2021-01-01', value: '2.00', citation: 'Act 7', ...remembered },
          { from: '2022-01-01', value: '3.00', ...remembered },
        ],
      }),
    };
    expect(mayGoLive(aRulebook({ parameters })).findings).toMatchObject([
      { citation: 'Act 7', effectiveFrom: '2021-01-01', rulebook: 'test-law' },
      { citation: 'Article 1', effectiveFrom: '2022-01-01' },
    ]);
  });

  it('of the rulebooks that come with the product', () => {
    const verdicts = rulebooks.list().map((each) => [each.id, mayGoLive(each).allowed]);
    expect(Object.fromEntries(verdicts)).toEqual({
      'cn-equity-private': false,
      'cn-p2p': false,
      'eu-ecspr': true,
      'in-p2p': false,
      'uk-fca': false,
      'us-reg-cf': false,
    });
    const { findings } = mayGoLive(rulebooks.get('us-reg-cf'));
    expect(findings.map(({ citation }) => citation)).toEqual([
      '17 CFR 227.404',
      '17 CFR 227.304(d)',
      '17 CFR 227.404',
    ]);
  });
});
