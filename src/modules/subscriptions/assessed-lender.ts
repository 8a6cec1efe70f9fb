import { dateIn } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import { capLine, type CapLine } from '../caps';
import type { LendingLimit, ProfileFacts } from '../investors';
import type { OfferingTerms } from '../offerings';
import type { AmountCap, Rulebook } from '../rulebooks';

/** The operator's own rule, which stands beside the law's. */
const RULE = 'lender-assessment';
const CITATION = 'Assessment of the lender by the operator';

interface Lending {
  readonly investor: { readonly partyId: Id<'pty'>; readonly facts: ProfileFacts };
  readonly offering: {
    readonly id: Id<'off'>;
    readonly operatorId: number;
    readonly terms: OfferingTerms;
    readonly rulebook: Rulebook;
  };
  readonly now: Date;
}

/** The lender's assessment, while it counts; whether one is needed is the rulebook's to say. */
export function assessmentInForce(
  { facts }: Pick<Lending['investor'], 'facts'>,
  now: Date,
): LendingLimit | undefined {
  return facts.appetite && facts.appetite.expiresAt > now ? facts.appetite : undefined;
}

/** What an assessment says of the loan's grade: nothing when it lies within. */
export function gradeFinding({ investor, offering, now }: Lending): Finding | undefined {
  const limit = assessmentInForce(investor, now);
  const grade = gradeOf(offering.terms);
  if (!limit || grade === undefined || limit.loanGrades.includes(grade)) return undefined;
  return {
    rule: RULE,
    citation: CITATION,
    message: `Assessed as ${limit.grade}, the lender may lend to grades ${limit.loanGrades.join(', ')}; this loan is of grade ${grade}.`,
    limit: limit.loanGrades.join(', '),
    observed: grade,
  };
}

/** The assessment's caps an order for a loan stands under: over all loans, and in this one. */
export function assessmentLines(lending: Lending, amount: Money): readonly CapLine[] {
  const { investor, offering, now } = lending;
  const limit = assessmentInForce(investor, now);
  if (!limit || gradeOf(offering.terms) === undefined) return [];
  const { partyId } = investor;
  const { operatorId, rulebook } = offering;
  const place = { rulebookId: rulebook.id, operatorId };
  const lines = [
    capLine(
      capOf(lending, { rule: RULE, scope: 'investor', ceiling: limit.maxOutstanding }),
      amount,
      {
        ...place,
        subject: partyId,
      },
    ),
    capLine(
      capOf(lending, { rule: `${RULE}.loan`, scope: 'offering', ceiling: limit.maxPerLoan }),
      amount,
      {
        ...place,
        subject: `${partyId}/${offering.id}`,
      },
    ),
  ];
  return lines.flatMap((line) => line ?? []);
}

function capOf(
  { offering, now }: Lending,
  { rule, scope, ceiling }: Pick<AmountCap, 'rule' | 'scope'> & { readonly ceiling: Money },
): AmountCap {
  return {
    measure: 'outstanding-principal',
    rule,
    title:
      scope === 'investor' ? 'Limit of the assessed lender' : 'Limit of the lender in one loan',
    citation: CITATION,
    rulebook: offering.rulebook.id,
    effectiveFrom: offering.rulebook.versionAt(now)?.from ?? dateIn('UTC', now),
    scope,
    reach: 'operator',
    ceiling,
    declaredElsewhere: Money.zero(ceiling.currency),
    isShared: false,
  };
}

function gradeOf({ instrument }: OfferingTerms): string | undefined {
  return instrument.kind === 'loan-note' ? instrument.grade : undefined;
}
