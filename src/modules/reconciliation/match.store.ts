import type { Currency } from '../../kernel/currency';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { custodianAccount, type EntryNo } from '../ledger';
import {
  differenceOf,
  spanOf,
  type MatchDraft,
  type MatchRule,
  type OpenLine,
  type OpenPosting,
} from './match';

/** Copies postings that came since, with the days as the operator lives them. @returns how many. */
export async function copyPostings(tx: Tx, currency: Currency, timeZone: string): Promise<number> {
  return tx.execute(
    `INSERT INTO reconciliation_postings
       (operator_id, currency, account_seq, entry_no, amount_minor, refs, occurred_on, recorded_on)
     SELECT m.operator_id, m.currency, m.account_seq, m.entry_no, m.amount_minor, m.refs,
            (m.occurred_at AT TIME ZONE :timeZone)::date,
            (m.recorded_at AT TIME ZONE :timeZone)::date
     FROM reconciliation_movements_view m
     WHERE m.operator_id = :operatorId AND m.path = :path AND m.currency = :currency
       AND m.account_seq > (SELECT coalesce(max(p.account_seq), 0) FROM reconciliation_postings p
                            WHERE p.operator_id = :operatorId AND p.currency = :currency)`,
    { operatorId: operatorIdOf(tx), currency, timeZone, path: custodianAccount(currency).path },
  );
}

export async function listOpenLines(db: Db, currency: Currency): Promise<readonly OpenLine[]> {
  return db.query(
    `${LINE} WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.match_id IS NULL
     ORDER BY l.line_no`,
    { operatorId: operatorIdOf(db), currency },
  );
}

/** Unmatched postings of what happened up to a day. */
export async function listOpenPostings(
  db: Db,
  currency: Currency,
  until: CalendarDate,
): Promise<readonly OpenPosting[]> {
  return db.query(
    `${POSTING} WHERE p.operator_id = :operatorId AND p.currency = :currency AND p.match_id IS NULL
       AND p.occurred_on <= :until
     ORDER BY p.account_seq`,
    { operatorId: operatorIdOf(db), currency, until },
  );
}

/** The lines and postings of these numbers that are unmatched. */
export async function listOpen(
  db: Db,
  currency: Currency,
  named: { readonly lines: readonly bigint[]; readonly postings: readonly bigint[] },
): Promise<Pick<MatchDraft, 'lines' | 'postings'>> {
  const bindings = { operatorId: operatorIdOf(db), currency };
  return {
    lines: await db.query<OpenLine>(
      `${LINE} WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.match_id IS NULL
         AND l.line_no = ANY (:lines::bigint[]) ORDER BY l.line_no`,
      { ...bindings, lines: named.lines },
    ),
    postings: await db.query<OpenPosting>(
      `${POSTING} WHERE p.operator_id = :operatorId AND p.currency = :currency
         AND p.match_id IS NULL AND p.account_seq = ANY (:postings::bigint[])
       ORDER BY p.account_seq`,
      { ...bindings, postings: named.postings },
    ),
  };
}

/**
 * Matches the balance that the first statement opens with: it stands for everything that happened
 * before the first day of that statement, however much that is.
 */
export async function insertOpeningMatch(
  tx: Tx,
  opening: {
    readonly id: Id<'rcm'>;
    readonly currency: Currency;
    readonly before: CalendarDate;
    readonly at: Date;
  },
): Promise<void> {
  const bindings = { operatorId: operatorIdOf(tx), ...opening };
  const made = await tx.execute(
    `INSERT INTO reconciliation_matches (operator_id, id, currency, rule, difference_minor,
       first_on, last_on, made_by, made_at)
     SELECT :operatorId, :id, :currency, 'opening', sum(x.amount_minor), min(x.on_day),
            max(x.on_day), :by, :at
     FROM (
       SELECT l.amount_minor, l.booked_on AS on_day, false AS is_posting
       FROM reconciliation_lines l
       WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.no = 0
       UNION ALL
       SELECT -p.amount_minor, p.recorded_on, true FROM reconciliation_postings p
       WHERE p.operator_id = :operatorId AND p.currency = :currency AND p.occurred_on < :before
     ) x HAVING bool_or(x.is_posting)`,
    { ...bindings, by: tx.scope.actor.id },
  );
  if (made === 0) return;
  await tx.execute(
    `UPDATE reconciliation_lines SET match_id = :id
     WHERE operator_id = :operatorId AND currency = :currency AND no = 0`,
    bindings,
  );
  await tx.execute(
    `UPDATE reconciliation_postings SET match_id = :id
     WHERE operator_id = :operatorId AND currency = :currency AND occurred_on < :before`,
    bindings,
  );
}

/** What an entry posted on the custodian's account, matched or not. */
export async function postingsOf(
  db: Db,
  currency: Currency,
  entryNo: EntryNo,
): Promise<readonly OpenPosting[]> {
  return db.query(
    `${POSTING} WHERE p.operator_id = :operatorId AND p.currency = :currency
       AND p.entry_no = :entryNo ORDER BY p.account_seq`,
    { operatorId: operatorIdOf(db), currency, entryNo },
  );
}

/** Unmatched postings that are known by a number. */
export async function listKnownAs(
  db: Db,
  currency: Currency,
  ref: string,
): Promise<readonly OpenPosting[]> {
  return db.query(
    `${POSTING} WHERE p.operator_id = :operatorId AND p.currency = :currency
       AND p.match_id IS NULL AND :ref = ANY (p.refs) ORDER BY p.account_seq`,
    { operatorId: operatorIdOf(db), currency, ref },
  );
}

/** What is in a match now. */
export async function partsOf(
  db: Db,
  id: Id<'rcm'>,
): Promise<Pick<MatchDraft, 'lines' | 'postings'>> {
  const bindings = { operatorId: operatorIdOf(db), id };
  return {
    lines: await db.query<OpenLine>(
      `${LINE} WHERE l.operator_id = :operatorId AND l.match_id = :id ORDER BY l.line_no`,
      bindings,
    ),
    postings: await db.query<OpenPosting>(
      `${POSTING} WHERE p.operator_id = :operatorId AND p.match_id = :id ORDER BY p.account_seq`,
      bindings,
    ),
  };
}

/** Where a match is kept, and who made it. */
export interface MatchRecord extends MatchDraft {
  readonly id: Id<'rcm'>;
  readonly reason?: string | undefined;
}

/** Writes matches, and to their lines and postings that they are matched: three statements. */
export async function insertMatches(
  tx: Tx,
  currency: Currency,
  made: { readonly matches: readonly MatchRecord[]; readonly at: Date },
): Promise<void> {
  const { matches, at } = made;
  if (matches.length === 0) return;
  const spans = matches.map(spanOf);
  const scope = { operatorId: operatorIdOf(tx), currency };
  await tx.execute(
    `INSERT INTO reconciliation_matches (operator_id, id, currency, rule, difference_minor,
       first_on, last_on, reason, made_by, made_at)
     SELECT :operatorId, m.id, :currency, m.rule, m.difference_minor, m.first_on, m.last_on,
            m.reason, :by, :at
     FROM unnest(:ids::text[], :rules::text[], :differences::bigint[], :firsts::date[],
       :lasts::date[], :reasons::text[])
       AS m (id, rule, difference_minor, first_on, last_on, reason)`,
    {
      ...scope,
      by: tx.scope.actor.id,
      at,
      ids: matches.map(({ id }) => id),
      rules: matches.map(({ rule }) => rule),
      differences: matches.map(differenceOf),
      firsts: spans.map(([firstOn]) => firstOn),
      lasts: spans.map(([, lastOn]) => lastOn),
      reasons: matches.map(({ reason }) => reason ?? null),
    },
  );
  const lines = matches.flatMap(({ id, lines: its }) => its.map(({ lineNo }) => ({ id, lineNo })));
  await tx.execute(
    `UPDATE reconciliation_lines l SET match_id = m.id
     FROM unnest(:ids::text[], :nos::bigint[]) AS m (id, line_no)
     WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.line_no = m.line_no`,
    { ...scope, ids: lines.map(({ id }) => id), nos: lines.map(({ lineNo }) => lineNo) },
  );
  const postings = matches.flatMap(({ id, postings: its }) =>
    its.map(({ accountSeq }) => ({ id, accountSeq })),
  );
  await tx.execute(
    `UPDATE reconciliation_postings p SET match_id = m.id
     FROM unnest(:ids::text[], :seqs::bigint[]) AS m (id, account_seq)
     WHERE p.operator_id = :operatorId AND p.currency = :currency
       AND p.account_seq = m.account_seq`,
    {
      ...scope,
      ids: postings.map(({ id }) => id),
      seqs: postings.map(({ accountSeq }) => accountSeq),
    },
  );
}

export interface KeptMatch {
  readonly id: Id<'rcm'>;
  readonly currency: Currency;
  readonly rule: MatchRule;
  readonly differenceMinor: bigint;
  readonly firstOn: CalendarDate;
  readonly lastOn: CalendarDate;
}

/** A match that stands; undefined where it was undone. */
export async function findMatch(db: Db, id: Id<'rcm'>): Promise<KeptMatch | undefined> {
  const [row] = await db.query<KeptMatch>(
    `${MATCH} WHERE m.operator_id = :operatorId AND m.id = :id AND m.undone_at IS NULL`,
    { operatorId: operatorIdOf(db), id },
  );
  return row;
}

/** Takes a match apart: it stays as a record, and what was in it is open again. */
export async function undoMatch(
  tx: Tx,
  id: Id<'rcm'>,
  { reason, at }: { readonly reason: string; readonly at: Date },
): Promise<void> {
  const bindings = { operatorId: operatorIdOf(tx), id };
  await tx.execute(
    `UPDATE reconciliation_matches SET undone_by = :by, undone_at = :at, undone_reason = :reason
     WHERE operator_id = :operatorId AND id = :id`,
    { ...bindings, by: tx.scope.actor.id, at, reason },
  );
  await tx.execute(
    `UPDATE reconciliation_lines SET match_id = NULL
     WHERE operator_id = :operatorId AND match_id = :id`,
    bindings,
  );
  await tx.execute(
    `UPDATE reconciliation_postings SET match_id = NULL
     WHERE operator_id = :operatorId AND match_id = :id`,
    bindings,
  );
}

const LINE = `SELECT l.line_no AS "lineNo", l.booked_on AS "bookedOn",
  l.amount_minor AS "amountMinor", l.refs FROM reconciliation_lines l`;

const POSTING = `SELECT p.account_seq AS "accountSeq", p.occurred_on AS "occurredOn",
  p.recorded_on AS "recordedOn", p.amount_minor AS "amountMinor", p.refs
  FROM reconciliation_postings p`;

const MATCH = `SELECT m.id, m.currency, m.rule, m.difference_minor AS "differenceMinor",
  m.first_on AS "firstOn", m.last_on AS "lastOn" FROM reconciliation_matches m`;
