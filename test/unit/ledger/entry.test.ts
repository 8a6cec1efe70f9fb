import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import type { AccountNo } from '../../../src/modules/ledger/account';
import {
  balanced,
  credit,
  debit,
  type EntryDraft,
  type Posting,
} from '../../../src/modules/ledger/entry';

const ALICE = 1n as AccountNo;
const BOB = 2n as AccountNo;
const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const usd = (amount: string): Money => Money.parse(amount, 'USD');

function aDraft(postings: readonly Posting[]): EntryDraft {
  return {
    kind: 'transfer',
    source: { type: 'transfer', id: 't1' },
    description: 'a transfer',
    occurredAt: new Date('2025-03-10T09:00:00Z'),
    postings,
  };
}

describe('a balanced entry', () => {
  test('keeps what moves money and drops what is zero', () => {
    const draft = aDraft([
      debit(ALICE, eur('1.00')),
      credit(BOB, eur('1.00')),
      debit(ALICE, usd('0.00')),
    ]);
    expect(balanced(draft).postings).toEqual([
      { accountNo: ALICE, amount: eur('1.00') },
      { accountNo: BOB, amount: eur('-1.00') },
    ]);
  });

  test.each<{ name: string; postings: readonly Posting[]; detail: string }>([
    { name: 'nothing', postings: [], detail: 'fewer than two postings' },
    {
      name: 'only zeroes',
      postings: [debit(ALICE, eur('0.00')), credit(BOB, eur('0.00'))],
      detail: 'fewer than two postings',
    },
    {
      name: 'one side',
      postings: [debit(ALICE, eur('1.00'))],
      detail: 'EUR is off by 100 minor units',
    },
    {
      name: 'a cent too little',
      postings: [debit(ALICE, eur('1.00')), credit(BOB, eur('0.99'))],
      detail: 'EUR is off by 1 minor units',
    },
    {
      name: 'two currencies that only balance together',
      postings: [debit(ALICE, eur('1.00')), credit(BOB, usd('1.00'))],
      detail: 'EUR is off by 100 minor units, USD is off by -100 minor units',
    },
  ])('is not made of $name', ({ postings, detail }) => {
    expect(() => balanced(aDraft(postings))).toThrow(
      expect.objectContaining({
        code: 'ledger.unbalanced-entry',
        detail: `transfer of transfer t1: ${detail}.`,
      }),
    );
  });

  test('is any set of postings whose counterparts are all there, and no other', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 1000n }), (minors, slip) => {
        const there = minors.map((minor) => debit(ALICE, Money.ofMinor(minor, 'EUR')));
        const total = minors.reduce((sum, minor) => sum + minor, 0n);
        const back = credit(BOB, Money.ofMinor(total, 'EUR'));
        const short = credit(BOB, Money.ofMinor(total + slip, 'EUR'));
        expect(balanced(aDraft([...there, back])).postings).toHaveLength(minors.length + 1);
        expect(() => balanced(aDraft([...there, short]))).toThrow('ledger.unbalanced-entry');
      }),
    );
  });
});
