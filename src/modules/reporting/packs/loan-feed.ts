import { must } from '../../../kernel/assert';
import type { ReportContent, Table } from '../figure';

/**
 * The interfaces of the loan feed that China's P2P platforms sent to its emergency response centre
 * (CNCERT, 2018), as public code names them; no schema of it was found (unverified). Who the law means
 * by `userIdcardHash` stands here under a keyed hash, since a plain one of an identity number can be
 * guessed.
 */
export interface FeedInterface {
  /** `infType`. */
  readonly type: number;
  readonly file: string;
  readonly table: string;
  /** Of the file, with the column of the table each is made of. */
  readonly fields: readonly (readonly [name: string, column: string])[];
}

export const FEED_INTERFACES: readonly FeedInterface[] = [
  {
    type: 1,
    file: 'user-info.csv',
    table: 'people',
    fields: [
      ['seq', 'seq'],
      ['userIdcardHash', 'person'],
      ['userType', 'kind'],
      ['userAttr', 'role'],
    ],
  },
  {
    type: 2,
    file: 'scatter-invest.csv',
    table: 'projects',
    fields: [
      ['seq', 'seq'],
      ['sourceProductCode', 'loan_id'],
      ['userIdcardHash', 'borrower'],
      ['amount', 'amount_minor'],
      ['currency', 'currency'],
      ['loanRate', 'rate'],
      ['term', 'term_months'],
      ['productStartTime', 'lent_on'],
    ],
  },
  {
    type: 6,
    file: 'status.csv',
    table: 'statuses',
    fields: [
      ['seq', 'seq'],
      ['sourceProductCode', 'loan_id'],
      ['productStatus', 'status'],
      ['isLate', 'is_late'],
      ['isDefaulted', 'is_defaulted'],
      ['productDate', 'on_day'],
    ],
  },
  {
    type: 4,
    file: 'transact.csv',
    table: 'transactions',
    fields: [
      ['seq', 'seq'],
      ['sourceProductCode', 'loan_id'],
      ['transType', 'kind'],
      ['isReversal', 'is_reversal'],
      ['transMoney', 'amount_minor'],
      ['principal', 'principal_minor'],
      ['interest', 'interest_minor'],
      ['serviceCharge', 'charges_minor'],
      ['keptOfInterest', 'servicing_minor'],
      ['currency', 'currency'],
      ['transTime', 'on_day'],
    ],
  },
  {
    type: 81,
    file: 'repay-plan.csv',
    table: 'plans',
    fields: [
      ['seq', 'seq'],
      ['sourceProductCode', 'loan_id'],
      ['version', 'version'],
      ['totalIssue', 'instalments'],
      ['issue', 'no'],
      ['curFund', 'principal_minor'],
      ['curInterest', 'interest_minor'],
      ['currency', 'currency'],
      ['repayTime', 'due_on'],
    ],
  },
  {
    type: 82,
    file: 'creditor.csv',
    table: 'claims',
    fields: [
      ['seq', 'seq'],
      ['sourceProductCode', 'loan_id'],
      ['finClaimId', 'note_no'],
      ['userIdcardHash', 'lender'],
      ['holderKind', 'holder_kind'],
      ['course', 'course'],
      ['invAmount', 'amount_minor'],
      ['currency', 'currency'],
    ],
  },
  {
    type: 83,
    file: 'transfer-project.csv',
    table: 'transfers',
    fields: [
      ['seq', 'seq'],
      ['transferId', 'listing_id'],
      ['sourceProductCode', 'loan_id'],
      ['finClaimId', 'note_no'],
      ['userIdcardHash', 'seller'],
      ['units', 'units'],
    ],
  },
  {
    type: 84,
    file: 'transfer-status.csv',
    table: 'transfer-statuses',
    fields: [
      ['seq', 'seq'],
      ['transferId', 'listing_id'],
      ['sourceProductCode', 'loan_id'],
      ['transferStatus', 'status'],
      ['units', 'units'],
      ['soldUnits', 'sold_units'],
    ],
  },
  {
    type: 85,
    file: 'under-take.csv',
    table: 'take-ups',
    fields: [
      ['seq', 'seq'],
      ['unFinClaimId', 'trade_id'],
      ['transferId', 'listing_id'],
      ['sourceProductCode', 'loan_id'],
      ['sellerFinClaimId', 'seller_note_no'],
      ['finClaimId', 'buyer_note_no'],
      ['userIdcardHash', 'buyer'],
      ['units', 'units'],
      ['principal', 'principal_minor'],
      ['takeAmount', 'price_minor'],
      ['takeInterest', 'accrued_minor'],
      ['floatMoney', 'premium_minor'],
      ['currency', 'currency'],
    ],
  },
];

/** Gives the name under which a person goes out. */
export type Pseudonyms = (partyId: string) => string;

const PEOPLE: readonly string[] = ['person', 'borrower', 'lender', 'seller', 'buyer'];

/** The lines of one file, its heading first. A person who is not known, as the operator is, has no name. */
export function feedLines(
  content: ReportContent,
  { table: id, fields }: FeedInterface,
  pseudonymOf: Pseudonyms,
): readonly (readonly string[])[] {
  const table = tableOf(content, id);
  const rows = rowsOf(table).map((row) =>
    fields.map(([, column]) => {
      const value = row.get(column) ?? '';
      return PEOPLE.includes(column) && value !== '' ? pseudonymOf(value) : value;
    }),
  );
  return [fields.map(([name]) => name), ...rows];
}

/** `20250314-82`: the batch of one interface on one day. */
export function batchNumber({ run }: ReportContent, { type }: FeedInterface): string {
  const from = run['from'];
  return `${typeof from === 'string' ? from.replaceAll('-', '') : ''}-${type}`;
}

export interface FeedFault {
  readonly rule: string;
  readonly message: string;
}

/**
 * What the recipient's own script would complain of (rules as it numbers them): a loan without
 * instalments, claims that do not add up to their loan, money that moved and is none.
 */
export function feedFaults(content: ReportContent): readonly FeedFault[] {
  const planned = new Set(rowsIn(content, 'plans').map((row) => row.get('loan_id')));
  const lent = sumsOf(
    rowsIn(content, 'claims').filter((row) => row.get('course') === 'lent'),
    'amount_minor',
  );
  const projects = rowsIn(content, 'projects').flatMap((row): readonly FeedFault[] => {
    const loan = row.get('loan_id') ?? '';
    const amount = minor(row.get('amount_minor'));
    return [
      ...(planned.has(loan) ? [] : [fault('cncert-3.2.1', `${loan} has no instalments.`)]),
      ...(lent.get(loan) === amount
        ? []
        : [fault('cncert-3.3.1', `The claims of ${loan} do not add up to its amount.`)]),
    ];
  });
  const empty = rowsIn(content, 'transactions')
    .filter((row) => minor(row.get('amount_minor')) === 0n)
    .map((row) => fault('cncert-3.5.2', `Nothing moved with ${row.get('seq')}.`));
  return [...projects, ...empty];
}

type Row = ReadonlyMap<string, string>;

function sumsOf(rows: readonly Row[], column: string): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const row of rows) {
    const loan = row.get('loan_id') ?? '';
    sums.set(loan, (sums.get(loan) ?? 0n) + minor(row.get(column)));
  }
  return sums;
}

/** Amounts of one loan have the same digits, so that they compare without their point. */
function minor(amount: string | undefined): bigint {
  return BigInt((amount ?? '0').replace('.', ''));
}

function rowsIn(content: ReportContent, id: string): readonly Row[] {
  return rowsOf(tableOf(content, id));
}

function rowsOf({ columns, rows }: Table): readonly Row[] {
  return rows.map((row) => new Map(columns.map((column, index) => [column, row[index] ?? ''])));
}

function tableOf({ tables }: ReportContent, id: string): Table {
  return must(
    tables.find((table) => table.id === id),
    `table ${id}`,
  );
}

function fault(rule: string, message: string): FeedFault {
  return { rule, message };
}
