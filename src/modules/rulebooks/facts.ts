import type { Money } from '../../kernel/money';

/** What the law is asked about. Every rule names the actions it speaks on. */
export const ACTIONS = [
  'classify',
  'publish',
  'subscribe',
  'revoke',
  'reconfirm',
  'close',
  'transfer',
] as const;

export type Action = (typeof ACTIONS)[number];

export type InvestorKind = 'natural' | 'legal';

/** An optional fact may be left out or given as undefined: either way it is not known. */
type Known<T> = T | undefined;

/** Declared means, computed as the rulebook defines them; what is not declared proves nothing. */
export interface Means {
  readonly annualIncome?: Known<Money>;
  readonly netWorth?: Known<Money>;
  readonly liquidAssets?: Known<Money>;
  readonly annualCommitments?: Known<Money>;
}

export interface KnowledgeTest {
  readonly outcome: 'passed' | 'failed' | 'refused';
  readonly takenAt: Date;
}

export interface LossSimulation {
  readonly takenAt: Date;
}

export interface InvestorFacts {
  readonly kind: InvestorKind;
  /** A tier of the rulebook, as the operator classified the investor. */
  readonly tier: string;
  /** From this instant on the classification no longer counts. */
  readonly tierExpiresAt?: Known<Date>;
  readonly isVerified: boolean;
  readonly means?: Known<Means>;
  /** The means are those of both spouses, who then share one limit. */
  readonly isJoint?: Known<boolean>;
  /** What the investor says was invested, within the same window, where we cannot see it. */
  readonly declaredElsewhere?: Known<Money>;
  readonly knowledgeTest?: Known<KnowledgeTest>;
  readonly lossSimulation?: Known<LossSimulation>;
}

export interface OfferingFacts {
  readonly kind?: Known<'equity' | 'loan' | 'reward' | 'donation'>;
  /** When its information became public and it took its first order. */
  readonly openedAt?: Known<Date>;
  /** The deadline now announced: after an early-close notice, the new one. */
  readonly deadline?: Known<Date>;
  readonly target?: Known<Money>;
  readonly maximum?: Known<Money>;
  readonly committed?: Known<Money>;
  readonly earlyCloseNoticeAt?: Known<Date>;
  /** The latest end of any subscriber's right to revoke. */
  readonly lastRevocableUntil?: Known<Date>;
  /** The document the law demands (Form C, KIIS, offering plan) is filed and public. */
  readonly hasDisclosure?: Known<boolean>;
  readonly financialStatements?: Known<'none' | 'certified' | 'reviewed' | 'audited'>;
  /** Offered through this operator alone. */
  readonly isExclusive?: Known<boolean>;
  readonly audience?: Known<'public' | 'verified-users'>;
}

export interface IssuerFacts {
  readonly legalForm?: Known<'company' | 'limited-liability-company' | 'limited-partnership'>;
  readonly sizeClass?: Known<'micro' | 'small' | 'medium' | 'large' | 'founder'>;
  /** The issuer has not sold under this rulebook before. */
  readonly isFirstRaise?: Known<boolean>;
  /** Sold here within the rulebook's window, and declared as sold elsewhere. */
  readonly soldBefore?: Known<Money>;
  readonly declaredElsewhere?: Known<Money>;
}

/** What the investor confirmed, for this commitment, before making it. */
export interface Acknowledgements {
  readonly documents?: Known<boolean>;
  readonly riskWarning?: Known<boolean>;
  readonly educationalMaterials?: Known<boolean>;
  readonly cancellationLimits?: Known<boolean>;
  readonly resaleDifficulty?: Known<boolean>;
  readonly lossOfAll?: Known<boolean>;
  readonly consentAboveThreshold?: Known<boolean>;
  readonly understanding?: Known<boolean>;
  /** Knows which protections a higher tier gives up. */
  readonly lossOfProtection?: Known<boolean>;
}

export interface SubscriptionFacts {
  readonly subscribedAt: Date;
  /** When the investor received notice of a material change. */
  readonly changeNotifiedAt?: Known<Date>;
}

export interface TransferFacts {
  readonly issuedAt: Date;
  readonly to?: Known<'issuer' | 'accredited' | 'family' | 'registered-offering' | 'other'>;
}

/** What an investor brings to be put into a tier. Amounts are in the rulebook's currency. */
export interface Evidence {
  readonly netWorth?: Known<Money>;
  readonly incomeLastYear?: Known<Money>;
  readonly incomeYearBefore?: Known<Money>;
  readonly jointIncomeLastYear?: Known<Money>;
  readonly jointIncomeYearBefore?: Known<Money>;
  readonly expectsSameIncome?: Known<boolean>;
  readonly grossIncome?: Known<Money>;
  readonly averageIncomeThreeYears?: Known<Money>;
  readonly financialPortfolio?: Known<Money>;
  readonly financialAssets?: Known<Money>;
  readonly netAssets?: Known<Money>;
  readonly ownFunds?: Known<Money>;
  readonly netTurnover?: Known<Money>;
  readonly balanceSheetTotal?: Known<Money>;
  readonly singleProjectAmount?: Known<Money>;
  readonly financeRoleMonths?: Known<number>;
  readonly executiveMonths?: Known<number>;
  readonly transactionsPerQuarter?: Known<number>;
  readonly isProfessional?: Known<boolean>;
  readonly isInstitution?: Known<boolean>;
  readonly understandsRisk?: Known<boolean>;
}

/** What already counts against a cap: an amount, or a number of holders. Keyed by rule id. */
export type Usage = Readonly<Record<string, Money | number>>;

/**
 * All the engine may be told. It looks nothing up, so a decision can be replayed from what was
 * stored with it.
 */
export interface Facts {
  readonly at: Date;
  readonly amount?: Known<Money>;
  readonly investor?: Known<Partial<InvestorFacts>>;
  readonly offering?: Known<OfferingFacts>;
  readonly issuer?: Known<IssuerFacts>;
  readonly acknowledged?: Known<Acknowledgements>;
  readonly subscription?: Known<SubscriptionFacts>;
  readonly transfer?: Known<TransferFacts>;
  readonly evidence?: Known<Evidence>;
  /** Given, the caps are judged too; left out, the caller does so with `capFinding`. */
  readonly usage?: Known<Usage>;
  /** Ends of timers that count working days, computed by the caller, keyed by rule id. */
  readonly timerEnds?: Known<Readonly<Record<string, Date>>>;
}

/** What each action must be told at least. */
export interface ActionFacts {
  readonly classify: Facts & {
    readonly investor: Pick<InvestorFacts, 'kind' | 'tier'>;
    readonly evidence: Evidence;
  };
  readonly publish: Facts & { readonly offering: OfferingFacts; readonly issuer: IssuerFacts };
  readonly subscribe: Facts & {
    readonly amount: Money;
    readonly investor: InvestorFacts;
    readonly offering: OfferingFacts;
    readonly acknowledged: Acknowledgements;
  };
  readonly revoke: Facts & {
    readonly investor: Pick<InvestorFacts, 'tier'>;
    readonly offering: OfferingFacts;
    readonly subscription: SubscriptionFacts;
  };
  readonly reconfirm: Facts & { readonly subscription: SubscriptionFacts };
  readonly close: Facts & { readonly offering: OfferingFacts };
  readonly transfer: Facts & { readonly transfer: TransferFacts };
}
