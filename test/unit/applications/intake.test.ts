import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import type { IncomeCheck } from '../../../src/modules/applications/affordability';
import { bookFacts, confirmedFacts } from '../../../src/modules/applications/applicant-facts';
import {
  bureauFindings,
  fileFrom,
  fileText,
  hashOfFile,
} from '../../../src/modules/applications/bureau-file';
import { offlineBureau } from '../../../src/modules/applications/offline-bureau';
import {
  APPLICATION_STATUSES,
  isFinal,
  moved,
  NEXT,
  type Application,
} from '../../../src/modules/applications/application';
import { gapsOf } from '../../../src/modules/applications/completeness';
import {
  changedFields,
  formJson,
  formOf,
  merged,
  type ApplicationForm,
  type Contact,
  type CreditFacts,
} from '../../../src/modules/applications/form';
import {
  requireConsents,
  requireDeclarations,
  type Declarations,
} from '../../../src/modules/applications/submission';
import { fraudFindings, type FraudFacts } from '../../../src/modules/applications/fraud-rule';
import { loadPolicies } from '../../../src/modules/applications/policy.schema';
import { policyFor } from '../../../src/modules/applications/policy';
import { must } from '../../../src/kernel/assert';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const AT = new Date('2025-03-10T09:00:00Z');

const WHOLE: ApplicationForm = {
  amount: eur('5000.00'),
  termMonths: 24,
  purpose: 'home-improvement',
  repayment: 'annuity',
  project: 'A new roof before winter',
  income: { monthly: eur('2500.00'), source: 'employment', since: calendarDate('2019-02-01') },
  commitments: {
    housing: eur('700.00'),
    loans: eur('100.00'),
    other: eur('50.00'),
    dependants: 1,
  },
  creditFacts: { homeOwnership: 'RENT', inquiries: 1 },
};
const CONTACT: Contact = { phone: '+49 30 1234567', bankAccount: 'DE00', address: 'Hafenstr. 1' };

const WANTED = {
  currency: 'EUR',
  shortestMonths: 3,
  longestMonths: 60,
  documents: [['payslip', 'employment-contract']],
} as const;

describe('a form', () => {
  test('comes back from its stored text as it went in', () => {
    expect(formOf(JSON.parse(JSON.stringify(formJson(WHOLE))))).toEqual(WHOLE);
    expect(formOf(JSON.parse(JSON.stringify(formJson({}))))).toEqual({});
  });

  test('keeps what is not saved again, and tells what changed', () => {
    const after = merged(WHOLE, { termMonths: 36 });
    expect(after).toEqual({ ...WHOLE, termMonths: 36 });
    expect(changedFields(WHOLE, after)).toEqual(['termMonths']);
    expect(changedFields(WHOLE, WHOLE)).toEqual([]);
  });

  test('gives a scorecard its facts, those of a book that is taken over above its own', () => {
    const creditFacts = { annualIncome: 28_000 };
    expect(bookFacts({ ...WHOLE, creditFacts })).toMatchObject({
      requestedAmount: 5000,
      termMonths: 24,
      purpose: 'home_improvement',
      annualIncome: 28_000,
      debtToIncome: 4,
    });
    expect(bookFacts({})).toEqual({});
  });
});

describe('the facts somebody is scored by', () => {
  const REQUEST = { requestedAmount: 5000, termMonths: 24, purpose: 'home_improvement' };
  const unconfirmed = { outcome: 'unconfirmed', reference: 'r' } as const;
  const confirmed = (monthly: string) =>
    ({ outcome: 'confirmed', monthly: eur(monthly), reference: 'r' }) as const;
  const found = (facts: CreditFacts, instalments = '100.00') =>
    ({ outcome: 'found', reference: 'r', facts, instalments: eur(instalments) }) as const;

  test('are those of the bureau, whatever the borrower claims', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.nat()), (claimed) => {
        const facts = confirmedFacts(
          { ...WHOLE, creditFacts: { ...claimed, termMonths: 1, annualIncome: 1e9 } },
          { income: confirmed('2500.00'), bureau: found({ inquiries: 4 }) },
        );
        const own = { annualIncome: 30_000, debtToIncome: 4, inquiries: 4 };
        expect(facts).toEqual({ ...REQUEST, ...own });
      }),
    );
  });

  test.each([
    { name: 'the bureau has no file', bureau: { outcome: 'thin', reference: 'r' } as const },
    { name: 'no bureau was asked', bureau: undefined },
  ])('are missing where $name', ({ bureau }) => {
    const facts = confirmedFacts(WHOLE, { income: confirmed('2500.00'), bureau });
    expect(facts).toEqual({ ...REQUEST, annualIncome: 30_000 });
  });

  test('know of income and debts what was confirmed, where it is worse than what was stated', () => {
    const facts = (income: IncomeCheck, instalments?: string) =>
      confirmedFacts(WHOLE, { income, bureau: found({}, instalments) });
    expect(facts(confirmed('1000.00'))).toMatchObject({ annualIncome: 12_000, debtToIncome: 10 });
    expect(facts(confirmed('9999.00'))).toMatchObject({ annualIncome: 30_000, debtToIncome: 4 });
    expect(facts(confirmed('2500.00'), '500.00')).toMatchObject({ debtToIncome: 20 });
    expect(facts(confirmed('2500.00'), '0.00')).toMatchObject({ debtToIncome: 4 });
    expect(facts(unconfirmed)).toEqual(REQUEST);
  });
});

describe('a bureau’s answer', () => {
  const subject = {
    name: 'Ada',
    stated: { facts: WHOLE.creditFacts ?? {}, instalments: eur('100.00') },
  };
  const answer = (address: string) =>
    offlineBureau.enquire('app_1', { kind: 'hard', subject: { ...subject, address } });

  test('comes back from its stored text as it went in, under one hash', async () => {
    for (const address of ['Elm Row 1', 'NOFILE Row 1', '多头路1号']) {
      const file = await answer(address);
      expect(fileFrom(fileText(file))).toEqual(file);
      expect(hashOfFile(fileFrom(fileText(file)))).toBe(hashOfFile(file));
    }
  });

  test.each([
    { name: 'confirms', address: 'Elm Row 1', thinFile: 'refer', rules: [] },
    {
      name: 'corrects',
      address: 'STRAINED Row 1',
      thinFile: 'refer',
      rules: [['facts-corrected', 'note']],
    },
    { name: 'has no file', address: 'NOFILE', thinFile: 'refer', rules: [['thin-file', 'refer']] },
    { name: 'has no file', address: 'NOFILE', thinFile: 'missing', rules: [['thin-file', 'note']] },
  ] as const)('that $name is found so ($thinFile)', async ({ address, thinFile, rules }) => {
    const findings = bureauFindings(WHOLE, await answer(address), { thinFile });
    expect(findings.map(({ rule, outcome }) => [rule, outcome])).toEqual(rules);
  });
});

describe('completeness', () => {
  const codes = (form: ApplicationForm, contact = CONTACT, documents = ['payslip'] as const) =>
    gapsOf({ form, contact, documents }, WANTED).map(({ code }) => code);

  test('has no gap where everything is there', () => expect(codes(WHOLE)).toEqual([]));

  test.each([
    { name: 'the amount', form: { amount: undefined }, code: 'amount-missing' },
    { name: 'the term', form: { termMonths: undefined }, code: 'term-months-missing' },
    { name: 'the income', form: { income: undefined }, code: 'income-missing' },
    { name: 'a whole amount', form: { amount: eur('5000.50') }, code: 'amount-not-whole' },
    { name: 'a term in range', form: { termMonths: 61 }, code: 'term-out-of-range' },
    {
      name: 'the right currency',
      form: { amount: Money.parse('5000.00', 'USD') },
      code: 'wrong-currency',
    },
  ])('misses $name', ({ form, code }) => {
    expect(codes({ ...WHOLE, ...form })).toEqual([code]);
  });

  test('misses telephone, account and address, and a document of each group', () => {
    const gaps = gapsOf({ form: WHOLE, contact: {}, documents: ['other'] }, WANTED);
    expect(gaps.map(({ code }) => code)).toEqual([
      'phone-missing',
      'bank-account-missing',
      'address-missing',
      'document-missing',
    ]);
  });
});

describe('the way of an application', () => {
  const application = (status: Application['status']): Application => ({
    id: `app_${'0'.repeat(26)}`,
    issuerId: `iss_${'0'.repeat(26)}`,
    partyId: `pty_${'0'.repeat(26)}`,
    source: 'borrower',
    status,
    version: 1,
    priority: 'normal',
    linkedCount: 0,
    createdAt: AT,
    updatedAt: AT,
  });

  test('takes every allowed step and refuses every other', () => {
    for (const from of APPLICATION_STATUSES) {
      for (const to of APPLICATION_STATUSES) {
        const step = () => moved(application(from), to, AT);
        if (NEXT[from].includes(to)) expect(step().status).toBe(to);
        else expect(step).toThrow(expect.objectContaining({ code: 'applications.wrong-status' }));
      }
    }
  });

  test('ends in four ways', () => {
    expect(APPLICATION_STATUSES.filter(isFinal)).toEqual([
      'funded',
      'expired',
      'declined',
      'withdrawn',
    ]);
  });
});

describe('handing in', () => {
  const GOOD: Declarations = {
    unpaidElsewhere: eur('0.00'),
    isForOnLending: false,
    isLawfulPurpose: true,
    isTrueAndComplete: true,
    keepsLegalLimits: true,
    isRelatedToOperator: false,
  };

  test.each([
    { name: 'lending on', change: { isForOnLending: true } },
    { name: 'an unlawful purpose', change: { isLawfulPurpose: false } },
    { name: 'untrue statements', change: { isTrueAndComplete: false } },
    { name: 'limits not kept', change: { keepsLegalLimits: false } },
  ])('is refused for $name', ({ change }) => {
    expect(() => requireDeclarations(GOOD)).not.toThrow();
    expect(() => requireDeclarations({ ...GOOD, ...change })).toThrow(
      expect.objectContaining({ code: 'applications.declaration-refused' }),
    );
  });

  test('needs every consent', () => {
    const consent = (kind: 'credit-check' | 'data-processing' | 'terms') => ({
      kind,
      textSha256: 'a'.repeat(64),
    });
    const all = [consent('credit-check'), consent('data-processing'), consent('terms')];
    expect(() => requireConsents(all)).not.toThrow();
    expect(() => requireConsents(all.slice(1))).toThrow(
      expect.objectContaining({ code: 'applications.consent-missing' }),
    );
  });
});

describe('fraud rules of the shipped policy', () => {
  const policy = must(policyFor(loadPolicies('compliance/application-policies'), 'x'), 'a policy');
  const QUIET: FraudFacts = {
    counts: {},
    shared: {},
    linkedParties: 0,
    isIdentityVerified: true,
  };

  test('say nothing of an ordinary borrower', () => {
    expect(fraudFindings(policy.fraudRules, QUIET)).toEqual([]);
  });

  test.each([
    { rule: 'many-applications', facts: { counts: { 'many-applications': 4 } }, outcome: 'refer' },
    { rule: 'device-farm', facts: { counts: { 'device-farm': 13 } }, outcome: 'decline' },
    {
      rule: 'account-of-another',
      facts: { shared: { 'bank-account': 1 } } as const,
      outcome: 'refer',
    },
    { rule: 'large-group', facts: { linkedParties: 5 }, outcome: 'refer' },
    {
      rule: 'income-invented',
      facts: { income: { statedMinor: 201n, confirmedMinor: 100n } },
      outcome: 'decline',
    },
    {
      rule: 'income-invented',
      facts: { income: { statedMinor: 1n, confirmedMinor: 0n } },
      outcome: 'decline',
    },
    { rule: 'identity-open', facts: { isIdentityVerified: false }, outcome: 'decline' },
  ])('$rule speaks: $outcome', ({ rule, facts, outcome }) => {
    const found = fraudFindings(policy.fraudRules, { ...QUIET, ...facts });
    expect(found).toEqual([expect.objectContaining({ rule, outcome })]);
  });

  test.each([
    { rule: 'many-applications', facts: { counts: { 'many-applications': 3 } } },
    { rule: 'telephone-of-another', facts: { shared: { phone: 1 } } as const },
    { rule: 'large-group', facts: { linkedParties: 4 } },
    { rule: 'income-invented', facts: { income: { statedMinor: 200n, confirmedMinor: 100n } } },
  ])('$rule is silent at its threshold', ({ facts }) => {
    expect(fraudFindings(policy.fraudRules, { ...QUIET, ...facts })).toEqual([]);
  });
});
