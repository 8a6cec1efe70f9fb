import { must } from '../../kernel/assert';
import { DAY_MS, type Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { ImportRow, RefusedRow } from '../applications';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { IssuerTakeover } from '../issuers';
import { requiredDocuments, type LoanListing } from '../offerings';
import { costWithoutFees } from './annuity-rate';
import { bookLoan, isRefused, type BookLoan } from './book-loan';
import * as store from './store';

export interface TakeoverDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly directory: Pick<OperatorDirectory, 'get'>;
  readonly takeover: IssuerTakeover;
  readonly listing: Pick<LoanListing, 'list'>;
}

/** What became of the rows of a batch. */
export interface TakenBatch {
  readonly taken: number;
  /** Rows that were taken before, unchanged. */
  readonly repeated: number;
  readonly refused: readonly RefusedRow[];
}

/** How long lenders may look at a loan of a book. */
const LISTED_DAYS = 14;
/** The least a lender lends to one of them. */
const TICKET = '25.00';

/** Takes over the loan books of other platforms: on their terms, by the steps of every loan. */
export class TakeoverService {
  constructor(private readonly deps: TakeoverDeps) {}

  /**
   * Takes the loans of rows: their borrowers get files, each on the word of whoever kept the book. A
   * row that was taken before changes nothing; one that is broken keeps no other out.
   */
  async take(tx: Tx, bookId: string, rows: readonly ImportRow[]): Promise<TakenBatch> {
    const { clock, newId, audit, directory, takeover } = this.deps;
    await store.lockBook(tx, bookId);
    const { jurisdiction, homeCurrency } = directory.get(operatorIdOf(tx));
    const { fresh, repeated, refused } = await sorted(tx, bookId, rows);
    const read = fresh.map((row) => bookLoan(row, homeCurrency));
    const loans = read.filter((each): each is BookLoan => !isRefused(each));
    const borrowers = await takeover.take(
      tx,
      { source: bookId, jurisdiction },
      loans.map(({ key }) => key),
    );
    const takenAt = clock.now();
    await store.insertTaken(
      tx,
      loans.map((loan, position) => ({
        ...loan,
        bookId,
        decisionId: newId('cdn'),
        issuerId: must(borrowers[position], 'the borrower of a row').id,
        takenAt,
      })),
    );
    if (loans.length > 0) {
      const details = { count: loans.length, first: loans[0]?.key, last: loans.at(-1)?.key };
      await audit.record(tx, { action: 'takeover.loans-taken', subject: bookId, details });
    }
    return {
      taken: loans.length,
      repeated,
      refused: [...refused, ...read.filter((each) => isRefused(each))],
    };
  }

  /** Every loan of a book, the oldest first. */
  async list(db: Db, bookId: string): Promise<readonly store.TakenLoan[]> {
    return store.listTaken(db, bookId);
  }

  /**
   * Shows a loan to lenders, at the rate, for the term and under the grade that its book has.
   *
   * @throws as `LoanListing.list`.
   */
  async offer(tx: Tx, loan: store.TakenLoan): Promise<Id<'off'>> {
    const { clock, directory, listing } = this.deps;
    const { rulebookId } = directory.get(operatorIdOf(tx));
    const { amount, termMonths, grade, purpose, bookId, key } = loan;
    const title = `${purpose.replaceAll('-', ' ')}, ${termMonths} months, grade ${grade}`;
    const offering = await listing.list(tx, {
      request: {
        borrowerId: loan.issuerId,
        title,
        summary: `Taken over from the loan book ${bookId}.`,
        note: {
          kind: 'loan-note',
          rate: loan.rate,
          rateMode: 'fixed',
          termMonths,
          repayment: 'annuity',
          apr: costWithoutFees(loan.rate),
          grade,
          // The book does not say what it expected.
          expectedLossRate: rate('0'),
          purpose,
          security: 'none',
          scorecard: bookId,
          decisionId: loan.decisionId,
        },
        amount,
        minimumTicket: Money.parse(TICKET, amount.currency).atMost(amount),
        closesAt: new Date(clock.now().getTime() + LISTED_DAYS * DAY_MS),
        feeRate: rate('0'),
        externalId: `${bookId}:${key}`,
      },
      documents: requiredDocuments(rulebookId).map((kind) => ({
        kind,
        title,
        mustAcknowledge: true,
        contentType: 'text/plain',
        content: Buffer.from(
          `${title}\n${amount.toString()} at ${rateText(loan.rate.times(100))} % a year, no fees.\n`,
        ),
      })),
    });
    await store.setOffering(tx, loan, offering.id);
    return offering.id;
  }
}

/** Rows that are new, those known, and those that changed since they were taken. */
async function sorted(db: Db, bookId: string, rows: readonly ImportRow[]) {
  const known = new Map(
    await store.findTaken(
      db,
      bookId,
      rows.map(({ key }) => key),
    ),
  );
  const fresh: ImportRow[] = [];
  const refused: RefusedRow[] = [];
  let repeated = 0;
  for (const row of rows) {
    const before = known.get(row.key);
    if (before === undefined) fresh.push(row);
    else if (before === row.sha256) repeated += 1;
    else {
      const reason = `The row ${row.key} was taken before with other content.`;
      refused.push({ line: row.line, code: 'changed-since', reason });
    }
    known.set(row.key, row.sha256);
  }
  return { fresh, repeated, refused };
}
