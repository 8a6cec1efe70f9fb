import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import type {
  InvestorFacts,
  InvestorKind,
  KnowledgeTest,
  LossSimulation,
  Means,
} from '../rulebooks';
import type { LendingLimit } from './appetite';
import type { Investor } from './investor';

/** What investors declare and prove beyond who they are. */
export interface DeclaredFacts {
  readonly means?: Means | undefined;
  readonly isJoint?: boolean | undefined;
  readonly declaredElsewhere?: Money | undefined;
  /** Lent and outstanding through operators of other installations. */
  readonly outstandingElsewhere?: Money | undefined;
  readonly certifiedNetWorth?: Money | undefined;
  readonly knowledgeTest?: (KnowledgeTest & { readonly expiresAt: Date }) | undefined;
  readonly lossSimulation?:
    (LossSimulation & { readonly abilityToBearLoss: Money; readonly expiresAt: Date }) | undefined;
  /** When the investor acknowledged the warning that a failed or refused test leads to. */
  readonly warningAcknowledgedAt?: Date | undefined;
  /** What the lender may do by the operator's own assessment. */
  readonly appetite?: LendingLimit | undefined;
}

/** All that a rulebook may be told of an investor, in one version: the investor part of `Facts`. */
export type ProfileFacts = InvestorFacts & DeclaredFacts;

/** One version, and why it was written. */
export interface ProfileVersion {
  readonly investorId: Id<'inv'>;
  readonly version: number;
  readonly facts: ProfileFacts;
  readonly reason: string;
  readonly recordedAt: Date;
}

/**
 * The facts of an investor's next version: who they are to us, and what they declared.
 *
 * @param jurisdiction the operator's, ISO 3166-1: who lives elsewhere invests across a border.
 */
export function profileFacts(
  investor: Investor,
  declared: DeclaredFacts,
  jurisdiction: string,
): ProfileFacts {
  return {
    ...declaredPart(declared),
    kind: investor.kind,
    tier: investor.tier,
    tierExpiresAt: investor.tierExpiresAt,
    isVerified: investor.verification === 'verified',
    residence: investor.country === jurisdiction ? 'domestic' : 'abroad',
    riskGrade: declared.appetite?.grade,
    lendingLimit: declared.appetite?.maxOutstanding,
  };
}

function declaredPart(facts: DeclaredFacts): DeclaredFacts {
  const { means, isJoint, declaredElsewhere, outstandingElsewhere, certifiedNetWorth } = facts;
  const { knowledgeTest, lossSimulation, warningAcknowledgedAt, appetite } = facts;
  return {
    means,
    isJoint,
    declaredElsewhere,
    outstandingElsewhere,
    certifiedNetWorth,
    appetite,
    knowledgeTest,
    lossSimulation,
    warningAcknowledgedAt,
  };
}

type Json = Readonly<Record<string, unknown>>;

/** Facts as they are stored: instants in ISO 8601, money as on the wire, nothing for the unknown. */
export function writeFacts(facts: ProfileFacts): Json {
  return JSON.parse(JSON.stringify(facts)) as Json;
}

/**
 * Reads the facts of one stored version. Versions are immutable, so the result may be cached by
 * investor and version.
 *
 * @throws AssertionError when a fact that must be there is missing.
 */
export function investorFacts(stored: unknown): ProfileFacts {
  const json = stored as Json;
  const means = json['means'] as Readonly<Record<string, MoneyWire>> | undefined;
  const test = json['knowledgeTest'] as Json | undefined;
  const simulation = json['lossSimulation'] as Json | undefined;
  return {
    kind: must(json['kind'], 'the kind of investor') as InvestorKind,
    tier: must(json['tier'], 'the tier') as string,
    tierExpiresAt: instant(json['tierExpiresAt']),
    isVerified: json['isVerified'] === true,
    residence: json['residence'] as InvestorFacts['residence'],
    means: means && {
      annualIncome: money(means['annualIncome']),
      netWorth: money(means['netWorth']),
      liquidAssets: money(means['liquidAssets']),
      annualCommitments: money(means['annualCommitments']),
    },
    isJoint: json['isJoint'] as boolean | undefined,
    declaredElsewhere: money(json['declaredElsewhere']),
    knowledgeTest: test && {
      outcome: test['outcome'] as KnowledgeTest['outcome'],
      takenAt: requiredInstant(test['takenAt']),
      expiresAt: requiredInstant(test['expiresAt']),
    },
    lossSimulation: simulation && {
      takenAt: requiredInstant(simulation['takenAt']),
      abilityToBearLoss: must(money(simulation['abilityToBearLoss']), 'the ability to bear loss'),
      expiresAt: requiredInstant(simulation['expiresAt']),
    },
    warningAcknowledgedAt: instant(json['warningAcknowledgedAt']),
    ...lendingFacts(json),
  };
}

function lendingFacts(json: Json): Partial<ProfileFacts> {
  const appetite = json['appetite'] as Json | undefined;
  if (appetite === undefined) return declaredLending(json);
  const limit: LendingLimit = {
    ...(appetite as Pick<LendingLimit, 'policy' | 'grade' | 'assessedGrade' | 'points'>),
    maxOutstanding: requiredMoney(appetite['maxOutstanding']),
    maxPerLoan: requiredMoney(appetite['maxPerLoan']),
    loanGrades: appetite['loanGrades'] as readonly string[],
    losses: requiredMoney(appetite['losses']),
    assessedAt: requiredInstant(appetite['assessedAt']),
    expiresAt: requiredInstant(appetite['expiresAt']),
  };
  return {
    ...declaredLending(json),
    appetite: limit,
    riskGrade: limit.grade,
    lendingLimit: limit.maxOutstanding,
  };
}

function declaredLending(json: Json): Partial<ProfileFacts> {
  return {
    outstandingElsewhere: money(json['outstandingElsewhere']),
    certifiedNetWorth: money(json['certifiedNetWorth']),
  };
}

function requiredMoney(value: unknown): Money {
  return must(money(value), 'an amount of the profile');
}

function money(value: unknown): Money | undefined {
  return value === undefined ? undefined : Money.fromWire(value as MoneyWire);
}

function instant(value: unknown): Date | undefined {
  return value === undefined ? undefined : new Date(value as string);
}

function requiredInstant(value: unknown): Date {
  return must(instant(value), 'an instant of the profile');
}
