import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { WorkingDays } from '../../kernel/working-days';
import type { Db } from '../../platform/db';
import { capLine, type CapLine } from '../caps';
import { operatorIdOf, type Operator } from '../identity';
import {
  assess,
  capsFor,
  earliestSettlement,
  type ActionFacts,
  type AmountCap,
  type HolderCap,
  type Rulebook,
} from '../rulebooks';
import { audienceUnder, hasDisclosure } from './document';
import { openingOf, readinessReasons } from './guards';
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
    offering: Pick<Offering, 'kind' | 'issuerId'>,
    version: Pick<OfferingVersion, 'terms' | 'documents'>,
  ): Promise<Readiness> {
    const now = this.deps.clock.now();
    const regime = this.regimeOf(db);
    const { rulebook, workingDays } = regime;
    const issuer = await this.deps.issuers.get(db, offering.issuerId);
    const { terms, documents } = version;
    const openedAt = openingOf(terms, now);
    const law = await this.askLaw(db, { offering, version, issuer, regime });
    const reasons = readinessReasons({
      now,
      kind: offering.kind,
      terms,
      documents,
      issuer,
      operator: regime.operator,
      earliestSettlement: earliestSettlement(rulebook, { openedAt }, workingDays),
      findings: law.findings,
    });
    return {
      reasons: [...law.currencyReasons, ...reasons],
      regime,
      issuer,
      caps: law.caps,
      holderLimit: least([...law.holderCaps.map((cap) => cap.ceiling), terms.legalFormHolderLimit]),
    };
  }

  private async askLaw(
    db: Db,
    { offering, version, issuer, regime }: Question,
  ): Promise<LegalOpinion> {
    const { rulebook } = regime;
    if (version.terms.currency !== rulebook.currency) {
      const message = `Offerings under ${rulebook.id} are in ${rulebook.currency}.`;
      return { ...NO_OPINION, currencyReasons: [{ code: 'currency-not-of-rulebook', message }] };
    }
    const facts = this.publishFacts({ offering, version, issuer, regime });
    const all = capsFor(rulebook, 'publish', facts);
    const caps = all.filter((cap) => cap.measure !== 'holder-count');
    const place = {
      rulebookId: rulebook.id,
      operatorId: operatorIdOf(db),
      subject: issuer.partyId,
    };
    const standings = await this.deps.caps.standings(db, caps, { ...place, at: facts.at });
    const soldBefore = most(
      standings.map((standing) => standing.used),
      rulebook.currency,
    );
    const decision = assess(rulebook, 'publish', {
      ...facts,
      issuer: { ...facts.issuer, soldBefore },
    });
    return {
      currencyReasons: [],
      findings: decision.findings,
      caps,
      holderCaps: holderCapsOf(rulebook, facts),
    };
  }

  private publishFacts({ offering, version, issuer, regime }: Question): ActionFacts['publish'] {
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
      },
      issuer: issuer.facts,
    };
  }
}

interface Question {
  readonly offering: Pick<Offering, 'kind' | 'issuerId'>;
  readonly version: Pick<OfferingVersion, 'terms' | 'documents'>;
  readonly issuer: OfferingIssuer;
  readonly regime: Regime;
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
  readiness: Pick<Readiness, 'caps' | 'regime' | 'issuer'>,
  amount: Money,
): readonly CapLine[] {
  const { caps, regime, issuer } = readiness;
  const place = {
    rulebookId: regime.rulebook.id,
    operatorId: regime.operator.id,
    subject: issuer.partyId,
  };
  return caps.flatMap((cap) => capLine(cap, amount, place) ?? []);
}

/** How many may hold the issuer's shares: a cap on subscribing that depends on the issuer alone. */
function holderCapsOf(
  rulebook: Rulebook,
  { at, amount, offering, issuer }: ActionFacts['publish'],
): readonly HolderCap[] {
  const { defaultTier } = rulebook;
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
