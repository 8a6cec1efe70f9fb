import { asCurrency } from '../../kernel/currency';
import { addDays, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import { ruleValues, type AlertEntry, type AlertSubject, type Hit } from './alert';
import type {
  AmlRule,
  Amounts,
  CircularRule,
  OverpaidRule,
  RapidRule,
  SanctionsRule,
  StructuringRule,
} from './policy';

/** What is new since the last run; what is older is looked at only beside it. */
export interface Span {
  /** Exclusive. */
  readonly from: Date;
  /** Inclusive. */
  readonly to: Date;
}

/** Everything a rule finds in what is new. */
export async function detect(db: Db, rule: AmlRule, span: Span): Promise<readonly Hit[]> {
  switch (rule.kind) {
    case 'structuring':
      return structuring(db, rule, span);
    case 'rapid-in-out':
      return rapidInOut(db, rule, span);
    case 'overpaid-loan':
      return overpaid(db, rule, span);
    case 'circular-funding':
      return circular(db, rule, span);
    case 'sanctions':
      return sanctions(db, rule, span);
    default:
      return rule satisfies never;
  }
}

/** Whether a rule looks at movements only: then it has nothing to find where nothing moved. */
export function isAboutMovements({ kind }: AmlRule): boolean {
  return kind === 'structuring' || kind === 'rapid-in-out';
}

export async function hasMovements(db: Db, span: Span): Promise<boolean> {
  const rows = await db.query(
    'SELECT 1 FROM aml_movements_view f WHERE f.moved_at > :from AND f.moved_at <= :to LIMIT 1',
    { ...span },
  );
  return rows.length > 0;
}

/** The entries of a window `w`, as alerts keep them. */
const ENTRIES = `jsonb_agg(jsonb_build_object('kind', m.direction, 'id', m.id, 'at', m.moved_at,
  'minor', m.amount_minor::text, 'entryNo', m.entry_no::text) ORDER BY m.moved_at, m.id)`;

/** Up to when the rule has told of the subject of `f` in its currency: what is told is not counted again. */
const told = (condition: string): string => `LEFT JOIN LATERAL (
       SELECT max(a.to_at) AS until FROM aml_alerts a
       WHERE a.subject_id = f.subject_id AND a.rule_id = :ruleId
         AND a.found_values ->> 'currency' = f.currency ${condition}
     ) told ON true`;

/** The movements `m` of the subject of `f`, back over the days of the rule as far as nothing is told. */
const WINDOW = `m.subject_id = f.subject_id AND m.currency = f.currency AND m.moved_at <= f.moved_at
         AND m.moved_at > greatest(f.moved_at - make_interval(days => :days), told.until)`;

/**
 * Each movement that is new and below the threshold ends a window. Of windows that overlap, the one
 * with the most in it is taken.
 */
async function structuring(db: Db, rule: StructuringRule, span: Span): Promise<readonly Hit[]> {
  const rows = await db.query<MovementRow>(
    `SELECT DISTINCT ON (f.subject_id, f.direction, f.currency)
       f.subject_kind, f.subject_id, f.currency, c.minor AS limit_minor, w.entries, w.total
     FROM aml_movements_view f
     JOIN unnest(:currencies::text[], :minors::bigint[]) AS c (currency, minor)
       ON c.currency = f.currency
     ${told("AND a.found_values ->> 'direction' = f.direction")}
     CROSS JOIN LATERAL (
       SELECT count(*) AS n, sum(m.amount_minor)::bigint AS total, ${ENTRIES} AS entries
       FROM aml_movements_view m
       WHERE ${WINDOW} AND m.direction = f.direction AND m.amount_minor < c.minor
     ) w
     WHERE f.moved_at > :from AND f.moved_at <= :to AND f.amount_minor < c.minor
       AND w.n >= :least AND w.total >= c.minor
     ORDER BY f.subject_id, f.direction, f.currency, w.total DESC, f.id`,
    {
      ...span,
      ...bounds(rule.below),
      days: rule.withinDays,
      least: rule.minimumCount,
      ruleId: rule.id,
    },
  );
  return rows.map((row) => {
    const entries = entriesOf(row);
    const limit = Money.ofMinor(row.limit_minor, asCurrency(row.currency));
    return {
      subject: subjectOf(row),
      entries,
      values: {
        direction: entries[0]?.kind ?? '',
        currency: row.currency,
        count: String(entries.length),
        total: String(Money.ofMinor(row.total, asCurrency(row.currency))),
        ...ruleValues(rule, limit),
      },
    };
  });
}

/**
 * Each new withdrawal ends a window that begins with a deposit: what came in, went out and was invested
 * from then on is summed.
 */
async function rapidInOut(db: Db, rule: RapidRule, span: Span): Promise<readonly Hit[]> {
  const rows = await db.query<
    MovementRow & { paid_in: bigint; paid_out: bigint; invested: bigint }
  >(
    `SELECT DISTINCT ON (f.subject_id, f.currency)
       f.subject_kind, f.subject_id, f.currency, c.minor AS limit_minor, w.entries,
       w.paid_in AS total, w.paid_in, w.paid_out, v.invested
     FROM aml_movements_view f
     JOIN unnest(:currencies::text[], :minors::bigint[]) AS c (currency, minor)
       ON c.currency = f.currency
     ${told('')}
     CROSS JOIN LATERAL (
       SELECT min(m.moved_at) AS first_at FROM aml_movements_view m
       WHERE ${WINDOW} AND m.direction = 'deposit'
     ) d
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(m.amount_minor) FILTER (WHERE m.direction = 'deposit'), 0)::bigint
                AS paid_in,
              coalesce(sum(m.amount_minor) FILTER (WHERE m.direction = 'withdrawal'), 0)::bigint
                AS paid_out,
              ${ENTRIES} AS entries
       FROM aml_movements_view m
       WHERE ${WINDOW} AND m.moved_at >= d.first_at
     ) w
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(i.amount_minor), 0)::bigint AS invested
       FROM aml_investments_view i
       WHERE i.investor_id = f.subject_id AND i.currency = f.currency
         AND i.invested_at <= f.moved_at AND i.invested_at >= d.first_at
     ) v
     WHERE f.moved_at > :from AND f.moved_at <= :to AND f.direction = 'withdrawal'
       AND f.subject_kind = 'investor' AND w.paid_in >= c.minor
       AND w.paid_out >= w.paid_in * :withdrawn::numeric
       AND v.invested <= w.paid_in * :invested::numeric
     ORDER BY f.subject_id, f.currency, w.paid_out DESC, f.id`,
    {
      ...span,
      ...bounds(rule.least),
      days: rule.withinDays,
      withdrawn: rateText(rule.withdrawnShare),
      invested: rateText(rule.investedShare),
      ruleId: rule.id,
    },
  );
  return rows.map((row) =>
    hitOf(row, rule, { paidIn: row.paid_in, paidOut: row.paid_out, invested: row.invested }),
  );
}

/** Each new refund ends a window: what was sent back to the borrower in it, for all its loans, is summed. */
async function overpaid(db: Db, rule: OverpaidRule, span: Span): Promise<readonly Hit[]> {
  const rows = await db.query<MovementRow>(
    `SELECT DISTINCT ON (f.subject_id, f.currency)
       f.subject_kind, f.subject_id, f.currency, c.minor AS limit_minor, w.entries, w.total
     FROM aml_refunds_view f
     JOIN unnest(:currencies::text[], :minors::bigint[]) AS c (currency, minor)
       ON c.currency = f.currency
     ${told('')}
     CROSS JOIN LATERAL (
       SELECT sum(m.amount_minor)::bigint AS total, ${ENTRIES} AS entries
       FROM aml_refunds_view m WHERE ${WINDOW}
     ) w
     WHERE f.moved_at > :from AND f.moved_at <= :to AND w.total >= c.minor
     ORDER BY f.subject_id, f.currency, w.total DESC, f.id`,
    { ...span, ...bounds(rule.least), days: rule.withinDays, ruleId: rule.id },
  );
  return rows.map((row) => hitOf(row, rule, { sentBack: row.total }));
}

/**
 * Loans that were paid out since, of which linked lenders hold too much; the borrower is told on. Where
 * the operator lives it may be the day before or after that of UTC: what is met twice is found once.
 */
async function circular(db: Db, rule: CircularRule, span: Span): Promise<readonly Hit[]> {
  const rows = await db.query<{
    loan_id: string;
    issuer_id: string;
    principal_minor: bigint;
    currency: string;
    linked_minor: bigint;
    entries: readonly StoredEntry[];
  }>(
    `SELECT l.loan_id, l.issuer_id, l.principal_minor, l.currency,
            sum(l.lent_minor)::bigint AS linked_minor,
            jsonb_agg(jsonb_build_object('kind', 'note', 'id', l.source_id, 'at', l.opened_on,
              'minor', l.lent_minor::text) ORDER BY l.source_id) AS entries
     FROM aml_lenders_view l
     WHERE l.disbursed_on >= :fromOn AND l.disbursed_on <= :toOn
     GROUP BY l.loan_id, l.issuer_id, l.principal_minor, l.currency
     HAVING sum(l.lent_minor) >= l.principal_minor * :share::numeric
     ORDER BY l.loan_id`,
    {
      fromOn: addDays(dayOf(span.from), -1),
      toOn: addDays(dayOf(span.to), 1),
      share: rateText(rule.leastShare),
    },
  );
  return rows.map((row) => {
    const currency = asCurrency(row.currency);
    return {
      subject: subjectOf({ subject_kind: 'issuer', subject_id: row.issuer_id }),
      entries: entriesOf(row),
      values: {
        loan: row.loan_id,
        principal: String(Money.ofMinor(row.principal_minor, currency)),
        lentByLinked: String(Money.ofMinor(row.linked_minor, currency)),
        linkedLenders: String(row.entries.length),
        ...ruleValues(rule),
      },
    };
  });
}

/** The provider answers some time after it was asked; an answer that is met again is found once. */
const ANSWERING_DAYS = 90;

async function sanctions(db: Db, rule: SanctionsRule, span: Span): Promise<readonly Hit[]> {
  const rows = await db.query<{
    id: string;
    subject_kind: AlertSubject['kind'];
    subject_id: string;
    reasons: readonly string[];
    provider: string | null;
    status: string;
    requested_at: Date;
  }>(
    `SELECT v.id, v.subject_kind, v.subject_id, v.reasons, v.provider, v.status, v.requested_at
     FROM aml_verdicts_view v
     WHERE v.requested_at > :from::timestamptz - make_interval(days => :answering)
       AND v.requested_at <= :to AND v.reasons && :reasons::text[]
     ORDER BY v.id`,
    { ...span, answering: ANSWERING_DAYS, reasons: [...rule.reasons] },
  );
  return rows.map((row) => ({
    subject: subjectOf(row),
    entries: [{ kind: 'verification', id: row.id, at: row.requested_at }],
    values: {
      reasons: row.reasons.join(', '),
      provider: row.provider ?? '',
      outcome: row.status,
      ...ruleValues(rule),
    },
  }));
}

interface StoredEntry {
  readonly kind: AlertEntry['kind'];
  readonly id: string;
  readonly at: string;
  readonly minor?: string | undefined;
  readonly entryNo?: string | undefined;
}

interface MovementRow {
  readonly subject_kind: AlertSubject['kind'];
  readonly subject_id: string;
  readonly currency: string;
  readonly limit_minor: bigint;
  readonly total: bigint;
  readonly entries: readonly StoredEntry[];
}

/** What a rule found in movements of one currency, with the amounts it compared. */
function hitOf(
  row: MovementRow,
  rule: RapidRule | OverpaidRule,
  found: Readonly<Record<string, bigint>>,
): Hit {
  const money = (minor: bigint) => Money.ofMinor(minor, asCurrency(row.currency));
  const amounts: Record<string, string> = {};
  for (const [name, minor] of Object.entries(found)) amounts[name] = String(money(minor));
  return {
    subject: subjectOf(row),
    entries: entriesOf(row),
    values: {
      currency: row.currency,
      ...amounts,
      ...ruleValues(rule, money(row.limit_minor)),
    },
  };
}

function entriesOf(row: {
  readonly currency: string;
  readonly entries: readonly StoredEntry[];
}): readonly AlertEntry[] {
  const currency = asCurrency(row.currency);
  return row.entries.map(({ kind, id, at, minor, entryNo }) => ({
    kind,
    id,
    at: new Date(at),
    amount: minor === undefined ? undefined : Money.ofMinor(BigInt(minor), currency),
    entryNo: entryNo === undefined ? undefined : BigInt(entryNo),
  }));
}

function subjectOf(row: {
  readonly subject_kind: AlertSubject['kind'];
  readonly subject_id: string;
}): AlertSubject {
  return { kind: row.subject_kind, id: row.subject_id } as AlertSubject;
}

function bounds(amounts: Amounts): { readonly currencies: string[]; readonly minors: bigint[] } {
  const given = Object.values(amounts);
  return {
    currencies: given.map(({ currency }) => currency),
    minors: given.map(({ minor }) => minor),
  };
}

function dayOf(instant: Date): CalendarDate {
  return dateIn('UTC', instant);
}
