import { Money } from '../../../src/kernel/money';
import { rate, rateText } from '../../../src/kernel/rate';
import {
  assess,
  costCeiling,
  latestDeadline,
  mustPermit,
  permits,
  PRACTICES,
  readFacts,
  recordFacts,
  Rulebooks,
  timerEndsOf,
  type ActionFacts,
} from '../../../src/modules/rulebooks';
import { loadCalendars } from '../../../src/platform/calendars';
import { aContext, aParameter, aRule, aRulebook, boundRule } from '../../support/builders/rulebook';

const rulebooks = Rulebooks.load('compliance/rulebooks');
const china = rulebooks.get('cn-p2p');
const workingDays = loadCalendars('compliance/calendars').get('cn');
const noon = (day: string) => new Date(`${day}T12:00:00+08:00`);

describe('the ceiling on the cost of a loan', () => {
  it.each([
    { day: '2016-08-24', most: '0.36', enforceable: '0.24', effectiveFrom: '2016-08-24' },
    { day: '2020-08-19', most: '0.36', enforceable: '0.24', effectiveFrom: '2020-04-20' },
    { day: '2020-08-20', most: '0.154', enforceable: '0.154', effectiveFrom: '2020-08-20' },
  ])('on $day is $most, of which $enforceable is enforced', ({ day, ...expected }) => {
    const ceiling = costCeiling(china, { at: noon(day) });
    expect(ceiling && rateText(ceiling.most)).toBe(expected.most);
    expect(ceiling && rateText(ceiling.enforceable)).toBe(expected.enforceable);
    expect(ceiling?.effectiveFrom).toBe(expected.effectiveFrom);
    expect(ceiling?.citation).toContain('法释〔2020〕6号');
  });

  it('is enforced in full where the law knows one bound only', () => {
    const figure = { title: 'Ceiling', citation: '§ 1', verification: 'verified' };
    const law = aRulebook({
      figures: { 'cost-ceiling': { ...figure, of: { parameter: 'rate' } } },
    });
    const ceiling = costCeiling(law, { at: noon('2021-06-01') });
    expect([ceiling?.most, ceiling?.enforceable].map(String)).toEqual(['0.05', '0.05']);
  });

  it('is none where the law sets none', () => {
    expect(costCeiling(rulebooks.get('in-p2p'), { at: noon('2025-03-10') })).toBeUndefined();
  });

  it('cannot be asked for on a day without a law', () => {
    expect(() => costCeiling(china, { at: noon('2021-01-01') })).toThrow(
      expect.objectContaining({ code: 'rulebooks.not-in-force' }),
    );
  });

  it('explains itself in percent', () => {
    const facts: ActionFacts['apply'] = {
      at: noon('2020-09-01'),
      amount: Money.parse('1.00', 'CNY'),
      offering: { kind: 'loan', loan: { apr: rate('0.16'), purpose: 'rent' } },
      borrower: { isVerified: true, hasDeclaredLoans: true, hasRepaymentSource: true },
    };
    expect(assess(china, 'apply', facts).findings).toMatchObject([
      { rule: 'cost-ceiling', limit: '0.154', observed: '0.16' },
    ]);
  });
});

describe('what a rulebook permits', () => {
  it.each([
    { id: 'in-p2p', practice: 'resale', answer: 'forbidden' },
    { id: 'in-p2p', practice: 'automatic-lending', answer: 'forbidden' },
    { id: 'eu-ecspr', practice: 'provision-fund', answer: 'conditional' },
    { id: 'uk-fca', practice: 'resale', answer: 'allowed' },
  ] as const)('$id answers on $practice: $answer', ({ id, practice, answer }) => {
    const permission = permits(rulebooks.get(id), practice, noon('2025-03-10'));
    expect(permission).toMatchObject({ answer, isAllowed: answer !== 'forbidden' });
    expect(permission.finding === undefined).toBe(permission.isAllowed);
    expect(permission.citation === undefined).toBe(answer === 'allowed');
  });

  it('is asked before an act that needs it', () => {
    const india = rulebooks.get('in-p2p');
    expect(() => mustPermit(india, 'resale', noon('2024-08-15'))).not.toThrow();
    expect(() => mustPermit(india, 'resale', noon('2024-08-16'))).toThrow(
      expect.objectContaining({
        code: 'rulebooks.not-permitted',
        findings: [expect.objectContaining({ citation: 'paragraph 6(1)(xii)' })],
      }),
    );
  });

  it('names only practices that the code knows', () => {
    const named = rulebooks
      .list()
      .flatMap(({ definition }) => definition.parameters.map(({ id }) => id))
      .filter((id) => id.startsWith('permits.'))
      .map((id) => id.slice('permits.'.length));
    expect(named.length).toBeGreaterThan(0);
    for (const practice of named) expect(PRACTICES).toContain(practice);
  });
});

describe('the time to raise money', () => {
  const openedAt = new Date('2018-05-10T09:00:00+08:00');
  const facts = {
    at: openedAt,
    offering: { openedAt, deadline: new Date('2018-06-08T00:00:00.001+08:00') },
    issuer: {},
  };

  it('ends with the twentieth working day after the opening', () => {
    const deadline = latestDeadline(china, { openedAt }, workingDays);
    expect(deadline?.endsAt).toEqual(new Date('2018-06-08T00:00:00+08:00'));
    expect(timerEndsOf(china, { action: 'publish', facts }, workingDays)).toEqual({
      'raising-period': deadline?.endsAt,
    });
  });

  it('has no end where the law sets none, and none before there is a law', () => {
    expect(latestDeadline(rulebooks.get('in-p2p'), { openedAt })).toBeUndefined();
    const early = { ...facts, at: new Date('2015-01-01') };
    expect(timerEndsOf(china, { action: 'publish', facts: early })).toEqual({});
  });
});

describe('a timer held against another instant than that of the act', () => {
  const timer = (permitted: 'until' | 'from') =>
    boundRule(
      aRule('timer', {
        actions: ['publish'],
        purpose: 'raising',
        permits: permitted,
        of: 'offering.deadline',
        start: 'offering.openedAt',
        direction: 'after',
        length: 'days',
        ends: 'moment',
        message: 'Not then.',
      }),
    );

  it.each([
    { permitted: 'until', deadline: '2021-06-05T11:59:59.999Z', objects: false },
    { permitted: 'until', deadline: '2021-06-05T12:00:00.000Z', objects: false },
    { permitted: 'until', deadline: '2021-06-05T12:00:00.001Z', objects: true },
    { permitted: 'from', deadline: '2021-06-05T11:59:59.999Z', objects: true },
    { permitted: 'from', deadline: '2021-06-05T12:00:00.000Z', objects: false },
    { permitted: 'until', deadline: undefined, objects: false },
  ] as const)(
    '$permitted its end, with $deadline: $objects',
    ({ permitted, deadline, objects }) => {
      const context = aContext({
        offering: { openedAt: '2021-06-01T12:00:00Z', ...(deadline && { deadline }) },
      });
      expect(timer(permitted).judge?.(context) !== undefined).toBe(objects);
    },
  );
});

describe('rates in rules', () => {
  const parameters = { half: aParameter('rate', '0.5'), four: aParameter('rate', '4') };
  const figure = (of: object) => ({
    figures: { f: { title: 'A figure', citation: 'Article 3', verification: 'verified', of } },
    parameters,
  });
  const valueOf = (of: object) => {
    const parts = figure(of);
    const context = aContext({ offering: { loan: { apr: '0.2' } } }, parts);
    const value = aRulebook(parts).findFigure('f')?.of(context);
    return value === undefined ? undefined : String(value);
  };

  it.each([
    { name: 'a parameter', of: { parameter: 'half' }, value: '0.5' },
    { name: 'a fact', of: { fact: 'offering.loan.apr' }, value: '0.2' },
    { name: 'several times another', of: { share: 'four', of: { parameter: 'half' } }, value: '2' },
    {
      name: 'the greater of two',
      of: { greaterOf: [{ parameter: 'half' }, { fact: 'offering.loan.apr' }] },
      value: '0.5',
    },
    {
      name: 'a sum',
      of: { sum: [{ parameter: 'half' }, { fact: 'offering.loan.apr' }] },
      value: '0.7',
    },
    { name: 'unknown', of: { fact: 'investor.highRiskShareAhead' }, value: undefined },
  ])('can be $name', ({ of, value }) => {
    expect(valueOf(of)).toBe(value);
  });

  it('are not mixed with money', () => {
    expect(() => valueOf({ sum: [{ parameter: 'half' }, { parameter: 'amount' }] })).toThrow(
      /money, counts and rates/,
    );
  });

  it('are written down exactly and read back', () => {
    const facts = {
      at: noon('2025-03-10'),
      offering: { loan: { apr: rate('0.15400001') } },
      borrower: { outstandingElsewhere: Money.parse('7.00', 'CNY'), countsLinked: false },
    };
    const record = recordFacts(facts);
    expect(record).toMatchObject({ offering: { loan: { apr: '0.15400001' } } });
    expect(recordFacts(readFacts(JSON.parse(JSON.stringify(record)), 'CNY'))).toEqual(record);
  });
});
