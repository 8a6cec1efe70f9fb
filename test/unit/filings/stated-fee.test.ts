import { statedFeeRate } from '../../../src/modules/filings/stated-fee';

describe('the fee a filing states', () => {
  it.each([
    { text: 'Six percent (6%) of the amount raised', fee: '0.06' },
    { text: 'A fee equal of 3% in cash of the aggregate amount raised', fee: '0.03' },
    { text: 'a fee of five percent (5%) of the amount raised in the Offering', fee: '0.05' },
    { text: 'a commission of 4.5 per cent', fee: '0.045' },
    { text: '5% of what is raised, that is 5.0% and nothing else', fee: '0.05' },
  ])('is the one percentage of "$text"', ({ text, fee }) => {
    expect(statedFeeRate(text)?.toString()).toBe(fee);
  });

  it.each([
    { text: '7 - 13 percent', because: 'it is a span' },
    { text: '7% to 9% of the proceeds', because: 'it is a span' },
    { text: '6% in cash and 2% in securities', because: 'there are two' },
    { text: '$5,000 and 6% of the proceeds', because: 'an amount stands beside it' },
    { text: 'up to 8% of the proceeds', because: 'it is a ceiling' },
    { text: 'a fee that will not exceed 8%', because: 'it is a ceiling' },
    { text: 'No capital raise fee is charged', because: 'there is none' },
    { text: '100% of the proceeds', because: 'nothing would be left' },
    { text: '', because: 'nothing is said' },
  ])('is not taken from "$text": $because', ({ text }) => {
    expect(statedFeeRate(text)).toBeUndefined();
  });
});
