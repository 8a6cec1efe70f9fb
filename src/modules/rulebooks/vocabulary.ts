import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { Facts } from './facts';

/**
 * The words a rulebook may use for facts. A fact's name is its path in `Facts`, so that a case in
 * JSON, a rule and the code that gathers facts all spell it alike.
 */
export type FactKind = 'money' | 'count' | 'rate' | 'flag' | 'word' | 'instant';

interface FactTypes {
  readonly money: Money;
  readonly count: number;
  readonly rate: Rate;
  readonly flag: boolean;
  readonly word: string;
  readonly instant: Date;
}

export interface Fact<K extends FactKind = FactKind> {
  readonly kind: K;
  /** How a sentence calls it. */
  readonly label: string;
  readonly read: (facts: Facts) => FactTypes[K] | undefined;
}

const money = (label: string, read: Fact<'money'>['read']): Fact<'money'> => ({
  kind: 'money',
  label,
  read,
});
const count = (label: string, read: Fact<'count'>['read']): Fact<'count'> => ({
  kind: 'count',
  label,
  read,
});
const rate = (label: string, read: Fact<'rate'>['read']): Fact<'rate'> => ({
  kind: 'rate',
  label,
  read,
});
const flag = (label: string, read: Fact<'flag'>['read']): Fact<'flag'> => ({
  kind: 'flag',
  label,
  read,
});
const word = (label: string, read: Fact<'word'>['read']): Fact<'word'> => ({
  kind: 'word',
  label,
  read,
});
const instant = (label: string, read: Fact<'instant'>['read']): Fact<'instant'> => ({
  kind: 'instant',
  label,
  read,
});

export const FACTS: Readonly<Record<string, Fact>> = {
  at: instant('the moment of the act', (f) => f.at),
  amount: money('the amount', (f) => f.amount),

  'investor.kind': word('the kind of investor', (f) => f.investor?.kind),
  'investor.tier': word('the investor’s tier', (f) => f.investor?.tier),
  'investor.tierExpiresAt': instant('the end of the tier', (f) => f.investor?.tierExpiresAt),
  'investor.isVerified': flag('verified identity', (f) => f.investor?.isVerified),
  'investor.isJoint': flag('joint means', (f) => f.investor?.isJoint),
  'investor.declaredElsewhere': money('invested elsewhere', (f) => f.investor?.declaredElsewhere),
  'investor.means.annualIncome': money('annual income', (f) => f.investor?.means?.annualIncome),
  'investor.means.netWorth': money('net worth', (f) => f.investor?.means?.netWorth),
  'investor.means.liquidAssets': money('liquid assets', (f) => f.investor?.means?.liquidAssets),
  'investor.means.annualCommitments': money(
    'annual financial commitments',
    (f) => f.investor?.means?.annualCommitments,
  ),
  'investor.knowledgeTest.outcome': word(
    'the knowledge test’s outcome',
    (f) => f.investor?.knowledgeTest?.outcome,
  ),
  'investor.knowledgeTest.takenAt': instant(
    'the knowledge test',
    (f) => f.investor?.knowledgeTest?.takenAt,
  ),
  'investor.lossSimulation.takenAt': instant(
    'the simulation of losses',
    (f) => f.investor?.lossSimulation?.takenAt,
  ),

  'investor.residence': word('the investor’s residence', (f) => f.investor?.residence),
  'investor.outstandingElsewhere': money(
    'lent elsewhere and outstanding',
    (f) => f.investor?.outstandingElsewhere,
  ),
  'investor.outstandingToBorrowerElsewhere': money(
    'lent to this borrower elsewhere and outstanding',
    (f) => f.investor?.outstandingToBorrowerElsewhere,
  ),
  'investor.certifiedNetWorth': money('certified net worth', (f) => f.investor?.certifiedNetWorth),
  'investor.riskGrade': word('the investor’s risk grade', (f) => f.investor?.riskGrade),
  'investor.lendingLimit': money('the investor’s lending limit', (f) => f.investor?.lendingLimit),
  'investor.statementSignedAt': instant(
    'the signed statement',
    (f) => f.investor?.statementSignedAt,
  ),
  'investor.highRiskShareBefore': rate(
    'the share of net assets put into high-risk investments in the last year',
    (f) => f.investor?.highRiskShareBefore,
  ),
  'investor.highRiskShareAhead': rate(
    'the share of net assets meant for high-risk investments in the next year',
    (f) => f.investor?.highRiskShareAhead,
  ),
  'investor.isAdvised': flag('advice', (f) => f.investor?.isAdvised),
  'investor.isNew': flag('a new investor', (f) => f.investor?.isNew),
  'investor.offerRequestedAt': instant(
    'the first request to see an offer',
    (f) => f.investor?.offerRequestedAt,
  ),

  'offering.kind': word('the kind of offering', (f) => f.offering?.kind),
  'offering.openedAt': instant('the opening', (f) => f.offering?.openedAt),
  'offering.deadline': instant('the deadline', (f) => f.offering?.deadline),
  'offering.target': money('the target', (f) => f.offering?.target),
  'offering.maximum': money('the maximum', (f) => f.offering?.maximum),
  'offering.committed': money('the amount committed', (f) => f.offering?.committed),
  'offering.earlyCloseNoticeAt': instant(
    'the notice of early close',
    (f) => f.offering?.earlyCloseNoticeAt,
  ),
  'offering.lastRevocableUntil': instant(
    'the end of the last right to revoke',
    (f) => f.offering?.lastRevocableUntil,
  ),
  'offering.hasDisclosure': flag('the offering document', (f) => f.offering?.hasDisclosure),
  'offering.financialStatements': word(
    'the financial statements',
    (f) => f.offering?.financialStatements,
  ),
  'offering.isExclusive': flag('one intermediary only', (f) => f.offering?.isExclusive),
  'offering.audience': word('the audience', (f) => f.offering?.audience),
  'offering.loan.termMonths': count('months of the loan', (f) => f.offering?.loan?.termMonths),
  'offering.loan.apr': rate('the annual percentage rate', (f) => f.offering?.loan?.apr),
  'offering.loan.purpose': word('the purpose of the loan', (f) => f.offering?.loan?.purpose),
  'offering.loan.security': word('the loan’s security', (f) => f.offering?.loan?.security),
  'offering.loan.grade': word('the loan’s grade', (f) => f.offering?.loan?.grade),

  'borrower.kind': word('the kind of borrower', (f) => f.borrower?.kind),
  'borrower.isVerified': flag('the borrower’s verified identity', (f) => f.borrower?.isVerified),
  'borrower.residence': word('the borrower’s residence', (f) => f.borrower?.residence),
  'borrower.outstandingElsewhere': money(
    'owed elsewhere and outstanding',
    (f) => f.borrower?.outstandingElsewhere,
  ),
  'borrower.hasDeclaredLoans': flag(
    'declaration of unpaid loans',
    (f) => f.borrower?.hasDeclaredLoans,
  ),
  'borrower.hasLimitCertificate': flag(
    'the borrower’s certificate of the limits',
    (f) => f.borrower?.hasLimitCertificate,
  ),
  'borrower.isRelatedToOperator': flag(
    'a relation to the operator',
    (f) => f.borrower?.isRelatedToOperator,
  ),
  'borrower.hasRepaymentSource': flag(
    'a source of repayment',
    (f) => f.borrower?.hasRepaymentSource,
  ),
  'borrower.countsLinked': flag('linked borrowers counted as one', (f) => f.borrower?.countsLinked),

  'mandate.isSigned': flag('the signature of the mandate', (f) => f.mandate?.isSigned),
  'mandate.expiresAt': instant('the end of the mandate', (f) => f.mandate?.expiresAt),
  'mandate.parametersSet': count(
    'parameters that the mandate sets',
    (f) => f.mandate?.parametersSet,
  ),

  'issuer.legalForm': word('the issuer’s legal form', (f) => f.issuer?.legalForm),
  'issuer.sizeClass': word('the issuer’s size class', (f) => f.issuer?.sizeClass),
  'issuer.isFirstRaise': flag('first raise', (f) => f.issuer?.isFirstRaise),
  'issuer.soldBefore': money('already sold by the issuer', (f) => f.issuer?.soldBefore),
  'issuer.declaredElsewhere': money('raised elsewhere', (f) => f.issuer?.declaredElsewhere),

  'acknowledged.documents': flag('documents read', (f) => f.acknowledged?.documents),
  'acknowledged.riskWarning': flag('risk warning', (f) => f.acknowledged?.riskWarning),
  'acknowledged.educationalMaterials': flag(
    'educational materials',
    (f) => f.acknowledged?.educationalMaterials,
  ),
  'acknowledged.cancellationLimits': flag(
    'limits on cancelling',
    (f) => f.acknowledged?.cancellationLimits,
  ),
  'acknowledged.resaleDifficulty': flag(
    'difficulty of resale',
    (f) => f.acknowledged?.resaleDifficulty,
  ),
  'acknowledged.lossOfAll': flag('loss of the whole', (f) => f.acknowledged?.lossOfAll),
  'acknowledged.consentAboveThreshold': flag(
    'consent above the threshold',
    (f) => f.acknowledged?.consentAboveThreshold,
  ),
  'acknowledged.understanding': flag(
    'proof of understanding',
    (f) => f.acknowledged?.understanding,
  ),
  'acknowledged.lossOfProtection': flag(
    'loss of protection',
    (f) => f.acknowledged?.lossOfProtection,
  ),
  'acknowledged.borrowerApproved': flag(
    'approval of the borrower',
    (f) => f.acknowledged?.borrowerApproved,
  ),
  'acknowledged.limitsObserved': flag(
    'certificate of the limits',
    (f) => f.acknowledged?.limitsObserved,
  ),
  'acknowledged.byMandate': flag('an order under a mandate', (f) => f.acknowledged?.byMandate),

  'subscription.subscribedAt': instant('the subscription', (f) => f.subscription?.subscribedAt),
  'subscription.changeNotifiedAt': instant(
    'the notice of change',
    (f) => f.subscription?.changeNotifiedAt,
  ),

  'transfer.issuedAt': instant('the issuance', (f) => f.transfer?.issuedAt),
  'transfer.to': word('the recipient', (f) => f.transfer?.to),
  'transfer.isBundle': flag('a bundle of claims', (f) => f.transfer?.isBundle),

  'evidence.netWorth': money('net worth', (f) => f.evidence?.netWorth),
  'evidence.incomeLastYear': money('income last year', (f) => f.evidence?.incomeLastYear),
  'evidence.incomeYearBefore': money('income the year before', (f) => f.evidence?.incomeYearBefore),
  'evidence.jointIncomeLastYear': money(
    'joint income last year',
    (f) => f.evidence?.jointIncomeLastYear,
  ),
  'evidence.jointIncomeYearBefore': money(
    'joint income the year before',
    (f) => f.evidence?.jointIncomeYearBefore,
  ),
  'evidence.expectsSameIncome': flag(
    'the same income expected',
    (f) => f.evidence?.expectsSameIncome,
  ),
  'evidence.grossIncome': money('gross income', (f) => f.evidence?.grossIncome),
  'evidence.averageIncomeThreeYears': money(
    'average income of three years',
    (f) => f.evidence?.averageIncomeThreeYears,
  ),
  'evidence.financialPortfolio': money(
    'the financial portfolio',
    (f) => f.evidence?.financialPortfolio,
  ),
  'evidence.financialAssets': money('financial assets', (f) => f.evidence?.financialAssets),
  'evidence.netAssets': money('net assets', (f) => f.evidence?.netAssets),
  'evidence.ownFunds': money('own funds', (f) => f.evidence?.ownFunds),
  'evidence.netTurnover': money('net turnover', (f) => f.evidence?.netTurnover),
  'evidence.balanceSheetTotal': money(
    'the balance sheet total',
    (f) => f.evidence?.balanceSheetTotal,
  ),
  'evidence.singleProjectAmount': money(
    'the amount for a single project',
    (f) => f.evidence?.singleProjectAmount,
  ),
  'evidence.financeRoleMonths': count(
    'months in a finance role',
    (f) => f.evidence?.financeRoleMonths,
  ),
  'evidence.executiveMonths': count('months as an executive', (f) => f.evidence?.executiveMonths),
  'evidence.transactionsPerQuarter': count(
    'transactions per quarter',
    (f) => f.evidence?.transactionsPerQuarter,
  ),
  'evidence.unlistedInvestments': count(
    'unlisted investments in two years',
    (f) => f.evidence?.unlistedInvestments,
  ),
  'evidence.angelNetworkMonths': count(
    'months in a network of business angels',
    (f) => f.evidence?.angelNetworkMonths,
  ),
  'evidence.isProfessional': flag('a professional client', (f) => f.evidence?.isProfessional),
  'evidence.isInstitution': flag('an institution', (f) => f.evidence?.isInstitution),
  'evidence.understandsRisk': flag('risk assessment', (f) => f.evidence?.understandsRisk),
};

/** The fact of that name, if there is one of those kinds. */
export function findFact<K extends FactKind>(
  name: string,
  kinds: readonly K[],
): Fact<K> | undefined {
  const fact = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined;
  return isOfKind(fact, kinds) ? fact : undefined;
}

function isOfKind<K extends FactKind>(
  fact: Fact | undefined,
  kinds: readonly K[],
): fact is Fact<K> {
  return kinds.some((kind) => kind === fact?.kind);
}
