import { must } from '../../kernel/assert';
import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { LedgerService } from '../ledger';
import {
  lastEveningSeen,
  listLentLoans,
  listLentNotes,
  listLoanQuality,
  listLoanReceipts,
  listNoteReceipts,
  type LentPart,
  type LoanNo,
  type PartReceipt,
  type PartsPage,
} from '../loans';
import { listNoteSales, type NoteSale } from '../market';
import { IdleMoney } from './cash';
import { cashBalances, type Reading } from './cash.service';
import { returnsProblem } from './errors';
import { Reckoner, type Reckoning } from './reckoning';
import type { ReturnsQuery, ReturnsRequest } from './request';
import type { Stake } from './stake';
import { stakeOfLoan, stakeOfNote } from './stake-facts';

export interface ReturnsDeps {
  readonly clock: Clock;
  readonly ledger: LedgerService;
  readonly operators: OperatorDirectory;
}

/** Loans or notes read at once. */
const PAGE = 500;

/**
 * Returns of lenders, computed from dated, recorded facts that are never changed, so that what was
 * told on a day can be computed again on any later one.
 */
export class ReturnsService {
  constructor(private readonly deps: ReturnsDeps) {}

  /** @throws Problem `returns.as-of-in-future`. */
  async requestOf(db: Db, query: ReturnsQuery): Promise<ReturnsRequest> {
    const { homeCurrency, timeZone } = this.deps.operators.get(operatorIdOf(db));
    const now = this.deps.clock.now();
    const today = dateIn(timeZone, now);
    const { whose, by, currency = homeCurrency, asOf = today, knownAt = now } = query;
    if (asOf > today || knownAt > now) throw returnsProblem('as-of-in-future');
    const seenOn = await lastEveningSeen(db, { asOf, knownAt });
    return { whose, by, currency, asOf, knownAt, timeZone, seenOn };
  }

  /** Reads and reckons everything within one transaction. */
  async reckon(db: Db, request: ReturnsRequest): Promise<Reckoning> {
    const read: Reading = (work) => work(db);
    const reckoner = new Reckoner(request.by, request);
    for await (const stakes of this.stakes(read, request)) {
      for (const stake of stakes) reckoner.add(stake);
    }
    return reckoner.end(await this.idleDays(read, request));
  }

  /** The stakes of a portfolio by loan and number, so many at a time. */
  async *stakes(read: Reading, request: ReturnsRequest): AsyncGenerator<readonly Stake[]> {
    const { currency, knownAt } = request;
    let after: PartsPage['after'] = { loanNo: 0n as LoanNo, noteNo: 0 };
    for (let isLast = false; !isLast;) {
      const page = { currency, knownAt, after, limit: PAGE };
      const { parts, stakes } = await read((db) => this.readPage(db, request, page));
      yield stakes;
      after = parts.at(-1) ?? after;
      isLast = parts.length < PAGE;
    }
  }

  /** A lender's cash at the ends of days, the latest first. Of a book there is none. */
  cash(read: Reading, request: ReturnsRequest): ReturnType<typeof cashBalances> | undefined {
    const { whose } = request;
    if (whose.kind === 'book') return undefined;
    return cashBalances(read, this.deps.ledger, { ...request, investorId: whose.investorId });
  }

  private async idleDays(read: Reading, request: ReturnsRequest): Promise<bigint | undefined> {
    const pages = this.cash(read, request);
    if (pages === undefined) return undefined;
    const idle = new IdleMoney(request.asOf);
    for await (const page of pages) {
      for (const balance of page) idle.add(balance);
    }
    return idle.days;
  }

  private async readPage(
    db: Db,
    request: ReturnsRequest,
    page: PartsPage,
  ): Promise<{ readonly parts: readonly LentPart[]; readonly stakes: readonly Stake[] }> {
    const { whose, asOf, knownAt, timeZone, seenOn } = request;
    const isBook = whose.kind === 'book';
    const parts = isBook
      ? await listLentLoans(db, page)
      : await listLentNotes(db, { ...page, investorId: whose.investorId });
    const loanNos = [...new Set(parts.map(({ loanNo }) => loanNo))];
    const receipts = byPart(
      await (isBook ? listLoanReceipts : listNoteReceipts)(db, parts, knownAt),
    );
    const quality = await listLoanQuality(db, loanNos, seenOn);
    const sales = isBook ? [] : await this.sales(db, whose.investorId, loanNos);
    const stakes = parts.map((part) => {
      const facts = {
        part,
        receipts: receipts.get(`${part.loanNo}/${part.noteNo}`) ?? [],
        quality: quality.get(part.loanNo),
        timeZone,
      };
      return isBook ? stakeOfLoan(facts) : stakeOfNote({ ...facts, sales, knownAt });
    });
    return {
      parts,
      stakes: stakes.filter((stake) => stake !== undefined).filter(({ paidOn }) => paidOn <= asOf),
    };
  }

  private async sales(
    db: Db,
    investorId: Id<'inv'>,
    loanNos: readonly LoanNo[],
  ): Promise<readonly NoteSale[]> {
    if (loanNos.length === 0) return [];
    return listNoteSales(db, { investorId, loanNos });
  }
}

function byPart(receipts: readonly PartReceipt[]): ReadonlyMap<string, readonly PartReceipt[]> {
  const found = new Map<string, PartReceipt[]>();
  for (const receipt of receipts) {
    const key = `${receipt.loanNo}/${receipt.noteNo}`;
    if (!found.has(key)) found.set(key, []);
    must(found.get(key), 'the receipts of a part').push(receipt);
  }
  return found;
}
