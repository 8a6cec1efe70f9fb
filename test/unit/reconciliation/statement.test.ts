import type { CalendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { Problem } from '../../../src/kernel/problem';
import { ageOn } from '../../../src/modules/reconciliation/break';
import { readCamt, writeCamt } from '../../../src/modules/reconciliation/camt';
import { csvMapping, readCsv, type CsvHead } from '../../../src/modules/reconciliation/csv.schema';
import {
  requireContinuity,
  requireWhole,
  type BankLine,
  type BankStatement,
} from '../../../src/modules/reconciliation/statement';
import { calendars } from '../../support/compliance';

const DAY = '2025-03-10' as CalendarDate;
const eur = (amount: string): Money => Money.parse(amount, 'EUR');

const line = (no: number, amount: string, its: Partial<BankLine> = {}): BankLine => ({
  no,
  bookedOn: DAY,
  amount: eur(amount),
  bankRef: `B${no}`,
  refs: [`B${no}`],
  text: '',
  ...its,
});

const statement = (its: Partial<BankStatement> = {}): BankStatement => ({
  account: 'DE89370400440532013000',
  currency: 'EUR',
  statementRef: 'S1',
  sequenceNo: 7,
  fromOn: DAY,
  toOn: DAY,
  opening: eur('10.00'),
  closing: eur('109.50'),
  lines: [line(1, '100.00', { refs: ['B1', 'dep_1'], text: 'A & B' }), line(2, '-0.50')],
  ...its,
});

function refusal(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('it was not refused');
}

describe('a camt.053', () => {
  const file = writeCamt(statement(), new Date('2025-03-11T00:00:00Z'));

  test('reads back as it was written', () => {
    expect(readCamt(file)).toEqual(statement());
  });

  test('of an older version with a batch, a pending entry and a return is read for what it says', () => {
    const older = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
      <Id>S</Id><Acct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></Acct>
      <Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.000</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-03-07</Dt></Dt></Bal>
      <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">25</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-03-10</Dt></Dt></Bal>
      <Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2025-03-10</Dt></BookgDt><NtryDtls>
        <TxDtls><Refs><AcctSvcrRef>X1</AcctSvcrRef><EndToEndId>dep_1</EndToEndId></Refs>
          <RltdPties><Dbtr><Nm>Ada</Nm></Dbtr><DbtrAcct><Id><IBAN>DE1</IBAN></Id></DbtrAcct></RltdPties></TxDtls>
        <TxDtls><Refs><EndToEndId>dep_2</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
      <Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>
      <Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><DtTm>2025-03-10T12:00:00</DtTm></BookgDt><AcctSvcrRef>X2</AcctSvcrRef><NtryDtls>
        <TxDtls><Refs><EndToEndId>col_1</EndToEndId></Refs><RtrInf/></TxDtls></NtryDtls></Ntry>
      </Stmt></BkToCstmrStmt></Document>`;
    const { lines, opening, fromOn } = readCamt(older);
    expect([opening, fromOn]).toEqual([eur('0'), DAY]);
    expect(lines.map(({ refs }) => refs)).toEqual([['X1', 'dep_1', 'dep_2'], ['X2']]);
    expect(lines.map(({ no, amount }) => [no, amount])).toEqual([
      [1, eur('30.00')],
      [3, eur('-5.00')],
    ]);
  });

  test.each([
    ['another form', file.replace('camt.053', 'camt.052'), 'no camt.053'],
    ['no closing balance', file.replace('CLBD', 'ITAV'), 'no balance CLBD'],
    ['no XML', '<Document>', 'Line 1'],
  ])('that has %s is refused', (_, broken, why) => {
    const { code, detail } = refusal(() => readCamt(broken));
    expect(code).toBe('reconciliation.statement-unreadable');
    expect(detail).toContain(why);
  });

  test('whose entries are wrong is refused with each of them', () => {
    const broken = file
      .replace('Ccy="EUR">100.00', 'Ccy="USD">100.00')
      .replace('Ccy="EUR">0.50', 'Ccy="EUR">0.505');
    const { code, errors } = refusal(() => readCamt(broken));
    expect(code).toBe('reconciliation.statement-lines');
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/lines/1', '/lines/2']);
  });
});

describe('a CSV', () => {
  const { lines: _, opening, closing, ...rest } = statement();
  const head: CsvHead = { ...rest, opening: '10.00', closing: '109.50' };
  const mapping = csvMapping.parse({
    delimiter: ';',
    date: 'Datum',
    dateOrder: 'd-m-y',
    decimalMark: ',',
    amount: { credit: 'Haben', debit: 'Soll' },
    bankRef: 'Nr',
    text: 'Text',
  });

  test('is read as its mapping says, to the same as a camt.053', () => {
    const csv = 'Datum;Haben;Soll;Nr;Text\n10.03.2025;1.000,00;;B1;A\n10.3.2025;;0,50;B2;\n';
    const read = readCsv(csv, { head, mapping });
    expect(read.lines).toMatchObject([
      { no: 2, bookedOn: DAY, amount: eur('1000.00'), bankRef: 'B1', text: 'A' },
      { no: 3, bookedOn: DAY, amount: eur('-0.50'), refs: ['B2'] },
    ]);
    expect([read.opening, read.closing]).toEqual([opening, closing]);
  });

  test('names every line that cannot be read, and every column that is missing', () => {
    const csv = 'Datum;Haben;Soll;Nr;Text\n31.02.2025;1,00;;B1;\n10.03.2025;one;;B2;\n';
    const { errors } = refusal(() => readCsv(csv, { head, mapping }));
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/lines/2', '/lines/3']);
    expect(refusal(() => readCsv('Datum;Nr\n', { head, mapping })).detail).toContain('Haben, Soll');
  });
});

describe('a statement', () => {
  test.each([
    ['does not add up', { closing: eur('1.00') }, 'statement-unbalanced'],
    [
      'has a line twice',
      { lines: [line(1, '100.00'), line(2, '100.00', { bankRef: 'B1' })] },
      'statement-lines',
    ],
    [
      'has a line of another day',
      { lines: [line(1, '99.50', { bookedOn: '2025-03-11' as CalendarDate })] },
      'statement-lines',
    ],
    ['has a line of nothing', { lines: [line(1, '0.00')] }, 'statement-lines'],
    ['ends before it begins', { fromOn: '2025-03-11' as CalendarDate }, 'statement-unreadable'],
  ])('that %s is refused', (_, its, slug) => {
    expect(refusal(() => requireWhole(statement(its))).code).toBe(`reconciliation.${slug}`);
  });

  test.each([
    ['overlaps', { fromOn: DAY }, 'statement-gap'],
    ['opens with another balance', { opening: eur('1.00') }, 'statement-gap'],
    ['leaves a number out', { sequenceNo: 9 }, 'statement-gap'],
    ['is of another account', { account: 'DE00' }, 'statement-account'],
  ])('that %s does not follow', (_, its, slug) => {
    const next = { ...follower(), ...its };
    expect(refusal(() => requireContinuity(next, statement())).code).toBe(`reconciliation.${slug}`);
  });

  test('follows on the one before, also where numbers begin anew with the year', () => {
    expect(() => requireContinuity(follower(), statement())).not.toThrow();
    const january = '2026-01-02' as CalendarDate;
    const anew = { ...follower(), sequenceNo: 1, fromOn: january, toOn: january };
    expect(() => requireContinuity(anew, statement())).not.toThrow();
  });

  function follower(): BankStatement {
    const next = '2025-03-11' as CalendarDate;
    return statement({ fromOn: next, toOn: next, opening: eur('109.50'), sequenceNo: 8 });
  }
});

test.each([
  ['2025-03-14', '2025-03-14', { days: 0, workingDays: 0, bucket: '0-1' }],
  ['2025-03-14', '2025-03-17', { days: 3, workingDays: 1, bucket: '2-7' }],
  ['2025-03-14', '2025-04-22', { days: 39, workingDays: 25, bucket: '31+' }],
])('a break of %s is so old on %s, weekends and holidays aside', (since, day, age) => {
  const target = calendars().get('target');
  expect(target && ageOn(since as CalendarDate, day as CalendarDate, target)).toEqual(age);
});
