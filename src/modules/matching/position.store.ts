import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { matchingProblem } from './errors';
import type { Position, PositionStatus, Refusal } from './window';

export async function insertPositions(tx: Tx, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  const first = must(positions[0], 'a position');
  await tx.execute(
    `INSERT INTO matching_positions (operator_id, window_id, position_no, mandate_id,
       mandate_version, investor_id, offering_id, currency, grade, amount_minor, status,
       respond_by)
     SELECT :operatorId, :windowId, t.no, t.mandate, t.version, t.investor, t.offering, :currency,
       t.grade, t.amount, t.status, t.respond_by
     FROM unnest(:nos::int[], :mandates::text[], :versions::int[], :investors::text[],
       :offerings::text[], :grades::text[], :amounts::bigint[], :statuses::text[],
       :respondBys::timestamptz[])
       AS t (no, mandate, version, investor, offering, grade, amount, status, respond_by)`,
    {
      operatorId: operatorIdOf(tx),
      windowId: first.windowId,
      currency: first.currency,
      nos: positions.map((one) => one.positionNo),
      mandates: positions.map((one) => one.mandateId),
      versions: positions.map((one) => one.mandateVersion),
      investors: positions.map((one) => one.investorId),
      offerings: positions.map((one) => one.offeringId),
      grades: positions.map((one) => one.grade),
      amounts: positions.map((one) => one.amountMinor),
      statuses: positions.map((one) => one.status),
      respondBys: positions.map((one) => one.respondBy ?? null),
    },
  );
}

const SELECT = `SELECT p.window_id, p.position_no, p.mandate_id, p.mandate_version, p.investor_id,
  p.offering_id, p.currency, p.grade, p.amount_minor, p.status, p.respond_by, p.subscription_id,
  p.refusal, p.settled_at FROM matching_positions p`;

/** What of the window still has to become an order, in its order. */
export async function listUnsettled(
  db: Db,
  windowId: Id<'win'>,
  limit: number,
): Promise<readonly Position[]> {
  const rows = await db.query<PositionRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND p.window_id = :windowId
       AND p.status = 'matched' ORDER BY p.position_no LIMIT :limit`,
    { operatorId: operatorIdOf(db), windowId, limit },
  );
  return rows.map(fromRow);
}

/** A mandate in force: which version, and what the lender confirmed when signing it. */
export interface InForce {
  readonly version: number;
  readonly acknowledged: readonly string[];
}

/** Those of the mandates that are in force now. */
export async function listStillInForce(
  db: Db,
  ids: readonly Id<'mnd'>[],
  now: Date,
): Promise<ReadonlyMap<Id<'mnd'>, InForce>> {
  const rows = await db.query<{
    id: Id<'mnd'>;
    signed_version: number;
    acknowledged: readonly string[];
  }>(
    `SELECT m.id, m.signed_version, s.acknowledged FROM matching_mandates m
     JOIN matching_mandate_signatures s ON s.operator_id = m.operator_id AND s.mandate_id = m.id
       AND s.version = m.signed_version
     WHERE m.operator_id = :operatorId AND m.id = ANY (:ids) AND m.status = 'active'
       AND (m.expires_at IS NULL OR m.expires_at > :now)`,
    { operatorId: operatorIdOf(db), ids, now },
  );
  return new Map(
    rows.map((row) => [row.id, { version: row.signed_version, acknowledged: row.acknowledged }]),
  );
}

/** What became of a position that was to be placed. */
export interface Settled {
  readonly positionNo: number;
  readonly subscriptionId?: Id<'sub'> | undefined;
  readonly refusal?: Refusal | undefined;
}

/**
 * Notes what became of positions; one that was settled meanwhile keeps what it has, but for one
 * whose no, or whose end, came while its yes became an order: the order stands, and is shown.
 */
export async function settlePositions(
  tx: Tx,
  windowId: Id<'win'>,
  { settled, at }: { readonly settled: readonly Settled[]; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `UPDATE matching_positions p
     SET status = CASE WHEN t.subscription IS NULL THEN 'refused' ELSE 'placed' END,
         subscription_id = t.subscription, refusal = t.refusal::jsonb, settled_at = :at
     FROM unnest(:nos::int[], :subscriptions::text[], :refusals::text[])
       AS t (no, subscription, refusal)
     WHERE p.operator_id = :operatorId AND p.window_id = :windowId AND p.position_no = t.no
       AND (p.status IN ('matched', 'proposed')
         OR (p.status IN ('declined', 'lapsed') AND t.subscription IS NOT NULL))`,
    {
      operatorId: operatorIdOf(tx),
      windowId,
      at,
      nos: settled.map(({ positionNo }) => positionNo),
      subscriptions: settled.map(({ subscriptionId }) => subscriptionId ?? null),
      refusals: settled.map(({ refusal }) => (refusal ? JSON.stringify(refusal) : null)),
    },
  );
}

/** @throws Problem `matching.position-not-found`. */
export async function getPosition(
  db: Db,
  windowId: Id<'win'>,
  positionNo: number,
): Promise<Position> {
  const rows = await db.query<PositionRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND p.window_id = :windowId
       AND p.position_no = :positionNo`,
    { operatorId: operatorIdOf(db), windowId, positionNo },
  );
  if (!rows[0]) throw matchingProblem('position-not-found');
  return fromRow(rows[0]);
}

/** Answers a proposal without an order. @returns false when it was answered before. */
export async function endProposal(
  tx: Tx,
  { windowId, positionNo }: Pick<Position, 'windowId' | 'positionNo'>,
  end: { readonly status: 'declined' | 'lapsed'; readonly at: Date },
): Promise<boolean> {
  const changed = await tx.execute(
    `UPDATE matching_positions p SET status = :status, settled_at = :at
     WHERE p.operator_id = :operatorId AND p.window_id = :windowId
       AND p.position_no = :positionNo AND p.status = 'proposed'`,
    { ...end, operatorId: operatorIdOf(tx), windowId, positionNo },
  );
  return changed > 0;
}

/** Lets proposals lapse whose time is over. @returns how many. */
export async function lapseProposals(tx: Tx, now: Date): Promise<number> {
  return tx.execute(
    `UPDATE matching_positions p SET status = 'lapsed', settled_at = :now
     WHERE p.operator_id = :operatorId AND p.status = 'proposed' AND p.respond_by <= :now`,
    { operatorId: operatorIdOf(tx), now },
  );
}

/** Ends what was placed and was given back: some subscriptions, or all of an offering. */
export async function endPlaced(
  tx: Tx,
  given: { readonly subscriptionIds: readonly string[] } | { readonly offeringId: string },
): Promise<void> {
  const which =
    'offeringId' in given
      ? 'p.offering_id = :offeringId'
      : 'p.subscription_id = ANY (:subscriptionIds)';
  await tx.execute(
    `UPDATE matching_positions p SET status = 'ended'
     WHERE p.operator_id = :operatorId AND p.status = 'placed' AND ${which}`,
    { operatorId: operatorIdOf(tx), ...given },
  );
}

/** What a mandate has in loans already, or is about to. */
export interface HeldPosition {
  readonly mandateId: Id<'mnd'>;
  readonly offeringId: Id<'off'>;
  readonly grade: string;
  readonly amountMinor: bigint;
  /** The part of it that is not held in the cash account yet: it waits for the lender's yes. */
  readonly pendingMinor: bigint;
}

/** Everything the mandates hold or are proposed: what counts against their budgets. */
export async function listHeld(
  db: Db,
  mandates: readonly Id<'mnd'>[],
): Promise<readonly HeldPosition[]> {
  const rows = await db.query<{
    mandate_id: Id<'mnd'>;
    offering_id: Id<'off'>;
    grade: string;
    amount_minor: bigint;
    pending_minor: bigint;
  }>(
    `SELECT p.mandate_id, p.offering_id, p.grade, sum(p.amount_minor)::bigint AS amount_minor,
            coalesce(sum(p.amount_minor) FILTER (WHERE p.status <> 'placed'), 0)::bigint
              AS pending_minor
     FROM unnest(:mandates::text[]) AS t (id)
     JOIN matching_positions p ON p.operator_id = :operatorId AND p.mandate_id = t.id
       AND p.status IN ('matched', 'proposed', 'placed')
     GROUP BY p.mandate_id, p.offering_id, p.grade`,
    { operatorId: operatorIdOf(db), mandates },
  );
  return rows.map((row) => ({
    mandateId: row.mandate_id,
    offeringId: row.offering_id,
    grade: row.grade,
    amountMinor: row.amount_minor,
    pendingMinor: row.pending_minor,
  }));
}

export interface PositionQuery {
  readonly limit: number;
  readonly after?: number | undefined;
  readonly windowId?: Id<'win'> | undefined;
  readonly investorId?: Id<'inv'> | undefined;
  readonly status?: PositionStatus | undefined;
}

/** Of one window, by number. One more than `limit`. */
export async function listPositions(
  db: Db,
  windowId: Id<'win'>,
  query: Omit<PositionQuery, 'windowId'>,
): Promise<readonly Position[]> {
  const rows = await db.query<PositionRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND p.window_id = :windowId
       AND p.position_no > :after
       AND (:investorId::text IS NULL OR p.investor_id = :investorId)
       AND (:status::text IS NULL OR p.status = :status)
     ORDER BY p.position_no LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      windowId,
      after: query.after ?? 0,
      investorId: query.investorId,
      status: query.status,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Proposals that wait for this lender, the one that lapses first on top. */
export async function listProposals(
  db: Db,
  investorId: Id<'inv'>,
  now: Date,
): Promise<readonly Position[]> {
  const rows = await db.query<PositionRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND p.investor_id = :investorId
       AND p.status = 'proposed' AND p.respond_by > :now
     ORDER BY p.respond_by, p.window_id, p.position_no LIMIT 500`,
    { operatorId: operatorIdOf(db), investorId, now },
  );
  return rows.map(fromRow);
}

interface PositionRow {
  readonly window_id: Id<'win'>;
  readonly position_no: number;
  readonly mandate_id: Id<'mnd'>;
  readonly mandate_version: number;
  readonly investor_id: Id<'inv'>;
  readonly offering_id: Id<'off'>;
  readonly currency: Currency;
  readonly grade: string;
  readonly amount_minor: bigint;
  readonly status: PositionStatus;
  readonly respond_by: Date | null;
  readonly subscription_id: Id<'sub'> | null;
  readonly refusal: Refusal | null;
  readonly settled_at: Date | null;
}

function fromRow(row: PositionRow): Position {
  return {
    windowId: row.window_id,
    positionNo: row.position_no,
    mandateId: row.mandate_id,
    mandateVersion: row.mandate_version,
    investorId: row.investor_id,
    offeringId: row.offering_id,
    currency: row.currency,
    grade: row.grade,
    amountMinor: row.amount_minor,
    status: row.status,
    respondBy: row.respond_by ?? undefined,
    subscriptionId: row.subscription_id ?? undefined,
    refusal: row.refusal ?? undefined,
    settledAt: row.settled_at ?? undefined,
  };
}
