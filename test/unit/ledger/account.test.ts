import { Money } from '../../../src/kernel/money';
import {
  available,
  naturalBalance,
  normalSide,
  type Account,
  type AccountNo,
} from '../../../src/modules/ledger/account';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');

function anAccount(path: string, balance: string, held = '0.00'): Account {
  return {
    accountNo: 1n as AccountNo,
    path,
    currency: 'EUR',
    isClientMoney: false,
    floorMinor: 0n,
    balance: eur(balance),
    held: eur(held),
    postingCount: 1n,
    status: 'open',
    openedAt: new Date('2025-03-10T09:00:00Z'),
  };
}

describe('the side of an account', () => {
  test.each([
    { path: 'assets:custodian:eur', side: 1 },
    { path: 'expenses:bank', side: 1 },
    { path: 'liabilities:investor:inv_1:cash', side: -1 },
    { path: 'equity:opening', side: -1 },
    { path: 'income:fees:success', side: -1 },
  ])('$path is increased by $side', ({ path, side }) => {
    expect(normalSide(path)).toBe(side);
  });

  test.each(['cash:eur', 'toString:x', ''])('%p is in no class', (path) => {
    expect(() => normalSide(path)).toThrow('is in no class of accounts');
  });
});

describe('what an account holds', () => {
  test("a client's cash is a credit in the books and positive to the client", () => {
    const cash = anAccount('liabilities:investor:inv_1:cash', '-100.00', '30.00');
    expect(naturalBalance(cash)).toEqual(eur('100.00'));
    expect(available(cash)).toEqual(eur('70.00'));
  });

  test('an asset reads as it stands', () => {
    expect(naturalBalance(anAccount('assets:custodian:eur', '100.00'))).toEqual(eur('100.00'));
  });
});
