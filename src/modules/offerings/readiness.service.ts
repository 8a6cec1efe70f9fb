import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { WorkingDays } from '../../kernel/working-days';
import type { Db } from '../../platform/db';
import { capLine, capPlace, type CapLine, type CapParties } from '../caps';
import { operatorIdOf, type Operator } from '../identity';
import {
  assess,
  capsFor,
  earliestSettlement,
  timerEndsOf,
  type ActionFacts,
  type AmountCap,
  type HolderCap,
  type Rulebook,
} from '../rulebooks';
import { audienceUnder, hasDisclosure } from './document';
import { openingOf, readinessReasons } from './guards';
import { clearanceReasons, openDiligence, type LoanClearance } from './loan-clearance';
import { isLoan, loanFacts } from './loan-terms';
import type { Offering } from './offering';
import type { OfferingDeps, OfferingIssuer } from './ports';
import type { Reason } from './reason';
import type { OfferingVersion } from './store';

/** The law and the calendar an offering stands under. */
export interface Regime {
  readonly operator: Operator;
  readonly rulebook: Rulebook;
  readonly workingDays: WorkingDays | undefined;
}

/** Everything a step towards publication rests on. */
export interface Readiness {
  readonly reasons: readonly Reason[];
  readonly regime: Regime;
  readonly issuer: OfferingIssuer;
  /** The issuer's caps on what is raised; each with the ceiling for this issuer. */
  readonly caps: readonly AmountCap[];
  /** The most holders the law allows in this offering, when it sets a number. */
  readonly holderLimit: number | undefined;
  /** The credit decision a loan rests on. */
  readonly clearance: LoanClearance | undefined;
}

/** Asks the law, the issuer's file and the operator whether an offering may go public. */
export class ReadinessService {
  constructor(private readonly deps: OfferingDeps) {}

  regimeOf(db: Db): Regime {
    const operator = this.deps.operators.get(operatorIdOf(db));
    const rulebook = this.deps.rulebooks.get(operator.rulebookId);
    // A rulebook's working days are those of its own jurisdiction.
    const workingDays = this.deps.calendars.get(rulebook.definition.calendar);
    return { operator, rulebook, workingDays };
  }

  /** Every reason against publishing this version, and what the caps and limits are. */
  async judge(
    db: Db,
    offering: Pick<Offering, 'id' | 'kind' | 'issuerId'>,
    version: Pick<OfferingVersion, 'terms' | 'documents'>,
  ): Promise<Readiness> {
    const now = this.deps.clock.now();
    const regime = this.regimeOf(db);
    const { rulebook, workingDays } = regime;
    const issuer = await this.deps.issuers.get(db, offering.issuerId);
    const { terms, documents } = version;
    const openedAt = openingOf(terms, now);
    const clearance = await this.findClearance(db, terms);
    const law = await this.askLaw(db, { offering, version, issuer, regime, clearance });
    const open = openDiligence(terms, issuer.openDueDiligence, clearance);
    const reasons = readinessReasons({
      now,
      kind: offering.kind,
      terms,
      documents,
      issuer: { ...issuer, openDueDiligence: open },
      operator: regime.operator,
      earliestSettlement: earliestSettlement(rulebook, { openedAt }, workingDays),
      findings: law.findings,
      clearanceReasons: this.reasonsOfDecision(offering, terms, { clearance }),
    });
    return {
      reasons: [...law.currencyReasons, ...reasons],
      regime,
      issuer,
      caps: law.caps,
      clearance,
      holderLimit: least([...law.holderCaps.map((cap) => cap.ceiling), terms.legalFormHolderLimit]),
    };
  }

  /** Why the credit decision behind a loan does not carry these terms. */
  reasonsOfDecision(
    { id, issuerId }: Pick<Offering, 'id' | 'issuerId'>,
    terms: OfferingVersion['terms'],
    { clearance }: Pick<Readiness, 'clearance'>,
  ): readonly Reason[] {
    const now = this.deps.clock.now();
    return clearanceReasons({ now, offeringId: id, borrowerId: issuerId, terms, clearance });
  }

  private async findClearance(
    db: Db,
    terms: OfferingVersion['terms'],
  ): Promise<LoanClearance | undefined> {
    if (!isLoan(terms)) return undefined;
    return this.deps.clearances?.find(db, terms.instrument.decisionId);
  }

  private async askLaw(db: Db, question: Question): Promise<LegalOpinion> {
    const { version, regime } = question;
    const { rulebook } = regime;
    if (version.terms.currency !== rulebook.currency) {
      const message = `Offerings under ${rulebook.id} are in ${rulebook.currency}.`;
      return { ...NO_OPINION, currencyReasons: [{ code: 'currency-not-of-rulebook', message }] };
    }
    const facts = this.publishFacts(question);
    const all = capsFor(rulebook, 'publish', facts);
    const caps = all.filter((cap) => cap.measure !== 'holder-count');
    const soldBefore = await this.readSold(db, caps, { ...question, at: facts.at });
    const { workingDays } = regime;
    const timerEnds = timerEndsOf(rulebook, { action: 'publish', facts }, workingDays);
    const decision = assess(rulebook, 'publish', {
      ...facts,
      timerEnds,
      issuer: { ...facts.issuer, soldBefore },
    });
    return {
      currencyReasons: [],
      findings: decision.findings,
      caps,
      holderCaps: holderCapsOf(rulebook, facts),
    };
  }

  /** The most that any of the caps on sales counts already. */
  private async readSold(
    db: Db,
    caps: readonly AmountCap[],
    { at, ...question }: Question & { readonly at: Date },
  ): Promise<Money> {
    const used: Money[] = [];
    for (const cap of caps) {
      if (cap.measure !== 'amount-sold') continue;
      const place = capPlace(cap, partiesOf(question));
      const standings = await this.deps.caps.standings(db, [cap], { ...place, at });
      used.push(...standings.map((standing) => standing.used));
    }
    return most(used, question.regime.rulebook.currency);
  }

  private publishFacts(question: Question): ActionFacts['publish'] {
    const { offering, version, issuer, regime, clearance } = question;
    const now = this.deps.clock.now();
    const { terms, documents } = version;
    const { rulebook } = regime;
    return {
      at: now,
      amount: terms.maximum,
      offering: {
        kind: offering.kind,
        openedAt: openingOf(terms, now),
        deadline: terms.closesAt,
        target: terms.target,
        maximum: terms.maximum,
        hasDisclosure: hasDisclosure(rulebook.id, documents),
        financialStatements: issuer.financialStatements,
        // The terms of the platform bind an issuer to one intermediary at a time.
        isExclusive: true,
        audience: audienceUnder(rulebook.id),
        loan: loanFacts(terms),
      },
      issuer: issuer.facts,
      borrower: isLoan(terms)
        ? { ...clearance?.borrower, isVerified: issuer.isVerified }
        : undefined,
    };
  }
}

interface Question {
  readonly offering: Pick<Offering, 'kind' | 'issuerId'>;
  readonly version: Pick<OfferingVersion, 'terms' | 'documents'>;
  readonly issuer: OfferingIssuer;
  readonly regime: Regime;
  readonly clearance: LoanClearance | undefined;
}

interface LegalOpinion {
  readonly currencyReasons: readonly Reason[];
  readonly findings: ReturnType<typeof assess>['findings'];
  readonly caps: readonly AmountCap[];
  readonly holderCaps: readonly HolderCap[];
}

const NO_OPINION: LegalOpinion = { currencyReasons: [], findings: [], caps: [], holderCaps: [] };

/** The lines of an amount against the issuer's caps. */
export function issuerLines(
  readiness: Pick<Readiness, 'caps' | 'regime' | 'issuer' | 'clearance'>,
  amount: Money,
): readonly CapLine[] {
  const parties = partiesOf(readiness);
  return readiness.caps.flatMap((cap) => capLine(cap, amount, capPlace(cap, parties)) ?? []);
}

/** Whose acts the issuer's caps count: of a loan, the borrower's and of those it is linked with. */
function partiesOf({
  regime,
  issuer,
  clearance,
}: Pick<Readiness, 'regime' | 'issuer' | 'clearance'>): CapParties {
  const { linkedBorrowers } = clearance ?? {};
  return { operatorId: regime.operator.id, issuer: issuer.partyId, linkedBorrowers };
}

/** How many may hold the issuer's shares: a cap on subscribing that depends on the issuer alone. */
function holderCapsOf(
  rulebook: Rulebook,
  { at, amount, offering, issuer }: ActionFacts['publish'],
): readonly HolderCap[] {
  const { defaultTier } = rulebook;
  // Lenders hold no part of the borrower: rules on how many may hold shares say nothing of them.
  if (offering.kind === 'loan') return [];
  if (amount === undefined || defaultTier === undefined) return [];
  const investor = { kind: 'natural' as const, tier: defaultTier.id, isVerified: true };
  const facts = { at, amount, offering, issuer, investor, acknowledged: {} };
  return capsFor(rulebook, 'subscribe', facts).filter((cap) => cap.measure === 'holder-count');
}

function least(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function most(amounts: readonly Money[], currency: Currency): Money {
  const sorted = amounts.toSorted((a, b) => b.compare(a));
  return sorted.length === 0 ? Money.zero(currency) : must(sorted[0], 'the largest amount');
}
