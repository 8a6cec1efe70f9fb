import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';

/** What the law is asked about. Every rule names the actions it speaks on. */
export const ACTIONS = [
  'classify',
  'apply',
  'publish',
  'mandate',
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
  readonly residence?: Known<Residence>;
  /** Principal outstanding on loans made through other operators than those of this installation. */
  readonly outstandingElsewhere?: Known<Money>;
  /** The same, of loans to this very borrower. */
  readonly outstandingToBorrowerElsewhere?: Known<Money>;
  /** Net worth as an accountant certified it. */
  readonly certifiedNetWorth?: Known<Money>;
  /** Risk grade as the operator assessed it, `C1` to `C5`. Not assessed, it is not known. */
  readonly riskGrade?: Known<'C1' | 'C2' | 'C3' | 'C4' | 'C5'>;
  /** The most principal that may be outstanding by the operator's own assessment. */
  readonly lendingLimit?: Known<Money>;
  /** When the statement of the category that the investor claims was signed. */
  readonly statementSignedAt?: Known<Date>;
  /** Shares of net assets in high-risk investments as declared: in the last year, in the next. */
  readonly highRiskShareBefore?: Known<Rate>;
  readonly highRiskShareAhead?: Known<Rate>;
  /** Has advice on this investment from somebody authorised to give it. */
  readonly isAdvised?: Known<boolean>;
  /** Has not invested through the operator before. */
  readonly isNew?: Known<boolean>;
  /** When a new investor first asked to see an offer that can be accepted. */
  readonly offerRequestedAt?: Known<Date>;
}

export type Residence = 'domestic' | 'abroad';

/** What a loan is, beside what every offering is. */
export interface LoanFacts {
  readonly termMonths?: Known<number>;
  /** What the loan costs its borrower a year, every fee included: `0.1540`. */
  readonly apr?: Known<Rate>;
  /** A word for programs: `debt-consolidation`. */
  readonly purpose?: Known<string>;
  readonly security?: Known<'none' | 'guarantee' | 'collateral'>;
  readonly grade?: Known<string>;
}

/** The issuer in its role as the debtor of a loan. */
export interface BorrowerFacts {
  readonly kind?: Known<InvestorKind>;
  readonly isVerified?: Known<boolean>;
  readonly residence?: Known<Residence>;
  /** Principal owed through other operators than those of this installation. */
  readonly outstandingElsewhere?: Known<Money>;
  /** Declared every unpaid loan, wherever it is owed. */
  readonly hasDeclaredLoans?: Known<boolean>;
  /** Certified that the limits of the law are kept, this loan included. */
  readonly hasLimitCertificate?: Known<boolean>;
  /** The operator itself, its owners, officers or companies of theirs. */
  readonly isRelatedToOperator?: Known<boolean>;
  /** Earns, or will, what the instalments are paid from. */
  readonly hasRepaymentSource?: Known<boolean>;
  /** The operator counts linked borrowers as one, which is stricter than the law may be. */
  readonly countsLinked?: Known<boolean>;
}

/** A standing order to lend on conditions, instead of one by one. */
export interface MandateFacts {
  readonly isSigned?: Known<boolean>;
  readonly expiresAt?: Known<Date>;
  /** How many of the parameters that the law lists it sets. */
  readonly parametersSet?: Known<number>;
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
  /** Known where `kind` is `loan`. */
  readonly loan?: Known<LoanFacts>;
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
  /**
   * Approved this very borrower: so for whoever orders by hand; for a mandate's order only once
   * the investor approved it.
   */
  readonly borrowerApproved?: Known<boolean>;
  /** Certified that the limits of the law on lending are kept, this order included. */
  readonly limitsObserved?: Known<boolean>;
  /** All of it by signing a mandate; the investor did not approve this very order. */
  readonly byMandate?: Known<boolean>;
}

export interface SubscriptionFacts {
  readonly subscribedAt: Date;
  /** When the investor received notice of a material change. */
  readonly changeNotifiedAt?: Known<Date>;
}

export interface TransferFacts {
  readonly issuedAt: Date;
  readonly to?: Known<'issuer' | 'accredited' | 'family' | 'registered-offering' | 'other'>;
  /** Several claims in one, or a share of a pool of them. */
  readonly isBundle?: Known<boolean>;
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
  readonly unlistedInvestments?: Known<number>;
  readonly angelNetworkMonths?: Known<number>;
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
  readonly borrower?: Known<BorrowerFacts>;
  readonly mandate?: Known<MandateFacts>;
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
  /** A borrower's request, before anything is offered: `amount` is what is asked for. */
  readonly apply: Facts & {
    readonly amount: Money;
    readonly offering: OfferingFacts;
    readonly borrower: BorrowerFacts;
  };
  /** Of a loan the borrower is asked about too. */
  readonly publish: Facts & { readonly offering: OfferingFacts; readonly issuer: IssuerFacts };
  readonly mandate: Facts & {
    readonly investor: Partial<InvestorFacts>;
    readonly mandate: MandateFacts;
  };
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
