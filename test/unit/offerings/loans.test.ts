import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  expectedReturn,
  offeringTerms,
  termsJson,
  type LoanClearance,
  type LoanNote,
  type LoanRequest,
} from '../../../src/modules/offerings';
import { clearanceReasons, openDiligence } from '../../../src/modules/offerings/loan-clearance';
import { fitsKind, loanTerms } from '../../../src/modules/offerings/loan-terms';
import { termFaults } from '../../../src/modules/offerings/term-faults';
import { someTerms } from '../../support/builders/offering-terms';

const eur = (amount: string) => Money.parse(amount, 'EUR');
const NOW = new Date('2025-03-03T12:00:00Z');
const BORROWER = 'iss_00000000000000000000000001' as const;
const OFFERING = 'off_00000000000000000000000001' as const;

const NOTE: LoanNote = {
  kind: 'loan-note',
  rate: rate('0.0875'),
  rateMode: 'fixed',
  termMonths: 36,
  repayment: 'annuity',
  apr: rate('0.1012'),
  grade: 'B',
  expectedLossRate: rate('0.02'),
  purpose: 'debt-consolidation',
  security: 'none',
  scorecard: 'consumer/1',
  decisionId: 'cdn_00000000000000000000000001',
};

const REQUEST: LoanRequest = {
  borrowerId: BORROWER,
  title: 'One loan instead of three',
  summary: 'Three cards become one loan.',
  note: NOTE,
  amount: eur('12000.00'),
  minimumTicket: eur('25.00'),
  closesAt: new Date('2025-03-24T12:00:00Z'),
  feeRate: rate('0.03'),
};

describe('a loan as an offering', () => {
  it('is to be filled whole, in units of one, unless it says otherwise', () => {
    const terms = loanTerms(REQUEST);
    expect(terms.target).toEqual(eur('12000.00'));
    expect(terms.orderLimit).toEqual(terms.maximum);
    expect(terms.price.toString()).toBe('1');
    expect(termFaults(terms)).toEqual([]);
  });

  it('may come about on less, in larger steps', () => {
    const terms = loanTerms({ ...REQUEST, minimumFill: eur('6000.00'), step: eur('25.00') });
    expect(terms.target).toEqual(eur('6000.00'));
    expect(terms.price.toString()).toBe('25');
    expect(termFaults(terms)).toEqual([]);
  });

  it('comes back from the store unchanged', () => {
    const note = { ...NOTE, firstDueOn: calendarDate('2025-05-01') };
    const json = termsJson(loanTerms({ ...REQUEST, note }));
    const again = termsJson(offeringTerms(JSON.parse(JSON.stringify(json)) as typeof json));
    expect(again).toEqual(json);
  });

  it.each([
    { kind: 'loan', terms: loanTerms(REQUEST), fits: true },
    { kind: 'equity', terms: loanTerms(REQUEST), fits: false },
    { kind: 'equity', terms: someTerms(), fits: true },
    { kind: 'loan', terms: someTerms(), fits: false },
    { kind: 'donation', terms: loanTerms(REQUEST), fits: false },
  ] as const)('issues what an offering of kind $kind issues: $fits', ({ kind, terms, fits }) => {
    expect(fitsKind(kind, terms)).toBe(fits);
  });
});

describe('terms of a loan that contradict themselves', () => {
  const cases: readonly {
    code: string;
    note?: Partial<LoanNote>;
    changes?: Partial<LoanRequest>;
  }[] = [
    { code: 'rate-out-of-range', note: { rate: rate('-0.01') } },
    { code: 'rate-out-of-range', note: { apr: rate('10.01') } },
    { code: 'rate-out-of-range', note: { expectedLossRate: rate('1.01') } },
    { code: 'rate-too-fine', note: { rate: rate('0.087500001') } },
    { code: 'term-out-of-range', note: { termMonths: 0 } },
    { code: 'term-out-of-range', note: { termMonths: 481 } },
    { code: 'amount-not-in-steps', changes: { amount: eur('12000.50') } },
    { code: 'amount-not-in-steps', changes: { minimumFill: eur('6000.01') } },
    { code: 'amount-not-in-steps', changes: { minimumTicket: eur('30.00'), step: eur('25.00') } },
    { code: 'first-due-before-closing', note: { firstDueOn: calendarDate('2025-03-24') } },
    { code: 'target-above-maximum', changes: { minimumFill: eur('12001.00') } },
    { code: 'price-too-small', changes: { step: eur('0.00') } },
  ];
  it.each(cases)('are told $code', ({ code, note = {}, changes = {} }) => {
    const terms = loanTerms({ ...REQUEST, ...changes, note: { ...NOTE, ...note } });
    expect(termFaults(terms).map((fault) => fault.code)).toContain(code);
  });

  it('are told of a waiting list, which a loan has not', () => {
    const terms = { ...loanTerms(REQUEST), orderLimit: eur('12001.00') };
    const codes = termFaults(terms).map((fault) => fault.code);
    expect(codes).toEqual(['waiting-list-not-allowed']);
  });

  it('are told that lenders are no holders of shares', () => {
    const terms = { ...loanTerms(REQUEST), legalFormHolderLimit: 50 };
    const codes = termFaults(terms).map((fault) => fault.code);
    expect(codes).toEqual(['holder-limit-not-for-loans']);
  });
});

describe('the credit decision behind a loan', () => {
  const clearance: LoanClearance = {
    decisionId: NOTE.decisionId,
    borrowerId: BORROWER,
    outcome: 'approve',
    isOverridden: false,
    grade: 'B',
    maximum: eur('12000.00'),
    termMonths: 36,
    rate: rate('0.0875'),
    validUntil: new Date('2025-03-03T12:00:00.001Z'),
    settles: ['income'],
    borrower: {},
  };
  const facts = {
    now: NOW,
    offeringId: OFFERING,
    borrowerId: BORROWER,
    terms: loanTerms(REQUEST),
    clearance,
  };

  it('allows what it was taken on', () => {
    expect(clearanceReasons(facts)).toEqual([]);
  });

  it('is not asked for where nothing is lent', () => {
    expect(clearanceReasons({ ...facts, terms: someTerms(), clearance: undefined })).toEqual([]);
  });

  const cases: readonly { code: string; changes: Partial<LoanClearance> }[] = [
    { code: 'credit-decision-missing', changes: { borrowerId: 'iss_00000000000000000000000002' } },
    { code: 'credit-decision-not-approved', changes: { outcome: 'refer' } },
    { code: 'credit-decision-not-approved', changes: { outcome: 'decline' } },
    { code: 'credit-decision-expired', changes: { validUntil: NOW } },
    { code: 'terms-beyond-decision', changes: { maximum: eur('11999.99') } },
    { code: 'terms-beyond-decision', changes: { termMonths: 24 } },
    { code: 'terms-beyond-decision', changes: { rate: rate('0.0876') } },
    { code: 'terms-beyond-decision', changes: { grade: 'C' } },
    { code: 'terms-beyond-decision', changes: { feeRate: rate('0.0299') } },
    { code: 'terms-beyond-decision', changes: { apr: rate('0.0001') } },
    { code: 'credit-decision-used', changes: { offeringId: 'off_00000000000000000000000002' } },
    { code: 'terms-beyond-decision', changes: { maximum: Money.parse('12000.00', 'USD') } },
  ];
  it.each(cases)('is held against the terms: $code', ({ code, changes }) => {
    const reasons = clearanceReasons({ ...facts, clearance: { ...clearance, ...changes } });
    expect(reasons.map((reason) => reason.code)).toEqual([code]);
  });

  it('carries the one offering that rests on it', () => {
    const bound = { ...clearance, offeringId: OFFERING };
    expect(clearanceReasons({ ...facts, clearance: bound })).toEqual([]);
  });

  it('is missed when there is none', () => {
    const [reason] = clearanceReasons({ ...facts, clearance: undefined });
    expect(reason?.code).toBe('credit-decision-missing');
  });

  it('settles the items it holds the evidence for; a business plan is nobody’s means', () => {
    const open = ['income', 'bad-actor', 'business-plan'];
    expect(openDiligence(facts.terms, open, clearance)).toEqual(['bad-actor']);
    const declined: LoanClearance = { ...clearance, outcome: 'decline' };
    expect(openDiligence(facts.terms, open, declined)).toEqual(['income', 'bad-actor']);
    expect(openDiligence(someTerms(), open, undefined)).toEqual(open);
  });
});

describe('what a lender may expect', () => {
  it.each([
    { nominal: '0.10', loss: '0', expected: '0.1' },
    { nominal: '0.10', loss: '1', expected: '-1' },
    { nominal: '0.0875', loss: '0.02', expected: '0.06575' },
    { nominal: '0', loss: '0.05', expected: '-0.05' },
  ])('of $nominal a year with $loss lost is $expected', ({ nominal, loss, expected }) => {
    const note = { rate: rate(nominal), expectedLossRate: rate(loss) };
    expect(expectedReturn(note).toString()).toBe(expected);
  });
});
