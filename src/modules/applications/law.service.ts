import type { Db } from '../../platform/db';
import type { Json } from '../../kernel/canonical-json';
import { Money, type MoneyWire } from '../../kernel/money';
import { capPlace, type CapsService } from '../caps';
import { assess, capsFor, type BorrowerFacts } from '../rulebooks';
import { findSubmission } from './evidence.store';
import { linkedParties } from './link.store';
import type { PolicyFinding } from './finding';
import type { ApplicationDeps } from './ports';
import type { ApplicationService, FilledApplication } from './service';

export interface LawDeps extends Pick<ApplicationDeps, 'clock' | 'rulebooks' | 'borrowers'> {
  readonly applications: ApplicationService;
  readonly caps: CapsService;
}

/**
 * What the operator's rulebook says to the request, and whether the borrower's caps leave room for
 * it. Nothing is reserved: that happens when the loan is listed, under the same caps.
 */
export async function lawFindings(
  db: Db,
  deps: LawDeps,
  filled: FilledApplication,
): Promise<readonly PolicyFinding[]> {
  const { application, form } = filled;
  const operator = deps.applications.operatorOf(db);
  const rulebook = deps.rulebooks.get(operator.rulebookId);
  const amount = form.amount ?? Money.zero(rulebook.currency);
  if (amount.currency !== rulebook.currency) {
    const message = `Loans under ${rulebook.id} are in ${rulebook.currency}.`;
    return [{ rule: 'rulebook', outcome: 'decline', message }];
  }
  const facts = {
    at: deps.clock.now(),
    amount,
    offering: {
      kind: 'loan' as const,
      target: amount,
      maximum: amount,
      loan: { termMonths: form.termMonths, purpose: form.purpose, security: 'none' as const },
    },
    borrower: await borrowerFacts(db, deps, filled),
  };
  const decision = assess(rulebook, 'apply', facts);
  const findings = decision.findings.map(({ message, citation }): PolicyFinding => ({
    rule: 'rulebook',
    outcome: 'decline',
    message: `${message} (${rulebook.id}: ${citation})`,
  }));
  const parties = {
    operatorId: operator.id,
    issuer: application.partyId,
    linkedBorrowers: await linkedParties(db, application.partyId),
  };
  for (const cap of capsFor(rulebook, 'apply', facts)) {
    if (cap.measure === 'holder-count') continue;
    const place = capPlace(cap, parties);
    const [standing] = await deps.caps.standings(db, [cap], { ...place, at: facts.at });
    const left = standing?.left;
    if (left === undefined || !amount.isMoreThan(left)) continue;
    const message = `${amount} is asked for; ${left} is left (${cap.rule}, ${cap.citation}).`;
    findings.push({ rule: 'borrower-cap', outcome: 'decline', message });
  }
  return findings;
}

/** What rulebooks are told of the borrower: from the file and from what was declared. */
export async function borrowerFacts(
  db: Db,
  deps: Pick<LawDeps, 'borrowers' | 'applications'>,
  { application, form }: FilledApplication,
): Promise<BorrowerFacts> {
  const { jurisdiction } = deps.applications.operatorOf(db);
  // Whoever keeps the book answers for what its borrowers declared.
  const isTakenOver = application.source === 'import';
  const borrower = await deps.borrowers.get(db, application.issuerId);
  const submission = await findSubmission(db, application.id);
  return {
    kind: borrower.kind,
    isVerified: borrower.verification === 'verified',
    residence: borrower.country === jurisdiction ? 'domestic' : 'abroad',
    countsLinked: deps.applications.policyOf(db).linking.countsAsOne,
    hasRepaymentSource: form.income?.monthly.isPositive ?? false,
    ...(isTakenOver ? TAKEN_OVER : declaredFacts(submission?.declarations ?? {})),
  };
}

const TAKEN_OVER = {
  hasDeclaredLoans: true,
  hasLimitCertificate: true,
  isRelatedToOperator: false,
} as const;

function declaredFacts(declared: Readonly<Record<string, Json>>): BorrowerFacts {
  const elsewhere = declared['unpaidElsewhere'] as MoneyWire | undefined;
  return {
    outstandingElsewhere: elsewhere && Money.fromWire(elsewhere),
    hasDeclaredLoans: elsewhere !== undefined,
    hasLimitCertificate: declared['keepsLegalLimits'] === true,
    isRelatedToOperator: declared['isRelatedToOperator'] === true,
  };
}
