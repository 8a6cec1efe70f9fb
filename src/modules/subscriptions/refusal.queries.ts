import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import type { Db } from '../../platform/db';

/** An order that was refused by law, for the record. */
export interface RefusalRecord {
  readonly refusalNo: bigint;
  readonly offeringId: Id<'off'>;
  readonly investorId: Id<'inv'>;
  readonly amount: Money;
  readonly code: string;
  readonly findings: readonly Finding[];
  readonly refusedAt: Date;
}

export interface RefusalFilter {
  readonly rule?: string | undefined;
  /** The last number of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of refusals, newest first. */
export async function listRefusals(
  db: Db,
  filter: RefusalFilter,
): Promise<readonly RefusalRecord[]> {
  const rows = await db.query<{
    refusal_no: bigint;
    offering_id: Id<'off'>;
    investor_id: Id<'inv'>;
    amount_minor: bigint;
    currency: string;
    code: string;
    findings: readonly Finding[];
    refused_at: Date;
  }>(
    `SELECT r.refusal_no, r.offering_id, r.investor_id, r.amount_minor, b.currency, r.code,
            r.findings, r.refused_at
     FROM subscription_refusals r
     JOIN offering_books b ON b.operator_id = r.operator_id AND b.offering_id = r.offering_id
     WHERE (:after::bigint IS NULL OR r.refusal_no < :after::bigint)
       AND (:rule::text IS NULL
            OR r.findings @> jsonb_build_array(jsonb_build_object('rule', :rule::text)))
     ORDER BY r.refusal_no DESC LIMIT :limit`,
    { rule: filter.rule, after: filter.after, limit: filter.limit },
  );
  return rows.map((row) => ({
    refusalNo: row.refusal_no,
    offeringId: row.offering_id,
    investorId: row.investor_id,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    code: row.code,
    findings: row.findings,
    refusedAt: row.refused_at,
  }));
}
