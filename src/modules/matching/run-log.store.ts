import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Finding } from '../../kernel/problem';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { ListingLine, ListingReason, MandateLine, MandateReason } from './run-log';

export async function insertMandateLines(
  tx: Tx,
  windowId: Id<'win'>,
  lines: readonly MandateLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.execute(
    `INSERT INTO matching_mandate_lines (operator_id, window_id, mandate_id, investor_id, reason,
       cash_minor, matched_minor, loans_eligible, loans_matched, findings)
     SELECT :operatorId, :windowId, t.mandate, t.investor, t.reason, t.cash, t.matched, t.eligible,
       t.loans, t.findings::jsonb
     FROM unnest(:mandates::text[], :investors::text[], :reasons::text[], :cash::bigint[],
       :matched::bigint[], :eligible::int[], :loans::int[], :findings::text[])
       AS t (mandate, investor, reason, cash, matched, eligible, loans, findings)`,
    {
      operatorId: operatorIdOf(tx),
      windowId,
      mandates: lines.map((line) => line.mandateId),
      investors: lines.map((line) => line.investorId),
      reasons: lines.map((line) => line.reason),
      cash: lines.map((line) => line.cashMinor),
      matched: lines.map((line) => line.matchedMinor),
      eligible: lines.map((line) => line.loansEligible),
      loans: lines.map((line) => line.loansMatched),
      findings: lines.map(({ findings }) => (findings ? JSON.stringify(findings) : null)),
    },
  );
}

/**
 * A line for every mandate in force of a window in which nothing was listed, in one statement.
 *
 * @returns how many there are.
 */
export async function insertIdleLines(
  tx: Tx,
  windowId: Id<'win'>,
  { currency, now }: { readonly currency: Currency; readonly now: Date },
): Promise<number> {
  return tx.execute(
    `INSERT INTO matching_mandate_lines (operator_id, window_id, mandate_id, investor_id, reason,
       cash_minor, matched_minor, loans_eligible, loans_matched)
     SELECT m.operator_id, :windowId, m.id, m.investor_id, 'nothing-listed', 0, 0, 0, 0
     FROM matching_mandates m
     WHERE m.operator_id = :operatorId AND m.status = 'active' AND m.currency = :currency
       AND (m.expires_at IS NULL OR m.expires_at > :now)`,
    { operatorId: operatorIdOf(tx), windowId, currency, now },
  );
}

export async function insertListingLines(
  tx: Tx,
  windowId: Id<'win'>,
  lines: readonly ListingLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.execute(
    `INSERT INTO matching_listing_lines (operator_id, window_id, offering_id, reason, amount_minor,
       minimum_minor, matched_minor, mandates_eligible, mandates_matched)
     SELECT :operatorId, :windowId, t.offering, t.reason, t.amount, t.minimum, t.matched,
       t.eligible, t.mandates
     FROM unnest(:offerings::text[], :reasons::text[], :amounts::bigint[], :minimums::bigint[],
       :matched::bigint[], :eligible::int[], :mandates::int[])
       AS t (offering, reason, amount, minimum, matched, eligible, mandates)`,
    {
      operatorId: operatorIdOf(tx),
      windowId,
      offerings: lines.map((line) => line.offeringId),
      reasons: lines.map((line) => line.reason),
      amounts: lines.map((line) => line.amountMinor),
      minimums: lines.map((line) => line.minimumMinor),
      matched: lines.map((line) => line.matchedMinor),
      eligible: lines.map((line) => line.mandatesEligible),
      mandates: lines.map((line) => line.mandatesMatched),
    },
  );
}

export interface LineQuery {
  readonly limit: number;
  readonly after?: string | undefined;
}

const MANDATE_LINES = `SELECT l.mandate_id, l.investor_id, l.reason, l.cash_minor, l.matched_minor,
  l.loans_eligible, l.loans_matched, l.findings FROM matching_mandate_lines l`;

export async function findMandateLine(
  db: Db,
  windowId: Id<'win'>,
  mandateId: Id<'mnd'>,
): Promise<MandateLine | undefined> {
  const rows = await db.query<MandateLineRow>(
    `${MANDATE_LINES} WHERE l.operator_id = :operatorId AND l.window_id = :windowId
       AND l.mandate_id = :mandateId`,
    { operatorId: operatorIdOf(db), windowId, mandateId },
  );
  return rows[0] && asMandateLine(rows[0]);
}

/** By mandate; one more than `limit`. Of one lender when `investorId` is given. */
export async function listMandateLines(
  db: Db,
  windowId: Id<'win'>,
  query: LineQuery & { readonly investorId?: Id<'inv'> | undefined },
): Promise<readonly MandateLine[]> {
  const rows = await db.query<MandateLineRow>(
    `${MANDATE_LINES} WHERE l.operator_id = :operatorId AND l.window_id = :windowId AND l.mandate_id > :after
       AND (:investorId::text IS NULL OR l.investor_id = :investorId)
     ORDER BY l.mandate_id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      windowId,
      after: query.after ?? '',
      investorId: query.investorId,
      limit: query.limit + 1,
    },
  );
  return rows.map(asMandateLine);
}

interface MandateLineRow {
  readonly mandate_id: Id<'mnd'>;
  readonly investor_id: Id<'inv'>;
  readonly reason: MandateReason;
  readonly cash_minor: bigint;
  readonly matched_minor: bigint;
  readonly loans_eligible: number;
  readonly loans_matched: number;
  readonly findings: readonly Finding[] | null;
}

function asMandateLine(row: MandateLineRow): MandateLine {
  return {
    mandateId: row.mandate_id,
    investorId: row.investor_id,
    reason: row.reason,
    cashMinor: row.cash_minor,
    matchedMinor: row.matched_minor,
    loansEligible: row.loans_eligible,
    loansMatched: row.loans_matched,
    findings: row.findings ?? undefined,
  };
}

/** By offering; one more than `limit`. */
export async function listListingLines(
  db: Db,
  windowId: Id<'win'>,
  query: LineQuery,
): Promise<readonly ListingLine[]> {
  const rows = await db.query<{
    offering_id: Id<'off'>;
    reason: ListingReason;
    amount_minor: bigint;
    minimum_minor: bigint;
    matched_minor: bigint;
    mandates_eligible: number;
    mandates_matched: number;
  }>(
    `SELECT l.offering_id, l.reason, l.amount_minor, l.minimum_minor, l.matched_minor,
            l.mandates_eligible, l.mandates_matched
     FROM matching_listing_lines l
     WHERE l.operator_id = :operatorId AND l.window_id = :windowId AND l.offering_id > :after
     ORDER BY l.offering_id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      windowId,
      after: query.after ?? '',
      limit: query.limit + 1,
    },
  );
  return rows.map((row) => ({
    offeringId: row.offering_id,
    reason: row.reason,
    amountMinor: row.amount_minor,
    minimumMinor: row.minimum_minor,
    matchedMinor: row.matched_minor,
    mandatesEligible: row.mandates_eligible,
    mandatesMatched: row.mandates_matched,
  }));
}

/** What a window came to for one mandate, one loan, and the two together. Minor units. */
export async function pairOutcome(
  db: Db,
  windowId: Id<'win'>,
  pair: { readonly mandateId: Id<'mnd'>; readonly offeringId: Id<'off'> },
): Promise<{
  readonly amountMinor: bigint;
  readonly fundedMinor: bigint;
  readonly investedMinor: bigint;
}> {
  const rows = await db.query<{ amount: bigint; funded: bigint; invested: bigint }>(
    `SELECT
       coalesce((SELECT p.amount_minor FROM matching_positions p
         WHERE p.operator_id = :operatorId AND p.window_id = :windowId
           AND p.mandate_id = :mandateId AND p.offering_id = :offeringId), 0) AS amount,
       coalesce((SELECT l.matched_minor FROM matching_listing_lines l
         WHERE l.operator_id = :operatorId AND l.window_id = :windowId
           AND l.offering_id = :offeringId), 0) AS funded,
       coalesce((SELECT m.matched_minor FROM matching_mandate_lines m
         WHERE m.operator_id = :operatorId AND m.window_id = :windowId
           AND m.mandate_id = :mandateId), 0) AS invested`,
    { ...pair, operatorId: operatorIdOf(db), windowId },
  );
  const row = rows[0];
  return {
    amountMinor: row?.amount ?? 0n,
    fundedMinor: row?.funded ?? 0n,
    investedMinor: row?.invested ?? 0n,
  };
}
