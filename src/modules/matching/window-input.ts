import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Problem } from '../../kernel/problem';
import { roundRate, type Rate } from '../../kernel/rate';
import type { CapLine } from '../caps';
import { costOf, sharePrice } from '../offerings';
import type { InvestorAtHand, OfferingAtHand } from '../subscriptions';
import {
  roundedUp,
  type GradeCap,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
} from './instance';
import type { MandateTerms } from './mandate';
import { gradeMask, gradeNumber } from './window';

/** A loan of the window, with what its book still takes. Minor units. */
export interface LoanAtHand {
  readonly offering: OfferingAtHand;
  readonly committedMinor: bigint;
  readonly limitMinor: bigint;
}

/** A mandate of the window, with everything that bounds it. */
export interface LenderAtHand {
  readonly mandateId: Id<'mnd'>;
  readonly terms: MandateTerms;
  readonly investor: InvestorAtHand;
  /** Of the cash account, in minor units. */
  readonly availableMinor: bigint;
  /** What the mandate has in loans already, or is proposed. */
  readonly held: readonly {
    readonly offeringId: Id<'off'>;
    readonly grade: string;
    readonly amountMinor: bigint;
    /** What of it is only proposed: no cash is held and no cap reserved for it yet. */
    readonly pendingMinor: bigint;
  }[];
  /** What the law's caps leave the lender over all loans; undefined where none limits. */
  readonly capRoomMinor: bigint | undefined;
  /** The most the law lets the lender have with one borrower, and what there is. */
  readonly pair:
    | {
        readonly ceilingMinor: bigint;
        /** By the borrower's party. */
        readonly usedMinor: ReadonlyMap<string, bigint>;
      }
    | undefined;
}

/** Why a mandate takes no part in a window, before the engine looks at it. */
export interface SetAside {
  readonly mandateId: Id<'mnd'>;
  readonly investorId: Id<'inv'>;
  readonly reason:
    'no-loan-wanted' | 'assessment' | 'not-permitted' | 'budget-used' | 'no-cash' | 'cap-used';
  readonly problem?: Problem | undefined;
}

const PPM = 1_000_000;
const BPS = 10_000;

/** The loans of a window, with what every mandate asks of all of them. */
export interface LoanTable {
  readonly loans: readonly LoanAtHand[];
  readonly listings: readonly ListingForMatch[];
  /** Number of a borrower's party among the listings. */
  readonly borrowers: ReadonlyMap<string, number>;
  /** Where each loan is. */
  readonly positionOf: ReadonlyMap<string, number>;
  /** By party: the loans closed to it, its own and those of borrowers it is linked with. */
  readonly closedTo: ReadonlyMap<string, readonly number[]>;
  /** The largest least ticket: whoever gives as much may give to any loan. */
  readonly ticketForAllMinor: bigint;
  /** Ticket sizes of the loans themselves: the smallest least one, the smallest most one. */
  readonly leastTicketMinor: bigint;
  readonly mostTicketMinor: bigint | undefined;
  /** What every step of a loan is a multiple of. */
  readonly unitMinor: bigint;
}

export function loanTable(loans: readonly LoanAtHand[]): LoanTable {
  const borrowers = new Map<string, number>();
  const unitMinor = loans.map(stepOf).reduce(greatestCommonDivisor, 0n) || 1n;
  const listings = loans.map((loan) => {
    const { offering, committedMinor, limitMinor } = loan;
    const { terms, issuerPartyId } = offering;
    const stepMinor = stepOf(loan);
    const note = must(noteOf(offering), 'a loan of the window');
    const borrower = borrowers.get(issuerPartyId) ?? borrowers.size;
    borrowers.set(issuerPartyId, borrower);
    return {
      id: offering.id,
      amountMinor: limitMinor - committedMinor,
      minimumFillMinor: positive(terms.target.minor - committedMinor),
      grade: gradeNumber(note.grade),
      ratePpm: ppm(note.rate, 'floor'),
      termMonths: note.termMonths,
      borrower,
      ...optional('stepMinor', stepMinor === unitMinor ? undefined : stepMinor),
      ...optional('mostTicketMinor', terms.maximumTicket?.minor),
    };
  });
  const tickets = loans.map(({ offering }) => offering.terms.minimumTicket.minor);
  return {
    loans,
    listings,
    borrowers,
    positionOf: new Map(loans.map(({ offering }, at) => [offering.id, at])),
    closedTo: closedByParty(loans),
    ticketForAllMinor: tickets.reduce((most, minor) => (minor > most ? minor : most), 0n),
    leastTicketMinor: least(tickets) ?? 0n,
    mostTicketMinor: least(loans.map(({ offering }) => offering.terms.maximumTicket?.minor)),
    unitMinor,
  };
}

/** What each part of the loan is a multiple of: the price of one note. */
function stepOf({ offering }: LoanAtHand): bigint {
  return costOf(sharePrice(offering.terms), 1n).minor;
}

function closedByParty(loans: readonly LoanAtHand[]): ReadonlyMap<string, readonly number[]> {
  const closed = new Map<string, number[]>();
  for (const [at, { offering }] of loans.entries()) {
    for (const party of [offering.issuerPartyId, ...offering.linkedParties]) {
      const before = closed.get(party);
      if (before) before.push(at);
      else closed.set(party, [at]);
    }
  }
  return closed;
}

/** The loans of which one is considered for a mandate, and what they have in common. */
export interface LoansToTry {
  readonly loans: readonly LoanAtHand[];
  /** None that the mandate wants is one the lender is assessed for. */
  readonly isUnassessed: boolean;
}

/**
 * The first loans that the mandate wants and the lender may have, no more than so many. Where there
 * is none, one that it wants by its own terms: the desk's refusal of it says what stands between.
 */
export function loansToTry(
  { terms, investor }: Pick<LenderAtHand, 'terms' | 'investor'>,
  table: LoanTable,
  most: number,
): LoansToTry {
  const closed = new Set(table.closedTo.get(investor.partyId));
  const assessed = wishOf(terms, lendableGrades(terms, investor));
  const open = wantedOf(table, { wish: assessed, closed, most });
  if (open.length > 0) return { loans: open, isUnassessed: false };
  const wish = wishOf(terms, terms.grades);
  const beyond = wantedOf(table, { wish, closed, most: 1 });
  if (beyond.length > 0) return { loans: beyond, isUnassessed: true };
  return { loans: wantedOf(table, { wish, closed: new Set(), most: 1 }), isUnassessed: false };
}

function wantedOf(
  { loans, listings }: LoanTable,
  {
    wish,
    closed,
    most,
  }: { readonly wish: Wish; readonly closed: ReadonlySet<number>; readonly most: number },
): readonly LoanAtHand[] {
  const found: LoanAtHand[] = [];
  for (let at = 0; at < listings.length && found.length < most; at += 1) {
    if (closed.has(at) || !isWished(wish, must(listings[at], 'a listing'))) continue;
    found.push(must(loans[at], 'a loan'));
  }
  return found;
}

interface Wish {
  readonly mask: number;
  readonly leastPpm: number;
  readonly mostPpm: number;
  readonly leastMonths: number;
  readonly mostMonths: number;
}

function wishOf(terms: MandateTerms, grades: readonly string[]): Wish {
  return {
    mask: gradeMask(grades),
    leastPpm: ppm(terms.minimumRate, 'ceil'),
    mostPpm: terms.maximumRate ? ppm(terms.maximumRate, 'floor') : Infinity,
    leastMonths: terms.leastTermMonths ?? 0,
    mostMonths: terms.mostTermMonths ?? Infinity,
  };
}

function isWished(wish: Wish, { grade, ratePpm, termMonths }: ListingForMatch): boolean {
  return (
    (wish.mask & (1 << grade)) !== 0 &&
    wish.leastPpm <= ratePpm &&
    ratePpm <= wish.mostPpm &&
    wish.leastMonths <= termMonths &&
    termMonths <= wish.mostMonths
  );
}

/** The grades the mandate names, less those the lender's own assessment keeps them from. */
function lendableGrades(terms: MandateTerms, { facts }: InvestorAtHand): readonly string[] {
  const { appetite } = facts;
  return appetite
    ? terms.grades.filter((grade) => appetite.loanGrades.includes(grade))
    : terms.grades;
}

/**
 * A mandate as the engine sees it: every cap of the lender's and the law's inside it. Or why it
 * cannot take part.
 */
export function mandateOf(lender: LenderAtHand, table: LoanTable): MandateForMatch | SetAside {
  const { mandateId, terms, investor } = lender;
  const ticket = [terms.ticket.minor, table.leastTicketMinor].reduce((a, b) => (a > b ? a : b));
  const ticketMinor = roundedUp(ticket, table.unitMinor);
  const cash = cashOf(lender);
  if (cash.minor < ticketMinor) {
    return { mandateId, investorId: investor.id, reason: cash.boundBy };
  }
  const { maxShare, maxPerLoan, maxPerBorrower } = terms;
  const perLoan = [maxPerLoan?.minor, investor.facts.appetite?.maxPerLoan.minor];
  const perBorrower = [maxPerBorrower?.minor, lender.pair?.ceilingMinor];
  return {
    id: mandateId,
    cashMinor: cash.minor,
    ticketMinor,
    ...optional('maxPerLoanMinor', least(perLoan)),
    ...optional('maxPerBorrowerMinor', least(perBorrower)),
    ...(maxShare && {
      diversification: {
        portfolioMinor: portfolioOf(lender),
        shareBps: roundRate(maxShare.times(BPS), 0, 'floor').toNumber(),
      },
    }),
    gradeMask: gradeMask(lendableGrades(terms, investor)),
    gradeCaps: gradeCaps(lender),
    ...optional('leastTermMonths', terms.leastTermMonths),
    ...optional('mostTermMonths', terms.mostTermMonths),
    minimumRatePpm: ppm(terms.minimumRate, 'ceil'),
    exposures: exposuresOf(lender, table),
    excludedListings: excluded(lender, table, ticketMinor),
  };
}

export function inputFrom(
  mandates: readonly MandateForMatch[],
  { listings, unitMinor }: LoanTable,
  seed: bigint,
): MatchInput {
  return { mandates, listings, seed, unitMinor };
}

/** What the lines of an order say of the lender's room over all loans, and with one borrower. */
export function isPairLine({ cap }: Pick<CapLine, 'cap'>): boolean {
  return cap.scope === 'lender-borrower' || cap.scope === 'investor-issuer';
}

function noteOf({ terms }: OfferingAtHand) {
  return terms.instrument.kind === 'loan-note' ? terms.instrument : undefined;
}

interface BoundCash {
  readonly minor: bigint;
  readonly boundBy: 'budget-used' | 'no-cash' | 'cap-used';
}

/** The least of what budget, account and caps leave, once what is proposed is approved of. */
function cashOf({ terms, availableMinor, held, capRoomMinor }: LenderAtHand): BoundCash {
  const pending = held.reduce((total, { pendingMinor }) => total + pendingMinor, 0n);
  const bounds: BoundCash[] = [
    { boundBy: 'no-cash', minor: availableMinor - terms.keepUninvested.minor - pending },
    { boundBy: 'budget-used', minor: terms.budget.minor - sum(held) },
  ];
  if (capRoomMinor !== undefined) {
    bounds.push({ boundBy: 'cap-used', minor: capRoomMinor - pending });
  }
  return bounds.reduce((lowest, bound) => (bound.minor < lowest.minor ? bound : lowest));
}

/** Cash and what is lent; what is proposed is still among the cash. */
function portfolioOf({ availableMinor, held }: LenderAtHand): bigint {
  const placed = held.reduce((total, one) => total + one.amountMinor - one.pendingMinor, 0n);
  return positive(availableMinor) + placed;
}

function gradeCaps({ terms, held }: LenderAtHand): readonly GradeCap[] {
  return terms.maxPerGrade.map(({ grade, most }) => {
    const used = sum(held.filter((one) => one.grade === grade));
    return { gradeMask: gradeMask([grade]), maxMinor: positive(most.minor - used) };
  });
}

/** What the lender has lent before to borrowers of the window, by the law's count or by ours. */
function exposuresOf(
  { pair, terms, held }: LenderAtHand,
  { loans, borrowers }: LoanTable,
): NonNullable<MandateForMatch['exposures']> {
  const exposures = new Map<string, bigint>(pair?.usedMinor);
  if (terms.maxPerBorrower && held.length > 0) {
    const partyOf = new Map(loans.map(({ offering }) => [offering.id, offering.issuerPartyId]));
    for (const party of borrowers.keys()) {
      const own = sum(held.filter(({ offeringId }) => partyOf.get(offeringId) === party));
      if (own > (exposures.get(party) ?? 0n)) exposures.set(party, own);
    }
  }
  return [...exposures].flatMap(([party, outstandingMinor]) => {
    const borrower = borrowers.get(party);
    return borrower === undefined || outstandingMinor <= 0n ? [] : [{ borrower, outstandingMinor }];
  });
}

/** Loans out of the question for reasons the engine has no words for, in their order. */
function excluded(
  { terms, investor, held }: LenderAtHand,
  table: LoanTable,
  ticketMinor: bigint,
): readonly number[] {
  const positions = new Set<number>(table.closedTo.get(investor.partyId));
  for (const { offeringId } of held) {
    const at = table.positionOf.get(offeringId);
    if (at !== undefined) positions.add(at);
  }
  const { mostPpm } = wishOf(terms, terms.grades);
  // Few mandates need a look at every loan, and a window may hold thousands of both.
  if (mostPpm < Infinity || !isTicketForAll(table, ticketMinor)) {
    for (const [at, { ratePpm, mostTicketMinor: most = ticketMinor }] of table.listings.entries()) {
      const least = must(table.loans[at], 'a loan').offering.terms.minimumTicket.minor;
      if (least > ticketMinor || most < ticketMinor || ratePpm > mostPpm) positions.add(at);
    }
  }
  return [...positions].toSorted((a, b) => a - b);
}

function isTicketForAll(
  { ticketForAllMinor, mostTicketMinor }: LoanTable,
  ticketMinor: bigint,
): boolean {
  return ticketForAllMinor <= ticketMinor && ticketMinor <= (mostTicketMinor ?? ticketMinor);
}

function ppm(value: Rate, rounding: 'floor' | 'ceil'): number {
  return roundRate(value.times(PPM), 0, rounding).toNumber();
}

function least(bounds: readonly (bigint | undefined)[]): bigint | undefined {
  let low: bigint | undefined;
  for (const bound of bounds) {
    if (bound !== undefined && (low === undefined || bound < low)) low = bound;
  }
  return low;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}

function sum(held: readonly { readonly amountMinor: bigint }[]): bigint {
  return held.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}
