import { createHash } from 'node:crypto';
import { must } from '../kernel/assert';
import { HOUR_MS } from '../kernel/clock';
import type { Tx } from '../platform/db';
import type { Loan } from '../modules/loans';
import type { TakenLoan } from '../modules/takeovers';
import { sha256 } from '../../seeds/people';
import type { BookRun } from './loan-book-run';

/** Rounds of matching until all that can be lent is. */
const MOST_WINDOWS = 5;
/** How many payments one round of the dispatcher takes. */
const ROUND = 500;

/** Loans before lenders, from their listing to the money on their borrowers' accounts. */
export async function originate(run: BookRun, loans: readonly TakenLoan[]): Promise<void> {
  await offer(run, loans);
  await match(run);
  await close(run);
  await payOut(run, loans);
}

async function offer(run: BookRun, loans: readonly TakenLoan[]): Promise<void> {
  const { takeovers } = run.services;
  await run.each(loans, { phase: 'listing', keyOf: ({ key }) => key }, (tx, loan) =>
    takeovers.offer(tx, loan),
  );
}

/** Windows over everything that lenders see now. */
async function match(run: BookRun): Promise<void> {
  const { office } = run;
  const { windows } = run.services;
  const { id, homeCurrency: currency } = office.operator;
  await run.timed('matching', async () => {
    for (let ran = 0; ran < MOST_WINDOWS; ran += 1) {
      // No two windows are due at one time.
      run.world.clock.advance(1);
      await office.write(undefined, (tx) => windows.open(tx, { currency, dueAt: run.world.now }));
      await windows.run(id);
      const [newest] = await office.read((db) => windows.list(db, { currency, limit: 1 }));
      if (!newest?.matchedMinor) return;
    }
  });
}

/** What is full is closed and settled, and is a loan. */
async function close(run: BookRun): Promise<void> {
  const { closings, lifecycle, loanOrigination } = run.services;
  for (;;) {
    const full = await run.office.read((db) => lifecycle.listFullLoans(db));
    if (full.length === 0) return;
    await run.each(full, { phase: 'closing', keyOf: (id) => id }, async (tx, id) => {
      await closings.closeFull(tx, id);
      await closings.settle(tx, id);
      await loanOrigination.originate(tx, id);
    });
  }
}

async function payOut(run: BookRun, taken: readonly TakenLoan[]): Promise<void> {
  const { office } = run;
  const { loans, paymentDispatcher } = run.services;
  const rows = new Map((await offered(run, taken)).map((row) => [row.offeringId, row]));
  const agreed = await office.read((db) => loans.list(db, { status: 'agreed', limit: 10_000 }));
  const keyOf = (loan: Loan): string => must(rows.get(loan.offeringId), 'the row of a loan').key;
  const own = agreed.filter(({ offeringId }) => rows.has(offeringId));
  await run.each(own, { phase: 'paying out', keyOf }, async (tx, loan) => {
    await begin(run, tx, { loan, row: must(rows.get(loan.offeringId), 'the row of a loan') });
  });
  await run.timed('paying out', async () => {
    const rounds = Math.trunc((own.length + ROUND - 1) / ROUND);
    for (let round = 0; round < rounds; round += 1) await paymentDispatcher.run(office.operator.id);
    run.world.clock.advance(2 * HOUR_MS);
    for (let round = 0; round < rounds; round += 1) await paymentDispatcher.run(office.operator.id);
  });
  await run.timed('jobs and events', () => run.world.tick());
}

/** The rows as they stand now, with what lenders were shown. */
async function offered(run: BookRun, taken: readonly TakenLoan[]): Promise<readonly TakenLoan[]> {
  const bookId = taken[0]?.bookId;
  if (bookId === undefined) return [];
  return run.office.read((db) => run.services.takeovers.list(db, bookId));
}

/** Signed, its borrower's bank account known, drawn on by leave, and paid out. */
async function begin(
  run: BookRun,
  tx: Tx,
  { loan, row }: { readonly loan: Loan; readonly row: TakenLoan },
): Promise<void> {
  const { loans, loanDisbursals, bankAccounts, references, issuers } = run.services;
  const { reference } = loan;
  const { text } = await loans.agreement(tx, loan);
  await loans.sign(tx, loan.id, { side: 'borrower', textSha256: sha256(text.en) });
  const { partyId } = await issuers.get(tx, row.issuerId);
  const account = accountOf(row);
  const draft = { partyId, holder: 'Borrower', scheme: 'account-reference', account } as const;
  const { id: bankAccountId } = await bankAccounts.register(tx, draft);
  await bankAccounts.recordAnswer(tx, bankAccountId, { answer: 'match' });
  if (paysAtAll(run, row)) await references.giveDebitMandate(tx, { reference, bankAccountId });
  await loanDisbursals.instruct(tx, loan.id, bankAccountId);
}

function paysAtAll(run: BookRun, row: TakenLoan): boolean {
  const fate = run.fateOf(row);
  return fate.kind !== 'stops' || fate.after > 0;
}

/** An account that no bank has; its end has the sandbox's bank carry out what it is told. */
function accountOf({ bookId, key }: TakenLoan): string {
  const hash = createHash('sha256').update(`${bookId} ${key}`).digest('hex');
  return `BK${hash.slice(0, 24).toUpperCase()}00`;
}
