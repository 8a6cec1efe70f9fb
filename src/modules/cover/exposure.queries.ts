import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';

/** What a guarantor answers for, and what is asked of it. */
export interface GuarantorExposure {
  readonly contracts: number;
  /** Its shares of what is outstanding, each rounded up, or is going to be once paid out. */
  readonly exposure: Money;
  /** Claimed and not paid. */
  readonly openClaims: Money;
}

/**
 * What guarantors answer for at this moment, by id; who answers for nothing is missing. One join with
 * the loans: a guarantor may stand behind a hundred thousand of them.
 */
export async function exposuresOf(
  db: Db,
  guarantors: readonly { readonly id: Id<'cov'>; readonly currency: Currency }[],
): Promise<ReadonlyMap<Id<'cov'>, GuarantorExposure>> {
  if (guarantors.length === 0) return new Map();
  const rows = await db.query<{
    provider_id: Id<'cov'>;
    contracts: number;
    exposure_minor: bigint;
    open_minor: bigint;
  }>(
    `SELECT p.id AS provider_id, coalesce(e.contracts, 0) AS contracts,
       coalesce(e.exposure_minor, 0) AS exposure_minor, coalesce(o.open_minor, 0) AS open_minor
     FROM cover_providers p
     LEFT JOIN (
       SELECT c.provider_id, count(*)::int AS contracts,
         sum(ceil(c.share_ppm::numeric / 1000000
           * CASE WHEN l.disbursed_on IS NULL THEN l.principal_minor ELSE l.outstanding_minor END
         ))::bigint AS exposure_minor
       FROM cover_contracts c
       JOIN loans l ON l.operator_id = c.operator_id AND l.loan_no = c.loan_no
       WHERE c.operator_id = :operatorId AND c.status = 'active' AND c.provider_id = ANY (:ids)
         AND l.ended_at IS NULL
       GROUP BY c.provider_id
     ) e ON e.provider_id = p.id
     LEFT JOIN (
       SELECT k.provider_id, sum(coalesce(k.granted_minor, k.claimed_minor) - k.paid_minor)::bigint
         AS open_minor
       FROM cover_claims k
       WHERE k.operator_id = :operatorId AND k.status IN ('made', 'accepted')
         AND k.provider_id = ANY (:ids)
       GROUP BY k.provider_id
     ) o ON o.provider_id = p.id
     WHERE p.operator_id = :operatorId AND p.id = ANY (:ids)`,
    { operatorId: operatorIdOf(db), ids: guarantors.map(({ id }) => id) },
  );
  const currencies = new Map(guarantors.map(({ id, currency }) => [id, currency]));
  return new Map(
    rows.flatMap((row) => {
      const currency = currencies.get(row.provider_id);
      if (currency === undefined) return [];
      const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
      return [
        [
          row.provider_id,
          {
            contracts: row.contracts,
            exposure: money(row.exposure_minor),
            openClaims: money(row.open_minor),
          },
        ],
      ];
    }),
  );
}
