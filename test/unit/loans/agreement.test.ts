import { createHash } from 'node:crypto';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import type { AgreedTerms, Loan, LoanNo } from '../../../src/modules/loans';
import { agreedTermsJson, agreedTermsOf } from '../../../src/modules/loans';
import { agreementText } from '../../../src/modules/loans/agreement';
import { instalmentsOf, planFrom } from '../../../src/modules/loans/plan';
import { hashesOf, isFullySigned, requireText } from '../../../src/modules/loans/signature';

const eur = (amount: string) => Money.parse(amount, 'EUR');
const id = (prefix: string, last: string) => `${prefix}_${last.padStart(26, '0')}`;

const TERMS: AgreedTerms = {
  title: 'A sewing workshop',
  rate: rate('0.145'),
  termMonths: 3,
  repayment: 'annuity',
  dayCount: 'act/act-icma',
  firstDueOn: calendarDate('2025-04-15'),
  apr: rate('0.1689'),
  grade: 'C',
  expectedLossRate: rate('0.024'),
  purpose: 'equipment',
  security: 'none',
  scorecard: 'consumer/1',
  decisionId: `cdn_${'0'.repeat(26)}`,
  originationFee: eur('20.00'),
  isFeeWithheld: true,
};

const agreedOn = calendarDate('2025-03-03');

function textOf(changes: Partial<AgreedTerms> = {}) {
  const terms = { ...TERMS, ...changes };
  const principal = eur('1000.00');
  const loan = {
    id: id('lon', '1'),
    loanNo: 1n as LoanNo,
    principal,
    terms,
    policy: { id: 'general', version: 1 },
    reference: 'YC-0000-0000-0001',
  } as Loan;
  return agreementText({
    loan,
    agreedOn,
    borrower: 'Ada Example',
    operator: 'Lantern Lending',
    lenders: 3,
    instalments: instalmentsOf(planFrom(terms, principal, agreedOn), undefined),
  });
}

describe('the agreement of a loan', () => {
  it('says in both languages who owes whom what, and when', () => {
    const { en, zh } = textOf();
    for (const said of [
      'borrower: Ada Example',
      'the 3 holders of its notes, as the register of Lantern Lending names them',
      'principal: 1000.00 EUR',
      'paid out to the borrower: 980.00 EUR',
      'interest: 14.5 % a year',
      'cost with fees: 16.89 % a year',
      'fee kept back from what is paid out: 20.00 EUR',
      'servicing policy general/1',
      'reference YC-0000-0000-0001',
    ]) {
      expect(en).toContain(said);
    }
    expect(en.match(/^\d {2}2025-0[456]-15 {2}/gm)).toHaveLength(3);
    expect(zh).toContain('年利率：14.5%');
    expect(zh.split('\n')).toHaveLength(en.split('\n').length);
  });

  it('names a fee that may not be kept back as owed, and none where there is none', () => {
    const beside = textOf({ isFeeWithheld: false });
    expect(beside.en).toContain('fee due with the first instalment: 20.00 EUR');
    expect(beside.en).toContain('paid out to the borrower: 1000.00 EUR');
    const free = textOf({ isFeeWithheld: false, originationFee: eur('0.00') });
    expect(free.en).not.toContain('fee due');
  });

  it('is signed by the hash of either language, and of nothing else', () => {
    const text = textOf();
    const hash = (of: string) => createHash('sha256').update(of).digest('hex');
    expect(hashesOf(text)).toEqual({ en: hash(text.en), zh: hash(text.zh) });
    requireText(text, hash(text.zh));
    expect(() => requireText(text, hash(textOf({ termMonths: 4 }).en))).toThrow(
      'agreement-changed',
    );
  });

  it('binds when every side has signed that must', () => {
    const [borrower, operator] = [{ side: 'borrower' }, { side: 'operator' }] as const;
    expect(isFullySigned([borrower], { isCountersigned: false })).toBe(true);
    expect(isFullySigned([borrower], { isCountersigned: true })).toBe(false);
    expect(isFullySigned([operator], { isCountersigned: true })).toBe(false);
    expect(isFullySigned([operator, borrower], { isCountersigned: true })).toBe(true);
  });
});

describe('agreed terms', () => {
  it('are read back as they were stored', () => {
    for (const terms of [TERMS, { ...TERMS, firstDueOn: undefined }]) {
      const stored = JSON.parse(JSON.stringify(agreedTermsJson(terms)));
      expect(JSON.stringify(agreedTermsJson(agreedTermsOf(stored)))).toBe(JSON.stringify(stored));
    }
  });
});
