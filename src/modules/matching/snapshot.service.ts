import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import type { Db } from '../../platform/db';
import type { CapLine, CapsService } from '../caps';
import { operatorIdOf } from '../identity';
import type { LedgerService } from '../ledger';
import type { OfferingBooks } from '../offerings';
import {
  considerOrder,
  type Candidate,
  type InvestorAtHand,
  type Order,
  type Participants,
} from '../subscriptions';
import type { MandateForMatch } from './instance';
import { hasActive, listActive, type ActiveMandate } from './mandate.store';
import { listHeld, type HeldPosition } from './position.store';
import type { DrawnLender } from './window';
import {
  isPairLine,
  loansToTry,
  loanTable,
  mandateOf,
  type LenderAtHand,
  type LoanTable,
  type SetAside,
} from './window-input';

export interface SnapshotDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly participants: Participants;
  readonly offerings: Pick<OfferingBooks, 'listOpenLoans'>;
  readonly ledger: Pick<LedgerService, 'listAvailable'>;
  readonly caps: Pick<CapsService, 'listUsage' | 'listPairUsage'>;
}

/** Everything a window's engine is given, before it has its seed. */
export interface Snapshot {
  readonly table: LoanTable;
  readonly mandates: readonly MandateForMatch[];
  /** Whose each of the mandates is, in their order. */
  readonly lenders: readonly DrawnLender[];
  readonly setAside: readonly SetAside[];
}

/** A mandate and what considering one order of it, for a loan it wants, came to. */
interface Considered {
  readonly mandate: ActiveMandate;
  readonly investor: InvestorAtHand;
  /** The lines of the caps an order stands under; undefined where no loan was wanted. */
  readonly candidate: Candidate | undefined;
  readonly refusal: Problem | undefined;
  /** No loan that the mandate wants is one the lender is assessed for. */
  readonly isUnassessed: boolean;
}

/** Of so many loans it wants, one at least must be open to a lender by law. */
const TRIES = 3;

/** After so many mandates requests are answered for a moment: a hundred thousand take a while. */
const STRETCH = 250;

/** Reads, set-based and as of one instant, what lenders may lend and what borrowers want. */
export class SnapshotService {
  constructor(private readonly deps: SnapshotDeps) {}

  async take(db: Db, currency: Currency): Promise<Snapshot> {
    const { clock, offerings, participants } = this.deps;
    const now = clock.now();
    const open = await offerings.listOpenLoans(db, currency, now);
    const mandates = open.length === 0 ? [] : await listActive(db, currency, now);
    if (mandates.length === 0) {
      return { table: loanTable([]), mandates: [], lenders: [], setAside: [] };
    }
    const atHand = await participants.load(
      db,
      mandates.map(({ investorId }) => investorId),
      open.map(({ id }) => id),
    );
    const loans = open.flatMap(({ id, committedMinor, limitMinor }) => {
      const offering = atHand.offerings.get(id);
      return offering ? [{ offering, committedMinor, limitMinor }] : [];
    });
    const table = loanTable(loans);
    const considered: Considered[] = [];
    for (const [at, mandate] of mandates.entries()) {
      const investor = atHand.investors.get(mandate.investorId);
      if (investor) considered.push(this.consider(db, { mandate, investor, table, now }));
      if (at % STRETCH === 0) await breathe();
    }
    return this.bound(db, { considered, table, currency });
  }

  /** Whether there is a lender or a loan that a window could tell something. */
  async hasAny(db: Db, currency: Currency): Promise<boolean> {
    const now = this.deps.clock.now();
    if (await hasActive(db, currency, now)) return true;
    return (await this.deps.offerings.listOpenLoans(db, currency, now)).length > 0;
  }

  /** Finds out under which caps the mandate's orders stand, by considering one as the desk does. */
  private consider(
    db: Db,
    {
      mandate,
      investor,
      table,
      now,
    }: {
      readonly mandate: ActiveMandate;
      readonly investor: InvestorAtHand;
      readonly table: LoanTable;
      readonly now: Date;
    },
  ): Considered {
    const tried = loansToTry({ terms: mandate.terms, investor }, table, TRIES);
    const { isUnassessed } = tried;
    let refusal: Problem | undefined;
    for (const { offering } of tried.loans) {
      const amount = mandate.terms.ticket.atLeast(offering.terms.minimumTicket);
      const order = this.orderFor(db, mandate, { offeringId: offering.id, amount });
      const result = considerOrder(order, { investor, offering }, now);
      if (!(result instanceof Problem)) {
        return { mandate, investor, candidate: result, refusal: undefined, isUnassessed };
      }
      refusal = result;
    }
    return { mandate, investor, candidate: undefined, refusal, isUnassessed };
  }

  private orderFor(
    db: Db,
    mandate: ActiveMandate,
    part: { readonly offeringId: Id<'off'>; readonly amount: Money },
  ): Order {
    const { id, investorId, acknowledged } = mandate;
    return {
      operatorId: operatorIdOf(db),
      id: this.deps.newId('sub'),
      investorId,
      offeringId: part.offeringId,
      requested: part.amount,
      acknowledged: Object.fromEntries(acknowledged.map((name) => [name, true])),
      documents: [],
      mandate: { id, isApproved: mandate.terms.approvesEach },
      // It is only thought through, never placed.
      requestKey: '',
      requestHash: '',
      actorId: id,
    };
  }

  private async bound(
    db: Db,
    {
      considered,
      table,
      currency,
    }: {
      readonly considered: readonly Considered[];
      readonly table: LoanTable;
      readonly currency: Currency;
    },
  ): Promise<Snapshot> {
    const held = grouped(
      await listHeld(
        db,
        considered.map(({ mandate }) => mandate.id),
      ),
    );
    const accounts = considered.flatMap(
      ({ investor }) => investor.cashAccounts.get(currency) ?? [],
    );
    const cash = await this.deps.ledger.listAvailable(db, accounts);
    const usage = await this.usageOf(db, considered, table);
    const mandates: MandateForMatch[] = [];
    const lenders: DrawnLender[] = [];
    const setAside: SetAside[] = [];
    for (const [at, one] of considered.entries()) {
      if (at % STRETCH === 0) await breathe();
      const { mandate, investor, candidate } = one;
      if (!candidate) {
        setAside.push(withoutLoan(one));
        continue;
      }
      const account = investor.cashAccounts.get(currency);
      const lender: LenderAtHand = {
        mandateId: mandate.id,
        terms: mandate.terms,
        investor,
        availableMinor: account === undefined ? 0n : (cash.get(account) ?? 0n),
        held: held.get(mandate.id) ?? [],
        ...roomOf(one, usage),
      };
      const result = mandateOf(lender, table);
      if ('reason' in result) {
        setAside.push(result);
        continue;
      }
      const { id: mandateId, investorId, version } = mandate;
      mandates.push(result);
      lenders.push({ mandateId, investorId, version, approvesEach: mandate.terms.approvesEach });
    }
    return { table, mandates, lenders, setAside };
  }

  /** What each cap's rows show, one read a cap. */
  private async usageOf(
    db: Db,
    considered: readonly Considered[],
    { borrowers }: LoanTable,
  ): Promise<Usage> {
    const { caps } = this.deps;
    const lines = considered.flatMap(({ candidate }) => candidate?.caps ?? []);
    const lenders = considered.map(({ investor }) => investor.partyId);
    const used = new Map<string, bigint>();
    const pairs = new Map<string, Map<string, bigint>>();
    for (const [key, line] of new Map(lines.map((each) => [each.capKey, each]))) {
      if (isPairLine(line)) {
        const rows = await caps.listPairUsage(
          db,
          { firsts: lenders, seconds: [...borrowers.keys()] },
          key,
        );
        for (const { first, second, usedMinor } of rows) {
          const row = pairs.get(`${first} ${key}`) ?? new Map<string, bigint>();
          pairs.set(`${first} ${key}`, row.set(second, usedMinor));
        }
      } else {
        const subjects = lines.filter(({ capKey }) => capKey === key).map(({ subject }) => subject);
        for (const [subject, minor] of await caps.listUsage(db, subjects, key)) {
          used.set(`${subject} ${key}`, minor);
        }
      }
    }
    return { used, pairs };
  }
}

interface Usage {
  /** By subject and cap key. Minor units. */
  readonly used: ReadonlyMap<string, bigint>;
  /** By lender and cap key, then by borrower. */
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
}

function roomOf(
  { candidate, investor }: Considered,
  { used, pairs }: Usage,
): Pick<LenderAtHand, 'capRoomMinor' | 'pair'> {
  const lines = candidate?.caps ?? [];
  const rooms = lines
    .filter(({ cap }) => cap.scope === 'investor')
    .map((line) => line.ceilingMinor - (used.get(`${line.subject} ${line.capKey}`) ?? 0n));
  const pairLine = lines.filter(isPairLine).toSorted(byCeiling)[0];
  return {
    capRoomMinor: rooms.length === 0 ? undefined : rooms.reduce((a, b) => (b < a ? b : a)),
    pair: pairLine && {
      ceilingMinor: pairLine.ceilingMinor,
      usedMinor: pairs.get(`${investor.partyId} ${pairLine.capKey}`) ?? new Map(),
    },
  };
}

/** Why a mandate is set aside under which no order could be placed. */
function withoutLoan({ mandate, investor, refusal, isUnassessed }: Considered): SetAside {
  const base = { mandateId: mandate.id, investorId: investor.id };
  if (!refusal) return { ...base, reason: 'no-loan-wanted' };
  return { ...base, reason: isUnassessed ? 'assessment' : 'not-permitted', problem: refusal };
}

function byCeiling(a: CapLine, b: CapLine): number {
  return a.ceilingMinor < b.ceilingMinor ? -1 : 1;
}

function grouped(held: readonly HeldPosition[]): ReadonlyMap<Id<'mnd'>, readonly HeldPosition[]> {
  const groups = new Map<Id<'mnd'>, HeldPosition[]>();
  for (const one of held) {
    const group = groups.get(one.mandateId);
    if (group) group.push(one);
    else groups.set(one.mandateId, [one]);
  }
  return groups;
}
