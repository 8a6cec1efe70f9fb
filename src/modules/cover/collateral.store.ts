import { calendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from '../loans';
import type {
  Collateral,
  CollateralStatus,
  Realisation,
  ValuedCollateral,
  Valuation,
} from './collateral';
import { coverProblem } from './errors';
import type { CollateralKind } from './policy';

export async function insertCollateral(tx: Tx, collateral: Collateral): Promise<void> {
  await tx.execute(
    `INSERT INTO cover_collaterals (operator_id, id, loan_no, loan_id, kind, description, owner,
       currency, prior_minor, status, recorded_by, recorded_at)
     VALUES (:operatorId, :id, :loanNo, :loanId, :kind, :description, :owner, :currency,
       :priorMinor, :status, :recordedBy, :recordedAt)`,
    {
      operatorId: operatorIdOf(tx),
      id: collateral.id,
      loanNo: collateral.loanNo,
      loanId: collateral.loanId,
      kind: collateral.kind,
      description: collateral.description,
      owner: collateral.owner,
      currency: collateral.currency,
      priorMinor: collateral.prior.minor,
      status: collateral.status,
      recordedBy: collateral.recordedBy,
      recordedAt: collateral.recordedAt,
    },
  );
}

/** @throws Problem `cover.already-charged` when its registration stands for another loan. */
export async function updateCollateral(tx: Tx, collateral: Collateral): Promise<void> {
  const { registration, release } = collateral;
  await tx
    .execute(
      `UPDATE cover_collaterals c
       SET status = :status, prior_minor = :priorMinor, registry = :registry,
           registration_no = :registrationNo, registered_on = :registeredOn,
           document_sha256 = :documentSha256, released_on = :releasedOn,
           release_sha256 = :releaseSha256
       WHERE c.operator_id = :operatorId AND c.id = :id`,
      {
        operatorId: operatorIdOf(tx),
        id: collateral.id,
        status: collateral.status,
        priorMinor: collateral.prior.minor,
        registry: registration?.registry,
        registrationNo: registration?.number,
        registeredOn: registration?.on,
        documentSha256: registration?.documentSha256,
        releasedOn: release?.on,
        releaseSha256: release?.documentSha256,
      },
    )
    .catch((error: unknown) => {
      throw constraintOf(error) === 'cover_collaterals_registered_once'
        ? coverProblem('already-charged', { cause: error })
        : error;
    });
}

/** @throws Problem `cover.collateral-not-found`. */
export async function getCollateral(db: Db, id: Id<'clt'>): Promise<Collateral> {
  return one(await select(db, id, ''));
}

/** @throws Problem `cover.collateral-not-found`. */
export async function lockCollateral(tx: Tx, id: Id<'clt'>): Promise<Collateral> {
  return one(await select(tx, id, 'FOR UPDATE OF c'));
}

/** The collateral of a loan with the latest valuation of each, the oldest first. */
export async function listValued(db: Db, loanNo: LoanNo): Promise<readonly ValuedCollateral[]> {
  return valued(
    db,
    await db.query<CollateralRow>(
      `${SELECT} WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo ORDER BY c.id`,
      { operatorId: operatorIdOf(db), loanNo },
    ),
  );
}

export interface CollateralFilter {
  readonly status?: CollateralStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** By id; one more than the limit, to tell whether there are others. */
export async function listCollaterals(
  db: Db,
  filter: CollateralFilter,
): Promise<readonly ValuedCollateral[]> {
  return valued(
    db,
    await db.query<CollateralRow>(
      `${SELECT} WHERE c.operator_id = :operatorId
         AND (:status::text IS NULL OR c.status = :status)
         AND (:after::text IS NULL OR c.id > :after)
       ORDER BY c.id LIMIT :limit`,
      {
        operatorId: operatorIdOf(db),
        status: filter.status,
        after: filter.after,
        limit: filter.limit + 1,
      },
    ),
  );
}

export async function insertValuation(tx: Tx, valuation: Valuation): Promise<void> {
  await tx.execute(
    `INSERT INTO cover_valuations (operator_id, collateral_id, no, valued_on, amount_minor, method,
       valuer, document_sha256, recorded_by, recorded_at)
     VALUES (:operatorId, :collateralId, :no, :valuedOn, :amountMinor, :method, :valuer,
       :documentSha256, :recordedBy, :recordedAt)`,
    {
      operatorId: operatorIdOf(tx),
      collateralId: valuation.collateralId,
      no: valuation.no,
      valuedOn: valuation.valuedOn,
      amountMinor: valuation.amount.minor,
      method: valuation.method,
      valuer: valuation.valuer,
      documentSha256: valuation.documentSha256,
      recordedBy: valuation.recordedBy,
      recordedAt: valuation.recordedAt,
    },
  );
}

/** Every valuation, the first one first. */
export async function listValuations(
  db: Db,
  collateral: Pick<Collateral, 'id' | 'currency'>,
): Promise<readonly Valuation[]> {
  const rows = await db.query<ValuationRow>(
    `${SELECT_VALUATION} WHERE v.operator_id = :operatorId AND v.collateral_id = :id ORDER BY v.no`,
    { operatorId: operatorIdOf(db), id: collateral.id },
  );
  return rows.map((row) => valuationOf(row, collateral.currency));
}

export async function insertRealisation(tx: Tx, realisation: Realisation): Promise<void> {
  await tx.execute(
    `INSERT INTO cover_realisations (operator_id, collateral_id, no, realised_on, proceeds_minor,
       costs_minor, document_sha256, recorded_by, recorded_at)
     VALUES (:operatorId, :collateralId, :no, :realisedOn, :proceedsMinor, :costsMinor,
       :documentSha256, :recordedBy, :recordedAt)`,
    {
      operatorId: operatorIdOf(tx),
      collateralId: realisation.collateralId,
      no: realisation.no,
      realisedOn: realisation.realisedOn,
      proceedsMinor: realisation.proceeds.minor,
      costsMinor: realisation.costs.minor,
      documentSha256: realisation.documentSha256,
      recordedBy: realisation.recordedBy,
      recordedAt: realisation.recordedAt,
    },
  );
}

/** What it brought so far, in order. */
export async function listRealisations(
  db: Db,
  collateral: Pick<Collateral, 'id' | 'currency'>,
): Promise<readonly Realisation[]> {
  const rows = await db.query<RealisationRow>(
    `SELECT r.collateral_id, r.no, r.realised_on::text, r.proceeds_minor, r.costs_minor,
       r.document_sha256, r.recorded_by, r.recorded_at
     FROM cover_realisations r
     WHERE r.operator_id = :operatorId AND r.collateral_id = :id ORDER BY r.no`,
    { operatorId: operatorIdOf(db), id: collateral.id },
  );
  return rows.map((row) => ({
    collateralId: row.collateral_id,
    no: row.no,
    realisedOn: calendarDate(row.realised_on),
    proceeds: Money.ofMinor(row.proceeds_minor, collateral.currency),
    costs: Money.ofMinor(row.costs_minor, collateral.currency),
    documentSha256: row.document_sha256,
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at,
  }));
}

async function valued(
  db: Db,
  rows: readonly CollateralRow[],
): Promise<readonly ValuedCollateral[]> {
  const items = rows.map(fromRow);
  if (items.length === 0) return [];
  const latest = await db.query<ValuationRow>(
    `SELECT DISTINCT ON (t.collateral_id) t.* FROM (${SELECT_VALUATION}) t
     WHERE t.collateral_id = ANY (:ids)
     ORDER BY t.collateral_id, t.no DESC`,
    { ids: items.map(({ id }) => id) },
  );
  const byId = new Map(latest.map((row) => [row.collateral_id, row]));
  return items.map((collateral) => {
    const row = byId.get(collateral.id);
    return { collateral, latest: row && valuationOf(row, collateral.currency) };
  });
}

async function select(db: Db, id: Id<'clt'>, lock: string): Promise<readonly CollateralRow[]> {
  return db.query<CollateralRow>(
    `${SELECT} WHERE c.operator_id = :operatorId AND c.id = :id ${lock}`,
    { operatorId: operatorIdOf(db), id },
  );
}

function one(rows: readonly CollateralRow[]): Collateral {
  if (!rows[0]) throw coverProblem('collateral-not-found');
  return fromRow(rows[0]);
}

const SELECT = `SELECT c.id, c.loan_no, c.loan_id, c.kind, c.description, c.owner, c.currency,
  c.prior_minor, c.status, c.registry, c.registration_no, c.registered_on::text,
  c.document_sha256, c.released_on::text, c.release_sha256, c.recorded_by, c.recorded_at
  FROM cover_collaterals c`;

const SELECT_VALUATION = `SELECT v.collateral_id, v.no, v.valued_on::text, v.amount_minor, v.method,
  v.valuer, v.document_sha256, v.recorded_by, v.recorded_at FROM cover_valuations v`;

interface CollateralRow {
  readonly id: Id<'clt'>;
  readonly loan_no: LoanNo;
  readonly loan_id: Id<'lon'>;
  readonly kind: CollateralKind;
  readonly description: string;
  readonly owner: string;
  readonly currency: string;
  readonly prior_minor: bigint;
  readonly status: CollateralStatus;
  readonly registry: string | null;
  readonly registration_no: string | null;
  readonly registered_on: string | null;
  readonly document_sha256: string | null;
  readonly released_on: string | null;
  readonly release_sha256: string | null;
  readonly recorded_by: string;
  readonly recorded_at: Date;
}

interface ValuationRow {
  readonly collateral_id: Id<'clt'>;
  readonly no: number;
  readonly valued_on: string;
  readonly amount_minor: bigint;
  readonly method: Valuation['method'];
  readonly valuer: string;
  readonly document_sha256: string;
  readonly recorded_by: string;
  readonly recorded_at: Date;
}

interface RealisationRow {
  readonly collateral_id: Id<'clt'>;
  readonly no: number;
  readonly realised_on: string;
  readonly proceeds_minor: bigint;
  readonly costs_minor: bigint;
  readonly document_sha256: string;
  readonly recorded_by: string;
  readonly recorded_at: Date;
}

function fromRow(row: CollateralRow): Collateral {
  const currency = asCurrency(row.currency);
  return {
    id: row.id,
    loanNo: row.loan_no,
    loanId: row.loan_id,
    kind: row.kind,
    description: row.description,
    owner: row.owner,
    currency,
    prior: Money.ofMinor(row.prior_minor, currency),
    status: row.status,
    registration: registrationOf(row),
    release:
      row.released_on === null || row.release_sha256 === null
        ? undefined
        : { on: calendarDate(row.released_on), documentSha256: row.release_sha256 },
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at,
  };
}

function registrationOf(row: CollateralRow): Collateral['registration'] {
  const { registry, registration_no: number, registered_on: on, document_sha256: hash } = row;
  if (registry === null || number === null || on === null || hash === null) return undefined;
  return { registry, number, on: calendarDate(on), documentSha256: hash };
}

function valuationOf(row: ValuationRow, currency: Collateral['currency']): Valuation {
  return {
    collateralId: row.collateral_id,
    no: row.no,
    valuedOn: calendarDate(row.valued_on),
    amount: Money.ofMinor(row.amount_minor, currency),
    method: row.method,
    valuer: row.valuer,
    documentSha256: row.document_sha256,
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at,
  };
}
