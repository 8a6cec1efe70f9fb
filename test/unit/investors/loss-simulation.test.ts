import { Money } from '../../../src/kernel/money';
import { simulateLoss } from '../../../src/modules/investors/loss-simulation';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');

describe('the ability to bear loss', () => {
  test.each([
    {
      name: 'a tenth of net worth',
      income: '30000.00',
      assets: '20000.00',
      due: '10000.00',
      net: '40000.00',
      can: '4000.00',
    },
    {
      name: 'without the fraction of a cent',
      income: '0.19',
      assets: '0.00',
      due: '0.00',
      net: '0.19',
      can: '0.01',
    },
    {
      name: 'nothing when all is committed',
      income: '10000.00',
      assets: '0.00',
      due: '10000.00',
      net: '0.00',
      can: '0.00',
    },
    {
      name: 'nothing when more is committed than there is',
      income: '10000.00',
      assets: '0.00',
      due: '12000.00',
      net: '-2000.00',
      can: '0.00',
    },
  ])('is $name', ({ income, assets, due, net, can }) => {
    const result = simulateLoss({
      netAnnualIncome: eur(income),
      liquidAssets: eur(assets),
      annualCommitments: eur(due),
    });
    expect(String(result.netWorth)).toBe(`${net} EUR`);
    expect(String(result.abilityToBearLoss)).toBe(`${can} EUR`);
  });

  test('is not computed from two currencies', () => {
    const usd = Money.parse('1.00', 'USD');
    expect(() =>
      simulateLoss({ netAnnualIncome: usd, liquidAssets: eur('1.00'), annualCommitments: usd }),
    ).toThrow(expect.objectContaining({ code: 'money.mixed-currencies' }));
  });
});
