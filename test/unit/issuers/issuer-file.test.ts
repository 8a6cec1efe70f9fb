import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { checklist, openItems, requireItem } from '../../../src/modules/issuers/due-diligence';
import {
  currentAssurance,
  requireOneCurrency,
  verified,
  type FinancialYear,
} from '../../../src/modules/issuers/financials';
import { initials, requireFittingForm } from '../../../src/modules/issuers/issuer';
import {
  readPeople,
  requireSoundPeople,
  writePeople,
  type Person,
} from '../../../src/modules/issuers/people';

const AT = new Date('2025-03-10T09:00:00Z');

describe('the people behind an issuer', () => {
  const person = (name: string, shareRate: string, roles: Person['roles']): Person => ({
    name,
    roles,
    shareRate: rate(shareRate),
  });
  const officer = person('Grace', '0.6', ['officer']);

  test.each([
    { name: 'who hold less than the whole', people: [officer], code: undefined },
    {
      name: 'who hold exactly the whole',
      people: [officer, person('Max', '0.4', ['beneficial-owner'])],
      code: undefined,
    },
    {
      name: 'who hold a millionth more',
      people: [officer, person('Max', '0.400001', ['beneficial-owner'])],
      code: 'issuers.shares-exceed-whole',
    },
    {
      name: 'of whom none acts',
      people: [person('Max', '1', ['beneficial-owner'])],
      code: 'issuers.no-officer',
    },
    { name: 'who are nobody', people: [], code: 'issuers.no-officer' },
  ])('$name: $code', ({ people, code }) => {
    const check = () => requireSoundPeople('legal', people);
    if (code) expect(check).toThrow(expect.objectContaining({ code }));
    else expect(check).not.toThrow();
  });

  test('need no officer where the issuer is a person', () => {
    expect(() => requireSoundPeople('natural', [])).not.toThrow();
  });

  test('read back as they were written', () => {
    const people = [
      { ...officer, bornOn: calendarDate('1990-03-07') },
      { ...officer, shareRate: undefined },
    ];
    expect(readPeople(writePeople(people))).toEqual(people);
  });
});

describe('due diligence', () => {
  const settle = (item: string, outcome: 'satisfied' | 'failed' | 'reopened', seq: number) => ({
    item: requireItem('legal', item),
    outcome,
    seq,
    settledBy: 'usr_1',
    settledAt: AT,
  });

  test('is open in every item at first', () => {
    expect(openItems(checklist('legal', []))).toEqual([
      'registration',
      'ownership',
      'bad-actor',
      'financial-statements',
      'business-plan',
      'material-claims',
    ]);
  });

  test.each([
    { name: 'satisfied', past: [settle('ownership', 'satisfied', 1)], state: 'satisfied' },
    { name: 'failed', past: [settle('ownership', 'failed', 1)], state: 'failed' },
    {
      name: 'failed, then satisfied',
      past: [settle('ownership', 'satisfied', 2), settle('ownership', 'failed', 1)],
      state: 'satisfied',
    },
    {
      name: 'satisfied, then reopened',
      past: [settle('ownership', 'satisfied', 1), settle('ownership', 'reopened', 2)],
      state: 'open',
    },
  ])('an item $name is $state', ({ past, state }) => {
    const line = checklist('legal', past).find(({ item }) => item === 'ownership');
    expect(line?.state).toBe(state);
  });

  test('of a person has items of its own', () => {
    expect(() => requireItem('natural', 'business-plan')).toThrow(
      expect.objectContaining({ code: 'issuers.unknown-item' }),
    );
    expect(requireItem('natural', 'income')).toBe('income');
  });
});

describe('the figures of a year', () => {
  const YEAR: FinancialYear = {
    issuerId: 'iss_01JTVST7XAES5BXHWZN4KR4VEZ',
    fiscalYearEndsOn: calendarDate('2024-12-31'),
    currency: 'EUR',
    assurance: 'reviewed',
    figures: { revenue: Money.parse('1.00', 'EUR') },
    recordedBy: 'usr_1',
    recordedAt: AT,
  };

  test('are in one currency', () => {
    expect(() => requireOneCurrency(YEAR.figures, 'EUR')).not.toThrow();
    expect(() => requireOneCurrency(YEAR.figures, 'USD')).toThrow(
      expect.objectContaining({ code: 'issuers.mixed-currencies' }),
    );
  });

  test('are verified once, by somebody else', () => {
    const done = verified(YEAR, 'usr_2', AT);
    expect(done).toMatchObject({ verifiedBy: 'usr_2', verifiedAt: AT });
    expect(() => verified(done, 'usr_3', AT)).toThrow(
      expect.objectContaining({ code: 'issuers.financials-verified' }),
    );
    expect(() => verified(YEAR, 'usr_1', AT)).toThrow(
      expect.objectContaining({ code: 'issuers.four-eyes' }),
    );
  });

  test('count by the newest year that was verified', () => {
    const older = { ...verified(YEAR, 'usr_2', AT), fiscalYearEndsOn: calendarDate('2023-12-31') };
    expect(currentAssurance([YEAR, older])).toBe('reviewed');
    expect(currentAssurance([YEAR])).toBeUndefined();
    const newest = { ...verified(YEAR, 'usr_2', AT), assurance: 'audited' as const };
    expect(currentAssurance([older, newest])).toBe('audited');
  });
});

describe('an issuer that is a person', () => {
  test.each([
    { name: 'Ada Lovelace', shown: 'A. L.' },
    { name: '  Ada   King Lovelace ', shown: 'A. K. L.' },
    { name: '王小明', shown: '王.' },
  ])('$name is shown as $shown', ({ name, shown }) => {
    expect(initials(name)).toBe(shown);
  });

  test('has the legal form of a person, and a company has not', () => {
    expect(() => requireFittingForm('natural', 'person')).not.toThrow();
    expect(() => requireFittingForm('legal', 'company')).not.toThrow();
    expect(() => requireFittingForm('natural', 'company')).toThrow();
    expect(() => requireFittingForm('legal', 'person')).toThrow();
  });
});
