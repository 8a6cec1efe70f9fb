import { must } from '../../kernel/assert';
import { dateIn } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import { usageKey, type CapRow } from '../caps';
import { investorCashAccount, type AccountNo } from '../ledger';
import { instrumentName, isLoan, type LoanTerms, type Offering } from '../offerings';
import { successFee, type Closing, type Settled } from '../subscriptions';
import type { AgreedTerms } from './agreed-terms';
import { announce } from './announce.service';
import type { Loan } from './loan';
import type { Note } from './note';
import * as notes from './note.store';
import type { LoanDeps } from './ports';
import { findOpenRenewal } from './renewal.store';
import * as store from './store';

interface SettledLoan {
  readonly offering: Offering;
  readonly terms: LoanTerms;
  readonly closing: Closing;
  readonly settled: readonly Settled[];
  /** The caps that repayment frees, by subject and key. */
  readonly repayable: ReadonlySet<string>;
  readonly issuerCaps: readonly CapRow[];
}

/** Months are counted alike, whatever their days: as the cost that was announced was reckoned. */
const DAY_COUNT = 'act/act-icma';

/** Makes a loan of an offering that was settled: its terms, and a note for each subscription. */
export class LoanOrigination {
  constructor(private readonly deps: LoanDeps) {}

  /**
   * The loan of a settled offering, made when it does not exist; undefined for what is no loan.
   * Nothing is owed yet: it waits for the borrower's signature, its proceeds on hold.
   */
  async originate(tx: Tx, offeringId: Id<'off'>): Promise<Loan | undefined> {
    const { offerings, closings } = this.deps;
    const { offering, version } = await offerings.lockInForce(tx, offeringId);
    const { terms } = version;
    if (!isLoan(terms) || offering.status !== 'settled') return undefined;
    const before = await store.findLoanByOffering(tx, offeringId);
    if (before) return before;
    const closing = must(await closings.findClosing(tx, offeringId), 'how the offering closed');
    const settled = await closings.listSettled(tx, closing);
    const issuerCaps = await offerings.listIssuerCaps(tx, offeringId);
    const repayable = await this.repayable(tx, [
      ...issuerCaps,
      ...settled.flatMap(({ capRows }) => capRows),
    ]);
    return this.open(tx, { offering, terms, closing, settled, repayable, issuerCaps });
  }

  private async open(tx: Tx, found: SettledLoan): Promise<Loan> {
    const loan = await this.loanOf(tx, found);
    await store.insertLoan(tx, loan);
    await notes.insertNotes(tx, await this.notesOf(tx, loan, found));
    await announce(this.deps, tx, {
      type: 'loans.agreed',
      loan,
      details: { principal: { ...loan.principal.toWire() }, notes: found.settled.length },
    });
    return loan;
  }

  private async loanOf(tx: Tx, found: SettledLoan): Promise<Loan> {
    const { clock, newId, offerings, holdings, files, references, servicingPolicies } = this.deps;
    const { offering, terms, closing, repayable, issuerCaps } = found;
    const { rulebook } = offerings.regimeOf(tx);
    const policy = servicingPolicies.latestFor(rulebook.id);
    const name = instrumentName(terms.instrument, offering.id);
    const instrument = await holdings.findInstrument(tx, offering.issuerId, name);
    const { partyId } = await files.getIssuer(tx, offering.issuerId);
    const id = newId('lon');
    const owner = { kind: 'loan', id } as const;
    const { currency } = terms;
    const { reference } = await references.open(tx, { owner, partyId, currency });
    const agreedAt = clock.now();
    return {
      id,
      loanNo: await store.nextLoanNo(tx),
      offeringId: offering.id,
      issuerId: offering.issuerId,
      instrumentId: must(instrument, 'the series of notes').id,
      principal: closing.raised,
      terms: agreedTerms(terms, closing),
      policy: { id: policy.id, version: policy.version },
      reference,
      status: 'agreed',
      agreedAt,
      signBy: new Date(agreedAt.getTime() + policy.signing.withinDays * DAY_MS),
      proceedsHoldNo: closing.proceedsHoldNo,
      feeHoldNo: closing.feeHoldNo,
      caps: issuerCaps.filter((row) => repayable.has(usageKey(row.subject, row.capKey))),
      scheduleVersion: 0,
      lastPaymentNo: 0,
      outstanding: Money.zero(currency),
      renewsLoanNo: (await findOpenRenewal(tx, offering.id))?.loanNo,
    };
  }

  private async notesOf(
    tx: Tx,
    loan: Loan,
    { settled, repayable }: SettledLoan,
  ): Promise<readonly Note[]> {
    const { currency } = loan.principal;
    const accounts = await this.accountsOf(tx, loan, settled);
    const { timeZone } = this.deps.offerings.regimeOf(tx).operator;
    return settled.map(({ id, investorId, units, cost, capRows }, at) => ({
      loanNo: loan.loanNo,
      noteNo: at + 1,
      holder: { kind: 'investor', id: investorId },
      accountNo: must(accounts.get(investorId), `the cash of ${investorId}`),
      units,
      // Nothing is owed before the money was paid out.
      principal: Money.zero(currency),
      cost,
      openedOn: dateIn(timeZone, loan.agreedAt),
      source: { type: 'subscription', id },
      caps: capRows.filter((row) => repayable.has(usageKey(row.subject, row.capKey))),
    }));
  }

  private async accountsOf(
    tx: Tx,
    { principal }: Loan,
    settled: readonly Settled[],
  ): Promise<ReadonlyMap<Id<'inv'>, AccountNo>> {
    const investors = [...new Set(settled.map(({ investorId }) => investorId))];
    const specs = investors.map((id) => investorCashAccount(id, principal.currency));
    const numbers = await this.deps.ledger.listAccountNumbers(tx, specs);
    return new Map(
      investors.map((id, at) => {
        const { path } = must(specs[at], 'the account');
        return [id, must(numbers.get(`${path} ${principal.currency}`), path)];
      }),
    );
  }

  private async repayable(tx: Tx, rows: readonly CapRow[]): Promise<ReadonlySet<string>> {
    const found = await this.deps.caps.listRepayable(tx, rows);
    return new Set(found.map(({ subject, capKey }) => usageKey(subject, capKey)));
  }
}

/** What the offering's terms and its close come to. */
function agreedTerms(terms: LoanTerms, { raised, fee }: Closing): AgreedTerms {
  const { instrument } = terms;
  const isFeeWithheld = fee.isPositive;
  return {
    title: terms.title,
    rate: instrument.rate,
    termMonths: instrument.termMonths,
    repayment: instrument.repayment,
    dayCount: DAY_COUNT,
    firstDueOn: instrument.firstDueOn,
    apr: instrument.apr,
    grade: instrument.grade,
    expectedLossRate: instrument.expectedLossRate,
    purpose: instrument.purpose,
    security: instrument.security,
    scorecard: instrument.scorecard,
    decisionId: instrument.decisionId,
    // What the law forbids to keep back falls due with the first instalment.
    originationFee: isFeeWithheld ? fee : successFee(terms, raised),
    isFeeWithheld,
  };
}
