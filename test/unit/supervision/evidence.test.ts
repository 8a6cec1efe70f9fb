import { entriesOf, subjectsOf } from '../../../src/modules/supervision/evidence';

const LOAN = `lon_01${'K'.repeat(24)}`;
const ISSUER = `iss_01${'V'.repeat(24)}`;

describe('what a case is about', () => {
  it('is every id in its key and its row, once, the key’s first', () => {
    const values = { issuer_id: ISSUER, loan_id: LOAN, grade: 'C', region: null };
    expect(subjectsOf(`${LOAN}/0000000001`, values)).toEqual([LOAN, ISSUER]);
  });

  it('is nothing where no id is named', () => {
    expect(subjectsOf('liabilities:suspense:eur', { balance_minor: '500.00' })).toEqual([]);
  });

  it('has each journal entry once, though it touched two accounts', () => {
    const [first, second] = [{ entryNo: '1' }, { entryNo: '2' }];
    const records = [
      { record: null, entries: [second, first] },
      { record: null, entries: [first] },
    ];
    expect(entriesOf(records)).toEqual([second, first]);
  });
});
