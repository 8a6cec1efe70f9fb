import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { applicationProblem } from './errors';
import type { Repayment } from './form';
import type { Offer, OfferStatus } from './offer';

const COLUMNS = `o.id, o.decision_id, o.grade, o.term_months, o.repayment, o.currency,
  o.amount_minor, o.fee_minor, o.instalment_minor, o.interest_minor, o.rate, o.apr, o.details,
  o.made_at, o.valid_until, o.status, o.accepted_at, o.accepted_by`;

export async function insertOffer(tx: Tx, id: Id<'app'>, offer: Offer): Promise<void> {
  await tx.execute(
    `INSERT INTO application_offers (operator_id, application_id, id, decision_id, grade,
       term_months, repayment, currency, amount_minor, fee_minor, instalment_minor, interest_minor,
       rate, apr, details, made_at, valid_until, status)
     VALUES (:operatorId, :applicationId, :id, :decisionId, :grade, :termMonths, :repayment,
       :currency, :amountMinor, :feeMinor, :instalmentMinor, :interestMinor, :rate, :apr,
       :details::jsonb, :madeAt, :validUntil, :status)`,
    {
      operatorId: tx.scope.operatorId,
      applicationId: id,
      id: offer.id,
      decisionId: offer.decisionId,
      grade: offer.grade,
      termMonths: offer.termMonths,
      repayment: offer.repayment,
      currency: offer.amount.currency,
      amountMinor: offer.amount.minor,
      feeMinor: offer.fee.minor,
      instalmentMinor: offer.instalment.minor,
      interestMinor: offer.interest.minor,
      rate: rateText(offer.rate),
      apr: rateText(offer.apr),
      details: canonicalJson(offer.details),
      madeAt: offer.madeAt,
      validUntil: offer.validUntil,
      status: offer.status,
    },
  );
}

/** In order of their making. */
export async function listOffers(db: Db, id: Id<'app'>): Promise<readonly Offer[]> {
  const rows = await db.query<OfferRow>(
    `SELECT ${COLUMNS} FROM application_offers o WHERE o.application_id = :id
     ORDER BY o.id LIMIT 100`,
    { id },
  );
  return rows.map(offerOf);
}

/** @throws Problem `applications.offer-not-found`. */
export async function getOffer(db: Db, id: Id<'app'>, offerId: Id<'ofr'>): Promise<Offer> {
  const [row] = await db.query<OfferRow>(
    `SELECT ${COLUMNS} FROM application_offers o
     WHERE o.application_id = :id AND o.id = :offerId`,
    { id, offerId },
  );
  if (row === undefined) throw applicationProblem('offer-not-found');
  return offerOf(row);
}

/** The offer on a credit decision that was accepted, with the application it belongs to. */
export async function findAccepted(
  db: Db,
  decisionId: Id<'cdn'>,
): Promise<{ readonly applicationId: Id<'app'>; readonly offer: Offer } | undefined> {
  const [row] = await db.query<OfferRow & { application_id: Id<'app'> }>(
    `SELECT ${COLUMNS}, o.application_id FROM application_offers o
     WHERE o.decision_id = :decisionId AND o.status = 'accepted'`,
    { decisionId },
  );
  return row && { applicationId: row.application_id, offer: offerOf(row) };
}

export async function markAccepted(tx: Tx, { id, acceptedAt, acceptedBy }: Offer): Promise<void> {
  await tx.execute(
    `UPDATE application_offers SET status = 'accepted', accepted_at = :acceptedAt,
       accepted_by = :acceptedBy WHERE id = :id`,
    { id, acceptedAt, acceptedBy },
  );
}

/** Ends every open offer of an application. */
export async function endOpenOffers(
  tx: Tx,
  id: Id<'app'>,
  status: 'lapsed' | 'superseded',
): Promise<void> {
  await tx.execute(
    `UPDATE application_offers SET status = :status
     WHERE application_id = :id AND status = 'open'`,
    { id, status },
  );
}

/** Applications whose last open offer has lapsed by now. */
export async function listLapsed(db: Db, now: Date, limit: number): Promise<readonly Id<'app'>[]> {
  const rows = await db.query<{ application_id: Id<'app'> }>(
    `SELECT o.application_id FROM application_offers o
     JOIN applications a ON a.operator_id = o.operator_id AND a.id = o.application_id
     WHERE o.status = 'open' AND a.status = 'offered'
     GROUP BY o.application_id HAVING max(o.valid_until) <= :now
     ORDER BY o.application_id LIMIT :limit`,
    { now, limit },
  );
  return rows.map((row) => row.application_id);
}

interface OfferRow {
  id: Id<'ofr'>;
  decision_id: Id<'cdn'>;
  grade: string;
  term_months: number;
  repayment: Repayment;
  currency: Currency;
  amount_minor: bigint;
  fee_minor: bigint;
  instalment_minor: bigint;
  interest_minor: bigint;
  rate: string;
  apr: string;
  details: { readonly [key: string]: Json | undefined } & { readonly feeRate: string };
  made_at: Date;
  valid_until: Date;
  status: OfferStatus;
  accepted_at: Date | null;
  accepted_by: string | null;
}

function offerOf(row: OfferRow): Offer {
  const money = (minor: bigint): Money => Money.ofMinor(minor, row.currency);
  const amount = money(row.amount_minor);
  const totalCost = money(row.interest_minor + row.fee_minor);
  return {
    id: row.id,
    decisionId: row.decision_id,
    grade: row.grade,
    termMonths: row.term_months,
    repayment: row.repayment,
    amount,
    feeRate: rate(row.details.feeRate),
    fee: money(row.fee_minor),
    instalment: money(row.instalment_minor),
    interest: money(row.interest_minor),
    totalCost,
    totalPayable: amount.plus(totalCost),
    rate: rate(row.rate),
    apr: rate(row.apr),
    details: row.details,
    madeAt: row.made_at,
    validUntil: row.valid_until,
    status: row.status,
    acceptedAt: row.accepted_at ?? undefined,
    acceptedBy: row.accepted_by ?? undefined,
  };
}
