import { calendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import { constraintOf, type Bindings, type Db, type Tx } from '../../platform/db';
import { identityProblem } from './errors';
import {
  FEE_RATE_DIGITS,
  type Operator,
  type OperatorIdentityKind,
  type OperatorLine,
  type OperatorStatus,
} from './operator';

const COLUMNS = `o.id, o.code, o.legal_name, o.line, o.jurisdiction, o.rulebook_id,
  o.identity_kind, o.identity_number, o.licence_number, o.licence_authority, o.licence_from_on,
  o.licence_to_on, o.custodian_name, o.custodian_account_reference, o.home_currency, o.time_zone,
  o.calendar, o.status, o.success_fee_rate, o.minimum_fee_minor, o.created_at`;

/** Every operator of the installation, by code. There are few: one licence each. */
export async function listOperators(db: Db): Promise<readonly Operator[]> {
  const rows = await db.query<OperatorRow>(
    `SELECT ${COLUMNS} FROM identity_operators o ORDER BY o.code LIMIT 1000`,
  );
  return rows.map(fromRow);
}

export async function findOperator(db: Db, id: number): Promise<Operator | undefined> {
  const rows = await db.query<OperatorRow>(
    `SELECT ${COLUMNS} FROM identity_operators o WHERE o.id = :id`,
    { id },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function findOperatorByCode(db: Db, code: string): Promise<Operator | undefined> {
  const rows = await db.query<OperatorRow>(
    `SELECT ${COLUMNS} FROM identity_operators o WHERE o.code = :code`,
    { code },
  );
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `identity.operator-not-found`. */
export async function getOperatorAndLock(tx: Tx, id: number): Promise<Operator> {
  const rows = await tx.query<OperatorRow>(
    `SELECT ${COLUMNS} FROM identity_operators o WHERE o.id = :id FOR UPDATE`,
    { id },
  );
  if (!rows[0]) throw identityProblem('operator-not-found');
  return fromRow(rows[0]);
}

/** @throws Problem `identity.operator-code-taken`, `identity.operator-has-a-line`. */
export async function insertOperator(
  tx: Tx,
  operator: Omit<Operator, 'id'> & { readonly id?: number | undefined },
): Promise<Operator> {
  try {
    const rows = await tx.query<OperatorRow>(
      `INSERT INTO identity_operators AS o (id, code, legal_name, line, jurisdiction, rulebook_id,
         identity_kind, identity_number, licence_number, licence_authority, licence_from_on,
         licence_to_on, custodian_name, custodian_account_reference, home_currency, time_zone,
         calendar, status, success_fee_rate, minimum_fee_minor, created_at)
       VALUES (coalesce(:id::int, nextval(pg_get_serial_sequence('identity_operators', 'id'))::int),
         :code, :legalName, :line, :jurisdiction, :rulebookId,
         :identityKind, :identityNumber, :licenceNumber, :licenceAuthority, :licenceFrom,
         :licenceTo, :custodianName, :custodianAccount, :homeCurrency, :timeZone,
         :calendar, :status, :successFeeRate, :minimumFeeMinor, :createdAt)
       RETURNING ${COLUMNS}`,
      { ...toRow(operator), id: operator.id, createdAt: operator.createdAt },
    );
    return fromRow(rows[0]!);
  } catch (error) {
    throw translated(error);
  }
}

export async function updateOperator(tx: Tx, operator: Operator): Promise<void> {
  await tx.execute(
    `UPDATE identity_operators SET legal_name = :legalName, licence_number = :licenceNumber,
       licence_authority = :licenceAuthority, licence_from_on = :licenceFrom,
       licence_to_on = :licenceTo, custodian_name = :custodianName,
       custodian_account_reference = :custodianAccount, calendar = :calendar, status = :status,
       success_fee_rate = :successFeeRate, minimum_fee_minor = :minimumFeeMinor
     WHERE id = :id`,
    { ...toRow(operator), id: operator.id },
  );
}

function translated(error: unknown): unknown {
  const constraint = constraintOf(error);
  if (constraint === 'identity_operators_code_key') return identityProblem('operator-code-taken');
  if (constraint === 'identity_operators_one_line_per_entity') {
    return identityProblem('operator-has-a-line');
  }
  return error;
}

interface OperatorRow {
  readonly id: number;
  readonly code: string;
  readonly legal_name: string;
  readonly line: OperatorLine;
  readonly jurisdiction: string;
  readonly rulebook_id: string;
  readonly identity_kind: OperatorIdentityKind;
  readonly identity_number: string;
  readonly licence_number: string | null;
  readonly licence_authority: string | null;
  readonly licence_from_on: string | null;
  readonly licence_to_on: string | null;
  readonly custodian_name: string | null;
  readonly custodian_account_reference: string | null;
  readonly home_currency: string;
  readonly time_zone: string;
  readonly calendar: string;
  readonly status: OperatorStatus;
  readonly success_fee_rate: string;
  readonly minimum_fee_minor: bigint | null;
  readonly created_at: Date;
}

function fromRow(row: OperatorRow): Operator {
  const homeCurrency = asCurrency(row.home_currency);
  return {
    id: row.id,
    code: row.code,
    legalName: row.legal_name,
    line: row.line,
    jurisdiction: row.jurisdiction,
    rulebookId: row.rulebook_id,
    identityKind: row.identity_kind,
    identityNumber: row.identity_number,
    licence: licenceOf(row),
    custodian: custodianOf(row),
    homeCurrency,
    timeZone: row.time_zone,
    calendar: row.calendar,
    status: row.status,
    feeTerms: {
      successFeeRate: rate(row.success_fee_rate),
      minimumFee:
        row.minimum_fee_minor === null
          ? undefined
          : Money.ofMinor(row.minimum_fee_minor, homeCurrency),
    },
    createdAt: row.created_at,
  };
}

function licenceOf(row: OperatorRow): Operator['licence'] {
  if (row.licence_number === null || row.licence_authority === null) return undefined;
  if (row.licence_from_on === null) return undefined;
  return {
    number: row.licence_number,
    authority: row.licence_authority,
    validFrom: calendarDate(row.licence_from_on),
    validTo: row.licence_to_on === null ? undefined : calendarDate(row.licence_to_on),
  };
}

function custodianOf(row: OperatorRow): Operator['custodian'] {
  if (row.custodian_name === null || row.custodian_account_reference === null) return undefined;
  return { name: row.custodian_name, accountReference: row.custodian_account_reference };
}

function toRow(operator: Omit<Operator, 'id'>): Bindings {
  const { licence, custodian, feeTerms } = operator;
  return {
    code: operator.code,
    legalName: operator.legalName,
    line: operator.line,
    jurisdiction: operator.jurisdiction,
    rulebookId: operator.rulebookId,
    identityKind: operator.identityKind,
    identityNumber: operator.identityNumber,
    licenceNumber: licence?.number,
    licenceAuthority: licence?.authority,
    licenceFrom: licence?.validFrom,
    licenceTo: licence?.validTo,
    custodianName: custodian?.name,
    custodianAccount: custodian?.accountReference,
    homeCurrency: operator.homeCurrency,
    timeZone: operator.timeZone,
    calendar: operator.calendar,
    status: operator.status,
    successFeeRate: rateText(feeTerms.successFeeRate, FEE_RATE_DIGITS),
    minimumFeeMinor: feeTerms.minimumFee?.minor,
  };
}
