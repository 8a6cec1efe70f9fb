import { must } from '../../kernel/assert';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Problem } from '../../kernel/problem';
import type { Db, Tx } from '../../platform/db';
import type { HoldNo } from '../ledger';
import { Rulebook } from '../rulebooks';
import type { InvestorAtHand, OfferingAtHand, Order } from './order';
import { acknowledgementsOf, type Subscription, type SubscriptionStatus } from './subscription';

const COLUMNS = `s.id, s.offering_id, s.investor_id, s.order_no, s.hold_no, s.amount_minor, s.units,
  s.status, s.opened_at, s.revocable_until, s.request_key, s.request_hash, s.offering_version,
  s.profile_version, s.rulebook_no, s.acknowledged, s.cap_subjects,
  s.cap_keys, s.caps_used, s.caps_ceiling, s.reconfirm_by,
  s.allocated_units, s.resolved_at, b.currency`;
const FROM = `subscriptions s
  JOIN offering_books b ON b.operator_id = s.operator_id AND b.offering_id = s.offering_id`;

/** The subscriptions that earlier requests with these keys opened, by key. */
export async function findByRequestKeys(
  db: Db,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Subscription>> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE s.request_key = ANY (:keys::uuid[])`,
    { keys },
  );
  return new Map(rows.map((row) => [row.request_key, fromRow(row)]));
}

export async function find(db: Db, id: Id<'sub'>): Promise<Subscription | undefined> {
  const rows = await db.query<Row>(`SELECT ${COLUMNS} FROM ${FROM} WHERE s.id = :id`, { id });
  return rows[0] && fromRow(rows[0]);
}

export async function findAndLock(tx: Tx, id: Id<'sub'>): Promise<Subscription | undefined> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE s.id = :id FOR UPDATE OF s`,
    { id },
  );
  return rows[0] && fromRow(rows[0]);
}

export interface SubscriptionFilter {
  readonly investorId?: Id<'inv'> | undefined;
  readonly offeringId?: Id<'off'> | undefined;
  readonly status?: SubscriptionStatus | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of subscriptions, newest first. */
export async function list(db: Db, filter: SubscriptionFilter): Promise<readonly Subscription[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM ${FROM}
     WHERE (:investorId::text IS NULL OR s.investor_id = :investorId)
       AND (:offeringId::text IS NULL OR s.offering_id = :offeringId)
       AND (:status::text IS NULL OR s.status = :status)
       AND (:after::text IS NULL OR s.id < :after)
     ORDER BY s.id DESC LIMIT :limit`,
    {
      investorId: filter.investorId,
      offeringId: filter.offeringId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit,
    },
  );
  return rows.map(fromRow);
}

/** Stores where the subscription stands now; what it was opened with never changes. */
export async function updateState(tx: Tx, subscription: Subscription): Promise<void> {
  const { id, status, resolvedAt, reconfirmBy } = subscription;
  await tx.execute(
    `UPDATE subscriptions s
     SET status = :status, resolved_at = :resolvedAt, reconfirm_by = :reconfirmBy,
         resolution = CASE WHEN :status = 'revoked' THEN 'revoked' ELSE s.resolution END
     WHERE s.id = :id`,
    { id, status, resolvedAt, reconfirmBy },
  );
}

/** Subscriptions whose reflection period has ended become binding. @returns how many. */
export async function bindDue(tx: Tx, now: Date): Promise<number> {
  return tx.execute(
    `UPDATE subscriptions s SET status = 'binding'
     WHERE s.status = 'reflecting' AND s.revocable_until <= :now`,
    { now },
  );
}

/** The investors with an open subscription to an offering of the issuer. */
export async function listOpenSubscribers(
  db: Db,
  offeringIds: readonly Id<'off'>[],
): Promise<ReadonlySet<Id<'inv'>>> {
  const rows = await db.query<{ investor_id: Id<'inv'> }>(
    `SELECT DISTINCT s.investor_id FROM subscriptions s
     WHERE s.offering_id = ANY (:offeringIds) AND s.status IN ('reflecting', 'binding')`,
    { offeringIds },
  );
  return new Set(rows.map((row) => row.investor_id));
}

/** An order that a rule refused, with the versions the rule was applied to. */
export interface Refusal {
  readonly order: Order;
  readonly investor: InvestorAtHand;
  readonly offering: OfferingAtHand;
  readonly problem: Problem;
}

/** Writes down what the rules refused, and why: evidence that they are enforced. */
export async function insertRefusals(
  tx: Tx,
  refusals: readonly Refusal[],
  at: Date,
): Promise<void> {
  if (refusals.length === 0) return;
  await tx.execute(
    `INSERT INTO subscription_refusals
       (operator_id, offering_id, investor_id, amount_minor, code, findings, profile_version,
        offering_version, rulebook_no, refused_at)
     SELECT :operatorId, r.*, :at
     FROM unnest(:offerings::text[], :investors::text[], :amounts::bigint[], :codes::text[],
                 :findings::jsonb[], :profileVersions::int[], :offeringVersions::int[],
                 :rulebooks::smallint[]) AS r`,
    {
      operatorId: tx.scope.operatorId,
      offerings: refusals.map(({ offering }) => offering.id),
      investors: refusals.map(({ investor }) => investor.id),
      amounts: refusals.map(({ order }) => order.requested.minor),
      codes: refusals.map(({ problem }) => problem.code),
      findings: refusals.map(({ problem }) => JSON.stringify(must(problem.findings, 'findings'))),
      profileVersions: refusals.map(({ investor }) => investor.profileVersion),
      offeringVersions: refusals.map(({ offering }) => offering.version),
      rulebooks: refusals.map(({ offering }) => offering.rulebookNo),
      at,
    },
  );
}

/** The number under which a rulebook's exact content is kept; the content is kept for ever. */
export async function ensureRulebook(tx: Tx, rulebook: Rulebook, at: Date): Promise<number> {
  const bindings = {
    id: rulebook.id,
    hash: rulebook.contentHash,
    content: JSON.stringify(rulebook.definition),
    at,
  };
  await tx.execute(
    `INSERT INTO subscription_rulebooks (rulebook_id, content_hash, content, first_seen_at)
     VALUES (:id, :hash, :content, :at) ON CONFLICT (content_hash) DO NOTHING`,
    bindings,
  );
  const rows = await tx.query<{ rulebook_no: number }>(
    'SELECT r.rulebook_no FROM subscription_rulebooks r WHERE r.content_hash = :hash',
    { hash: rulebook.contentHash },
  );
  return must(rows[0], `the number of rulebook ${rulebook.id}`).rulebook_no;
}

/** A rulebook as it was when decisions were taken on it. */
export async function getRulebook(db: Db, rulebookNo: number): Promise<Rulebook> {
  const rows = await db.query<{ content_hash: string; content: Rulebook['definition'] }>(
    `SELECT r.content_hash, r.content FROM subscription_rulebooks r
     WHERE r.rulebook_no = :rulebookNo`,
    { rulebookNo },
  );
  const { content_hash: contentHash, content } = must(rows[0], `rulebook number ${rulebookNo}`);
  return new Rulebook(content, { file: `rulebook ${rulebookNo}`, contentHash, cases: [] });
}

interface Row {
  id: Id<'sub'>;
  offering_id: Id<'off'>;
  investor_id: Id<'inv'>;
  order_no: bigint;
  hold_no: HoldNo;
  amount_minor: bigint;
  units: bigint;
  status: SubscriptionStatus;
  opened_at: Date;
  revocable_until: Date;
  request_key: string;
  request_hash: string;
  offering_version: number;
  profile_version: number;
  rulebook_no: number;
  acknowledged: number;
  cap_subjects: readonly string[];
  cap_keys: readonly string[];
  caps_used: readonly bigint[];
  caps_ceiling: readonly bigint[];
  reconfirm_by: Date | null;
  allocated_units: bigint | null;
  resolved_at: Date | null;
  currency: string;
}

function fromRow(row: Row): Subscription {
  return {
    id: row.id,
    offeringId: row.offering_id,
    investorId: row.investor_id,
    orderNo: row.order_no,
    holdNo: row.hold_no,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    units: row.units,
    status: row.status,
    openedAt: row.opened_at,
    revocableUntil: row.revocable_until,
    requestHash: row.request_hash,
    offeringVersion: row.offering_version,
    profileVersion: row.profile_version,
    rulebookNo: row.rulebook_no,
    acknowledged: acknowledgementsOf(row.acknowledged),
    capRows: row.cap_subjects.map((subject, position) => ({
      subject,
      capKey: must(row.cap_keys[position], 'the key of a cap'),
    })),
    capsUsed: row.caps_used,
    capsCeiling: row.caps_ceiling,
    reconfirmBy: row.reconfirm_by ?? undefined,
    allocatedUnits: row.allocated_units ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
  };
}
